import { createHash, randomBytes } from "node:crypto";
import { AwsError, optionalList, optionalText, page } from "../service";
import type { Fields, PageParameters, Scope, Tag } from "../service";

/** What tags are put on. */
export interface Tagged {
  tags: Tag[];
}

/** What a filter compares with its values, by the filter's name. */
export interface Filters<T> {
  readonly [name: string]: (item: T) => readonly (string | undefined)[];
}

/** What a Describe operation lists. */
export interface Listing<T> {
  readonly items: ReadonlyMap<string, T>;
  /** The parameter that names things by their IDs, and how one is found. */
  readonly ids: { readonly name: string; readonly find: (id: string) => T };
  readonly filters: Filters<T>;
  /** The smallest and the largest page that a caller may ask for. @default - 5 and 1,000 */
  readonly pageBounds?: PageParameters["bounds"];
  readonly describe: (thing: T) => Fields;
}

const MAX_TAGS = 50;

/** What the VPC endpoints' operations answer where the others answer `InvalidParameterValue`. */
export function invalidParameter(message: string): AwsError {
  return new AwsError("InvalidParameter", message);
}

export function invalidValue(message: string): AwsError {
  return new AwsError("InvalidParameterValue", message);
}

/** A parameter that the caller must have sent. */
export function required(input: Fields, name: string): string {
  const value = optionalText(input, name);
  if (value === undefined || value === "") {
    throw new AwsError("MissingParameter", `The request must contain the parameter ${name}`);
  }
  return value;
}

/** A parameter that is true or false when it is sent. */
export function optionalFlag(input: Fields, name: string): boolean | undefined {
  const value = optionalText(input, name);
  if (value !== undefined && value !== "true" && value !== "false") {
    throw invalidValue(`Invalid value '${value}' for ${name}. Expected a boolean`);
  }
  return value === undefined ? undefined : value === "true";
}

/** An ID such as AWS gives to what a client creates. */
export function newId(prefix: string): string {
  return `${prefix}-0${randomBytes(8).toString("hex")}`;
}

/** The ID of what comes with something else: always the same for the same thing. */
export function idWith(prefix: string, id: string): string {
  return `${prefix}-0${createHash("sha256").update(`${prefix} ${id}`).digest("hex").slice(0, 16)}`;
}

export function isId(id: string, prefix: string): boolean {
  return new RegExp(`^${prefix}-(?:[0-9a-f]{8}|[0-9a-f]{17})$`).test(id);
}

/** The thing of that ID, or the error that an operation answers where there is none. */
export function existing<T>(items: ReadonlyMap<string, T>, id: string, code: string, what: string): T {
  const item = items.get(id);
  if (item === undefined) {
    throw new AwsError(code, `The ${what} '${id}' does not exist`);
  }
  return item;
}

/**
 * Ends a request that only asks whether it would succeed. An operation calls this once everything is checked, before
 * its first change.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/CommonParameters.html
 */
export function endDryRun(input: Fields): void {
  if (optionalFlag(input, "DryRun") === true) {
    throw new AwsError("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412);
  }
}

/**
 * What a Describe operation answers, in the element `set`: the things of the IDs that the request names, or a page of
 * all things, as the filters of the request leave them.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html#api-pagination
 */
export function listed<T>(set: string, input: Fields, scope: Scope, listing: Listing<T>): Fields {
  const { ids, pageBounds: bounds = [5, 1_000], describe } = listing;
  const named = optionalList<string>(input, ids.name);
  if (named !== undefined && input["MaxResults"] !== undefined) {
    const message = `The parameter ${ids.name}s cannot be used with the parameter MaxResults`;
    throw new AwsError("InvalidParameterCombination", message);
  }
  const things = selected(named?.map(ids.find) ?? [...listing.items.values()], input, listing.filters);
  const { items, nextToken } =
    named === undefined
      ? page(things, input, scope, { limit: "MaxResults", token: "NextToken", bounds, error: "InvalidParameterValue" })
      : { items: things, nextToken: undefined };
  endDryRun(input);
  return { [set]: items.map(describe), nextToken };
}

/** The things that each filter of a request finds. */
function selected<T>(things: readonly T[], input: Fields, filters: Filters<T>): T[] {
  const wanted = optionalList<{ readonly Name?: string; readonly Value?: readonly string[] }>(input, "Filter") ?? [];
  const tests = wanted.map(({ Name = "", Value = [] }) => {
    const valuesOf = filters[Name];
    if (valuesOf === undefined) {
      throw invalidValue(`The filter '${Name}' is invalid`);
    }
    const patterns = Value.map(patternOf);
    return (item: T): boolean =>
      valuesOf(item).some((value) => value !== undefined && patterns.some((pattern) => pattern.test(value)));
  });
  return things.filter((item) => tests.every((test) => test(item)));
}

/**
 * What a value of a filter matches: `*` is any number of characters, `?` is one or none, and a backslash takes either
 * literally.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html
 */
function patternOf(value: string): RegExp {
  const parts = value.replace(/\\([^])|([^])/g, (_, escaped: string | undefined, character: string) =>
    escaped === undefined && character === "*"
      ? ".*"
      : escaped === undefined && character === "?"
        ? ".?"
        : (escaped ?? character).replace(/[.*+?^${}()|[\]\\]/, "\\$&"),
  );
  return new RegExp(`^${parts}$`, "s");
}

/** The tags that something is created with. */
export function tagsOf(input: Fields, resourceType: string): Tag[] {
  const specifications =
    optionalList<{ readonly ResourceType?: string; readonly Tag?: readonly Tag[] }>(input, "TagSpecification") ?? [];
  const other = specifications.find(({ ResourceType }) => ResourceType !== resourceType);
  if (other !== undefined) {
    throw invalidValue(`'${other.ResourceType ?? ""}' is not a valid taggable resource type for this operation.`);
  }
  return withTags(
    [],
    specifications.flatMap(({ Tag = [] }) => Tag),
  );
}

/** Tags, with others added or given another value. */
export function withTags(tags: readonly Tag[], added: readonly Tag[]): Tag[] {
  const reserved = added.find(({ Key }) => /^aws:/i.test(Key));
  if (reserved !== undefined) {
    throw invalidValue(
      `Invalid value '${reserved.Key}' for 'key'. Tag keys starting with 'aws:' are reserved for internal use`,
    );
  }
  const malformed = added.find(({ Key, Value = "" }) => Key === "" || Key.length > 128 || Value.length > 256);
  if (malformed !== undefined) {
    throw invalidValue(`Tag key exceeds the maximum of 128 characters, or its value that of 256: ${malformed.Key}`);
  }
  const keys = added.map(({ Key }) => Key);
  if (new Set(keys).size < keys.length) {
    throw invalidValue(`Duplicate tag key '${keys.find((key, index) => keys.indexOf(key) < index) ?? ""}' specified.`);
  }
  const all = [...tags.filter(({ Key }) => !keys.includes(Key)), ...added];
  if (all.length > MAX_TAGS) {
    throw new AwsError("TagLimitExceeded", "The maximum number of Tags for a resource has been reached.");
  }
  return all;
}

/** Tags, without those of these keys; where a value is given too, only when it is the tag's. */
export function withoutTags(tags: readonly Tag[], removed: readonly Tag[]): Tag[] {
  return tags.filter(
    (tag) => !removed.some(({ Key, Value }) => Key === tag.Key && (Value === undefined || Value === (tag.Value ?? ""))),
  );
}

/** Tags, as EC2 answers them. */
export function tagSet({ tags }: Tagged): Fields[] {
  return tags.map(({ Key, Value = "" }) => ({ key: Key, value: Value }));
}
