import * as expiryRules from "../../src/alerts/expiry-rules";
import * as alertRules from "../../src/alerts/rules";
import * as bucketNames from "../../src/aws/bucket-names";
import * as cidr from "../../src/aws/cidr";
import * as ec2Ids from "../../src/aws/ec2-ids";
import * as organizations from "../../src/aws/organizations";
import * as partitions from "../../src/aws/partitions";
import * as policyDocument from "../../src/aws/policy-document";
import * as providerVersions from "../../src/aws/provider-versions";
import { ROLE_ARN } from "../../src/aws/role-arn";
import * as roleOptions from "../../src/aws/role-options";
import * as standardTopic from "../../src/aws/standard-topic";
import * as cacheRules from "../../src/cache/rules";
import { EXCLUSION_FILTER, EXCLUSION_RULES } from "../../src/cache/tag-mutability";
import * as clientConfigRules from "../../src/client-config/rules";
import * as fleetRules from "../../src/fleet/rules";
import * as networkRules from "../../src/network/rules";
import * as registryRules from "../../src/registry/rules";
import * as overrideRules from "../../src/stack-override/rules";
import type { Rule } from "../../src/validation/rule";
import * as warmerRules from "../../src/warmer/rules";

/** The files below src/ that define rules, by their paths. */
const FILES: { readonly [file: string]: object } = {
  "alerts/expiry-rules": expiryRules,
  "alerts/rules": alertRules,
  "aws/bucket-names": bucketNames,
  "aws/cidr": cidr,
  "aws/ec2-ids": ec2Ids,
  "aws/organizations": organizations,
  "aws/partitions": partitions,
  "aws/policy-document": policyDocument,
  "aws/provider-versions": providerVersions,
  "aws/role-arn": { ROLE_ARN },
  "aws/role-options": roleOptions,
  "aws/standard-topic": standardTopic,
  "cache/rules": cacheRules,
  "cache/tag-mutability": { EXCLUSION_FILTER, EXCLUSION_RULES },
  "client-config/rules": clientConfigRules,
  "fleet/rules": fleetRules,
  "network/rules": networkRules,
  "registry/rules": registryRules,
  "stack-override/rules": overrideRules,
  "warmer/rules": warmerRules,
};

/** How many patterns and requirements each file must define: a rule that moves or is lost changes these counts. */
export const EXPECTED_COUNTS: { readonly [file: string]: readonly [patterns: number, requirements: number] } = {
  "alerts/expiry-rules": [1, 8],
  "alerts/rules": [6, 18],
  "aws/bucket-names": [2, 2],
  "aws/cidr": [2, 2],
  "aws/ec2-ids": [6, 6],
  "aws/organizations": [2, 2],
  "aws/partitions": [2, 2],
  "aws/policy-document": [0, 2],
  "aws/provider-versions": [1, 2],
  "aws/role-arn": [1, 1],
  "aws/role-options": [3, 4],
  "aws/standard-topic": [1, 1],
  "cache/rules": [17, 104],
  "cache/tag-mutability": [1, 7],
  "client-config/rules": [2, 2],
  "fleet/rules": [10, 44],
  "network/rules": [11, 40],
  "registry/rules": [7, 49],
  "stack-override/rules": [4, 22],
  "warmer/rules": [7, 14],
};

/** The files whose constructs have no plain module. */
const WITHOUT_MODULES: readonly string[] = [
  "alerts/expiry-rules",
  "cache/tag-mutability",
  "client-config/rules",
  "fleet/rules",
];

// A function that makes a text of numbers or lists gets this for each of them.
const MARK = ["…"];

/** The rules of a file that are patterns, and the requirements of all its rules. */
interface DefinedRules {
  readonly patterns: readonly (readonly [string, Rule])[];
  readonly requirements: readonly string[];
}

const DEFINED: ReadonlyMap<string, DefinedRules> = new Map(
  Object.entries(FILES).map(([file, constants]) => [file, rulesIn(constants)]),
);

/** How many patterns and requirements each file defines. */
export function ruleCounts(): { readonly [file: string]: readonly [patterns: number, requirements: number] } {
  return Object.fromEntries(
    [...DEFINED].map(([file, { patterns, requirements }]) => [file, [patterns.length, requirements.length] as const]),
  );
}

/** All rules that are patterns, by their names. */
export function patternRules(): (readonly [string, Rule])[] {
  return [...DEFINED.values()].flatMap(({ patterns }) => patterns);
}

/**
 * The requirements of the constructs that have a plain module, with `…` in place of values. One that would fit any list of
 * values is left out.
 */
export function requirementsOfModules(): string[] {
  return [...DEFINED]
    .flatMap(([file, { requirements }]) => (WITHOUT_MODULES.includes(file) ? [] : requirements))
    .filter((requirement) => requirement !== "be one of …");
}

function rulesIn(constants: object): DefinedRules {
  const found = Object.entries(constants).flatMap(([name, value]) => definedIn(name, value));
  return {
    patterns: found.flatMap(({ name, rule }) =>
      rule?.pattern instanceof RegExp ? [[name, rule as Rule] as const] : [],
    ),
    requirements: found.map(({ requirement }) => requirement),
  };
}

interface Defined {
  readonly name: string;
  readonly requirement: string;
  readonly rule?: Partial<Rule>;
}

/** The rules in a constant: a requirement as text or with its hint, a function that makes one, or a table of them. */
function definedIn(name: string, value: unknown): Defined[] {
  if (typeof value === "string") {
    return /_REQUIREMENTS\b/.test(name) || /^(be|have|make|not) /.test(value) ? [{ name, requirement: value }] : [];
  }
  if (typeof value === "function") {
    return definedIn(name, madeBy(value as (...marks: unknown[]) => unknown));
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return [];
  }
  const { requirement } = value as Partial<Rule>;
  return typeof requirement === "string"
    ? [{ name, requirement, rule: value }]
    : Object.entries(value).flatMap(([key, item]) => definedIn(`${name}.${key}`, item));
}

/** What a function makes of marks; nothing if it takes something else. */
function madeBy(make: (...marks: unknown[]) => unknown): unknown {
  try {
    return make(...Array.from({ length: make.length }, () => MARK));
  } catch {
    return undefined;
  }
}
