import { ECRClient, PutRegistryPolicyCommand } from "@aws-sdk/client-ecr";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { TerraformStack } from "cdktf";
import type { App } from "cdktf";
import { ExistingSettings, PullThroughCache, RegistryPolicy, Upstream } from "cdktf-ecr-pull-through-cache";
import type { ReplicationSourceOptions } from "cdktf-ecr-pull-through-cache";
import { clientConfig } from "../../local-aws/clients";
import { ACCOUNT } from "../../local-aws/server";
import { planBoth, refusalsOf, refuseBoth } from "../../support/module-agreement";
import type { Declaration, Subject } from "../../support/module-agreement";
import { describeWithTerraform } from "../../support/terraform";
import { useLocalAws } from "../../support/use-local-aws";

const REGION = "eu-west-1";
const OTHER = "444455556666";
const THIRD = "777788889999";
const REPOSITORY = `arn:aws:ecr:${REGION}:${ACCOUNT}:repository`;

const STATEMENT = {
  Sid: "Readers",
  Effect: "Allow",
  Principal: { AWS: `arn:aws:iam::${OTHER}:root` },
  Action: "ecr:BatchGetImage",
  Resource: `${REPOSITORY}/*`,
};

/** A cache of another account that reads the registry. */
interface Reader {
  readonly account: string;
  readonly prefix: string;
}

interface Given {
  readonly statements?: readonly object[];
  readonly replication?: ReplicationSourceOptions;
  readonly readers?: readonly Reader[];
  /** Whether the account of the registry is given; upstreams need it in the construct. */
  readonly hasAccount?: boolean;
  readonly existing?: ExistingSettings;
}

function declared({ statements = [], replication, readers = [], hasAccount, existing }: Given): Declaration {
  const isGiven = hasAccount === true || readers.length > 0;
  const policies = statements.length === 0 ? [] : [JSON.stringify({ Statement: statements })];
  return {
    construct: (stack) => {
      const policy = new RegistryPolicy(stack, "Default", {
        existing: existing ?? ExistingSettings.NONE,
        accountId: isGiven ? ACCOUNT : undefined,
      });
      policies.forEach((json) => policy.addPolicy(json));
      if (replication !== undefined) {
        policy.allowReplicationFrom(replication);
      }
      for (const [index, { account, prefix }] of readers.entries()) {
        policy.allowUpstreamOf(readerIn(stack.node.root as App, `reader-${index}`, account, prefix));
      }
    },
    inputs: {
      existing: existing ?? "NONE",
      // Terraform evaluates policy variables in calls of modules.
      policies: [...policies.map((json) => json.replaceAll("${", () => "$${")), null],
      ...(replication === undefined
        ? {}
        : {
            replication_from: {
              account_ids: replication.accountIds,
              ...(replication.repositoryPrefixes === undefined
                ? {}
                : { repository_prefixes: replication.repositoryPrefixes }),
            },
          }),
      upstream_of: Object.fromEntries(
        readers.map(({ account, prefix }, index) => [
          `reader ${index}`,
          { account_id: account, repository_prefix: prefix },
        ]),
      ),
      ...(isGiven ? { account_id: ACCOUNT } : {}),
    },
  };
}

function readerIn(app: App, name: string, accountId: string, prefix: string): PullThroughCache {
  const stack = new TerraformStack(app, name);
  new AwsProvider(stack, "aws", { region: REGION });
  const upstream = { accountId: ACCOUNT, region: REGION, prefix: name, upstreamRepositoryPrefix: prefix };
  return new PullThroughCache(stack, "cache", { accountId, upstreams: [Upstream.privateEcr(upstream)] });
}

const changed = (change: object): Given => ({ statements: [{ ...STATEMENT, ...change }], hasAccount: true });

const allowed = (condition: object): Given => changed({ Principal: { AWS: ["*"] }, Condition: condition });

/** What is declared wrong, one fault each. */
const BAD: { readonly [fault: string]: Given } = {
  "no statement": {},
  "a Sid twice": { statements: [STATEMENT, STATEMENT] },
  "too many characters": changed({ Sid: "s".repeat(10_240) }),
  NotAction: changed({ NotAction: "ecr:*" }),
  "no Sid": changed({ Sid: "" }),
  "another effect": changed({ Effect: "allow" }),
  "a federated principal": changed({ Principal: { Federated: "example.com" } }),
  "a pattern of roles": changed({ Principal: { AWS: `arn:aws:iam::${OTHER}:role/*` } }),
  "a principal of another partition": changed({ Principal: { AWS: `arn:aws-cn:iam::${OTHER}:root` } }),
  "a service that is none": changed({ Principal: { Service: "ecr" } }),
  everybody: changed({ Principal: "*" }),
  "everybody over TLS": allowed({ Bool: { "aws:SecureTransport": "true" } }),
  "every organization": allowed({ StringLike: { "aws:PrincipalOrgID": ["o-a1b2c3d4e5", "*"] } }),
  "every organization but one": allowed({ StringNotEquals: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } }),
  "no organization": allowed({ StringEquals: { "aws:PrincipalOrgID": [] } }),
  "no condition key": allowed({ StringEquals: {} }),
  "the organization of the caller": allowed({ StringEquals: { "aws:PrincipalOrgID": "${aws:PrincipalOrgID}" } }),
  "a condition without a value": changed({ Condition: { Bool: { "aws:SecureTransport": null } } }),
  "a Sid of spaces": changed({ Sid: " " }),
  "no action": changed({ Action: [] }),
  "an action of S3": changed({ Action: "s3:GetObject" }),
  "no repository": changed({ Resource: "docker-hub/*" }),
  "a repository elsewhere": changed({ Resource: `arn:aws:ecr:us-east-1:${ACCOUNT}:repository/*` }),
  "a condition that is none": changed({ Condition: "o-a1b2c3d4e5" }),
  "replication from the registry's account": { replication: { accountIds: [ACCOUNT] }, hasAccount: true },
  "replication from nobody": { replication: { accountIds: [] } },
  "replication from eleven digits": { replication: { accountIds: ["11112222333"] } },
  "replication to a pattern": { replication: { accountIds: [OTHER], repositoryPrefixes: ["prod/*"] } },
  "an existing that is none": { statements: [STATEMENT], existing: "REPLACE" as ExistingSettings },
};

describeWithTerraform("the module registry-policy", () => {
  const subject: Subject = { module: "registry-policy", region: REGION, aws: useLocalAws() };

  test("plans the same policy as the construct", async () => {
    const variable = { Resource: `${REPOSITORY}/\${aws:PrincipalTag/team}/*` };
    const pairs = await planBoth(
      subject,
      [
        { statements: [STATEMENT] },
        changed({ ...variable, Condition: { StringEquals: { "aws:PrincipalTag/note": 'a "\\" b' } } }),
        { replication: { accountIds: [OTHER, THIRD] } },
        { replication: { accountIds: [OTHER], repositoryPrefixes: ["prod", "base/"] }, statements: [STATEMENT] },
        { readers: [{ account: OTHER, prefix: "ROOT" }] },
        allowed({
          "ForAnyValue:StringLike": { "aws:PrincipalOrgPaths": ["o-a1b2c3d4e5/*", "o-b1b2c3d4e5/*"] },
          Bool: { "aws:SecureTransport": true },
          StringEquals: { "aws:PrincipalTag/team": ["a", "${aws:ResourceOrgID}"] },
        }),
        {
          statements: [STATEMENT, { ...STATEMENT, Sid: "Others", Effect: "Deny", Principal: "*" }],
          replication: { accountIds: [OTHER] },
          readers: [
            { account: THIRD, prefix: "team-a" },
            { account: OTHER, prefix: "team-b/" },
            { account: THIRD, prefix: "team-c" },
          ],
        },
      ].map(declared),
    );
    for (const { construct, module } of pairs) {
      expect(module).toEqual(construct);
      expect(module.map(({ type }) => type)).toEqual(["aws_ecr_account_setting", "aws_ecr_registry_policy"]);
    }
  });

  test("refuses what the construct refuses, by the same rules", async () => {
    const faults = Object.keys(BAD);
    const refusals = await refuseBoth(subject, Object.values(BAD).map(declared));
    for (const [index, { construct, module }] of refusals.entries()) {
      expect({ fault: faults[index], rules: module }).toEqual({ fault: faults[index], rules: construct });
    }
  });

  test("fails with OVERWRITE and no import block", async () => {
    const policyText = JSON.stringify({ Version: "2012-10-17", Statement: STATEMENT });
    const ecr = new ECRClient(clientConfig(subject.aws, { region: REGION }));
    await ecr.send(new PutRegistryPolicyCommand({ policyText }));
    const { inputs } = declared({ statements: [STATEMENT], existing: ExistingSettings.OVERWRITE });
    const refusals = await refusalsOf(subject, inputs);
    expect(refusals.join("\n")).toContain('The "count" value depends on resource attributes');
  });
});
