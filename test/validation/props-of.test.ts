import { App, TerraformStack } from "cdktf";
import {
  CacheWarmer,
  CredentialExpiryAlert,
  PullThroughCache,
  PullThroughCacheFleet,
  RegistryCredential,
  RegistryEndpoints,
  RegistryPolicy,
  RegistryReplication,
  RegistryScanning,
  StackParameterOverride,
  StateBackend,
  SyncFailureAlert,
  Upstream,
} from "cdktf-ecr-pull-through-cache";
import type { Construct } from "constructs";
import { messageOf } from "../support/synthesis";

const CONSTRUCTS = [
  ...[CacheWarmer, CredentialExpiryAlert, PullThroughCache, RegistryEndpoints, RegistryPolicy, RegistryReplication],
  ...[RegistryScanning, StackParameterOverride, SyncFailureAlert, PullThroughCacheFleet],
].map((type) => [type.name, type as new (scope: Construct, id: string, props: unknown) => Construct] as const);

function scopeOf(name: string): Construct {
  const app = new App();
  return name === "PullThroughCacheFleet" ? app : new TerraformStack(app, "stack");
}

test.each(CONSTRUCTS)("%s fails with one error when its props are a text or a list", (name, type) => {
  const scope = scopeOf(name);
  for (const props of ["us-east-1", ["us-east-1"]]) {
    expect(messageOf(() => new type(scope, "it", props)).replace(/^[^`]*: /, "")).toMatch(
      /^`props` must be an object, got a .*; give the props in braces$/,
    );
  }
  expect(scope.node.children).toEqual([]);
});

test.each(CONSTRUCTS)("%s leaves no construct when a getter in its props throws", (name, type) => {
  const scope = scopeOf(name);
  const error = new Error("of the caller");
  const nested = {
    get region(): string {
      throw error;
    },
  };
  for (const props of [nested, { destinations: [nested] }]) {
    expect(() => new type(scope, "it", props)).toThrow(error);
    expect(scope.node.children).toEqual([]);
  }
});

test("options that are a text are one error", () => {
  const credential = RegistryCredential.fromSecretName("ecr-pullthroughcache/hub");
  const errorsOf = (upstream: Upstream) =>
    messageOf(() => new PullThroughCache(scopeOf("cache"), "cache", { upstreams: [upstream] })).match(/`upstreams.*/g);
  const options = "team" as never;
  const error = (what: string) =>
    `\`upstreams[0].options\` must be an object, got a string of 4 characters (not shown, it may be a secret); use ${what}`;
  expect(errorsOf(Upstream.quay(options))).toEqual([error("prefix, repositorySettings")]);
  expect(errorsOf(Upstream.dockerHub(credential, options))).toEqual([error("prefix, repositorySettings")]);
  expect(errorsOf(Upstream.fromRegistryUrl("quay.io", options))).toEqual([error("prefix, repositorySettings")]);
  expect(errorsOf(Upstream.unlisted("registry.example.com", options))).toContain(error("prefix, repositorySettings"));
  const fleet = (backend: StateBackend) =>
    messageOf(() => new PullThroughCacheFleet(new App(), "fleet", { regions: ["us-east-1"], upstreams: [], backend }));
  expect(fleet(StateBackend.s3(options)).match(/`backend.*/g)).toEqual([
    "`backend` must be an object, got a string of 4 characters (not shown, it may be a secret); use bucket, region, keyPrefix, kmsKeyId, roleArn",
  ]);
  expect(fleet(StateBackend.hcpTerraform(options)).match(/`backend.*/g)).toEqual([
    "`backend` must be an object, got a string of 4 characters (not shown, it may be a secret); use organization, workspacePrefix, project, hostname",
  ]);
  const stacks = new PullThroughCacheFleet(new App(), "fleet", {
    regions: ["us-east-1"],
    upstreams: [Upstream.quay()],
  });
  expect(messageOf(() => stacks.addFinalStack("final", options))).toBe(
    "fleet: `options` must be an object, got a string of 4 characters (not shown, it may be a secret); give the region of the stack's AWS provider, like `{ region }`",
  );
});
