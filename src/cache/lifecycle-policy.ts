import { parsedObject } from "../aws/policy-document";
import { isUnresolved } from "../terraform/tokens";
import { isPlainObject } from "../validation/plain-object";
import { integerRequirement, oneOfRequirement } from "../validation/rule";
import type { ValidationErrors } from "../validation/validation-errors";
import { LIFECYCLE_POLICY_RULES, MAX_LIFECYCLE_POLICY } from "./rules";

const RULE_KEYS = ["rulePriority", "description", "selection", "action"];
const TAG_LISTS = ["tagPatternList", "tagPrefixList"];
const SELECTION_KEYS = ["tagStatus", ...TAG_LISTS, "storageClass", "countType", "countUnit", "countNumber"];
const ACTION_KEYS = ["type", "targetStorageClass"];
const TAG_STATUSES = ["tagged", "untagged", "any"];
const COUNT_TYPES = ["imageCountMoreThan", "sinceImagePushed", "sinceImagePulled", "sinceImageTransitioned"];
const STORAGE_CLASSES = ["standard", "archive"];
const MAX_WILDCARDS = 4;

// AWS charges for this many days in any case. https://docs.aws.amazon.com/AmazonECR/latest/userguide/archive-image.html
const MIN_DAYS_IN_ARCHIVE = 90;
const HINT = "see https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html";

type Json = { readonly [key: string]: unknown };

/** Adds the errors for which Amazon ECR rejects a lifecycle policy, unless only Terraform knows the policy. */
export function checkLifecyclePolicy(errors: ValidationErrors, prop: string, policy: unknown): void {
  if (isUnresolved(policy)) {
    return;
  }
  errors.checkDocument(prop, policy);
  const document = typeof policy === "string" ? parsedObject(policy) : undefined;
  const rules = document?.["rules"];
  if (typeof policy !== "string" || document === undefined || !Array.isArray(rules) || rules.length === 0) {
    errors.addBroken(prop, LIFECYCLE_POLICY_RULES.document, policy);
    return;
  }
  if (policy.length > MAX_LIFECYCLE_POLICY) {
    errors.addBroken(prop, LIFECYCLE_POLICY_RULES.length, `${policy.length} characters`);
  }
  const before = errors.list().length;
  errors.checkKeys(prop, document, ["rules"], "a property of a lifecycle policy");
  for (const [index, rule] of (rules as unknown[]).entries()) {
    checkRule(errors, `${prop}.rules[${index}]`, rule);
  }
  // Rules are compared only if each of them is valid.
  if (errors.list().length === before) {
    checkTogether(errors, `${prop}.rules`, rules as Json[]);
  }
}

function checkRule(errors: ValidationErrors, place: string, rule: unknown): void {
  if (!isObject(errors, place, rule)) {
    return;
  }
  errors.checkKeys(place, rule, RULE_KEYS, "a property of a lifecycle rule");
  const { rulePriority, description, selection, action } = rule;
  checkNumber(errors, `${place}.rulePriority`, rulePriority, 1);
  if (description !== undefined && typeof description !== "string") {
    errors.add(`${place}.description`, "be a string", description, HINT);
  }
  if (isObject(errors, `${place}.selection`, selection)) {
    checkTags(errors, `${place}.selection`, selection);
    checkCount(errors, `${place}.selection`, selection);
    if (isObject(errors, `${place}.action`, action)) {
      checkAction(errors, `${place}.action`, action, selection["countType"]);
    }
  }
}

function checkTags(errors: ValidationErrors, place: string, selection: Json): void {
  errors.checkKeys(place, selection, SELECTION_KEYS, "a property of a selection");
  const { tagStatus } = selection;
  checkOneOf(errors, `${place}.tagStatus`, tagStatus, TAG_STATUSES);
  const given = TAG_LISTS.filter((name) => selection[name] !== undefined);
  if (tagStatus === "tagged" && given.length !== 1) {
    errors.add(place, `have one of ${TAG_LISTS.join(" and ")} when tagStatus is tagged`, given, HINT);
  }
  if (tagStatus !== "tagged" && given.length > 0) {
    errors.add(place, `have ${given.join(" and ")} only when tagStatus is tagged`, tagStatus, HINT);
  }
  for (const name of given) {
    const list = selection[name];
    const isList = Array.isArray(list) && list.length > 0;
    if (!isList || !list.every((tag) => typeof tag === "string" && tag !== "")) {
      errors.add(`${place}.${name}`, "be a list of at least one string, none of them empty", list, HINT);
    } else if (list.some((tag: string) => tag.split("*").length > MAX_WILDCARDS + 1)) {
      errors.add(`${place}.${name}`, `have at most ${MAX_WILDCARDS} wildcards in each string`, list, HINT);
    }
  }
}

function checkCount(errors: ValidationErrors, place: string, selection: Json): void {
  const { countType, countUnit, countNumber, storageClass } = selection;
  checkOneOf(errors, `${place}.countType`, countType, COUNT_TYPES);
  if (countType === "imageCountMoreThan") {
    checkAbsent(errors, `${place}.countUnit`, countUnit, "countType is imageCountMoreThan");
  } else {
    checkOneOf(errors, `${place}.countUnit`, countUnit, ["days"]);
  }
  const isOfArchive = countType === "sinceImageTransitioned";
  checkNumber(errors, `${place}.countNumber`, countNumber, isOfArchive ? MIN_DAYS_IN_ARCHIVE : 1);
  if (isOfArchive || storageClass !== undefined) {
    checkOneOf(errors, `${place}.storageClass`, storageClass, [isOfArchive ? "archive" : "standard"]);
  }
}

function checkAction(errors: ValidationErrors, place: string, action: Json, countType: unknown): void {
  errors.checkKeys(place, action, ACTION_KEYS, "a property of an action");
  const { type, targetStorageClass } = action;
  const types: { readonly [countType: string]: string[] } = {
    sinceImagePulled: ["transition"],
    sinceImageTransitioned: ["expire"],
  };
  checkOneOf(errors, `${place}.type`, type, types[String(countType)] ?? ["expire", "transition"]);
  if (type === "transition") {
    checkOneOf(errors, `${place}.targetStorageClass`, targetStorageClass, ["archive"]);
  } else {
    checkAbsent(errors, `${place}.targetStorageClass`, targetStorageClass, "type is expire");
  }
}

/** Adds the errors that rules of a policy make together. */
function checkTogether(errors: ValidationErrors, place: string, rules: readonly Json[]): void {
  const priorityOf = (rule: Json): number => rule["rulePriority"] as number;
  const priorities = rules.map(priorityOf);
  if (new Set(priorities).size < rules.length) {
    errors.add(place, "have a different rulePriority each", priorities, HINT);
    return;
  }
  for (const storageClass of STORAGE_CLASSES) {
    const ofClass = rules.filter(
      ({ selection }) => ((selection as Json)["storageClass"] ?? "standard") === storageClass,
    );
    const selecting = (tagStatus: string): Json[] =>
      ofClass.filter(({ selection }) => (selection as Json)["tagStatus"] === tagStatus);
    const untagged = selecting("untagged");
    if (untagged.length > 1) {
      const requirement = `have at most one rule for untagged images of the storage class ${storageClass}`;
      errors.add(place, requirement, untagged.length, HINT);
    }
    const last = Math.max(...ofClass.map(priorityOf));
    if (selecting("any").some((rule) => priorityOf(rule) !== last)) {
      const requirement = `have the highest rulePriority for tagStatus any among those of the storage class ${storageClass}`;
      errors.add(place, requirement, ofClass.map(priorityOf), HINT);
    }
  }
}

function checkOneOf(errors: ValidationErrors, place: string, value: unknown, allowed: readonly string[]): void {
  if (!allowed.includes(value as string)) {
    const hint = value === undefined ? `use ${allowed.join(" or ")}, ${HINT}` : HINT;
    errors.add(place, allowed.length === 1 ? `be ${allowed[0]}` : oneOfRequirement(allowed), value, hint);
  }
}

function checkNumber(errors: ValidationErrors, place: string, value: unknown, min: number): void {
  if (!Number.isSafeInteger(value) || (value as number) < min) {
    errors.add(place, integerRequirement(min), value, HINT);
  }
}

function checkAbsent(errors: ValidationErrors, place: string, value: unknown, reason: string): void {
  if (value !== undefined) {
    errors.add(place, `be left out when ${reason}`, value, HINT);
  }
}

function isObject(errors: ValidationErrors, place: string, value: unknown): value is Json {
  if (isPlainObject(value)) {
    return true;
  }
  errors.add(place, "be an object", value, HINT);
  return false;
}
