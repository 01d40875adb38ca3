import Ajv from "ajv";
import { ClientConfiguration, ImageReference, PullThroughCache } from "cdktf-ecr-pull-through-cache";
import type { KustomizeImage } from "cdktf-ecr-pull-through-cache";
import { ACCOUNT, IMAGE_REFERENCES, REGION, UPSTREAMS } from "../support/image-references";
import { closed } from "../support/json-schema";
import { messageOf, stackIn } from "../support/synthesis";

const CACHE = new PullThroughCache(stackIn(REGION), "cache", { accountId: ACCOUNT, upstreams: [...UPSTREAMS] });
const CONFIGURATION = ClientConfiguration.fromRegistryMap(CACHE.registryMap());
const REGISTRY = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com`;
const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;

/** The name after Kustomize: https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/images/ */
function afterKustomize(image: string, entries: readonly KustomizeImage[]): string {
  return entries.reduce((name, entry) => {
    const rest = name.startsWith(entry.name) ? name.slice(entry.name.length) : undefined;
    return rest !== undefined && /^(:[\w.-]*)?(@\w+:\w*)?$/.test(rest) ? `${entry.newName}${rest}` : name;
  }, image);
}

/** The name that a chart makes of its values, as the charts of Bitnami do: https://github.com/bitnami/charts */
function imageOfChart(values: object, registry: string, repository: string, tag: string): string {
  const { global } = values as { readonly global: { readonly imageRegistry?: string } };
  return `${global.imageRegistry ?? registry}/${repository}:${tag}`;
}

interface RenovateSettings {
  readonly packageRules: readonly {
    readonly matchPackageNames: readonly string[];
    readonly overridePackageName: string;
  }[];
}

/**
 * The package that Renovate looks up for the name in a file. Each rule sees the name that those before it have given:
 * https://docs.renovatebot.com/configuration-options/#packagerules
 */
function packageOf(name: string, { packageRules }: RenovateSettings): string {
  return packageRules.reduce((packageName, { matchPackageNames, overridePackageName }) => {
    const isMatch = matchPackageNames.some((glob) => packageName.startsWith(glob.replace(/\*\*$/, "")));
    const [, pattern = "", text = ""] =
      /^\{\{\{replace '(.*)' '(.*)' packageName\}\}\}$/.exec(overridePackageName) ?? [];
    return isMatch ? packageName.replace(new RegExp(pattern, "g"), text) : packageName;
  }, name);
}

describe("Kustomize", () => {
  test("renames images with any tag and digest, and no others", () => {
    const entries = CONFIGURATION.kustomizeComponent(["nginx:1.27", "quay.io/org/app"]).images;
    expect(entries).toEqual([
      { name: "nginx", newName: `${REGISTRY}/docker-hub/library/nginx` },
      { name: "quay.io/org/app", newName: `${REGISTRY}/quay/org/app` },
    ]);
    expect(afterKustomize(`nginx:1@${DIGEST}`, entries)).toBe(`${REGISTRY}/docker-hub/library/nginx:1@${DIGEST}`);
    expect(afterKustomize("nginx-exporter:1", entries)).toBe("nginx-exporter:1");
    expect(afterKustomize("docker.io/library/nginx", entries)).toBe("docker.io/library/nginx");
  });

  test("gives 200 images the names that imageUri gives, and renames them once", () => {
    const images = IMAGE_REFERENCES.map(({ image }) => image);
    const entries = CONFIGURATION.kustomizeComponent(images).images;
    const renamed = images.map((image) => afterKustomize(image, entries));
    expect(renamed).toEqual(images.map((image) => CACHE.imageUri(image)));
    expect(renamed.map((image) => afterKustomize(image, entries))).toEqual(renamed);
  });

  test("knows a registry by the domain that stands for it, however the map names it", () => {
    const configuration = ClientConfiguration.fromRegistryMap({
      "registry-1.docker.io": `${REGISTRY}/docker-hub`,
      "444455556666.dkr-ecr.eu-west-1.on.aws/team": `${REGISTRY}/team`,
    });
    const other = "444455556666.dkr.ecr.eu-west-1.amazonaws.com/team/app";
    expect(configuration.kustomizeComponent(["nginx:1.27", other]).images).toEqual([
      { name: "nginx", newName: `${REGISTRY}/docker-hub/library/nginx` },
      { name: other, newName: `${REGISTRY}/team/app` },
    ]);
    expect(configuration.renovate()).toEqual(
      ClientConfiguration.fromRegistryMap({
        "docker.io": `${REGISTRY}/docker-hub`,
        "444455556666.dkr.ecr.eu-west-1.amazonaws.com/team": `${REGISTRY}/team`,
      }).renovate(),
    );
  });

  test("has an image once, and none of the registry of the cache", () => {
    const images = ["nginx", "nginx:1", `${REGISTRY}/quay/org/app:1`, `${REGISTRY}/team/app`];
    expect(CONFIGURATION.kustomizeComponent(images).images.map(({ name }) => name)).toEqual(["nginx"]);
  });

  test.each<readonly [string, unknown, string]>([
    ["no image", [], "`images` must be a list of at least one image, got []; give names like nginx or quay.io/org/app"],
    [
      "text for a list",
      "nginx",
      '`images` must be a list of at least one image, got "nginx"; give names like nginx or quay.io/org/app',
    ],
    [
      "an image without an upstream",
      ["nginx", "mcr.microsoft.com/dotnet/sdk:8.0"],
      '`images[1]` must be an image that the cache has, got "mcr.microsoft.com/dotnet/sdk:8.0"; the cache has no upstream mcr.microsoft.com; ECR caches Azure registries named <name>.azurecr.io only: copy these images into a private repository',
    ],
    [
      "a malformed name",
      ["Nginx"],
      '`images[0]` must be the name of an image, got "Nginx"; at character 1: a path is lower-case',
    ],
    ["a number", [1], "`images[0]` must be the name of an image, got a value of type number; give a name like nginx"],
  ])("fails for %s", (_, images, message) => {
    expect(messageOf(() => CONFIGURATION.kustomizeComponent(images as string[]))).toBe(
      `ClientConfiguration: ${message}`,
    );
  });
});

describe("Helm", () => {
  test("gives a chart the images of Docker Hub, and allows charts of Bitnami to use another registry", () => {
    const values = CONFIGURATION.helmValues("docker.io");
    expect(values).toEqual({
      global: { imageRegistry: `${REGISTRY}/docker-hub`, security: { allowInsecureImages: true } },
    });
    expect(imageOfChart(values, "docker.io", "bitnami/redis", "8.0")).toBe(CACHE.imageUri("bitnami/redis:8.0"));
    expect(imageOfChart(values, "docker.io", "library/redis", "8.0")).toBe(CACHE.imageUri("redis:8.0"));
  });

  test("gives a chart the images of another registry", () => {
    const values = CONFIGURATION.helmValues("quay.io");
    expect(values).toEqual({ global: { imageRegistry: `${REGISTRY}/quay` } });
    expect(imageOfChart(values, "quay.io", "prometheus/prometheus", "v3")).toBe(
      CACHE.imageUri("quay.io/prometheus/prometheus:v3"),
    );
  });

  test("takes another name of the registry", () => {
    expect(CONFIGURATION.helmValues("index.docker.io")).toEqual(CONFIGURATION.helmValues("docker.io"));
  });

  test("fails for a registry that the cache does not have", () => {
    const configuration = ClientConfiguration.fromRegistryMap({
      "docker.io": `${REGISTRY}/docker-hub`,
      "quay.io": `${REGISTRY}/quay`,
    });
    expect(messageOf(() => configuration.helmValues("ghcr.io"))).toBe(
      'ClientConfiguration: `domain` must be a registry that the cache has as a whole, got "ghcr.io"; use one of docker.io, quay.io',
    );
  });

  test("fails for a registry of which the cache has parts", () => {
    const host = `444455556666.dkr.ecr.${REGION}.amazonaws.com`;
    const configuration = ClientConfiguration.fromRegistryMap({ [`${host}/team`]: `${REGISTRY}/team` });
    expect(messageOf(() => configuration.helmValues(host))).toBe(
      `ClientConfiguration: \`domain\` must be a registry that the cache has as a whole, got "${host}"; the cache has only parts of registries`,
    );
  });
});

describe("Renovate", () => {
  const settings = CONFIGURATION.renovate() as unknown as RenovateSettings;

  test("has package rules with fields that Renovate knows", () => {
    const validate = new Ajv({ strict: false }).compile(
      closed({
        packageRules: {
          type: "array",
          minItems: 1,
          items: closed(
            {
              matchDatasources: { const: ["docker"] },
              matchPackageNames: { type: "array", minItems: 1, items: { type: "string", pattern: "/\\*\\*$" } },
              overridePackageName: { type: "string" },
            },
            ["matchDatasources", "matchPackageNames", "overridePackageName"],
          ),
        },
      }),
    );
    validate(settings);
    expect(validate.errors).toBeNull();
  });

  test("looks for updates of 200 images in their original registries", () => {
    for (const { image, place } of IMAGE_REFERENCES) {
      const { name, suffix } = ImageReference.parse(`${REGISTRY}/${place}`);
      const original = packageOf(name, settings);
      expect([image, CACHE.imageUri(`${original}${suffix}`)]).toEqual([image, `${REGISTRY}/${place}`]);
      expect(original.startsWith(`${REGISTRY}/`)).toBe(false);
    }
  });

  test("leaves images of other repositories and registries as they are", () => {
    const configuration = ClientConfiguration.fromRegistryMap({ "docker.io": `${REGISTRY}/docker-hub` });
    const other = configuration.renovate() as unknown as RenovateSettings;
    for (const name of [`${REGISTRY}/team/app`, `${REGISTRY}/docker-hub-copies/app`, "nginx", "quay.io/org/app"]) {
      expect(packageOf(name, other)).toBe(name);
    }
  });

  test("puts the longer of two starts first, since a rule sees the name that those before it have given", () => {
    const map = { "docker.io": REGISTRY, "quay.io": `${REGISTRY}/quay` };
    expect(ClientConfiguration.fromRegistryMap(map).renovate()).toEqual({
      packageRules: [
        {
          matchDatasources: ["docker"],
          matchPackageNames: [`${REGISTRY}/quay/**`],
          overridePackageName: `{{{replace '^${REGISTRY}/quay/' 'quay.io/' packageName}}}`,
        },
        {
          matchDatasources: ["docker"],
          matchPackageNames: [`${REGISTRY}/**`],
          overridePackageName: `{{{replace '^${REGISTRY}/' 'docker.io/' packageName}}}`,
        },
      ],
    });
  });
});

describe("a map", () => {
  const hint =
    "give cache.registryMap(), the map of one region of fleet.registryMaps(), or the output registry_map of the module";

  test.each<readonly [string, unknown, string]>([
    ["nothing", undefined, `\`registryMap\` is required; ${hint}`],
    ["an empty one", {}, `\`registryMap\` must be a registry map with at least one registry, got {}; ${hint}`],
    ["a list", ["docker.io"], `\`registryMap\` must be a registry map with at least one registry, got a list; ${hint}`],
    [
      "the maps of all regions",
      { "us-east-1": { "docker.io": `${REGISTRY}/docker-hub` } },
      `\`registryMap["us-east-1"]\` must be the start of names in a private Amazon ECR registry, got a value of type object; ${hint}`,
    ],
    [
      "a map with keys that are no registries",
      { "docker-hub": `${REGISTRY}/docker-hub` },
      `\`registryMap\` must have names of registries as keys, like docker.io, got "docker-hub"; ${hint}`,
    ],
    [
      "another registry",
      { "docker.io": "mirror.example.com/hub" },
      `\`registryMap["docker.io"]\` must be the start of names in a private Amazon ECR registry, got "mirror.example.com/hub"; ${hint}`,
    ],
    [
      "an access token as a name",
      { ghp_0123456789abcdefghijABCDEFGHIJ012345: "mirror.example.com/hub" },
      `\`registryMap["(a key not shown)"]\` must be the start of names in a private Amazon ECR registry, got "mirror.example.com/hub"; ${hint}`,
    ],
    [
      "two registries",
      { "docker.io": `${REGISTRY}/docker-hub`, "quay.io": `444455556666.dkr.ecr.${REGION}.amazonaws.com/quay` },
      `\`registryMap["quay.io"]\` must have the host of the first entry, got "444455556666.dkr.ecr.${REGION}.amazonaws.com/quay"; give the map of one cache`,
    ],
  ])("fails if it is %s", (_, map, message) => {
    const make = (): unknown => ClientConfiguration.fromRegistryMap(map as { [name: string]: string });
    expect(messageOf(make)).toBe(`ClientConfiguration: ${message}`);
  });

  test("can change later without effect", () => {
    const map = { "docker.io": `${REGISTRY}/docker-hub` };
    const configuration = ClientConfiguration.fromRegistryMap(map);
    map["docker.io"] = `${REGISTRY}/other`;
    expect(configuration.kustomizeComponent(["nginx"]).images).toEqual([
      { name: "nginx", newName: `${REGISTRY}/docker-hub/library/nginx` },
    ]);
  });
});
