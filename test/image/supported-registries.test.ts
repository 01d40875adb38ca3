import * as fs from "node:fs";
import * as path from "node:path";
import { RegistryCredential } from "cdktf-ecr-pull-through-cache";
import { MODULES_FOLDER } from "../../modules/generator/parsed-module";
import { SUPPORTED_REGISTRIES } from "../../src/image/supported-registries";
import type { RegistryKindWithHost } from "../../src/image/supported-registries";
import { kindOf as kindInAws } from "../local-aws/ecr/upstream-kinds";
import { only, stackWithCache, synthesized } from "../support/synthesis";
import { REGISTRY_KINDS, upstreamOfKind } from "../support/upstreams";

const ARN = "arn:aws:secretsmanager:us-east-1:111122223333:secret:ecr-pullthroughcache/registry-AbCdEf";

/** The kinds with one host, each with its host. */
const HOSTS = REGISTRY_KINDS.flatMap((kind): [RegistryKindWithHost, string][] => {
  const host: string | RegExp = SUPPORTED_REGISTRIES[kind].host;
  return typeof host === "string" ? [[kind as RegistryKindWithHost, host]] : [];
});

test.each(HOSTS)("%s has a factory that makes a rule with its host, usual prefix and way to sign in", (kind, host) => {
  const { usualPrefix, credential } = SUPPORTED_REGISTRIES[kind];
  const ruleOf = (prefix?: string): object => {
    const upstream = upstreamOfKind(kind, RegistryCredential.fromSecretArn(ARN), { prefix });
    return only(synthesized(stackWithCache({ upstreams: [upstream] })), "aws_ecr_pull_through_cache_rule");
  };
  expect(ruleOf()).toEqual(
    expect.objectContaining({
      upstream_registry_url: host,
      ecr_repository_prefix: usualPrefix,
      ...(credential === "required" ? { credential_arn: ARN } : {}),
    }),
  );
  expect("credential_arn" in ruleOf()).toBe(credential === "required");
  expect(ruleOf("mirror/x")).toMatchObject({ ecr_repository_prefix: "mirror/x" });
});

test.each(HOSTS)("%s signs in as the stand-in for AWS asks for it", (kind, host) => {
  const { credential } = SUPPORTED_REGISTRIES[kind];
  expect(kindInAws(host)?.signIn).toBe(credential === "required" ? "credential" : "none");
});

test("no two kinds have the same usual prefix or factory", () => {
  for (const property of ["usualPrefix", "factory", "name"] as const) {
    const values = REGISTRY_KINDS.map((kind) => SUPPORTED_REGISTRIES[kind][property]);
    expect(new Set(values).size).toBe(values.length);
  }
});

test("a run of the module makes a rule of every kind, and knows its host", () => {
  const file = path.join(MODULES_FOLDER, "pull-through-cache", "tests", "upstreams.tftest.hcl");
  const run = /^run "makes_a_rule_of_the_kind_that_the_key_names" \{\n([^]*?)^\}/m.exec(fs.readFileSync(file, "utf8"));
  const [inputs = "", asserts = ""] = run?.[1]?.split(/^ {2}assert \{/m) ?? [];
  const keysOf = (text: string): string[] => [...text.matchAll(/^ {6}([\w-]+) *= /gm)].map(([, key = ""]) => key);
  expect(keysOf(inputs).sort()).toEqual([...REGISTRY_KINDS].sort());
  expect(keysOf(asserts).sort()).toEqual([...REGISTRY_KINDS].sort());
});
