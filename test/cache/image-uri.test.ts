import { TerraformOutput, TerraformVariable } from "cdktf";
import { CacheWarmer, PullThroughCache, RegistryCredential, Upstream } from "cdktf-ecr-pull-through-cache";
import type { ImageUriOptions, PullThroughCacheProps, RegistryMapOptions } from "cdktf-ecr-pull-through-cache";
import * as fc from "fast-check";
import { ImageReference } from "../../src/image/image-reference";
import { RegistryMapping } from "../../src/image/registry-map";
import { ACCOUNT, IMAGE_REFERENCES, REGION, UPSTREAMS } from "../support/image-references";
import { messageOf, only, stackIn, synthesized, warnings } from "../support/synthesis";

const OWN = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com`;
const OWN_DUAL_STACK = `${ACCOUNT}.dkr-ecr.${REGION}.on.aws`;
const DIGEST = `sha256:${"f".repeat(64)}`;
const OTHER = "444455556666.dkr.ecr.eu-west-1.amazonaws.com";

const secret = RegistryCredential.fromSecretName("ecr-pullthroughcache/hub");
/** Two parts of one private registry. */
const PARTS = ["base", "tools/"].map((part) =>
  Upstream.privateEcr({
    accountId: "444455556666",
    region: "eu-west-1",
    prefix: `cached-${part}`,
    upstreamRepositoryPrefix: part,
  }),
);

function cacheOf(upstreams: readonly Upstream[], props: Partial<PullThroughCacheProps> = {}, region?: string) {
  const stack = stackIn(region ?? REGION);
  return new PullThroughCache(stack, "cache", { accountId: ACCOUNT, ...props, upstreams: [...upstreams] });
}

const everything = () => cacheOf(UPSTREAMS);

/** A cache whose account and region only Terraform knows. */
function unknownCache(): PullThroughCache {
  return new PullThroughCache(stackIn(undefined), "cache", {
    upstreams: [Upstream.quay(), Upstream.dockerHub(secret), Upstream.privateEcr({ region: "eu-west-1" })],
  });
}

/** A token for a text. */
function token(cache: PullThroughCache, name = "text"): string {
  return new TerraformVariable(cache.node.scope as PullThroughCache, name, {}).stringValue;
}

const error = (cache: PullThroughCache, image: unknown, options?: unknown): string =>
  messageOf(() => cache.imageUri(image as string, options as ImageUriOptions));

describe("the 200 images", () => {
  const cache = everything();

  test("are 200, and of all upstreams", () => {
    expect(new Set(IMAGE_REFERENCES.map(({ image }) => image)).size).toBe(200);
    const used = new Set(
      IMAGE_REFERENCES.map(({ image }) => cacheMapping().map(ImageReference.parse(image))).map(prefixOf),
    );
    expect([...used].sort()).toEqual(UPSTREAMS.map(({ prefix }) => prefix).sort());
  });

  test.each(IMAGE_REFERENCES)("$image has its place", ({ image, place }) => {
    expect(cache.imageUri(image)).toBe(`${OWN}/${place}`);
    expect(cache.imageUri(image, { dualStack: true })).toBe(`${OWN_DUAL_STACK}/${place}`);
    // A name in the cache stays as it is, with either host.
    expect(cache.imageUri(`${OWN}/${place}`, { dualStack: true })).toBe(`${OWN}/${place}`);
    expect(cache.imageUri(`${OWN_DUAL_STACK}/${place}`)).toBe(`${OWN_DUAL_STACK}/${place}`);
  });

  test("have the same names with the map as plain data", () => {
    for (const dualStack of [false, true]) {
      const mapping = cacheMapping({ dualStack });
      for (const { image } of IMAGE_REFERENCES) {
        const uri = cache.imageUri(image, { dualStack });
        expect(mapping.map(ImageReference.parse(image))).toMatchObject({ kind: "cached", uri });
        expect(mapping.map(ImageReference.parse(uri))).toEqual({ kind: "own", uri });
      }
    }
  });

  test("are pulled by a warmer from the same places", () => {
    const stack = stackIn(REGION);
    const warmed = new PullThroughCache(stack, "cache", { accountId: ACCOUNT, upstreams: [...UPSTREAMS] });
    const byPlace = new Map(IMAGE_REFERENCES.map(({ image, place }) => [withTag(place), image]));
    const images = [...byPlace.values()].filter((image) => !image.includes("@"));
    expect(images.length).toBeGreaterThan(180);
    new CacheWarmer(stack, "warmer", { cache: warmed, images });
    const { buildspec } = only(synthesized(stack), "aws_codebuild_project")["source"] as { readonly buildspec: string };
    const pulled = [
      ...buildspec.matchAll(/\{\\"image\\":\\"([^"]+)\\",\\"repository\\":\\"([^"]+)\\",\\"tag\\":\\"([^"]+)\\"/g),
    ];
    expect(pulled.map(([, image, repository, tag]) => [image, `${OWN}/${repository}:${tag}`])).toEqual(
      images.map((image) => [image, withTag(cache.imageUri(image))]),
    );
  });

  function cacheMapping(options: RegistryMapOptions = {}): RegistryMapping {
    const map = JSON.parse(JSON.stringify(cache.registryMap(options))) as { [name: string]: string };
    return new RegistryMapping(map);
  }

  function prefixOf(mapped: ReturnType<RegistryMapping["map"]>): string {
    return mapped.kind === "cached" ? mapped.prefix : mapped.kind;
  }

  function withTag(name: string): string {
    return /[:@][^/]*$/.test(name) ? name : `${name}:latest`;
  }
});

test("laws: the result stays as it is, and the plain map gives the same result for any image and any prefixes", () => {
  const word = fc.string({ unit: fc.constantFrom("a", "b", "7"), minLength: 1, maxLength: 2 });
  const path = fc.array(word, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/"));
  const host = fc.constantFrom(
    "",
    "docker.io/",
    "quay.io/",
    "Quay.io:443/",
    "k8s.gcr.io/",
    "registry.k8s.io/",
    "ghcr.io/",
    `${OTHER}/`,
  );
  const suffix = fc.constantFrom("", ":1.0", `@${DIGEST}`, `:1.0@${DIGEST}`);
  const image = fc.tuple(host, path, suffix).map((parts) => parts.join(""));
  const prefix = fc.constantFrom("aa", "aa/b", "bb", "bb/a/", "a7", "a7/a/b", "ROOT");
  const prefixes = fc.uniqueArray(prefix, { minLength: 5, maxLength: 5 });
  fc.assert(
    fc.property(
      prefixes,
      fc.array(image, { minLength: 10, maxLength: 10 }),
      ([hub, quay, kubernetes, one, two], images) => {
        fc.pre(one !== "ROOT" && two !== "ROOT");
        const part = (at: string | undefined, upstreamRepositoryPrefix: string) =>
          Upstream.privateEcr({ accountId: "444455556666", region: "eu-west-1", prefix: at, upstreamRepositoryPrefix });
        const cache = cacheOf([
          Upstream.dockerHub(secret, { prefix: hub }),
          Upstream.quay({ prefix: quay }),
          Upstream.kubernetes({ prefix: kubernetes }),
          part(one, "aa"),
          part(two, "aa/bb"),
        ]);
        const mapping = new RegistryMapping(cache.registryMap());
        for (const name of images) {
          const mapped = mapping.map(ImageReference.parse(name));
          const uri = cache.imageUri(name, { passThrough: true });
          expect([name, uri]).toEqual([name, "uri" in mapped ? mapped.uri : name]);
          expect(cache.imageUri(uri, { passThrough: true })).toBe(uri);
          expect(mapping.map(ImageReference.parse(uri)).kind).toBe("uri" in mapped ? "own" : mapped.kind);
        }
      },
    ),
    { numRuns: 60 },
  );
});

describe("the own registry", () => {
  test.each([
    OWN,
    OWN_DUAL_STACK,
    `${ACCOUNT}.dkr.ecr-fips.${REGION}.amazonaws.com`,
    `${ACCOUNT}.dkr-ecr-fips.${REGION}.on.aws`,
    `${OWN}:443`,
    OWN.toUpperCase(),
  ])("keeps a name with the host %s, whatever its path", (host) => {
    const cache = everything();
    for (const path of ["quay/prometheus/node-exporter:v1", "own/app", `own/app@${DIGEST}`]) {
      expect(cache.imageUri(`${host}/${path}`)).toBe(`${host}/${path}`);
    }
    synthesized(cache.node.scope as never);
    expect(warnings(cache.node.scope as never)).toEqual([]);
  });

  test("checks a name with its host", () => {
    expect(error(everything(), `${OWN}/Quay`)).toBe(
      `stack/cache: \`image\` must be the name of an image, got "${OWN}/Quay"; at character 46: a path is lower-case`,
    );
  });

  test("keeps a name that begins with a token of its host", () => {
    const cache = unknownCache();
    const name = `${cache.repositoryUri("quay", "a/b")}:1`;
    expect(cache.imageUri(name)).toBe(name);
    const accountOnly = cacheOf([Upstream.quay()], { accountId: undefined });
    const dualStack = accountOnly.imageUri("quay.io/a", { dualStack: true });
    expect(accountOnly.imageUri(dualStack)).toBe(dualStack);
  });

  test("asks for the name at the upstream if it may be the registry that only Terraform knows", () => {
    expect(error(unknownCache(), `${OWN}/docker-hub/library/nginx:1`)).toBe(
      `stack/cache: \`image\` must come from an upstream of the cache, got "${OWN}/docker-hub/library/nginx:1"; the cache has no upstream ${OWN}: leave out the registry host, and use the name of the image at its upstream: nginx:1`,
    );
  });
});

describe("tokens", () => {
  test("of the account and the region are in the host, and are looked up by Terraform", () => {
    const cache = unknownCache();
    const stack = cache.node.scope as never;
    new TerraformOutput(stack, "image", { value: cache.imageUri("nginx:1.27") });
    const host =
      "${data.aws_caller_identity.aws-lookup_caller-identity_82AEBEF1.account_id}.dkr.ecr.${data.aws_region.aws-lookup_region_0A228083.id}.${data.aws_partition.aws-lookup_partition_7147F8A7.dns_suffix}";
    new TerraformOutput(stack, "map", { value: cache.registryMap() });
    expect(synthesized(stack).output).toMatchObject({
      image: { value: `${host}/docker-hub/library/nginx:1.27` },
      map: {
        value: {
          "quay.io": `${host}/quay`,
          "docker.io": `${host}/docker-hub`,
          "${data.aws_caller_identity.aws-lookup_caller-identity_82AEBEF1.account_id}.dkr.ecr.eu-west-1.${data.aws_partition.aws-lookup_partition_7147F8A7.dns_suffix}": `${host}/ecr`,
        },
      },
    });
  });

  test.each<readonly [string, (text: string) => string, (text: string) => string]>([
    ["a tag", (text) => `nginx:${text}`, (text) => `docker-hub/library/nginx:${text}`],
    ["the end of a tag", (text) => `nginx:1.${text}`, (text) => `docker-hub/library/nginx:1.${text}`],
    ["the start of a tag", (text) => `Quay.io/a:${text}-alpine`, (text) => `quay/a:${text}-alpine`],
    ["a digest", (text) => `nginx@${text}`, (text) => `docker-hub/library/nginx@${text}`],
    ["a digest behind a tag", (text) => `quay.io/a:1@${text}`, (text) => `quay/a:1@${text}`],
    ["the digits of a digest", (text) => `nginx@sha256:${text}`, (text) => `docker-hub/library/nginx@sha256:${text}`],
    [
      "a tag before a digest",
      (text) => `nginx:${text}@${DIGEST}`,
      (text) => `docker-hub/library/nginx:${text}@${DIGEST}`,
    ],
  ])("may be %s", (_, image, place) => {
    const cache = everything();
    for (const text of [token(cache), "${var.text}"]) {
      expect(cache.imageUri(image(text))).toBe(`${OWN}/${place(text)}`);
    }
  });

  test.each<readonly [string, (text: string) => string]>([
    ["the name", (text) => text],
    ["the path", (text) => `quay.io/${text}`],
    ["the end of the path", (text) => `nginx${text}`],
    ["the port", (text) => `localhost:${text}/app`],
  ])("are refused as %s, also with passThrough", (_, image) => {
    const cache = everything();
    const expected = (text: string) =>
      `stack/cache: \`image\` must have a name that is known at synth, got ${text}; only the tag or the digest may be a token: for a repository that is a token, use repositoryUri`;
    expect(error(cache, image(token(cache)), { passThrough: true })).toBe(expected("a token"));
    expect(error(cache, image("${var.x}"))).toBe(expected(JSON.stringify(image("${var.x}"))));
  });

  test("in the path of an own name with a literal host are refused", () => {
    const cache = everything();
    expect(error(cache, `${OWN}/${token(cache)}`)).toContain("must have a name that is known at synth");
  });
});

describe("passThrough", () => {
  test.each(["gcr.io/a/b:1", "localhost:5000/a", `${OTHER}/other/a`, "quay.io/quay.io/a", `nvcr.io/a@${DIGEST}`])(
    "keeps %s, which the cache cannot have",
    (image) => {
      const cache = cacheOf([...PARTS, Upstream.quay()]);
      expect(cache.imageUri(image, { passThrough: true })).toBe(image);
      expect(error(cache, image, { passThrough: false })).toContain("`image` must ");
      expect(cache.imageUri("quay.io/a", { passThrough: true })).toBe(`${OWN}/quay/a`);
      expect(cache.node.metadata).toEqual([]);
    },
  );

  test("keeps the names of private registries that only Terraform can tell from an upstream", () => {
    const name = `${ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/a`;
    expect(unknownCache().imageUri(name, { passThrough: true })).toBe(name);
  });

  test("does not keep a text that is no name", () => {
    expect(error(everything(), "nginx:", { passThrough: true })).toBe(
      'stack/cache: `image` must be the name of an image, got "nginx:"; at character 7: a tag has up to 128 letters, digits and `_.-`, and does not begin with `.` or `-`',
    );
  });
});

describe("a digest", () => {
  const warning = (name: string) =>
    `imageUri: ECR does not cache the first pull of ${name} by digest: pull its tag through the cache once (if this is meant, add "first-pull-by-digest" to the list "cdktf-ecr-pull-through-cache:acknowledgedWarnings" in the app's context)`;

  test("adds one warning for each image", () => {
    const cache = everything();
    for (const image of ["nginx", "nginx:1.27", "nginx:1.27", "quay.io/a"]) {
      cache.imageUri(`${image}@${DIGEST}`);
      cache.imageUri(
        `${image}@${token(cache, `${image.replace(/\W/g, "")}${cache.node.scope?.node.children.length}`)}`,
      );
    }
    cache.imageUri("quay.io/b:1");
    synthesized(cache.node.scope as never);
    expect(warnings(cache.node.scope as never)).toEqual(["nginx", "nginx:1.27", "quay.io/a"].map(warning));
  });

  test("adds none if the app's context acknowledges it", () => {
    const context = { "cdktf-ecr-pull-through-cache:acknowledgedWarnings": ["first-pull-by-digest"] };
    const cache = new PullThroughCache(stackIn(REGION, context), "cache", { upstreams: [Upstream.quay()] });
    cache.imageUri(`quay.io/a@${DIGEST}`);
    expect(cache.node.metadata).toEqual([]);
  });
});

describe("the host for IPv4 and IPv6", () => {
  test.each([
    ["eu-west-1", `${ACCOUNT}.dkr-ecr.eu-west-1.on.aws`],
    ["us-gov-west-1", `${ACCOUNT}.dkr-ecr.us-gov-west-1.on.aws`],
    ["cn-north-1", `${ACCOUNT}.dkr-ecr.cn-north-1.on.amazonwebservices.com.cn`],
  ])("in %s is %s", (region, host) => {
    const cache = cacheOf([Upstream.quay()], {}, region);
    expect(cache.imageUri("quay.io/a", { dualStack: true })).toBe(`${host}/quay/a`);
    expect(cache.registryMap({ dualStack: true })).toEqual({ "quay.io": `${host}/quay` });
  });

  test.each(["us-iso-east-1", "us-isob-east-1", "eu-isoe-west-1", "us-isof-south-1", "eusc-de-east-1", undefined])(
    "in %s is refused",
    (region) => {
      const cache = new PullThroughCache(stackIn(region), "cache", {
        accountId: ACCOUNT,
        upstreams: [Upstream.quay()],
      });
      const expected =
        "stack/cache: `dualStack` must be left out, got true; AWS documents no host for IPv4 and IPv6 here, or the partition is not known at synth: set the region of the AWS provider as a literal";
      expect(error(cache, "quay.io/a", { dualStack: true })).toBe(expected);
      expect(messageOf(() => cache.registryMap({ dualStack: true }))).toBe(expected);
    },
  );
});

describe("errors", () => {
  const notFrom = (image: string, host: string, hint: string) =>
    `stack/cache: \`image\` must come from an upstream of the cache, got "${image}"; the cache has no upstream ${host}: ${hint}`;
  const cannotHold = (image: string, hint: string) =>
    `stack/cache: \`image\` must be an image that the cache can hold, got "${image}"; ${hint}`;
  const HINT = "use its usual name, like nginx:1.27 or quay.io/prometheus/node-exporter:v1.8.2";

  test.each<readonly [unknown, string]>([
    ["docker/Docker", 'must be the name of an image, got "docker/Docker"; at character 8: a path is lower-case'],
    [5, `must be the name of an image, got 5; ${HINT}`],
    [undefined, `is required; ${HINT}`],
    [null, `must be the name of an image, got null; ${HINT}`],
  ])("name the mistake in %j", (image, message) => {
    expect(error(everything(), image)).toBe(`stack/cache: \`image\` ${message}`);
  });

  test.each([
    ["public.ecr.aws/a", "public.ecr.aws", "add Upstream.ecrPublic() to the cache"],
    ["k8s.gcr.io/a", "registry.k8s.io", "add Upstream.kubernetes() to the cache"],
    ["Quay.io:443/a", "quay.io", "add Upstream.quay() to the cache"],
    ["nginx", "registry-1.docker.io", "add Upstream.dockerHub(credential) to the cache"],
    ["ghcr.io/a", "ghcr.io", "add Upstream.github(credential) to the cache"],
    ["registry.gitlab.com/a", "registry.gitlab.com", "add Upstream.gitlab(credential) to the cache"],
    ["contoso.azurecr.io/a", "contoso.azurecr.io", "add Upstream.azure(registryName, credential) to the cache"],
    ["cgr.dev/a", "cgr.dev", "add Upstream.chainguard(credential) to the cache"],
    ["444455556666.dkr-ecr.eu-west-1.on.aws/a", OTHER, "add Upstream.privateEcr(options) to the cache"],
    ["gcr.io/a", "gcr.io", "ECR cannot cache Google Container Registry: copy these images into a private repository"],
    ["registry.example.com:5000/a", "registry.example.com:5000", "ECR cannot cache that registry"],
  ])("say how to cache %s, or why ECR cannot", (image, host, hint) => {
    const cache = cacheOf([Upstream.unlisted("registry.example.com", { prefix: "example" })]);
    expect(error(cache, image)).toBe(notFrom(image, host, hint));
    expect(cache.imageUri("registry.example.com/a")).toBe(`${OWN}/example/a`);
  });

  test("do not show a digest, which looks like a secret", () => {
    expect(error(everything(), `gcr.io/a:1@${DIGEST}`)).toContain('got "gcr.io/a:1"; ');
  });

  test("say that only Terraform knows the host of a private registry", () => {
    const name = "444455556666.dkr.ecr.eu-west-1.amazonaws.com/a";
    expect(error(unknownCache(), name)).toBe(
      notFrom(
        name,
        OTHER,
        "set `accountId` of the cache and the region of its provider as literals, since the hosts of private registries contain them",
      ),
    );
  });

  test("say which parts of a private registry are cached", () => {
    const cache = cacheOf(PARTS);
    const outside = (part: string) =>
      `\`repository\` must be under ${part}/, the part of the upstream that is cached, got "base"; cache more of it with \`upstreamRepositoryPrefix\``;
    expect(error(cache, `${OTHER}/base`)).toBe(cannotHold(`${OTHER}/base`, `${outside("base")}; ${outside("tools")}`));
    expect(cache.imageUri(`${OTHER}/base/a`)).toBe(`${OWN}/cached-base/a`);
    expect(cache.imageUri(`${OTHER}/tools/a/b`)).toBe(`${OWN}/cached-tools/a/b`);
  });

  test("name a host in the path, but not a repository with the name of a host", () => {
    const cache = everything();
    expect(error(cache, "quay.io/docker.io/library/nginx")).toBe(
      cannotHold(
        "quay.io/docker.io/library/nginx",
        '`repository` must be without the upstream\'s host, got "docker.io/library/nginx"; leave out docker.io/',
      ),
    );
    expect(cache.imageUri("quay.io/docker.io")).toBe(`${OWN}/quay/docker.io`);
  });

  test("name the host of an unlisted registry in the path", () => {
    const cache = cacheOf([Upstream.unlisted("registry.example.com", { prefix: "example" })]);
    const image = "registry.example.com/registry.example.com/team/app";
    expect(error(cache, image)).toBe(
      cannotHold(
        image,
        '`repository` must be without the upstream\'s host, got "registry.example.com/team/app"; leave out registry.example.com/',
      ),
    );
    expect(cache.imageUri("registry.example.com/other.example.com/app")).toBe(`${OWN}/example/other.example.com/app`);
  });

  test("name the longer prefix of another upstream", () => {
    const cache = cacheOf([Upstream.quay({ prefix: "ab" }), Upstream.ecrPublic({ prefix: "ab/cd/" })]);
    expect(error(cache, "quay.io/cd/e")).toBe(
      cannotHold(
        "quay.io/cd/e",
        '`repository` must not be under the longer prefix ab/cd, which another upstream has, got "ab/cd/e"; give one of the two upstreams another prefix',
      ),
    );
    expect(cache.imageUri("quay.io/cd")).toBe(`${OWN}/ab/cd`);
    expect(cache.imageUri("quay.io/cde/f")).toBe(`${OWN}/ab/cde/f`);
    expect(cache.imageUri("public.ecr.aws/e")).toBe(`${OWN}/ab/cd/e`);
  });

  test("give the length of a name that is too long", () => {
    const cache = everything();
    const path = "a".repeat(250);
    expect(ImageReference.parse(cache.imageUri(`quay.io/${path}`)).name).toBe(`${OWN}/quay/${path}`);
    expect(error(cache, `quay.io/${path}a`)).toBe(
      cannotHold(
        `quay.io/${path}a`,
        "`repository` must have at most 255 characters with the prefix, got 256; container clients read no longer paths",
      ),
    );
  });

  test.each<readonly [unknown, string]>([
    [null, "`options` must be an object of options, got null; leave it out for the defaults"],
    ["dualStack", '`options` must be an object of options, got "dualStack"; leave it out for the defaults'],
    [{ dualStack: 1 }, "`dualStack` must be true or false, got 1; leave it out for the host of IPv4"],
  ])("name the mistake in the options %j, also of a map", (options, message) => {
    const cache = everything();
    expect(error(cache, "nginx", options)).toBe(`stack/cache: ${message}`);
    expect(messageOf(() => cache.registryMap(options as RegistryMapOptions))).toBe(`stack/cache: ${message}`);
  });

  test("name an unknown option, and report several together", () => {
    const cache = everything();
    expect(error(cache, "nginx", { passthrough: true })).toBe(
      "stack/cache: `passthrough` is not an option; did you mean `passThrough`?",
    );
    expect(error(cache, "nginx", { passThrough: "yes", dualStack: "no" })).toBe(
      [
        "stack/cache: 2 validation errors",
        '- `dualStack` must be true or false, got "no"; leave it out for the host of IPv4',
        '- `passThrough` must be true or false, got "yes"; leave it out for an error',
      ].join("\n"),
    );
    expect(messageOf(() => cache.registryMap({ passThrough: true } as RegistryMapOptions))).toBe(
      "stack/cache: `passThrough` is not an option; use one of dualStack",
    );
  });
});

describe("a registry map", () => {
  test("has each registry with the start of its names", () => {
    expect(everything().registryMap()).toEqual({
      "public.ecr.aws": `${OWN}/ecr-public`,
      "registry.k8s.io": `${OWN}/kubernetes`,
      "quay.io": `${OWN}/quay`,
      "docker.io": `${OWN}/docker-hub`,
      "ghcr.io": `${OWN}/github`,
      "registry.gitlab.com": `${OWN}/gitlab`,
      "contoso.azurecr.io": `${OWN}/azure`,
      "cgr.dev": `${OWN}/chainguard`,
      "763104351884.dkr.ecr.us-east-1.amazonaws.com": `${OWN}/deep-learning`,
      "602401143452.dkr.ecr.us-west-2.amazonaws.com/eks": `${OWN}/eks-addons`,
      "602401143452.dkr.ecr.us-west-2.amazonaws.com/amazon": `${OWN}/amazon`,
      "111122223333.dkr.ecr.eu-west-1.amazonaws.com": OWN,
    });
  });

  test("has no slash at the end of a prefix or of a part", () => {
    const [, tools] = PARTS as [Upstream, Upstream];
    const map = cacheOf([Upstream.quay({ prefix: "quay/" }), tools]).registryMap();
    expect(map).toEqual({ "quay.io": `${OWN}/quay`, [`${OTHER}/tools`]: `${OWN}/cached-tools` });
  });

  test("includes later upstreams on the next call, and a change of a map changes no other", () => {
    const cache = cacheOf([Upstream.quay()]);
    const map = cache.registryMap();
    map["quay.io"] = "";
    cache.addUpstream(Upstream.ecrPublic());
    expect(cache.registryMap()).toEqual({ "quay.io": `${OWN}/quay`, "public.ecr.aws": `${OWN}/ecr-public` });
  });

  test("has the first of two upstreams with one registry, as the names of images do", () => {
    const cache = cacheOf([Upstream.quay({ prefix: "one" }), Upstream.quay({ prefix: "two" })]);
    expect(cache.registryMap()).toEqual({ "quay.io": `${OWN}/one` });
    expect(cache.imageUri("quay.io/a")).toBe(`${OWN}/one/a`);
  });

  test.each([
    ["quay", "quay/more"],
    ["ROOT", "more"],
  ])(
    "fails for two upstreams with one registry and the prefixes %s and %s, of which one takes images of the other",
    (one, two) => {
      const cache = cacheOf([Upstream.quay({ prefix: one }), Upstream.quay({ prefix: two })]);
      expect(messageOf(() => cache.registryMap())).toBe(
        `stack/cache: \`upstreams\` must have no second prefix of one registry below the prefix of another upstream, got "${two}"; a registry map has one prefix for each registry, and ECR would apply the longer one: choose another prefix`,
      );
    },
  );
});
