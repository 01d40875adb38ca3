import {
  ECRClient,
  GetRegistryScanningConfigurationCommand,
  PutRegistryScanningConfigurationCommand,
} from "@aws-sdk/client-ecr";
import type { RegistryScanningRule } from "@aws-sdk/client-ecr";
import { Sdk } from "../clients";
import { ACCOUNT } from "../server";
import { INVALID } from "./fixtures";

let sdk: Sdk;
let ecr: ECRClient;
beforeEach(async () => {
  sdk = await Sdk.start();
  ecr = sdk.client(ECRClient);
});
afterEach(() => sdk.stop());

const DEFAULT = { scanType: "BASIC", rules: [] };

function rule(scanFrequency: string, ...filters: string[]): RegistryScanningRule {
  return {
    scanFrequency: scanFrequency as RegistryScanningRule["scanFrequency"],
    repositoryFilters: filters.map((filter) => ({ filter, filterType: "WILDCARD" })),
  };
}

function put(scanType: string, ...rules: RegistryScanningRule[]) {
  return ecr.send(new PutRegistryScanningConfigurationCommand({ scanType: scanType as "BASIC", rules }));
}

async function configurationOf(client: ECRClient) {
  return client.send(new GetRegistryScanningConfigurationCommand({}));
}

test("a registry always has a scanning configuration, by default BASIC without rules", async () => {
  expect(await configurationOf(ecr)).toMatchObject({ registryId: ACCOUNT, scanningConfiguration: DEFAULT });
  expect(sdk.aws.contents()).toEqual([]);
});

test("a scanning configuration replaces the former one whole, and is another one in each region", async () => {
  await put("BASIC", rule("SCAN_ON_PUSH", "quay/*"));
  const rules = [rule("SCAN_ON_PUSH", "*"), rule("CONTINUOUS_SCAN", "prod/*")];
  expect(await put("ENHANCED", ...rules)).toMatchObject({
    registryScanningConfiguration: { scanType: "ENHANCED", rules },
  });
  expect(await configurationOf(ecr)).toMatchObject({ scanningConfiguration: { scanType: "ENHANCED", rules } });
  const elsewhere = sdk.client(ECRClient, { region: "eu-west-1" });
  expect(await configurationOf(elsewhere)).toMatchObject({ scanningConfiguration: DEFAULT });
  expect(sdk.aws.contents()).toHaveLength(1);
  await put("BASIC");
  expect(sdk.aws.contents()).toEqual([]);
});

test("bounds are taken: 100 filters, one of them with 255 characters", async () => {
  const filters = ["f".repeat(255), ...Array.from({ length: 99 }, (_, index) => `filter-${index}`)];
  await put("BASIC", rule("SCAN_ON_PUSH", ...filters));
});

test.each<[string, string, RegistryScanningRule[]]>([
  ["another scan type", "FULL", []],
  ["continuous scans with BASIC", "BASIC", [rule("CONTINUOUS_SCAN", "*")]],
  ["manual scans with ENHANCED", "ENHANCED", [rule("MANUAL", "*")]],
  ["three rules", "ENHANCED", [rule("SCAN_ON_PUSH", "a"), rule("SCAN_ON_PUSH", "b"), rule("CONTINUOUS_SCAN", "c")]],
  ["a filter in upper case", "BASIC", [rule("SCAN_ON_PUSH", "Team/*")]],
  ["a filter of 256 characters", "BASIC", [rule("SCAN_ON_PUSH", "f".repeat(256))]],
  ["101 filters", "BASIC", [rule("SCAN_ON_PUSH", ...Array.from({ length: 101 }, (_, index) => `f${index}`))]],
  [
    "a filter of the type of replication",
    "BASIC",
    [{ scanFrequency: "SCAN_ON_PUSH", repositoryFilters: [{ filter: "a", filterType: "PREFIX_MATCH" as "WILDCARD" }] }],
  ],
])("a scanning configuration fails with %s, and the former one stays", async (_, scanType, rules) => {
  await expect(put(scanType, ...rules)).rejects.toMatchObject({ name: INVALID });
  expect(await configurationOf(ecr)).toMatchObject({ scanningConfiguration: DEFAULT });
});
