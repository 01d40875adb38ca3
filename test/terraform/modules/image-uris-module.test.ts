import { PullThroughCache } from "cdktf-ecr-pull-through-cache";
import * as fc from "fast-check";
import { ImageReference } from "../../../src/image/image-reference";
import { RegistryMapping } from "../../../src/image/registry-map";
import { ACCOUNT, IMAGE_REFERENCES, MODULE_UPSTREAMS, REGION, UPSTREAMS } from "../../support/image-references";
import { refusalsOf } from "../../support/module-agreement";
import type { Subject } from "../../support/module-agreement";
import { copyModules } from "../../support/module-folders";
import { stackIn } from "../../support/synthesis";
import { Workspace, describeWithTerraform } from "../../support/terraform";
import { useLocalAws } from "../../support/use-local-aws";

const OTHER_REGISTRY = "602401143452.dkr.ecr.us-west-2.amazonaws.com";
const OWN_REGISTRY = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com`;

const DOMAINS = [
  "",
  "docker.io/",
  "index.docker.io/",
  "index.docker.io:443/",
  "registry-1.docker.io/",
  "registry.hub.docker.com/",
  "k8s.gcr.io/",
  "Quay.io:443/",
  "quay.io:8443/",
  "CONTOSO.azurecr.io/",
  "acme.azurecr.io/",
  `${OTHER_REGISTRY}/`,
  "602401143452.dkr-ecr.us-west-2.on.aws/",
  "602401143452.dkr.ecr-fips.us-west-2.amazonaws.com:443/",
  "602401143452.dkr.ecr.cn-north-1.amazonaws.com.cn/",
  `${ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/`,
  `${OWN_REGISTRY}/`,
  `${OWN_REGISTRY}:443/`,
  `${ACCOUNT}.dkr-ecr.${REGION}.on.aws/`,
  `${ACCOUNT}.dkr.ecr-fips.${REGION}.amazonaws.com/`,
  "localhost/",
  "Registry/",
  "[2001:db8::1]/",
  "[::1]:5000/",
  "gcr.io/",
];
const PARTS = ["a", "eks", "amazon", "team", "docker-hub", "quay", "library", "x__y", "ghcr.io", "abcde.azurecr.io"];
const DIGEST = `@sha256:${"0a".repeat(32)}`;

/** Names of images, many of which the cache of `UPSTREAMS` has. */
const name = fc
  .tuple(
    fc.constantFrom(...DOMAINS),
    fc.array(fc.constantFrom(...PARTS), { minLength: 1, maxLength: 4 }),
    fc.constantFrom("", ":1", ":1.27-Alpine_x", DIGEST, `:1${DIGEST}`),
  )
  .map(([domain, parts, suffix]) => `${domain}${parts.join("/")}${suffix}`);

/** Names at the bounds of a path, and beyond that of the name of a repository. */
const LONG_NAMES = [
  `quay.io/${"a".repeat(250)}`,
  `quay.io/${"a".repeat(251)}`,
  "a".repeat(247),
  `${"a".repeat(253)}/a`,
];

const NAMES: readonly string[] = [
  ...new Set([
    ...IMAGE_REFERENCES.map(({ image }) => image),
    ...fc.sample(name, { numRuns: 500, seed: 20_26 }),
    ...LONG_NAMES,
  ]),
];

/** Names that are no names of images. */
const MALFORMED: readonly string[] = [
  "",
  "Nginx",
  "nginx:",
  "nginx@sha256:0a",
  `nginx@sha512:${"0a".repeat(32)}`,
  "0a".repeat(32),
  "a".repeat(248),
  `index.docker.io/${"a".repeat(248)}`,
  `quay.io/${"a".repeat(256)}`,
  `${"a".repeat(254)}/a`,
  "quay.io//a",
  "[::1/a",
  `nginx:${"1".repeat(129)}`,
];

/** A map of parts of registries, one of which is in another one, and of a registry that has another one under its prefix. */
const NESTED: { readonly [key: string]: string } = {
  "docker.io": `${OWN_REGISTRY}/docker-hub`,
  "quay.io": OWN_REGISTRY,
  [OTHER_REGISTRY]: `${OWN_REGISTRY}/amazon`,
  [`${OTHER_REGISTRY}/eks`]: `${OWN_REGISTRY}/eks`,
  [`${OTHER_REGISTRY}/eks/a`]: `${OWN_REGISTRY}/amazon/eks`,
};

function cacheOfUpstreams(): PullThroughCache {
  return new PullThroughCache(stackIn(REGION), "cache", { accountId: ACCOUNT, upstreams: [...UPSTREAMS] });
}

/** The name that a map gives an image, in which an image that it cannot map keeps its name. */
function mapped(mapping: RegistryMapping, image: string): string {
  const found = mapping.map(ImageReference.parse(image));
  return found.kind === "cached" ? found.uri : image;
}

/** The rule that each image breaks, by its index, as lines of messages say. */
function brokenRules(lines: readonly string[]): { readonly [index: string]: string } {
  const broken = lines.map((line) => {
    const [, index, rule] = /`images\["(\d+)"\]` must (.*?), got /.exec(line) ?? [];
    if (index === undefined || rule === undefined) {
      throw new Error(`a message names no image: ${line}`);
    }
    return [index, rule] as const;
  });
  return Object.fromEntries(broken);
}

/** The rule of `imageUri` that each image breaks, by its index. */
function refusedByConstruct(images: readonly string[]): { readonly [index: string]: string } {
  const cache = cacheOfUpstreams();
  const broken = images.map((image, index) => {
    try {
      cache.imageUri(image);
      return [];
    } catch (error) {
      const [, rule = ""] = /`image` must (.*?), got /.exec((error as Error).message) ?? [];
      return [[String(index), rule] as const];
    }
  });
  return Object.fromEntries(broken.flat());
}

function byIndex(images: readonly string[]): { readonly [index: string]: string } {
  return Object.fromEntries(images.map((image, index) => [String(index), image]));
}

describeWithTerraform("the module image-uris", () => {
  const aws = useLocalAws();
  const subject: Subject = { module: "image-uris", region: REGION, aws };

  test("gives images the names that the construct gives them, with the map of the module pull-through-cache", async () => {
    const workspace = new Workspace({}, { AWS_REGION: REGION, ...aws.environment() });
    copyModules(workspace.folder, ["pull-through-cache", "image-uris"]);
    const images = { source: "./image-uris", images: byIndex(NAMES), pass_through: true };
    const module = {
      cache: { source: "./pull-through-cache", account_id: ACCOUNT, upstreams: MODULE_UPSTREAMS },
      images: { ...images, registry_map: "${module.cache.registry_map}" },
      nested: { ...images, registry_map: NESTED },
    };
    const output = {
      registry_map: { value: "${module.cache.registry_map}" },
      uris: { value: "${module.images.uris}" },
      nested: { value: "${module.nested.uris}" },
    };
    workspace.write("main.tf.json", JSON.stringify({ module, output }));
    await workspace.init();
    const { planned_values: planned } = (await workspace.plan()) as unknown as {
      readonly planned_values: { readonly outputs: { readonly [name: string]: { readonly value: unknown } } };
    };
    const cache = cacheOfUpstreams();
    expect(planned.outputs["registry_map"]?.value).toEqual(cache.registryMap());
    const uris = NAMES.map((image) => cache.imageUri(image, { passThrough: true }));
    expect(planned.outputs["uris"]?.value).toEqual(byIndex(uris));
    expect(uris.slice(0, IMAGE_REFERENCES.length)).toEqual(
      IMAGE_REFERENCES.map(({ place }) => `${OWN_REGISTRY}/${place}`),
    );
    const mapping = new RegistryMapping(NESTED);
    expect(planned.outputs["nested"]?.value).toEqual(byIndex(NAMES.map((image) => mapped(mapping, image))));
  });

  test("refuses the images that the construct refuses, by the same rules", async () => {
    const expected = refusedByConstruct(NAMES);
    const inputs = { registry_map: cacheOfUpstreams().registryMap(), images: byIndex(NAMES) };
    const broken = brokenRules(await refusalsOf(subject, inputs));
    expect(broken).toEqual(expected);
    expect(new Set(Object.values(broken)).size).toBe(2);
    expect(Object.keys(broken).length).toBeGreaterThan(100);
  });

  test("refuses what is no name of an image, also where other images pass through", async () => {
    const inputs = { registry_map: NESTED, images: byIndex(MALFORMED), pass_through: true };
    const broken = brokenRules(await refusalsOf(subject, inputs));
    expect(broken).toEqual(refusedByConstruct(MALFORMED));
    expect(Object.keys(broken)).toHaveLength(MALFORMED.length);
  });

  test("is planned with an account and images that are known only after apply", async () => {
    const later = (value: string): string => `\${terraform_data.later.id == "" ? "" : "${value}"}`;
    const inputs = {
      registry_map: { "quay.io": `${later(OWN_REGISTRY)}/quay` },
      images: { known: "quay.io/a/b:1", unknown: later("quay.io/a/b:2") },
    };
    expect(await refusalsOf(subject, inputs, { terraform_data: { later: {} } })).toEqual([]);
  });
});
