import { DescribeRegistryCommand, ECRClient, PutReplicationConfigurationCommand } from "@aws-sdk/client-ecr";
import type { ReplicationRule } from "@aws-sdk/client-ecr";
import { Sdk } from "../clients";
import { ACCOUNT } from "../server";
import { INVALID, OTHER_ACCOUNT } from "./fixtures";

let sdk: Sdk;
let ecr: ECRClient;
beforeEach(async () => {
  sdk = await Sdk.start();
  ecr = sdk.client(ECRClient, { region: "us-east-1" });
});
afterEach(() => sdk.stop());

function to(region: string, registryId = ACCOUNT, ...prefixes: string[]): ReplicationRule {
  const repositoryFilters = prefixes.map((filter) => ({ filter, filterType: "PREFIX_MATCH" as const }));
  return { destinations: [{ region, registryId }], ...(prefixes.length === 0 ? {} : { repositoryFilters }) };
}

/** A rule with so many destinations in other accounts. */
function toAccounts(from: number, count: number): ReplicationRule {
  const accounts = Array.from({ length: count }, (_, index) => String(from + index).padStart(12, "0"));
  return { destinations: accounts.map((registryId) => ({ region: "eu-west-1", registryId })) };
}

function put(...rules: ReplicationRule[]) {
  return ecr.send(new PutReplicationConfigurationCommand({ replicationConfiguration: { rules } }));
}

async function rulesOf(client: ECRClient) {
  return (await client.send(new DescribeRegistryCommand({}))).replicationConfiguration?.rules;
}

test("a registry always has a replication configuration, by default without rules", async () => {
  expect(await ecr.send(new DescribeRegistryCommand({}))).toMatchObject({
    registryId: ACCOUNT,
    replicationConfiguration: { rules: [] },
  });
  expect(sdk.aws.contents()).toEqual([]);
});

test("a replication configuration replaces the former one whole, and is another one in each region", async () => {
  await put(to("eu-west-1"));
  const rules = [to("eu-west-1", OTHER_ACCOUNT, "team/"), to("us-east-1", OTHER_ACCOUNT)];
  expect(await put(...rules)).toMatchObject({ replicationConfiguration: { rules } });
  expect(await rulesOf(ecr)).toEqual(rules);
  expect(await rulesOf(sdk.client(ECRClient, { region: "eu-west-1" }))).toEqual([]);
  expect(sdk.aws.contents()).toHaveLength(1);
  await put();
  expect(sdk.aws.contents()).toEqual([]);
});

test("bounds are taken: 10 rules, 25 destinations in all of them, and 100 filters", async () => {
  await put(toAccounts(1, 15), toAccounts(16, 10), ...Array.from({ length: 8 }, () => toAccounts(1, 1)));
  await put(to("eu-west-1", ACCOUNT, "ab", "p".repeat(256), ...Array.from({ length: 98 }, (_, index) => `p${index}`)));
});

test.each<[string, ReplicationRule[]]>([
  ["the registry itself", [to("us-east-1")]],
  ["a region of another partition", [to("cn-north-1")]],
  ["a region that is none", [to("US")]],
  ["an account of 11 digits", [to("eu-west-1", "44445555666")]],
  ["11 rules", Array.from({ length: 11 }, () => to("eu-west-1"))],
  ["26 destinations in two rules", [toAccounts(1, 15), toAccounts(16, 11)]],
  ["101 filters", [to("eu-west-1", ACCOUNT, ...Array.from({ length: 101 }, (_, index) => `p${index}`))]],
  ["a filter of one character", [to("eu-west-1", ACCOUNT, "p")]],
  ["a filter with a wildcard", [to("eu-west-1", ACCOUNT, "team/*")]],
  [
    "a filter of the type of scanning",
    [{ ...to("eu-west-1"), repositoryFilters: [{ filter: "team", filterType: "WILDCARD" as "PREFIX_MATCH" }] }],
  ],
])("a replication configuration fails with %s, and the former one stays", async (_, rules) => {
  await expect(put(...rules)).rejects.toMatchObject({ name: INVALID });
  expect(await rulesOf(ecr)).toEqual([]);
});

test("a replication configuration fails without its rules", async () => {
  const replicationConfiguration = {} as { rules: ReplicationRule[] };
  await expect(ecr.send(new PutReplicationConfigurationCommand({ replicationConfiguration }))).rejects.toMatchObject({
    name: INVALID,
  });
});
