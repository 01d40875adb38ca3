type Json = { readonly [key: string]: unknown };

const RULE_KEYS = ["rulePriority", "description", "selection", "action"];
const LISTS = ["tagPatternList", "tagPrefixList"];
const SELECTION_KEYS = ["tagStatus", ...LISTS, "storageClass", "countType", "countUnit", "countNumber"];
const ACTION_KEYS = ["type", "targetStorageClass"];
const TAG_STATUSES = ["tagged", "untagged", "any"];
const COUNT_TYPES = ["imageCountMoreThan", "sinceImagePushed", "sinceImagePulled", "sinceImageTransitioned"];
const MAX_WILDCARDS = 4;
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/archive-image.html
const MIN_DAYS_IN_ARCHIVE = 90;

/**
 * Why Amazon ECR refuses a lifecycle policy; undefined where it accepts it. How long a description may be, and which
 * characters a tag may have, AWS's page leaves open: here they are free.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
 */
export function whyNoLifecyclePolicy(document: string): string | undefined {
  let policy: unknown;
  try {
    policy = JSON.parse(document);
  } catch {
    return "Could not map policyString into LifecyclePolicy.";
  }
  const [reason] = isObject(policy) ? policyFaults(policy) : ["the policy must be an object"];
  return reason;
}

function* policyFaults(policy: Json): Generator<string> {
  yield* unknownKeys("the policy", policy, ["rules"]);
  const { rules } = policy;
  if (!Array.isArray(rules) || rules.length === 0) {
    yield "rules must be a list that is not empty";
    return;
  }
  for (const [index, rule] of rules.entries()) {
    yield* ruleFaults(`rules[${index}]`, rule);
  }
  yield* clashes(rules as Json[]);
}

function* ruleFaults(path: string, rule: unknown): Generator<string> {
  if (!isObject(rule)) {
    yield `${path} must be an object`;
    return;
  }
  yield* unknownKeys(path, rule, RULE_KEYS);
  const { rulePriority, description, selection, action } = rule;
  if (!isPositive(rulePriority)) {
    yield `${path}.rulePriority must be a positive integer`;
  }
  if (description !== undefined && typeof description !== "string") {
    yield `${path}.description must be a string`;
  }
  if (!isObject(selection)) {
    yield `${path}.selection must be an object`;
  } else if (!isObject(action)) {
    yield `${path}.action must be an object`;
  } else {
    yield* tagFaults(`${path}.selection`, selection);
    yield* countFaults(`${path}.selection`, selection);
    yield* actionFaults(`${path}.action`, action, selection["countType"]);
  }
}

function* tagFaults(path: string, selection: Json): Generator<string> {
  yield* unknownKeys(path, selection, SELECTION_KEYS);
  const { tagStatus } = selection;
  if (!TAG_STATUSES.includes(tagStatus as string)) {
    yield `${path}.tagStatus must be ${TAG_STATUSES.join(", ")}`;
  }
  const given = LISTS.filter((name) => selection[name] !== undefined);
  if (tagStatus === "tagged" && given.length === 0) {
    yield "Must specify tagPrefixList or tagPatternList when tagStatus=TAGGED.";
  }
  if (given.length > (tagStatus === "tagged" ? 1 : 0)) {
    yield `${path} must have at most one of ${LISTS.join(" and ")}, and only when tagStatus is tagged`;
  }
  for (const name of given) {
    const list = selection[name];
    if (!Array.isArray(list) || list.length === 0 || !list.every((tag) => typeof tag === "string" && tag !== "")) {
      yield `${path}.${name} must be a list of strings that is not empty`;
    } else if (list.some((tag: string) => tag.split("*").length > MAX_WILDCARDS + 1)) {
      yield `${path}.${name} must have at most ${MAX_WILDCARDS} wildcards in a string`;
    }
  }
}

function* countFaults(path: string, { countType, countUnit, countNumber, storageClass }: Json): Generator<string> {
  if (!COUNT_TYPES.includes(countType as string)) {
    yield `${path}.countType must be ${COUNT_TYPES.join(", ")}`;
  }
  if (countType === "imageCountMoreThan" && countUnit !== undefined) {
    yield `${path}.countUnit must not be given when countType is imageCountMoreThan`;
  }
  if (countType !== "imageCountMoreThan" && countUnit !== "days") {
    yield `${path}.countUnit must be days when countType counts days`;
  }
  if (!isPositive(countNumber)) {
    yield `${path}.countNumber must be a positive integer`;
  }
  const isOfArchive = countType === "sinceImageTransitioned";
  if (isOfArchive && (countNumber as number) < MIN_DAYS_IN_ARCHIVE) {
    yield `${path}.countNumber must be at least ${MIN_DAYS_IN_ARCHIVE} when countType is sinceImageTransitioned`;
  }
  if (isOfArchive ? storageClass !== "archive" : storageClass !== undefined && storageClass !== "standard") {
    yield `${path}.storageClass must be ${isOfArchive ? "archive" : "standard"} when countType is ${String(countType)}`;
  }
}

function* actionFaults(path: string, action: Json, countType: unknown): Generator<string> {
  yield* unknownKeys(path, action, ACTION_KEYS);
  const { type, targetStorageClass } = action;
  if (type !== "expire" && type !== "transition") {
    yield `${path}.type must be expire or transition`;
  }
  if (type === "expire" && targetStorageClass !== undefined) {
    yield `${path}.targetStorageClass must not be given when type is expire`;
  }
  if (type === "transition" && targetStorageClass !== "archive") {
    yield `${path}.targetStorageClass must be archive when type is transition`;
  }
  if (type === "expire" && countType === "sinceImagePulled") {
    yield `${path}.type must be transition when countType is sinceImagePulled`;
  }
  if (type === "transition" && countType === "sinceImageTransitioned") {
    yield `${path}.type must be expire when countType is sinceImageTransitioned`;
  }
}

/** What no two rules of a policy may do together. */
function* clashes(rules: readonly Json[]): Generator<string> {
  const priorities = rules.map(({ rulePriority }) => rulePriority as number);
  if (new Set(priorities).size < rules.length) {
    yield "rulePriority must be unique";
  }
  for (const storageClass of ["standard", "archive"]) {
    const ofClass = rules.filter(
      ({ selection }) => ((selection as Json)["storageClass"] ?? "standard") === storageClass,
    );
    const selecting = (tagStatus: string) =>
      ofClass.filter(({ selection }) => (selection as Json)["tagStatus"] === tagStatus);
    if (selecting("untagged").length > 1) {
      yield "Only one rule can select Untagged images per storage class";
    }
    const last = Math.max(...ofClass.map(({ rulePriority }) => rulePriority as number));
    if (selecting("any").some(({ rulePriority }) => rulePriority !== last)) {
      yield "Rule for tagStatus=ANY must have the lowest priority per storage class";
    }
  }
}

function* unknownKeys(path: string, object: Json, known: readonly string[]): Generator<string> {
  for (const key of Object.keys(object).filter((name) => !known.includes(name))) {
    yield `${path} has an unknown property ${key}`;
  }
}

function isPositive(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) > 0;
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
