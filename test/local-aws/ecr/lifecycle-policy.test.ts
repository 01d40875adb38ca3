import { CreateRepositoryCreationTemplateCommand, ECRClient } from "@aws-sdk/client-ecr";
import { Sdk } from "../clients";
import { INVALID } from "./fixtures";

interface Rule {
  readonly rulePriority?: unknown;
  readonly selection?: object;
  readonly action?: object;
}

const UNTAGGED = { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: 7 };
const ANY = { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 10 };
const TAGGED = { ...ANY, tagStatus: "tagged", tagPatternList: ["v*"] };
const PULLED = { ...UNTAGGED, tagStatus: "any", countType: "sinceImagePulled" };
const TRANSITIONED = { ...PULLED, countType: "sinceImageTransitioned", countNumber: 90, storageClass: "archive" };
const TRANSITION = { type: "transition", targetStorageClass: "archive" };

let sdk: Sdk;
beforeEach(async () => {
  sdk = await Sdk.start();
});
afterEach(() => sdk.stop());

/** A rule that keeps ten images, but for what differs. */
function rule(rest: object = {}): Rule {
  return { rulePriority: 1, selection: ANY, action: { type: "expire" }, ...rest };
}

function apply(policy: unknown) {
  const lifecyclePolicy = JSON.stringify(policy);
  const input = { prefix: "mirror", appliedFor: ["PULL_THROUGH_CACHE" as const], lifecyclePolicy };
  return sdk.client(ECRClient).send(new CreateRepositoryCreationTemplateCommand(input));
}

describe("lifecycle policy", () => {
  test.each<[string, Rule[]]>([
    ["that keeps so many images", [rule()]],
    ["with a description", [rule({ description: "Keep ten" })]],
    ["that expires untagged images by their age", [rule({ selection: UNTAGGED })]],
    ["that expires tags of a pattern", [rule({ selection: TAGGED })]],
    ["with four wildcards", [rule({ selection: { ...TAGGED, tagPatternList: ["*a*b*c*"] } })]],
    ["that expires tags of a prefix", [rule({ selection: { ...ANY, tagStatus: "tagged", tagPrefixList: ["v"] } })]],
    ["that names the class of its images", [rule({ selection: { ...ANY, storageClass: "standard" } })]],
    ["that archives what nobody pulls", [rule({ selection: PULLED, action: TRANSITION })]],
    ["that archives by age", [rule({ selection: UNTAGGED, action: TRANSITION })]],
    ["that expires archived images", [rule({ selection: TRANSITIONED })]],
    ["of rules in any order", [rule({ rulePriority: 20 }), rule({ rulePriority: 3, selection: UNTAGGED })]],
    [
      "with one rule for any tag in each class",
      [rule({ selection: PULLED, action: TRANSITION }), rule({ rulePriority: 2, selection: TRANSITIONED })],
    ],
  ])("a lifecycle policy %s is accepted", async (_, rules) => {
    const { repositoryCreationTemplate } = await apply({ rules });
    expect(repositoryCreationTemplate?.lifecyclePolicy).toBe(JSON.stringify({ rules }));
  });

  test.each<[string, unknown, string]>([
    ["it is a list", [], "the policy must be an object"],
    ["it has no rules", {}, "rules must be a list that is not empty"],
    ["its rules are empty", { rules: [] }, "rules must be a list that is not empty"],
    ["it has a version", { Version: 1, rules: [rule()] }, "the policy has an unknown property Version"],
    ["a rule is a string", { rules: ["expire"] }, "rules[0] must be an object"],
    ["a rule is not one of ECR", { rules: [{ x: 1 }] }, "rules[0] has an unknown property x"],
    [
      "a rule has no priority",
      { rules: [rule({ rulePriority: undefined })] },
      "rules[0].rulePriority must be a positive integer",
    ],
    ["a priority is 0", { rules: [rule({ rulePriority: 0 })] }, "rules[0].rulePriority must be a positive integer"],
    [
      "a priority is text",
      { rules: [rule({ rulePriority: "1" })] },
      "rules[0].rulePriority must be a positive integer",
    ],
    ["a description is a number", { rules: [rule({ description: 1 })] }, "rules[0].description must be a string"],
    ["a rule has no selection", { rules: [rule({ selection: undefined })] }, "rules[0].selection must be an object"],
    ["a rule has no action", { rules: [rule({ action: undefined })] }, "rules[0].action must be an object"],
    [
      "two rules have the same priority",
      { rules: [rule({ selection: UNTAGGED }), rule()] },
      "rulePriority must be unique",
    ],
    [
      "a rule for any tag comes first",
      { rules: [rule(), rule({ rulePriority: 2, selection: UNTAGGED })] },
      "Rule for tagStatus=ANY must have the lowest priority per storage class",
    ],
    [
      "two rules select untagged images",
      { rules: [rule({ selection: UNTAGGED }), rule({ rulePriority: 2, selection: UNTAGGED })] },
      "Only one rule can select Untagged images per storage class",
    ],
  ])("a lifecycle policy fails when %s", async (_, policy, reason) => {
    await expect(apply(policy)).rejects.toMatchObject({
      name: INVALID,
      message:
        "Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: " +
        `'Lifecycle policy validation failure: ${reason}'`,
    });
  });
});

describe("selection of a lifecycle rule", () => {
  const lists =
    "rules[0].selection must have at most one of tagPatternList and tagPrefixList, and only when tagStatus is tagged";

  test.each<[string, object, string]>([
    ["an unknown property", { ...ANY, tags: [] }, "rules[0].selection has an unknown property tags"],
    [
      "89 days in the archive",
      { ...TRANSITIONED, countNumber: 89 },
      "rules[0].selection.countNumber must be at least 90 when countType is sinceImageTransitioned",
    ],
    ["no tag status", { ...ANY, tagStatus: undefined }, "rules[0].selection.tagStatus must be tagged, untagged, any"],
    [
      "tagged without tags",
      { ...ANY, tagStatus: "tagged" },
      "Must specify tagPrefixList or tagPatternList when tagStatus=TAGGED.",
    ],
    ["both lists of tags", { ...TAGGED, tagPrefixList: ["v"] }, lists],
    ["tags when any tag is meant", { ...ANY, tagPrefixList: ["v"] }, lists],
    [
      "an empty list of tags",
      { ...TAGGED, tagPatternList: [] },
      "rules[0].selection.tagPatternList must be a list of strings that is not empty",
    ],
    [
      "five wildcards",
      { ...TAGGED, tagPatternList: ["*a*b*c*d*"] },
      "rules[0].selection.tagPatternList must have at most 4 wildcards in a string",
    ],
    [
      "an unknown count type",
      { ...ANY, countType: "sinceImageCreated", countUnit: "days" },
      "rules[0].selection.countType must be imageCountMoreThan, sinceImagePushed, sinceImagePulled, sinceImageTransitioned",
    ],
    [
      "a unit for a number of images",
      { ...ANY, countUnit: "days" },
      "rules[0].selection.countUnit must not be given when countType is imageCountMoreThan",
    ],
    [
      "a unit that is null",
      { ...ANY, countUnit: null },
      "rules[0].selection.countUnit must not be given when countType is imageCountMoreThan",
    ],
    [
      "no unit for an age",
      { ...UNTAGGED, countUnit: undefined },
      "rules[0].selection.countUnit must be days when countType counts days",
    ],
    [
      "hours",
      { ...UNTAGGED, countUnit: "hours" },
      "rules[0].selection.countUnit must be days when countType counts days",
    ],
    ["a count of 0", { ...ANY, countNumber: 0 }, "rules[0].selection.countNumber must be a positive integer"],
    ["half a count", { ...ANY, countNumber: 0.5 }, "rules[0].selection.countNumber must be a positive integer"],
    [
      "archived images by their number",
      { ...ANY, storageClass: "archive" },
      "rules[0].selection.storageClass must be standard when countType is imageCountMoreThan",
    ],
    [
      "no class for archived images",
      { ...TRANSITIONED, storageClass: undefined },
      "rules[0].selection.storageClass must be archive when countType is sinceImageTransitioned",
    ],
  ])("the selection of a lifecycle rule fails with %s", async (_, selection, reason) => {
    await expect(apply({ rules: [rule({ selection })] })).rejects.toThrow(`failure: ${reason}'`);
  });
});

describe("action of a lifecycle rule", () => {
  test.each<[string, object, object, string]>([
    ["an unknown property", ANY, { type: "expire", after: 1 }, "rules[0].action has an unknown property after"],
    ["an unknown type", ANY, { type: "delete" }, "rules[0].action.type must be expire or transition"],
    [
      "a target class of null for expire",
      ANY,
      { type: "expire", targetStorageClass: null },
      "rules[0].action.targetStorageClass must not be given when type is expire",
    ],
    [
      "a transition without a target",
      UNTAGGED,
      { type: "transition" },
      "rules[0].action.targetStorageClass must be archive when type is transition",
    ],
    [
      "expire for images by their last pull",
      PULLED,
      { type: "expire" },
      "rules[0].action.type must be transition when countType is sinceImagePulled",
    ],
    [
      "a transition of archived images",
      TRANSITIONED,
      TRANSITION,
      "rules[0].action.type must be expire when countType is sinceImageTransitioned",
    ],
  ])("the action of a lifecycle rule fails with %s", async (_, selection, action, reason) => {
    await expect(apply({ rules: [rule({ selection, action })] })).rejects.toThrow(`failure: ${reason}'`);
  });
});
