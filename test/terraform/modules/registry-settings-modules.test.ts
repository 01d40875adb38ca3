import * as path from "node:path";
import {
  DescribeRegistryCommand,
  ECRClient,
  GetRegistryScanningConfigurationCommand,
  PutReplicationConfigurationCommand,
} from "@aws-sdk/client-ecr";
import {
  ExistingSettings,
  PullThroughCache,
  RegistryReplication,
  RegistryScanning,
  ScanFrequency,
  ScanType,
  Upstream,
} from "cdktf-ecr-pull-through-cache";
import type { RegistryReplicationProps, ReplicationDestination, ScanRule } from "cdktf-ecr-pull-through-cache";
import * as fc from "fast-check";
import { clientConfig } from "../../local-aws/clients";
import { ACCOUNT } from "../../local-aws/server";
import { planBoth, refuseBoth } from "../../support/module-agreement";
import type { Declaration, PlannedResource, Subject } from "../../support/module-agreement";
import { copyModules } from "../../support/module-folders";
import { Workspace, configuration, describeWithTerraform } from "../../support/terraform";
import { useLocalAws } from "../../support/use-local-aws";

const REGION = "eu-west-1";
const OTHER_ACCOUNT = "444455556666";

interface Scanning {
  readonly scanType: ScanType;
  readonly prefixes?: readonly string[];
  /** Whether a frequency has a rule with filters of its own; the other one has the filters of the caches. */
  readonly scanOnPush?: readonly string[];
  readonly continuousScan?: readonly string[];
  readonly existing?: string;
}

/** A scanning configuration of the repositories of caches, or with filters. */
function scanning({ scanType, prefixes = [], scanOnPush, continuousScan, existing = "NONE" }: Scanning): Declaration {
  const own: ScanRule[] = [
    ...(scanOnPush === undefined ? [] : [{ frequency: ScanFrequency.SCAN_ON_PUSH, filters: [...scanOnPush] }]),
    ...(continuousScan === undefined
      ? []
      : [{ frequency: ScanFrequency.CONTINUOUS_SCAN, filters: [...continuousScan] }]),
  ];
  const ofCaches = scanType === ScanType.ENHANCED ? ScanFrequency.CONTINUOUS_SCAN : ScanFrequency.SCAN_ON_PUSH;
  const rules = [...own, ...(prefixes.length === 0 ? [] : [{ frequency: ofCaches }])];
  return {
    construct: (stack) => {
      if (prefixes.length > 0) {
        const upstreams = prefixes.map((prefix) => Upstream.privateEcr({ region: "us-east-1", prefix }));
        new PullThroughCache(stack, "cache", { accountId: ACCOUNT, upstreams });
      }
      new RegistryScanning(stack, "scanning", {
        scanType,
        accountId: ACCOUNT,
        rules: own.length === 0 ? undefined : rules,
        existing: existing as ExistingSettings,
      });
    },
    inputs: {
      scan_type: scanType,
      prefixes,
      existing,
      ...(scanOnPush === undefined ? {} : { scan_on_push: scanOnPush }),
      ...(continuousScan === undefined ? {} : { continuous_scan: continuousScan }),
    },
  };
}

/** A replication configuration. */
function replication(props: Partial<RegistryReplicationProps>): Declaration {
  const { destinations = [], repositoryPrefixes, allRepositories, accountId, existing = ExistingSettings.NONE } = props;
  return {
    construct: (stack) => void new RegistryReplication(stack, "replication", { ...props, destinations, existing }),
    inputs: {
      destinations: Object.fromEntries(
        destinations.map(({ region, accountId: account }, index) => [
          `key ${String(index).padStart(2, "0")}`,
          { region, ...(account === undefined ? {} : { account_id: account }) },
        ]),
      ),
      existing,
      ...(repositoryPrefixes === undefined ? {} : { repository_prefixes: repositoryPrefixes }),
      ...(allRepositories === undefined ? {} : { all_repositories: allRepositories }),
      ...(accountId === undefined ? {} : { account_id: accountId }),
    },
  };
}

const filter = fc.constantFrom("*", "team/*", "prod", "a.b-c_d/*", "x".repeat(255));
const scans: fc.Arbitrary<Scanning> = fc.oneof(
  fc.record({
    scanType: fc.constantFrom(ScanType.BASIC, ScanType.ENHANCED),
    prefixes: fc.uniqueArray(fc.constantFrom("quay", "my.team/", "team/a", "ROOT"), { minLength: 1 }),
  }),
  fc.record({ scanType: fc.constant(ScanType.BASIC), scanOnPush: fc.uniqueArray(filter, { minLength: 1 }) }),
  fc.record({
    scanType: fc.constant(ScanType.ENHANCED),
    scanOnPush: fc.uniqueArray(filter, { minLength: 1 }),
    prefixes: fc.uniqueArray(fc.constantFrom("quay", "ROOT")),
  }),
  fc.record({
    scanType: fc.constant(ScanType.ENHANCED),
    scanOnPush: fc.uniqueArray(filter, { minLength: 1 }),
    continuousScan: fc.uniqueArray(filter, { minLength: 1 }),
  }),
);
const destination: fc.Arbitrary<ReplicationDestination> = fc.record(
  { region: fc.constantFrom("us-east-1", "ap-southeast-2"), accountId: fc.constantFrom(OTHER_ACCOUNT, "777788889999") },
  { requiredKeys: ["region"] },
);
const replications: fc.Arbitrary<Partial<RegistryReplicationProps>> = fc
  .record({
    destinations: fc.uniqueArray(destination, { minLength: 1, selector: (one) => JSON.stringify(one) }),
    prefixes: fc.uniqueArray(fc.constantFrom("team/", "prod", "p".repeat(256), "a/b-")),
    accountId: fc.constantFrom(undefined, ACCOUNT),
  })
  .map(({ prefixes, ...rest }) => ({
    ...rest,
    ...(prefixes.length === 0 ? { allRepositories: true } : { repositoryPrefixes: prefixes }),
  }));

/** What is declared wrong, one fault each. */
const BAD_SCANNING: { readonly [fault: string]: Declaration } = {
  "nothing to scan": scanning({ scanType: ScanType.BASIC }),
  "another scan type": scanning({ scanType: "FULL" as ScanType, scanOnPush: ["*"] }),
  "a filter that is none": scanning({ scanType: ScanType.BASIC, scanOnPush: ["team//*"] }),
  "a filter given twice": scanning({ scanType: ScanType.ENHANCED, continuousScan: ["*", "*"] }),
  "101 filters": scanning({
    scanType: ScanType.BASIC,
    scanOnPush: Array.from({ length: 101 }, (_, index) => `filter-${index}`),
  }),
  "another word for existing": scanning({ scanType: ScanType.BASIC, scanOnPush: ["*"], existing: "REPLACE" }),
};

const destinations = [{ region: "us-east-1" }];
const repositoryPrefixes = ["team/"];
const BAD_REPLICATION: { readonly [fault: string]: Declaration } = {
  "no destination": replication({ repositoryPrefixes }),
  "an availability zone": replication({ destinations: [{ region: "us-east-1a" }], repositoryPrefixes }),
  "the registry itself": replication({ accountId: ACCOUNT, destinations: [{ region: REGION }], repositoryPrefixes }),
  "another partition": replication({ destinations: [{ region: "cn-north-1" }], repositoryPrefixes }),
  "a destination given twice": replication({ destinations: [...destinations, ...destinations], repositoryPrefixes }),
  "26 destinations": replication({
    destinations: Array.from({ length: 26 }, (_, index) => ({ region: REGION, accountId: `0000000000${index + 10}` })),
    repositoryPrefixes,
  }),
  "neither prefixes nor all": replication({ destinations }),
  "prefixes and all": replication({ destinations, repositoryPrefixes, allRepositories: true }),
  "a prefix that begins no name": replication({ destinations, repositoryPrefixes: ["Team/"] }),
  "a prefix given twice": replication({ destinations, repositoryPrefixes: ["team/", "team/"] }),
  "101 prefixes": replication({
    destinations,
    repositoryPrefixes: Array.from({ length: 101 }, (_, index) => `prefix-${index}`),
  }),
  "another word for existing": replication({
    destinations,
    repositoryPrefixes,
    existing: "REPLACE" as ExistingSettings,
  }),
  "an account of 11 digits": replication({ destinations, repositoryPrefixes, accountId: "11112222333" }),
};

/** The resources of a type. */
function ofType(type: string, planned: readonly PlannedResource[]): readonly PlannedResource[] {
  return planned.filter((resource) => resource.type === type);
}

describeWithTerraform("the modules of settings of a registry", () => {
  const aws = useLocalAws();
  const ofScanning: Subject = { module: "registry-scanning", region: REGION, aws };
  const ofReplication: Subject = { module: "registry-replication", region: REGION, aws };

  test.each<[string, Subject, string, Declaration[]]>([
    [
      "scanning",
      ofScanning,
      "aws_ecr_registry_scanning_configuration",
      fc.sample(scans, { numRuns: 10, seed: 20_26 }).map(scanning),
    ],
    [
      "replication",
      ofReplication,
      "aws_ecr_replication_configuration",
      fc.sample(replications, { numRuns: 10, seed: 20_26 }).map(replication),
    ],
  ])("plan the same %s as the construct", async (_, subject, type, declarations) => {
    const pairs = await planBoth(subject, declarations);
    for (const { construct, module } of pairs) {
      expect(ofType(type, module)).toHaveLength(1);
      // Beside it, the construct has the resource that reads the registry.
      expect(ofType(type, construct)).toEqual(expect.arrayContaining([...ofType(type, module)]));
    }
  });

  test.each<[string, Subject, { readonly [fault: string]: Declaration }]>([
    ["scanning", ofScanning, BAD_SCANNING],
    ["replication", ofReplication, BAD_REPLICATION],
  ])("refuse what the construct of %s refuses, by the same rules", async (_, subject, bad) => {
    const faults = Object.keys(bad);
    const refusals = await refuseBoth(subject, Object.values(bad));
    for (const [index, { construct, module }] of refusals.entries()) {
      expect({ fault: faults[index], rules: module }).toEqual({ fault: faults[index], rules: construct });
    }
  });

  test("show what they overwrite only with an import block, and forget it with a removed block", async () => {
    const ecr = new ECRClient(clientConfig(aws, { region: REGION }));
    const toOther = [{ region: "us-east-1", registryId: OTHER_ACCOUNT }];
    await ecr.send(
      new PutReplicationConfigurationCommand({ replicationConfiguration: { rules: [{ destinations: toOther }] } }),
    );
    const workspace = new Workspace({}, aws.environment());
    copyModules(path.join(workspace.folder, "modules"));
    const calls = {
      scanning: {
        source: "./modules/registry-scanning",
        scan_type: "BASIC",
        scan_on_push: ["*"],
        existing: "OVERWRITE",
      },
      replication: {
        source: "./modules/registry-replication",
        destinations: { virginia: { region: "us-east-1" } },
        all_repositories: true,
        existing: "OVERWRITE",
      },
    };
    const addresses = [
      "module.scanning.aws_ecr_registry_scanning_configuration.registry",
      "module.replication.aws_ecr_replication_configuration.registry",
    ];
    const write = (blocks: object): void =>
      workspace.write(
        "main.tf.json",
        JSON.stringify({ ...configuration(), provider: { aws: { region: REGION } }, ...blocks }),
      );
    write({ module: calls });
    await workspace.init();
    // Terraform's advice is -target, which overwrites the settings: the message has a comment against it.
    const told = /needs_an_import_block.*Do not use -target/;
    expect(await workspace.refusal()).toMatch(new RegExp(`${told.source}.*${told.source}`));

    write({ module: calls, import: addresses.map((to) => ({ to, id: ACCOUNT })) });
    const { resource_changes: changes = [] } = await workspace.plan();
    expect(
      Object.fromEntries(changes.map(({ address, change }) => [address, [...change.actions, change.importing]])),
    ).toEqual(Object.fromEntries(addresses.map((address) => [address, ["update", { id: ACCOUNT }]])));
    await workspace.apply();
    expect(await workspace.isUpToDate()).toBe(true);

    write({ removed: Object.keys(calls).map((name) => ({ from: `module.${name}`, lifecycle: { destroy: false } })) });
    await workspace.apply();
    expect(await workspace.run(["state", "list"])).toBe("");
    expect(await ecr.send(new GetRegistryScanningConfigurationCommand({}))).toMatchObject({
      scanningConfiguration: { scanType: "BASIC", rules: [{ scanFrequency: "SCAN_ON_PUSH" }] },
    });
    expect(await ecr.send(new DescribeRegistryCommand({}))).toMatchObject({
      replicationConfiguration: { rules: [{ destinations: [{ region: "us-east-1", registryId: ACCOUNT }] }] },
    });
  });
});
