import Ajv from "ajv";
import { ClientConfiguration, FailurePolicy, PullThroughCache } from "cdktf-ecr-pull-through-cache";
import * as fc from "fast-check";
import { parseReference, ImageReference } from "../../src/image/image-reference";
import { RegistryMapping } from "../../src/image/registry-map";
import { admission } from "../support/admission";
import type { Container, MutatingPolicy, Pod } from "../support/admission";
import { ACCOUNT, IMAGE_REFERENCES, REGION, UPSTREAMS } from "../support/image-references";
import { closed } from "../support/json-schema";
import { messageOf, stackIn } from "../support/synthesis";

const CACHE = new PullThroughCache(stackIn(REGION), "cache", { accountId: ACCOUNT, upstreams: [...UPSTREAMS] });
const MAP = CACHE.registryMap();
const MAPPING = new RegistryMapping(MAP);
const CONFIGURATION = ClientConfiguration.fromRegistryMap(MAP);
const { registry: REGISTRY, dualStackHost: DUAL_STACK_HOST = "" } = MAPPING;

const POLICIES: readonly (readonly [kind: string, policy: object])[] = [
  ["MutatingAdmissionPolicy", CONFIGURATION.mutatingAdmissionPolicy()[0] ?? {}],
  ["MutatingPolicy of Kyverno", CONFIGURATION.kyvernoMutatingPolicy()],
];
const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;

const strings = { type: "array", items: { type: "string" } };
const expression = closed({ expression: { type: "string" } }, ["expression"]);
const selector = closed({
  matchLabels: { type: "object", additionalProperties: { type: "string" } },
  matchExpressions: {
    type: "array",
    items: closed(
      {
        key: { type: "string" },
        operator: { enum: ["In", "NotIn", "Exists", "DoesNotExist"] },
        values: { ...strings, minItems: 1 },
      },
      ["key", "operator"],
    ),
  },
});
const resourceRules = {
  type: "array",
  items: closed(
    {
      apiGroups: strings,
      apiVersions: strings,
      operations: { type: "array", items: { enum: ["*", "CREATE", "UPDATE", "DELETE", "CONNECT"] } },
      resourceNames: strings,
      resources: strings,
      scope: { enum: ["*", "Cluster", "Namespaced"] },
    },
    ["apiGroups", "apiVersions", "operations", "resources"],
  ),
};
const named = closed({ name: { type: "string", pattern: "^[A-Za-z_]\\w*$" }, expression: { type: "string" } }, [
  "name",
  "expression",
]);
const specFields = {
  failurePolicy: { enum: ["Ignore", "Fail"] },
  matchConditions: { type: "array", maxItems: 64, items: named },
  matchConstraints: closed(
    {
      excludeResourceRules: resourceRules,
      matchPolicy: { enum: ["Exact", "Equivalent"] },
      namespaceSelector: selector,
      objectSelector: selector,
      resourceRules: { ...resourceRules, minItems: 1 },
    },
    ["resourceRules"],
  ),
  mutations: {
    type: "array",
    minItems: 1,
    items: closed(
      {
        patchType: { enum: ["ApplyConfiguration", "JSONPatch"] },
        applyConfiguration: expression,
        jsonPatch: expression,
      },
      ["patchType"],
    ),
  },
  reinvocationPolicy: { enum: ["Never", "IfNeeded"] },
  variables: { type: "array", items: named },
};
const required = ["matchConstraints", "mutations", "reinvocationPolicy"];
const metadata = closed({ name: { type: "string", pattern: "^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$" } }, ["name"]);

function manifest(apiVersion: string, kind: string, spec: object): object {
  return closed({ apiVersion: { const: apiVersion }, kind: { const: kind }, metadata, spec }, [
    "apiVersion",
    "kind",
    "metadata",
    "spec",
  ]);
}

/**
 * The fields of the API, closed so that an unknown one fails:
 * https://kubernetes.io/docs/reference/kubernetes-api/admissionregistration/mutating-admission-policy-v1/ and
 * https://kyverno.io/docs/policy-types/mutating-policy/
 */
const SCHEMAS = [
  manifest(
    "admissionregistration.k8s.io/v1",
    "MutatingAdmissionPolicy",
    closed({ ...specFields, paramKind: closed({ apiVersion: {}, kind: {} }) }, required),
  ),
  manifest(
    "admissionregistration.k8s.io/v1",
    "MutatingAdmissionPolicyBinding",
    closed({ policyName: { type: "string" }, matchResources: {}, paramRef: {} }, ["policyName"]),
  ),
  manifest(
    "policies.kyverno.io/v1",
    "MutatingPolicy",
    closed(
      {
        ...specFields,
        autogen: closed({
          mutatingAdmissionPolicy: closed({ enabled: { type: "boolean" } }),
          podControllers: closed({ controllers: strings }),
        }),
        evaluation: {},
        targetMatchConstraints: {},
        webhookConfiguration: {},
      },
      required,
    ),
  ),
];

/** The name that `imageUri` gives with `passThrough`, or a name that is malformed as it is. */
function expected(image: string): string {
  const reference = parseReference(image);
  const mapped = reference instanceof ImageReference ? MAPPING.map(reference) : undefined;
  return mapped?.kind === "cached" ? mapped.uri : image;
}

function pod(...images: readonly string[]): Pod {
  return { spec: { containers: images.map((image, index) => ({ name: `c${index}`, image })) } };
}

function imagesOf({ spec }: Pod, list = "containers"): (string | undefined)[] {
  return (spec[list] ?? []).map(({ image }) => image);
}

test("each manifest has only fields of its API, and those that the API requires", () => {
  const manifests = [...CONFIGURATION.mutatingAdmissionPolicy(), CONFIGURATION.kyvernoMutatingPolicy()];
  for (const [index, schema] of SCHEMAS.entries()) {
    const validate = new Ajv({ strict: false }).compile(schema);
    validate(manifests[index]);
    expect(validate.errors).toBeNull();
  }
});

test("a policy without options ignores failures, and leaves out the namespace kube-system", () => {
  const [policy, binding] = ClientConfiguration.fromRegistryMap({
    "docker.io": `${REGISTRY}/docker-hub`,
  }).mutatingAdmissionPolicy();
  expect(policy).toEqual({
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "MutatingAdmissionPolicy",
    metadata: { name: "ecr-pull-through-cache" },
    spec: {
      failurePolicy: "Ignore",
      reinvocationPolicy: "IfNeeded",
      matchConstraints: {
        namespaceSelector: {
          matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "NotIn", values: ["kube-system"] }],
        },
        resourceRules: [
          {
            apiGroups: [""],
            apiVersions: ["v1"],
            operations: ["CREATE", "UPDATE"],
            resources: ["pods", "pods/ephemeralcontainers"],
          },
        ],
      },
      variables: ["caches", "domains", "former", "images", "names", "rewrites"].map((name) => ({
        name,
        expression: expect.any(String) as string,
      })),
      mutations: [{ patchType: "JSONPatch", jsonPatch: { expression: expect.any(String) as string } }],
    },
  });
  expect(binding).toEqual({
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "MutatingAdmissionPolicyBinding",
    metadata: { name: "ecr-pull-through-cache" },
    spec: { policyName: "ecr-pull-through-cache" },
  });
});

test("the options set name, failure policy and namespaces, and an empty list leaves out none", () => {
  const options = { name: "images", failurePolicy: FailurePolicy.FAIL, excludedNamespaces: [] };
  const [policy, binding] = CONFIGURATION.mutatingAdmissionPolicy(options);
  expect(policy).toMatchObject({ metadata: { name: "images" }, spec: { failurePolicy: "Fail" } });
  expect(JSON.stringify(policy)).not.toContain("namespaceSelector");
  expect(binding).toMatchObject({ metadata: { name: "images" }, spec: { policyName: "images" } });
  expect(CONFIGURATION.kyvernoMutatingPolicy({ excludedNamespaces: ["a", "b"] })).toMatchObject({
    spec: { matchConstraints: { namespaceSelector: { matchExpressions: [{ values: ["a", "b"] }] } } },
  });
});

test("Kyverno makes no rules for Deployments and other controllers of pods", () => {
  expect(CONFIGURATION.kyvernoMutatingPolicy()).toMatchObject({
    spec: { autogen: { podControllers: { controllers: [] } } },
  });
});

test("the policies of Kubernetes and Kyverno rewrite images in the same way", () => {
  const rules = POLICIES.map(([, policy]) => {
    const { variables, mutations } = (policy as MutatingPolicy).spec;
    return { variables, mutations };
  });
  expect(rules[0]).toEqual(rules[1]);
});

test("an expression has no text that Terraform reads as a template, and no pattern that RE2 does not have", () => {
  const text = JSON.stringify(POLICIES);
  expect(text).not.toMatch(/[$%]\{/);
  expect(text).not.toMatch(/\(\?[=!<]/);
});

test.each(POLICIES)("a %s gives 200 images the names that imageUri gives", async (_, policy) => {
  const admit = await admission(policy as MutatingPolicy);
  const names = imagesOf(admit(pod(...IMAGE_REFERENCES.map(({ image }) => image))));
  expect(names).toEqual(IMAGE_REFERENCES.map(({ place }) => `${REGISTRY}/${place}`));
  expect(names).toEqual(IMAGE_REFERENCES.map(({ image }) => CACHE.imageUri(image, { passThrough: true })));
});

describe("a policy", () => {
  let admit: Awaited<ReturnType<typeof admission>>;
  beforeAll(async () => {
    admit = await admission(POLICIES[0]?.[1] as MutatingPolicy);
  });

  test("rewrites ordinary, init and ephemeral containers, and changes nothing else", () => {
    const given = {
      metadata: { name: "web" },
      spec: {
        nodeSelector: [],
        containers: [
          { name: "web", image: "nginx:1.27", env: [{ name: "A", value: "nginx" }] },
          { name: "own", image: "example.com/app:1" },
          { name: "none" },
        ],
        initContainers: [{ name: "wait", image: "docker.io/library/busybox" }],
        ephemeralContainers: [{ name: "debug", image: `quay.io/org/tool:2@${DIGEST}` }],
      },
    };
    expect(admit(given)).toEqual({
      metadata: { name: "web" },
      spec: {
        nodeSelector: [],
        containers: [
          { name: "web", image: `${REGISTRY}/docker-hub/library/nginx:1.27`, env: [{ name: "A", value: "nginx" }] },
          { name: "own", image: "example.com/app:1" },
          { name: "none" },
        ],
        initContainers: [{ name: "wait", image: `${REGISTRY}/docker-hub/library/busybox` }],
        ephemeralContainers: [{ name: "debug", image: `${REGISTRY}/quay/org/tool:2@${DIGEST}` }],
      },
    });
  });

  test("rewrites twice as once", () => {
    const once = admit(pod(...IMAGE_REFERENCES.map(({ image }) => image)));
    expect(admit(once)).toEqual(once);
    expect(admit(admit(pod("nginx"), pod("redis")), pod("redis"))).toEqual(admit(pod("nginx"), pod("redis")));
  });

  test("rewrites each of several containers with the same image", () => {
    expect(imagesOf(admit(pod("nginx", "nginx", "redis")))).toEqual(
      ["nginx", "nginx", "redis"].map((name) => `${REGISTRY}/docker-hub/library/${name}`),
    );
  });

  test.each([
    ["an image of another registry", "mcr.microsoft.com/dotnet/sdk:8.0"],
    ["an image of this machine", "localhost:5000/app"],
    ["an image in the cache", `${REGISTRY}/docker-hub/library/nginx:1.27`],
    ["an image of the registry that the cache did not cache", `${REGISTRY}/team/app@${DIGEST}`],
    ["an image of the registry by its host for IPv4 and IPv6", `${DUAL_STACK_HOST}/docker-hub/library/nginx`],
    ["an image of the registry by its FIPS endpoint", REGISTRY.replace(".ecr.", ".ecr-fips.") + "/team/app"],
    ["the rest of a registry of which the cache has parts", "602401143452.dkr.ecr.us-west-2.amazonaws.com/other/app"],
    ["a path that a longer prefix takes", "111122223333.dkr.ecr.eu-west-1.amazonaws.com/docker-hub/app"],
    ["a path that begins with a registry", "docker.io/quay.io/org/app"],
    ["a path that begins with its own registry", "quay.io/quay.io/app"],
    ["a name that is too long for clients", `nginx/${"a".repeat(239)}`],
    ["a name that is too long for every registry", `quay.io/${"a".repeat(256)}`],
    ["the ID of an image", "0123456789abcdef".repeat(4)],
    ["a name in upper case", "Nginx"],
    ["a tag that is none", "nginx:-1"],
    ["a digest that is none", "nginx@sha256:12"],
    ["a name without a path", "quay.io/"],
    ["nothing", ""],
  ])("leaves %s as it is", (_, image) => {
    expect(expected(image)).toBe(image);
    expect(imagesOf(admit(pod(image)))).toEqual([image]);
  });

  test.each([
    ["QUAY.io/org/app", "quay/org/app"],
    ["quay.io:443/org/app:1", "quay/org/app:1"],
    ["index.docker.io/nginx", "docker-hub/library/nginx"],
    ["registry-1.docker.io/nginx", "docker-hub/library/nginx"],
    ["k8s.gcr.io/pause:3.9", "kubernetes/pause:3.9"],
    ["763104351884.dkr-ecr-fips.us-east-1.on.aws/app", "deep-learning/app"],
  ])("gives %s the name of the registry that it means", (image, place) => {
    expect(expected(image)).toBe(`${REGISTRY}/${place}`);
    expect(imagesOf(admit(pod(image)))).toEqual([`${REGISTRY}/${place}`]);
  });

  test("an update leaves images that the pod has, since its containers would restart, and rewrites new ones", () => {
    const changed: Pod = { spec: { ...pod("nginx", "redis:7").spec, ephemeralContainers: [container("busybox")] } };
    const { spec } = admit(changed, pod("nginx", "redis:6"));
    expect(imagesOf({ spec })).toEqual(["nginx", `${REGISTRY}/docker-hub/library/redis:7`]);
    expect(imagesOf({ spec }, "ephemeralContainers")).toEqual([`${REGISTRY}/docker-hub/library/busybox`]);
    expect(admit(pod("nginx"), pod("nginx"))).toEqual(pod("nginx"));
  });

  test("agrees with imageUri for any name", () => {
    const domains = [
      ...Object.keys(MAP),
      REGISTRY,
      "",
      "index.docker.io",
      "registry-1.docker.io",
      "DOCKER.io:443",
      "Quay.io",
      "quay.io:443",
      "a.example",
      "localhost",
    ];
    const part = fc.constantFrom(
      "library",
      "a",
      "a-b",
      "docker-hub",
      "quay.io",
      "A",
      "eks",
      "a__b",
      ".",
      "x".repeat(120),
    );
    const suffix = fc.constantFrom("", ":1", ":latest", `@${DIGEST}`, `:1@${DIGEST}`, ":", "@sha256:1");
    const names = fc
      .tuple(fc.constantFrom(...domains), fc.array(part, { minLength: 1, maxLength: 4 }), suffix)
      .map(([domain, parts, end]) => `${domain === "" ? "" : `${domain}/`}${parts.join("/")}${end}`);
    fc.assert(
      fc.property(fc.array(names, { minLength: 1, maxLength: 8 }), (images) => {
        expect(imagesOf(admit(pod(...images)))).toEqual(images.map(expected));
      }),
    );
  });
});

test("a map for IPv4 and IPv6 gives names with its host, and leaves them as they are", async () => {
  const configuration = ClientConfiguration.fromRegistryMap(CACHE.registryMap({ dualStack: true }));
  const admit = await admission(configuration.mutatingAdmissionPolicy()[0] as unknown as MutatingPolicy);
  const once = admit(pod("nginx:1.27"));
  expect(imagesOf(once)).toEqual([`${DUAL_STACK_HOST}/docker-hub/library/nginx:1.27`]);
  expect(admit(once)).toEqual(once);
});

test("tokens pass through as text", () => {
  const token = "${TfToken[TOKEN.7]}";
  const text = JSON.stringify(
    ClientConfiguration.fromRegistryMap({ "docker.io": `${token}/docker-hub` }).kyvernoMutatingPolicy(),
  );
  expect(text).toContain(`{'from': 'docker.io/', 'to': '${token}/docker-hub/'}`);
});

test.each<readonly [string, object, string]>([
  [
    "a key that is none",
    { excludedNamespace: ["a"] },
    "`excludedNamespace` is not an option; did you mean `excludedNamespaces`?",
  ],
  [
    "an access token as a key",
    { ghp_0123456789abcdefghijABCDEFGHIJ012345: "a" },
    "`(a key not shown)` is not an option; use one of name, failurePolicy, excludedNamespaces",
  ],
  [
    "a name in upper case",
    { name: "Images" },
    '`name` must be a DNS subdomain of at most 253 lower-case characters, got "Images"; use letters, digits, `-` and `.`',
  ],
  [
    "a failure policy that is none",
    { failurePolicy: "Warn" },
    '`failurePolicy` must be one of Ignore, Fail, got "Warn"; leave it out for Ignore',
  ],
  [
    "text for a list",
    { excludedNamespaces: "kube-system" },
    '`excludedNamespaces` must be a list of namespaces, got "kube-system"; an empty list excludes none',
  ],
  [
    "a namespace that is none",
    { excludedNamespaces: ["a", "b.c"] },
    '`excludedNamespaces[1]` must be the name of a namespace of at most 63 lower-case characters, got "b.c"; use letters, digits and `-`',
  ],
])("an option with %s fails", (_, options, message) => {
  expect(messageOf(() => CONFIGURATION.mutatingAdmissionPolicy(options))).toBe(`ClientConfiguration: ${message}`);
  expect(messageOf(() => CONFIGURATION.kyvernoMutatingPolicy(options))).toBe(`ClientConfiguration: ${message}`);
});

test("options that are no object fail", () => {
  expect(messageOf(() => CONFIGURATION.mutatingAdmissionPolicy("Fail" as unknown as object))).toBe(
    'ClientConfiguration: `options` must be an object of options, got "Fail"; use name, failurePolicy, excludedNamespaces',
  );
});

function container(image: string): Container {
  return { name: "debug", image };
}
