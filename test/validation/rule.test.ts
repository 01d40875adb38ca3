import * as fc from "fast-check";
import { byteLength, matches } from "../../src/validation/rule";
import { patternRules } from "../support/rules-of-constructs";

const ANY = { pattern: /^/, requirement: "be text", hint: "give text" };

test.each([
  ["", 0],
  ["a", 1],
  ["ä", 2],
  ["日", 3],
  ["😀", 4],
  ["aä日😀", 10],
])("%j has %i bytes", (text, bytes) => {
  expect(byteLength(text)).toBe(bytes);
});

test("a rule with a maximum of bytes counts bytes and not characters", () => {
  const rule = { ...ANY, maxBytes: 4 };
  expect(["abcd", "ää", "😀", ""].filter((text) => !matches(text, rule))).toEqual([]);
  expect(["abcde", "ääa", "😀a", "日本"].filter((text) => matches(text, rule))).toEqual([]);
});

test("a rule with bounds of characters includes its bounds", () => {
  const rule = { ...ANY, minLength: 2, maxLength: 3 };
  expect(["", "a", "ab", "abc", "abcd"].filter((text) => matches(text, rule))).toEqual(["ab", "abc"]);
});

test("a string that matches the exception of a rule breaks the rule", () => {
  const rule = { ...ANY, pattern: /^[a-z]+$/, except: /^aws/ };
  expect(["team", "aws", "awsx", "Team"].filter((text) => matches(text, rule))).toEqual(["team"]);
});

test.each([[undefined], [null], [5], [["a"]], [{ length: 1 }]])("%j is not a string and breaks every rule", (value) => {
  expect(matches(value, ANY)).toBe(false);
});

test.each(patternRules().filter(([, rule]) => rule.ascii !== undefined))(
  "%s decides on ASCII text as it does on any other",
  (_, rule) => {
    const text = fc.oneof(
      fc.string({ unit: "binary-ascii", maxLength: 3 }),
      fc.constantFrom("aws:x", "AwS:", "aws", "  ", "team", "cost-center", "a b"),
    );
    fc.assert(fc.property(text, (value) => matches(value, rule) === matches(value, { ...rule, ascii: undefined })));
  },
);

test("the pattern of each rule is for the whole text, but for rules on a part of it", () => {
  // A bracket, a group and an escaped character have no anchors and no alternatives of the pattern itself.
  const outline = ({ source }: RegExp): string => {
    const flat = source.replace(/\\./g, "x").replace(/\[[^\]]*\]/g, "x");
    const outer = flat.replace(/\([^()]*\)/g, "x");
    return outer === flat ? flat : outline({ source: outer } as RegExp);
  };
  const isWhole = (pattern: RegExp): boolean =>
    outline(pattern)
      .split("|")
      .every((alternative) => /^\^.*\$$/.test(alternative));
  const partial = patternRules().filter(
    ([, { pattern, ascii }]) => !isWhole(pattern) || (ascii !== undefined && !isWhole(ascii.pattern)),
  );
  expect(partial.map(([name]) => name)).toEqual(["DESCRIPTION", "PROJECT", "STATE_KEY", "NOT_OF_A_STACK_SET"]);
});

test("the bounds of each rule are those of AWS and Terraform", () => {
  const bounds = patternRules().flatMap(([name, { minLength = 0, maxLength, maxBytes }]) =>
    maxLength === undefined && maxBytes === undefined && minLength === 0
      ? []
      : [`${name}: ${minLength} to ${maxLength ?? `${maxBytes} bytes`}`],
  );
  expect(bounds.sort()).toEqual([
    "BOUNDARY_ARN: 0 to 2048",
    "BUCKET: 3 to 63",
    "BUCKET_NAME: 3 to 63",
    "CLOUDFORMATION_STACK_NAME: 0 to 128",
    "DESCRIPTION: 1 to 255 bytes",
    "EMAIL_ADDRESS: 0 to 254",
    "EXCLUSION_FILTER: 1 to 128",
    "FLEET_POLICY_NAME: 0 to 128",
    "HOST: 0 to 253",
    "LOG_GROUP_NAME: 0 to 512",
    "NAMESPACE: 0 to 63",
    "PARAMETER_NAME: 0 to 255",
    "POLICY_NAME: 0 to 128",
    "POLICY_NAME: 0 to 253",
    "PROJECT_NAME: 0 to 64",
    "PROJECT_NAME_WITH_RUN_ON_CHANGE: 0 to 54",
    "REACHABLE_BUCKET: 3 to 63",
    "REPLICATION_PREFIX: 2 to 256",
    "REPOSITORY_PATH: 1 to 255",
    "REPOSITORY_PREFIX: 2 to 30",
    "ROLE_ARN: 0 to 2048",
    "ROLE_NAME: 0 to 64",
    "ROLE_NAME_PREFIX: 0 to 38",
    "ROLE_PATH: 0 to 512",
    "RULE_NAME: 0 to 64",
    "SCAN_FILTER: 0 to 255",
    "SCHEDULE: 0 to 256",
    "SECRET_ARN: 50 to 612",
    "SECRET_NAME: 0 to 512",
    "TAG_KEY: 0 to 128",
    "TAG_VALUE: 0 to 256",
    "TEMPLATE_URL: 0 to 5120",
    "TERRAFORM_STACK_NAME: 0 to 128",
    "TOPIC_NAME: 0 to 256",
    "UPSTREAM_REPOSITORY_PREFIX: 2 to 30",
    "VARIABLE_NAME: 0 to 64",
    "WORKSPACE: 0 to 90",
  ]);
});

test("text beyond ASCII follows the patterns for Unicode", () => {
  const rule = { ...ANY, pattern: /^\p{L}+$/u, ascii: { pattern: /^[A-Za-z]+$/ } };
  expect(["Team", "Käse", "名", "5", "é5"].filter((value) => matches(value, rule))).toEqual(["Team", "Käse", "名"]);
});
