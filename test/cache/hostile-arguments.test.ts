import { Token } from "cdktf";
import { PullThroughCache, PullThroughCacheFleet, RegistryCredential, Upstream } from "cdktf-ecr-pull-through-cache";
import { messageOf, stackIn, stackWithCache, testApp } from "../support/synthesis";

/** What a caller in JavaScript may pass for text: it has no text form. */
const WITHOUT_TEXT = Object.create(null) as string;

function newCache(): PullThroughCache {
  return new PullThroughCache(stackIn("us-east-1"), "cache", { upstreams: [Upstream.ecrPublic()] });
}

test.each([
  ["rule", (cache: PullThroughCache) => cache.rule(WITHOUT_TEXT)],
  ["template", (cache: PullThroughCache) => cache.template(WITHOUT_TEXT)],
  ["secret", (cache: PullThroughCache) => cache.secret(WITHOUT_TEXT)],
  ["repositoryUri", (cache: PullThroughCache) => cache.repositoryUri(WITHOUT_TEXT, "nginx/nginx")],
])("%s fails for a prefix without a text form, and names the prefix", (_, call) => {
  expect(messageOf(() => call(newCache()))).toMatch(
    /^stack\/cache: `prefix` must be one of ecr-public, got a value of type object;/,
  );
});

test.each([
  ["an empty expression", "${}", "stack/cache: `roleName` must "],
  ["a value without a text form", WITHOUT_TEXT, "stack/cache: `roleName` must "],
])("grantPullToRoleNamed fails for %s, and creates nothing", (_, roleName, message) => {
  const cache = newCache();
  const before = cache.node.findAll().length;
  expect(messageOf(() => cache.grantPullToRoleNamed(roleName))).toContain(message);
  expect(cache.node.findAll()).toHaveLength(before);
});

test("fromSecretArn fails for a value without a text form", () => {
  const credential = RegistryCredential.fromSecretArn(WITHOUT_TEXT);
  expect(messageOf(() => stackWithCache({ upstreams: [Upstream.dockerHub(credential)] }))).toContain(
    "`upstreams[0].credential.secretArn` must ",
  );
});

test("allowPullFrom fails for a path of an organizational unit that is the token of a number", () => {
  const path = Token.asNumber("${var.path}") as unknown as string;
  expect(messageOf(() => newCache().allowPullFrom({ organizationalUnitPaths: [path] }))).toContain(
    "`organizationalUnitPaths[0]` must ",
  );
});

test("allowPullFrom fails for a value of a wrong type also beside more errors than a message lists", () => {
  const unknown = Object.fromEntries(Array.from({ length: 25 }, (_, index) => [`unknown${index}`, true]));
  const options = { ...unknown, accountIds: ["111122223333"], prefixes: 5 as never };
  expect(messageOf(() => newCache().allowPullFrom(options))).toContain("more than 20 validation errors\n");
});

test("addFinalStack fails for an id without a text form", () => {
  const fleet = new PullThroughCacheFleet(testApp(), "caches", {
    regions: ["us-east-1"],
    upstreams: [Upstream.quay()],
  });
  expect(messageOf(() => fleet.addFinalStack(WITHOUT_TEXT, { region: "us-east-1" }))).toContain("caches: `id` must ");
});
