import { App, TerraformStack } from "cdktf";
import { PullThroughCache, PullThroughCacheFleet, RegistryCredential, Upstream } from "cdktf-ecr-pull-through-cache";
import { messageOf, testApp } from "../support/synthesis";

const managed = Upstream.dockerHub(
  RegistryCredential.managed({ usernameVariable: "user", accessTokenVariable: "token", version: 1 }),
);

/** The stack of an app that declares versions, as `targetVersions` of cdktf.json reaches it. */
function stackWith(targetVersions: unknown): TerraformStack {
  return new TerraformStack(new App({ outdir: testApp().outdir, context: { targetVersions } }), "stack");
}

describe("a managed credential in a program that declares versions to CDK Terrain", () => {
  test.each([
    [{ terraform: ">=1.5.7", opentofu: ">=1.6.0" }, "terraform >=1.5.7, opentofu >=1.6.0"],
    [{ terraform: ">=1.11.0", opentofu: ">=1.6.0" }, "terraform >=1.11.0, opentofu >=1.6.0"],
    [{ terraform: "*" }, "terraform *"],
    [{ terraform: "<2.0.0" }, "terraform <2.0.0"],
    [{ terraform: "^1.10.5" }, "terraform ^1.10.5"],
    [{ terraform: ">1.10" }, "terraform >1.10"],
    [{ opentofu: ">=1.12 || ~1.9" }, "opentofu >=1.12 || ~1.9"],
    [{ opentofu: "1.10.x" }, "opentofu 1.10.x"],
  ])("fails with versions that have no write-only arguments: %j", (targetVersions, shown) => {
    const stack = stackWith(targetVersions);
    expect(messageOf(() => new PullThroughCache(stack, "cache", { upstreams: [managed] }))).toBe(
      "stack/cache: `upstreams[0].credential` must not be managed while the context `targetVersions` allows Terraform or " +
        `OpenTofu before 1.11, got "${shown}"; replace it by { "terraform": ">=1.11.0" }, in ` +
        "cdktf.json or in the app: the secret is a write-only argument",
    );
    expect(stack.node.children).toEqual([]);
  });

  test.each([
    [{ terraform: ">=1.11.0" }],
    [{ terraform: "1.11.4", opentofu: ">=1.11.0" }],
    [{ terraform: "<2.0.0 >=1.12.0" }],
    [{ opentofu: "1.11.x - 1.12.3" }],
    [{ terraform: "~1.13 || ^2" }],
    // CDK Terrain reports these.
    [{}],
    [{ terraform: 1 }],
    ["1.5"],
    [null],
  ])("accepts %j", (targetVersions) => {
    expect(() => new PullThroughCache(stackWith(targetVersions), "cache", { upstreams: [managed] })).not.toThrow();
  });

  test("fails in a fleet before it creates a stack", () => {
    const app = new App({ outdir: testApp().outdir, context: { targetVersions: { terraform: ">=1.5.7" } } });
    const declare = () => new PullThroughCacheFleet(app, "fleet", { regions: ["eu-west-1"], upstreams: [managed] });
    expect(messageOf(declare)).toContain("fleet: `upstreams[0].credential` must not be managed while the context");
    expect(app.node.children).toEqual([]);
  });

  test("is the only one that fails", () => {
    const bySecret = Upstream.dockerHub(RegistryCredential.fromSecretName("ecr-pullthroughcache/docker-hub"));
    const stack = stackWith({ terraform: ">=1.5.7" });
    expect(() => new PullThroughCache(stack, "cache", { upstreams: [bySecret, Upstream.quay()] })).not.toThrow();
  });
});
