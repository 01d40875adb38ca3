import { CreateRepositoryCommand, ECRClient } from "@aws-sdk/client-ecr";
import { Lazy, TerraformOutput } from "cdktf";
import { PullThroughCache, Upstream } from "cdktf-ecr-pull-through-cache";
import type { AllowPullOptions, RepositorySettings } from "cdktf-ecr-pull-through-cache";
import { snakeCase } from "../../../modules/generator/hcl";
import { policyDocument } from "../../../src/aws/policy-document";
import { clientConfig } from "../../local-aws/clients";
import { ACCOUNT } from "../../local-aws/server";
import { planBoth, refuseBoth } from "../../support/module-agreement";
import type { Declaration, PlannedResource, Subject } from "../../support/module-agreement";
import { ownRegistryPolicy } from "../../support/registry-policy-owner";
import { describeWithTerraform } from "../../support/terraform";
import { useLocalAws } from "../../support/use-local-aws";

const REGION = "eu-west-1";
const OTHER = "444455556666";
const ORGANIZATION = "o-a1b2c3d4e5";
const UNIT = "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/";
// With a role that exists, so that both create no role.
const TAGS: RepositorySettings = { tags: { team: "platform" }, roleArn: `arn:aws:iam::${ACCOUNT}:role/creates` };
const POLICY = JSON.stringify({
  Version: "2008-10-17",
  Statement: { Sid: "Own", Effect: "Deny", Principal: "*", Action: "ecr:PutImage" },
});

const NESTED = "nested prefixes and repositories that exist";

interface Given {
  readonly allow: AllowPullOptions;
  /** The settings of the upstreams, by their prefixes. */
  readonly upstreams?: { readonly [prefix: string]: RepositorySettings | undefined };
}

function bothForms({ allow, upstreams = { "docker-images": undefined, quay: undefined } }: Given): Declaration {
  // The order of a map's keys, which the module sees.
  const prefixes = Object.keys(upstreams).sort();
  return {
    construct: (stack) => {
      ownRegistryPolicy(stack);
      const cache = new PullThroughCache(stack, "cache", {
        upstreams: prefixes.map((prefix) => Upstream.quay({ prefix, repositorySettings: upstreams[prefix] })),
        accountId: ACCOUNT,
      });
      cache.allowPullFrom(allow);
      new TerraformOutput(stack, "registry_policy_json", {
        value: Lazy.stringValue({
          produce: () => {
            const statements = cache._internals.registryStatements();
            return statements.length === 0 ? "${null}" : policyDocument(...statements);
          },
        }),
      }).overrideLogicalId("registry_policy_json");
      new TerraformOutput(stack, "commands", { value: cache.existingRepositoryCommands() }).overrideLogicalId(
        "existing_repository_commands",
      );
    },
    inputs: {
      upstreams: Object.fromEntries(
        prefixes.map((prefix) => [
          prefix,
          { kind: "quay", prefix, repository_settings: inSnakeCase(upstreams[prefix]) },
        ]),
      ),
      account_id: ACCOUNT,
      allow_pull_from: inSnakeCase(allow),
    },
    outputs: ["registry_policy_json", "existing_repository_commands"],
  };
}

function inSnakeCase(given: RepositorySettings | AllowPullOptions = {}): object {
  return Object.fromEntries(
    Object.entries(given).map(([name, value]: [string, unknown]) =>
      name === "roleArn" ? ["role", { arn: value }] : [snakeCase(name), value],
    ),
  );
}

/** What is planned, without the order of keys in the documents of commands and without what is of Terraform's own. */
function comparable(planned: readonly PlannedResource[]): unknown {
  const ordered = (document: string): string => {
    const { Statement, ...rest } = JSON.parse(document) as { readonly Statement: readonly object[] };
    const entries = (object: object): unknown =>
      Object.entries(object).sort(([one], [other]) => (one < other ? -1 : 1));
    return JSON.stringify([entries(rest), Statement.map(entries)]);
  };
  return planned
    .filter(({ type }) => type !== "terraform_data")
    .map((resource) => ({
      ...resource,
      ...(resource.type === "output existing_repository_commands" && {
        after: (resource.after as string[]).map((command) => command.replace(/(?<=')\{.*\}(?=')/, ordered)),
      }),
    }));
}

const GOOD: { readonly [what: string]: Given } = {
  "an account": { allow: { accountIds: [OTHER] } },
  "all forms": {
    allow: {
      accountIds: [OTHER, "777788889999"],
      organizationId: ORGANIZATION,
      organizationalUnitPaths: [UNIT, UNIT.slice(0, -1).replace("1111", "2222")],
    },
  },
  "no new repositories": { allow: { organizationId: ORGANIZATION, createRepositories: false } },
  "some prefixes": { allow: { organizationId: ORGANIZATION, prefixes: ["quay"] } },
  tags: { allow: { accountIds: [OTHER] }, upstreams: { "a-b.c/d_e": TAGS, quay: undefined } },
  ROOT: { allow: { accountIds: [OTHER], prefixes: ["ROOT"] }, upstreams: { ROOT: undefined, quay: TAGS } },
  [NESTED]: {
    allow: { accountIds: [OTHER], prefixes: ["quay/"], existingRepositories: ["quay/app", "quay/k8s/pause"] },
    upstreams: { quay: undefined, "quay/k8s": { repositoryPolicy: POLICY }, other: undefined },
  },
  "an own policy": { allow: { accountIds: [OTHER] }, upstreams: { quay: { repositoryPolicy: POLICY } } },
};

/** Declarations with many mistakes each: every further one is a further copy of the module. */
const BAD: { readonly [what: string]: Given } = {
  nobody: { allow: {} },
  "wrong identities": {
    allow: {
      accountIds: ["*", OTHER, OTHER],
      organizationId: "*",
      organizationalUnitPaths: [UNIT, UNIT.slice(0, -1), "o-a1b2c3d4e5/r-ab12/"],
      existingRepositories: ["quay/app", "quay/app", "quay/app:1"],
    },
  },
  "an ARN of another partition": { allow: { accountIds: [`arn:aws-cn:iam::${OTHER}:root`] } },
  "empty lists": { allow: { accountIds: [], prefixes: [] } },
  "other empty lists": { allow: { organizationalUnitPaths: [], existingRepositories: [] } },
  "the own account": { allow: { accountIds: [ACCOUNT] } },
  "no upstream": { allow: { organizationId: ORGANIZATION, prefixes: ["gcr"] } },
  "no template, and a repository of no upstream": {
    allow: { organizationId: ORGANIZATION, existingRepositories: ["team/app"] },
    upstreams: { quay: { creationTemplate: false }, other: undefined },
  },
  "own policies that take no further statements": {
    allow: { organizationId: ORGANIZATION },
    upstreams: {
      null: { repositoryPolicy: JSON.stringify({ Statement: null }) },
      text: { repositoryPolicy: JSON.stringify({ Statement: "x" }) },
      lists: { repositoryPolicy: JSON.stringify({ Statement: [[{}]] }) },
      sid: { repositoryPolicy: JSON.stringify({ Statement: [{ Sid: "PullsOfOrganization1" }, { Sid: "Own" }] }) },
    },
  },
  "variables as identities": {
    allow: { organizationId: "$${aws:PrincipalOrgID}", organizationalUnitPaths: ["$${aws:PrincipalOrgID}/*"] },
  },
  "too many accounts": {
    allow: { accountIds: Array.from({ length: 310 }, (_, index) => String(400_000_000_000 + index)) },
  },
};

describeWithTerraform("allow_pull_from of the module pull-through-cache", () => {
  const subject: Subject = { module: "pull-through-cache", region: REGION, aws: useLocalAws() };

  beforeAll(async () => {
    const client = new ECRClient(clientConfig(subject.aws, { region: REGION }));
    for (const repositoryName of ["quay/old", "quay/k8s/old", "quay/app", "team/app"]) {
      await client.send(new CreateRepositoryCommand({ repositoryName }));
    }
  });

  test("plans the policies and commands of the construct, statement by statement", async () => {
    const pairs = await planBoth(subject, Object.values(GOOD).map(bothForms));
    for (const [index, what] of Object.keys(GOOD).entries()) {
      const { construct = [], module = [] } = pairs[index] ?? {};
      expect({ what, planned: comparable(module) }).toEqual({ what, planned: comparable(construct) });
    }
    const text = JSON.stringify(pairs);
    for (const part of [
      "FirstPullsOfAccounts1Ina2Db2Ec2Fd5Fe",
      "PullsOfOrganizationalUnits1",
      "--repository-name quay/old",
    ]) {
      expect(text).toContain(part);
    }
    const nested = JSON.stringify(pairs[Object.keys(GOOD).indexOf(NESTED)]);
    expect(nested).not.toContain("--repository-name team/app");
    expect(nested).not.toContain("--repository-name quay/app");
  });

  test("refuses what the construct refuses, by the same rules", async () => {
    const refusals = await refuseBoth(subject, Object.values(BAD).map(bothForms));
    const named = (side: "construct" | "module"): object =>
      Object.fromEntries(Object.keys(BAD).map((what, index) => [what, refusals[index]?.[side]]));
    expect(named("module")).toEqual(named("construct"));
  });
});
