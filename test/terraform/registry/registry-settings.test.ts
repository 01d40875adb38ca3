import {
  DescribeRegistryCommand,
  ECRClient,
  GetRegistryScanningConfigurationCommand,
  PutRegistryScanningConfigurationCommand,
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
import type { RegistryReplicationProps, RegistryScanningProps } from "cdktf-ecr-pull-through-cache";
import { clientConfig } from "../../local-aws/clients";
import { ACCOUNT } from "../../local-aws/server";
import type { LocalAws } from "../../local-aws/server";
import { modelViolations } from "../../local-aws/service-model";
import { stackIn, synthesized } from "../../support/synthesis";
import { Workspace, configuration, describeWithTerraform } from "../../support/terraform";
import { useNewLocalAws } from "../../support/use-local-aws";

const REGION = "us-east-1";
const OTHER_ACCOUNT = "444455556666";
const BASIC: RegistryScanningProps = { scanType: ScanType.BASIC };
const TO_IRELAND: RegistryReplicationProps = {
  destinations: [{ region: "eu-west-1" }],
  repositoryPrefixes: ["team/"],
  existing: ExistingSettings.NONE,
};
const SCANNING = "aws_ecr_registry_scanning_configuration.scanning_configuration_96397B85";
const EXISTING = "aws_ecr_registry_scanning_configuration.scanning_existing_4251E090";
const BEFORE = "terraform_data.scanning_before_BF0D9BD1";
const REPLICATION = "aws_ecr_replication_configuration.replication_configuration_8CE400A3";

describeWithTerraform("the settings of a registry", () => {
  let aws: LocalAws;
  let ecr: ECRClient;
  let workspace: Workspace;
  useNewLocalAws(async (made) => {
    aws = made;
    ecr = new ECRClient(clientConfig(aws, { region: REGION }));
    workspace = new Workspace(configuration(), aws.environment());
    await workspace.init();
  });
  afterEach(() => {
    expect(aws.requests.flatMap(modelViolations)).toEqual([]);
  });

  /** Writes a stack with a cache and the scanning configuration of its registry, or with the latter alone. */
  function scan(props: RegistryScanningProps, withCache = true): void {
    const stack = stackIn(REGION);
    if (withCache) {
      new PullThroughCache(stack, "cache", { upstreams: [Upstream.quay()] });
    }
    new RegistryScanning(stack, "scanning", props);
    workspace.write("main.tf.json", JSON.stringify(synthesized(stack)));
  }

  function replicate(props: Partial<RegistryReplicationProps>): void {
    const stack = stackIn(REGION);
    new RegistryReplication(stack, "replication", { ...TO_IRELAND, ...props });
    workspace.write("main.tf.json", JSON.stringify(synthesized(stack)));
  }

  async function applied(): Promise<void> {
    await workspace.apply();
    expect(await workspace.isUpToDate()).toBe(true);
  }

  /** The scanning configuration as one line: its type, and the filters of each frequency. */
  async function scanned(): Promise<string> {
    const { scanningConfiguration } = await ecr.send(new GetRegistryScanningConfigurationCommand({}));
    const { scanType = "", rules = [] } = scanningConfiguration ?? {};
    const words = rules.map(
      (rule) => `${rule.scanFrequency}: ${String(rule.repositoryFilters?.map(({ filter }) => filter))}`,
    );
    return [scanType, ...words].join(" ");
  }

  async function somebodyScansContinuously(): Promise<void> {
    const repositoryFilters = [{ filter: "team/*", filterType: "WILDCARD" as const }];
    const rules = [{ scanFrequency: "CONTINUOUS_SCAN" as const, repositoryFilters }];
    await ecr.send(new PutRegistryScanningConfigurationCommand({ scanType: "ENHANCED", rules }));
  }

  test("scanning of a registry without settings is created, changed, corrected after a drift, and reset by a destroy", async () => {
    scan(BASIC);
    await applied();
    expect(await scanned()).toBe("BASIC SCAN_ON_PUSH: quay/*");

    scan({ scanType: ScanType.ENHANCED });
    expect(await workspace.changes()).toEqual({ [SCANNING]: "update" });
    await applied();
    expect(await scanned()).toBe("ENHANCED CONTINUOUS_SCAN: quay/*");

    await somebodyScansContinuously();
    expect(await workspace.changes()).toEqual({ [SCANNING]: "update" });
    await applied();
    expect(await scanned()).toBe("ENHANCED CONTINUOUS_SCAN: quay/*");

    await workspace.destroy();
    expect(aws.contents()).toEqual([]);
    expect(await scanned()).toBe("BASIC");
  });

  test("scanning of a registry with other settings fails the first plan, which shows them; OVERWRITE replaces them", async () => {
    await somebodyScansContinuously();
    scan({ ...BASIC, rules: [{ frequency: ScanFrequency.SCAN_ON_PUSH, filters: ["*"] }] }, false);
    expect(await workspace.refusal()).toContain(
      '`existing` must be OVERWRITE, since the registry has a scanning configuration already, {"rules":["CONTINUOUS_SCAN: team/*"],"scan_type":"ENHANCED"}; set ExistingSettings.OVERWRITE',
    );
    expect(await scanned()).toBe("ENHANCED CONTINUOUS_SCAN: team/*");

    const all = { ...BASIC, rules: [{ frequency: ScanFrequency.SCAN_ON_PUSH, filters: ["*"] }] };
    scan({ ...all, existing: ExistingSettings.OVERWRITE }, false);
    const { resource_changes: changes = [] } = await workspace.plan();
    expect(changes.map(({ address, change }) => [address, change.actions, change.importing])).toEqual([
      [SCANNING, ["update"], { id: ACCOUNT }],
    ]);
    expect(changes[0]?.change).toMatchObject({ before: { scan_type: "ENHANCED" }, after: { scan_type: "BASIC" } });
    await applied();
    expect(await scanned()).toBe("BASIC SCAN_ON_PUSH: *");

    // Back and forth between the two, the configuration stays.
    scan(all, false);
    expect(await workspace.changes()).toEqual({ [BEFORE]: "create" });
    await applied();
    scan({ ...all, existing: ExistingSettings.OVERWRITE }, false);
    expect(await workspace.changes()).toEqual({ [EXISTING]: "forget", [BEFORE]: "delete" });
    await applied();
    expect(await scanned()).toBe("BASIC SCAN_ON_PUSH: *");
  });

  test("scanning continues after a lost state, and after Terraform has forgotten it and destroyed the rest", async () => {
    scan(BASIC);
    await applied();
    workspace = new Workspace(configuration(), aws.environment());
    scan({ ...BASIC, rules: [{ frequency: ScanFrequency.SCAN_ON_PUSH, filters: ["quay/*"] }] }, false);
    await workspace.init();
    await applied();
    expect(await scanned()).toBe("BASIC SCAN_ON_PUSH: quay/*");

    scan({ ...BASIC, forget: true }, false);
    expect(await workspace.changes()).toEqual({ [SCANNING]: "forget", [EXISTING]: "forget", [BEFORE]: "delete" });
    await workspace.apply();
    await workspace.destroy();
    expect(await scanned()).toBe("BASIC SCAN_ON_PUSH: quay/*");
  });

  test("replication is created, changed, forgotten, taken over with OVERWRITE, and deleted by a destroy", async () => {
    const rules = async (): Promise<unknown> =>
      (await ecr.send(new DescribeRegistryCommand({}))).replicationConfiguration?.rules;
    const repositoryFilters = [{ filter: "team/", filterType: "PREFIX_MATCH" }];
    const toIreland = [{ destinations: [{ region: "eu-west-1", registryId: ACCOUNT }], repositoryFilters }];
    replicate({});
    await applied();
    expect(await rules()).toEqual(toIreland);

    const both = [{ region: "eu-west-1" }, { region: "eu-west-1", accountId: OTHER_ACCOUNT }];
    replicate({ destinations: both });
    expect(await workspace.changes()).toEqual({ [REPLICATION]: "update" });
    await applied();
    replicate({ destinations: both, forget: true });
    expect(await workspace.changes()).toEqual({ [REPLICATION]: "forget" });
    await workspace.apply();

    replicate({ existing: ExistingSettings.OVERWRITE });
    const { resource_changes: [taken] = [] } = await workspace.plan();
    expect(taken?.change).toMatchObject({ actions: ["update"], importing: { id: ACCOUNT } });
    expect(JSON.stringify(taken?.change.before)).toContain(OTHER_ACCOUNT);
    await applied();
    expect(await rules()).toEqual(toIreland);
    await workspace.destroy();
    expect(await rules()).toEqual([]);
  });

  // The reason why `existing` of RegistryReplication has no default.
  test("no plan can read that a registry has no replication rules: the provider imports none", async () => {
    replicate({ existing: ExistingSettings.OVERWRITE });
    expect(await workspace.refusal()).toContain("Cannot import non-existent remote object");
    const destinations = [{ region: "eu-west-1", registryId: OTHER_ACCOUNT }];
    await ecr.send(new PutReplicationConfigurationCommand({ replicationConfiguration: { rules: [{ destinations }] } }));
    replicate({});
    expect(await workspace.changes()).toEqual({ [REPLICATION]: "create" });
  });
});
