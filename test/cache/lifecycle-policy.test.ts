import * as fc from "fast-check";
import { checkLifecyclePolicy } from "../../src/cache/lifecycle-policy";
import { MAX_LIFECYCLE_POLICY } from "../../src/cache/rules";
import { ValidationErrors } from "../../src/validation/validation-errors";
import { whyNoLifecyclePolicy } from "../local-aws/ecr/lifecycle-policy";

type Json = { readonly [key: string]: unknown };

const HINT = "see https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html";
const ANY = { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 10 };
const TAGGED = { ...ANY, tagStatus: "tagged", tagPatternList: ["v*"] };
const UNTAGGED = { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: 7 };
const PULLED = { ...UNTAGGED, tagStatus: "any", countType: "sinceImagePulled" };
const ARCHIVED = { ...PULLED, countType: "sinceImageTransitioned", countNumber: 90, storageClass: "archive" };
const TRANSITION = { type: "transition", targetStorageClass: "archive" };

/** A rule that keeps ten images, but for what differs. */
function rule(rest: Json = {}): Json {
  return { rulePriority: 1, selection: ANY, action: { type: "expire" }, ...rest };
}

function faultsOf(policy: unknown): string[] {
  const faults = new ValidationErrors();
  checkLifecyclePolicy(faults, "policy", typeof policy === "string" ? policy : JSON.stringify(policy));
  return faults.list();
}

describe("a lifecycle policy is accepted", () => {
  test.each<[string, Json[]]>([
    ["that keeps so many images", [rule({ description: "Keep ten" })]],
    ["that deletes tags of a pattern by age", [rule({ selection: { ...TAGGED, ...UNTAGGED, tagStatus: "tagged" } })]],
    ["with four wildcards in a pattern", [rule({ selection: { ...TAGGED, tagPatternList: ["*a*b*c*"] } })]],
    ["with tags of a prefix", [rule({ selection: { ...ANY, tagStatus: "tagged", tagPrefixList: ["v"] } })]],
    ["that deletes untagged images by age and keeps ten", [rule({ rulePriority: 9 }), rule({ selection: UNTAGGED })]],
    [
      "that archives what nobody pulls, and then deletes it",
      [rule({ selection: PULLED, action: TRANSITION }), rule({ rulePriority: 2, selection: ARCHIVED })],
    ],
  ])("%s", (_name, rules) => {
    expect(faultsOf({ rules })).toEqual([]);
  });

  test("of 30,720 characters, and not of one more", () => {
    const length = JSON.stringify({ rules: [rule({ description: "" })] }).length;
    const description = "d".repeat(MAX_LIFECYCLE_POLICY - length);
    expect(faultsOf({ rules: [rule({ description })] })).toEqual([]);
    expect(faultsOf({ rules: [rule({ description: `${description}d` })] })).toEqual([
      '`policy` must be at most 30720 characters, got "30721 characters"; leave out descriptions, or combine rules',
    ]);
  });

  test("unread where Terraform computes it", () => {
    expect(faultsOf("${var.policy}")).toEqual([]);
  });
});

/** A message with the hint of all of them; one that ends in a comma has a hint of its own before it. */
function withHint(message: string): string {
  return message.endsWith(", ") ? `${message}${HINT}` : `${message}; ${HINT}`;
}

describe("a lifecycle policy fails", () => {
  const noDocument = "be JSON text of an object whose `rules` are a list of at least one";
  const write = "write it with JSON.stringify, or with Fn.jsonencode if it contains tokens";

  test.each<[string, unknown, string]>([
    ["that is no JSON", "keep 10", `\`policy\` must ${noDocument}, got "keep 10"; ${write}`],
    ["that is a list", "[]", `\`policy\` must ${noDocument}, got "[]"; ${write}`],
    ["without rules", "{}", `\`policy\` must ${noDocument}, got "{}"; ${write}`],
    ["with no rule", '{"rules":[]}', `\`policy\` must ${noDocument}, got "{\\"rules\\":[]}"; ${write}`],
    [
      "with a version",
      { rules: [rule()], Version: "2012-10-17" },
      "`policy.Version` is not a property of a lifecycle policy; use one of rules",
    ],
  ])("%s", (_name, policy, message) => {
    expect(faultsOf(policy)).toEqual([message]);
  });

  test.each<[string, Json[], string]>([
    ["with a rule that is none", ["expire" as never], '[0]` must be an object, got "expire"'],
    ["without a priority", [rule({ rulePriority: undefined })], "[0].rulePriority` is required"],
    ["with priority 0", [rule({ rulePriority: 0 })], "[0].rulePriority` must be an integer of 1 or more, got 0"],
    ["with a number for a description", [rule({ description: 1 })], "[0].description` must be a string, got 1"],
    ["without a selection", [rule({ selection: undefined })], "[0].selection` is required"],
    ["without an action", [rule({ action: undefined })], "[0].action` is required"],
    [
      "with one priority twice",
      [rule({ selection: UNTAGGED }), rule()],
      "` must have a different rulePriority each, got [1,1]",
    ],
    [
      "with two rules for untagged images",
      [rule({ selection: UNTAGGED }), rule({ rulePriority: 2, selection: UNTAGGED })],
      "` must have at most one rule for untagged images of the storage class standard, got 2",
    ],
    [
      "with the rule for any tag before another",
      [rule(), rule({ rulePriority: 2, selection: UNTAGGED })],
      "` must have the highest rulePriority for tagStatus any among those of the storage class standard, got [1,2]",
    ],
  ])("%s", (_name, rules, message) => {
    expect(faultsOf({ rules })).toEqual([`\`policy.rules${withHint(message)}`]);
  });

  test.each<[string, Json, string]>([
    ["of no tag status", { ...ANY, tagStatus: "all" }, '.tagStatus` must be one of tagged, untagged, any, got "all"'],
    [
      "of tags without a list",
      { ...ANY, tagStatus: "tagged" },
      "` must have one of tagPatternList and tagPrefixList when tagStatus is tagged, got []",
    ],
    [
      "of tags with both lists",
      { ...TAGGED, tagPrefixList: ["v"] },
      '` must have one of tagPatternList and tagPrefixList when tagStatus is tagged, got ["tagPatternList","tagPrefixList"]',
    ],
    [
      "of any tag with a list",
      { ...ANY, tagPrefixList: ["v"] },
      '` must have tagPrefixList only when tagStatus is tagged, got "any"',
    ],
    [
      "of an empty list of tags",
      { ...TAGGED, tagPatternList: [] },
      ".tagPatternList` must be a list of at least one string, none of them empty, got []",
    ],
    [
      "of an empty tag",
      { ...TAGGED, tagPatternList: [""] },
      '.tagPatternList` must be a list of at least one string, none of them empty, got [""]',
    ],
    [
      "of five wildcards",
      { ...TAGGED, tagPatternList: ["*a*b*c*d*"] },
      '.tagPatternList` must have at most 4 wildcards in each string, got ["*a*b*c*d*"]',
    ],
    [
      "of nothing that is counted",
      { ...UNTAGGED, countType: "sinceImageBuilt" },
      '.countType` must be one of imageCountMoreThan, sinceImagePushed, sinceImagePulled, sinceImageTransitioned, got "sinceImageBuilt"',
    ],
    [
      "of images by days",
      { ...ANY, countUnit: "days" },
      '.countUnit` must be left out when countType is imageCountMoreThan, got "days"',
    ],
    ["of weeks", { ...UNTAGGED, countUnit: "weeks" }, '.countUnit` must be days, got "weeks"'],
    ["of no image", { ...ANY, countNumber: 0 }, ".countNumber` must be an integer of 1 or more, got 0"],
    ["of a number as text", { ...ANY, countNumber: "10" }, '.countNumber` must be an integer of 1 or more, got "10"'],
    [
      "of 89 days in the archive",
      { ...ARCHIVED, countNumber: 89 },
      ".countNumber` must be an integer of 90 or more, got 89",
    ],
    ["of images in the archive", { ...ANY, storageClass: "archive" }, '.storageClass` must be standard, got "archive"'],
    [
      "of archived images elsewhere",
      { ...ARCHIVED, storageClass: undefined },
      ".storageClass` is required; use archive, ",
    ],
  ])("with a selection %s", (_name, selection, message) => {
    expect(faultsOf({ rules: [rule({ selection })] })).toEqual([`\`policy.rules[0].selection${withHint(message)}`]);
  });

  test.each<[string, Json, Json, string]>([
    ["that is none", ANY, { type: "delete" }, '.type` must be one of expire, transition, got "delete"'],
    ["that deletes what nobody pulls", PULLED, { type: "expire" }, '.type` must be transition, got "expire"'],
    ["that archives the archive", ARCHIVED, TRANSITION, '.type` must be expire, got "transition"'],
    [
      "without the storage class that it moves to",
      ANY,
      { type: "transition" },
      ".targetStorageClass` is required; use archive, ",
    ],
    [
      "that deletes into the archive",
      ANY,
      { type: "expire", targetStorageClass: "archive" },
      '.targetStorageClass` must be left out when type is expire, got "archive"',
    ],
  ])("with an action %s", (_name, selection, action, message) => {
    expect(faultsOf({ rules: [rule({ selection, action })] })).toEqual([
      `\`policy.rules[0].action${withHint(message)}`,
    ]);
  });
});

test("the same policies are refused as by the stand-in for AWS", () => {
  const oneOf = (...values: unknown[]): fc.Arbitrary<unknown> => fc.constantFrom(...values);
  const selection = fc.record(
    {
      tagStatus: oneOf("tagged", "untagged", "any", "all"),
      tagPatternList: oneOf(["v*"], [], ["*****"]),
      tagPrefixList: oneOf(["v"], "v"),
      storageClass: oneOf("standard", "archive"),
      countType: oneOf("imageCountMoreThan", "sinceImagePushed", "sinceImagePulled", "sinceImageTransitioned"),
      countUnit: oneOf("days", "hours"),
      countNumber: oneOf(1, 89, 90, 0, "1"),
    },
    { requiredKeys: ["tagStatus", "countType", "countNumber"] },
  );
  const action = fc.record(
    { type: oneOf("expire", "transition"), targetStorageClass: oneOf("archive", "standard") },
    { requiredKeys: ["type"] },
  );
  const sound = fc
    .tuple(fc.constantFrom(ANY, TAGGED, UNTAGGED, PULLED, ARCHIVED), oneOf(TRANSITION, { type: "expire" }))
    .map(([chosen, done]) => ({ selection: chosen, action: done }));
  const rules = fc.array(
    fc
      .tuple(fc.oneof(sound, sound, sound, fc.record({ selection, action })), fc.integer({ min: 1, max: 4 }))
      .map(([made, rulePriority]) => ({ rulePriority, ...made })),
    { minLength: 1, maxLength: 3 },
  );
  const refused = { yes: 0, no: 0 };
  fc.assert(
    fc.property(rules, (made) => {
      const theirs = whyNoLifecyclePolicy(JSON.stringify({ rules: made })) !== undefined;
      refused[theirs ? "yes" : "no"] += 1;
      expect({ made, refused: faultsOf({ rules: made }).length > 0 }).toEqual({ made, refused: theirs });
    }),
    { numRuns: 2000, seed: 20_26 },
  );
  expect(Math.min(refused.yes, refused.no)).toBeGreaterThan(200);
});
