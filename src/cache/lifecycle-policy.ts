import { parsedObject } from "../aws/policy-document";
import { isUnknown } from "../terraform/tokens";
import { isPlainObject } from "../validation/plain-object";
import type { Faults } from "../validation/validation-errors";
import { integerWords } from "../validation/validation-errors";
import { LIFECYCLE_WORDS, MAX_LIFECYCLE_POLICY } from "./rules";

const RULE_KEYS = ["rulePriority", "description", "selection", "action"];
const TAG_LISTS = ["tagPatternList", "tagPrefixList"];
const SELECTION_KEYS = ["tagStatus", ...TAG_LISTS, "storageClass", "countType", "countUnit", "countNumber"];
const ACTION_KEYS = ["type", "targetStorageClass"];
const TAG_STATUSES = ["tagged", "untagged", "any"];
const COUNT_TYPES = ["imageCountMoreThan", "sinceImagePushed", "sinceImagePulled", "sinceImageTransitioned"];
const STORAGE_CLASSES = ["standard", "archive"];
const MAX_WILDCARDS = 4;

// AWS bills so many days in any case. https://docs.aws.amazon.com/AmazonECR/latest/userguide/archive-image.html
const MIN_DAYS_IN_ARCHIVE = 90;
const WAY_OUT = "see https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html";

type Json = { readonly [key: string]: unknown };

/** Records what Amazon ECR would refuse of a lifecycle policy, unless Terraform has still to compute it. */
export function checkLifecyclePolicy(faults: Faults, prop: string, policy: unknown): void {
  if (isUnknown(policy)) {
    return;
  }
  const document = typeof policy === "string" ? parsedObject(policy) : undefined;
  const rules = document?.["rules"];
  if (typeof policy !== "string" || document === undefined || !Array.isArray(rules) || rules.length === 0) {
    const way = "write it with JSON.stringify, or with Fn.jsonencode when it holds tokens";
    faults.add(prop, LIFECYCLE_WORDS.document, policy, way);
    return;
  }
  if (policy.length > MAX_LIFECYCLE_POLICY) {
    faults.add(prop, LIFECYCLE_WORDS.length, `${policy.length} characters`, "leave out descriptions, or join rules");
  }
  const before = faults.list().length;
  faults.checkKeys(prop, document, ["rules"], "a property of a lifecycle policy");
  for (const [index, rule] of (rules as unknown[]).entries()) {
    checkRule(faults, `${prop}.rules[${index}]`, rule);
  }
  // Rules are compared once each of them is sound.
  if (faults.list().length === before) {
    checkTogether(faults, `${prop}.rules`, rules as Json[]);
  }
}

function checkRule(faults: Faults, place: string, rule: unknown): void {
  if (!isObject(faults, place, rule)) {
    return;
  }
  faults.checkKeys(place, rule, RULE_KEYS, "a property of a lifecycle rule");
  const { rulePriority, description, selection, action } = rule;
  checkNumber(faults, `${place}.rulePriority`, rulePriority, 1);
  if (description !== undefined && typeof description !== "string") {
    faults.add(`${place}.description`, "be a string", description, WAY_OUT);
  }
  if (isObject(faults, `${place}.selection`, selection)) {
    checkTags(faults, `${place}.selection`, selection);
    checkCount(faults, `${place}.selection`, selection);
    if (isObject(faults, `${place}.action`, action)) {
      checkAction(faults, `${place}.action`, action, selection["countType"]);
    }
  }
}

function checkTags(faults: Faults, place: string, selection: Json): void {
  faults.checkKeys(place, selection, SELECTION_KEYS, "a property of a selection");
  const { tagStatus } = selection;
  checkOneOf(faults, `${place}.tagStatus`, tagStatus, TAG_STATUSES);
  const given = TAG_LISTS.filter((name) => selection[name] !== undefined);
  if (tagStatus === "tagged" && given.length !== 1) {
    faults.add(place, `have one of ${TAG_LISTS.join(" and ")} when tagStatus is tagged`, given, WAY_OUT);
  }
  if (tagStatus !== "tagged" && given.length > 0) {
    faults.add(place, `have ${given.join(" and ")} only when tagStatus is tagged`, tagStatus, WAY_OUT);
  }
  for (const name of given) {
    const list = selection[name];
    const isList = Array.isArray(list) && list.length > 0;
    if (!isList || !list.every((tag) => typeof tag === "string" && tag !== "")) {
      faults.add(`${place}.${name}`, "be a list of at least one string, none of them empty", list, WAY_OUT);
    } else if (list.some((tag: string) => tag.split("*").length > MAX_WILDCARDS + 1)) {
      faults.add(`${place}.${name}`, `have at most ${MAX_WILDCARDS} wildcards in each string`, list, WAY_OUT);
    }
  }
}

function checkCount(faults: Faults, place: string, selection: Json): void {
  const { countType, countUnit, countNumber, storageClass } = selection;
  checkOneOf(faults, `${place}.countType`, countType, COUNT_TYPES);
  if (countType === "imageCountMoreThan") {
    checkAbsent(faults, `${place}.countUnit`, countUnit, "countType is imageCountMoreThan");
  } else {
    checkOneOf(faults, `${place}.countUnit`, countUnit, ["days"]);
  }
  const isOfArchive = countType === "sinceImageTransitioned";
  checkNumber(faults, `${place}.countNumber`, countNumber, isOfArchive ? MIN_DAYS_IN_ARCHIVE : 1);
  if (isOfArchive || storageClass !== undefined) {
    checkOneOf(faults, `${place}.storageClass`, storageClass, [isOfArchive ? "archive" : "standard"]);
  }
}

function checkAction(faults: Faults, place: string, action: Json, countType: unknown): void {
  faults.checkKeys(place, action, ACTION_KEYS, "a property of an action");
  const { type, targetStorageClass } = action;
  const types: { readonly [countType: string]: string[] } = {
    sinceImagePulled: ["transition"],
    sinceImageTransitioned: ["expire"],
  };
  checkOneOf(faults, `${place}.type`, type, types[String(countType)] ?? ["expire", "transition"]);
  if (type === "transition") {
    checkOneOf(faults, `${place}.targetStorageClass`, targetStorageClass, ["archive"]);
  } else {
    checkAbsent(faults, `${place}.targetStorageClass`, targetStorageClass, "type is expire");
  }
}

/** What no two rules of a policy may do. */
function checkTogether(faults: Faults, place: string, rules: readonly Json[]): void {
  const priorityOf = (rule: Json): number => rule["rulePriority"] as number;
  const priorities = rules.map(priorityOf);
  if (new Set(priorities).size < rules.length) {
    faults.add(place, "have a rulePriority each that no other rule has", priorities, WAY_OUT);
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
      const words = `have at most one rule for untagged images of the storage class ${storageClass}`;
      faults.add(place, words, untagged.length, WAY_OUT);
    }
    const last = Math.max(...ofClass.map(priorityOf));
    if (selecting("any").some((rule) => priorityOf(rule) !== last)) {
      const words = `have the highest rulePriority for tagStatus any among those of the storage class ${storageClass}`;
      faults.add(place, words, ofClass.map(priorityOf), WAY_OUT);
    }
  }
}

function checkOneOf(faults: Faults, place: string, value: unknown, allowed: readonly string[]): void {
  if (!allowed.includes(value as string)) {
    faults.add(place, allowed.length === 1 ? `be ${allowed[0]}` : `be one of ${allowed.join(", ")}`, value, WAY_OUT);
  }
}

function checkNumber(faults: Faults, place: string, value: unknown, min: number): void {
  if (!Number.isSafeInteger(value) || (value as number) < min) {
    faults.add(place, integerWords(min), value, WAY_OUT);
  }
}

function checkAbsent(faults: Faults, place: string, value: unknown, reason: string): void {
  if (value !== undefined) {
    faults.add(place, `be left out when ${reason}`, value, WAY_OUT);
  }
}

function isObject(faults: Faults, place: string, value: unknown): value is Json {
  if (isPlainObject(value)) {
    return true;
  }
  faults.add(place, "be an object", value, WAY_OUT);
  return false;
}
