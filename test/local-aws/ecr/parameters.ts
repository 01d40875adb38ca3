import { AwsError, found, optionalList, optionalText, page, partitionOf } from "../service";
import type { Fields, Page, Scope } from "../service";

// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreatePullThroughCacheRule.html
const NAME = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
const PREFIX = new RegExp(`^(?:(?:${NAME}/)*${NAME}/?|ROOT)$`);

/** The name of a repository, as Amazon ECR and its registry take it. */
export const REPOSITORY = `(?:${NAME}/)*${NAME}`;

export function invalid(message: string): AwsError {
  return new AwsError("InvalidParameterException", message);
}

/** The same, in the words that Amazon ECR has for a parameter that breaks a rule of its own. */
export function unsatisfied(parameter: string, constraint: string): AwsError {
  return invalid(`Invalid parameter at '${parameter}' failed to satisfy constraint: '${constraint}'`);
}

export function checkLength(parameter: string, value: string | undefined, largest: number): void {
  if (value !== undefined && value.length > largest) {
    throw unsatisfied(parameter, `Member must have length less than or equal to ${largest}`);
  }
}

export function checkPrefix(parameter: string, prefix: string, maxLength: number): void {
  if (prefix.length < 2 || prefix.length > maxLength || !PREFIX.test(prefix)) {
    throw unsatisfied(parameter, prefix);
  }
}

/** `docker-hub` and `docker-hub/` are the same prefix. */
export function keyOf(prefix: string): string {
  return prefix.replace(/\/$/, "");
}

/** The item with the longest prefix that contains a repository; `ROOT` contains the repositories that no other does. */
export function byLongestPrefix<T>(items: ReadonlyMap<string, T>, repository: string): T | undefined {
  const [longest = "ROOT"] = [...items.keys()]
    .filter((prefix) => repository.startsWith(`${prefix}/`))
    .sort((one, other) => other.length - one.length);
  return items.get(longest);
}

/** Refuses the registry of another account. No policy grants a caller access there: policies are not evaluated here. */
export function checkOwnRegistry(operation: string, input: Fields, scope: Scope): void {
  const registryId = optionalText(input, "registryId");
  const named = registryId === undefined ? (optionalList<string>(input, "registryIds") ?? []) : [registryId];
  for (const id of named) {
    if (!/^\d{12}$/.test(id)) {
      throw unsatisfied("registryId", "Member must satisfy regular expression pattern: [0-9]{12}");
    }
    if (id !== scope.accountId) {
      throw new AwsError("AccessDeniedException", denial(operation, scope, id, "*"));
    }
  }
}

/** The words of AWS for a caller who has no permission in a registry. */
export function denial(operation: string, { accountId, region }: Scope, registryId: string, resource: string): string {
  const partition = partitionOf(region);
  return (
    `User: arn:${partition}:iam::${accountId}:root is not authorized to perform: ecr:${operation} ` +
    `on resource: arn:${partition}:ecr:${region}:${registryId}:${resource}`
  );
}

/** The parameter of an operation that selects items by their keys. */
export interface Selection {
  readonly parameter: string;
  /** The code of the error for a key without an item. */
  readonly error: string;
}

/** The items that a request names, or the page that it asks for. */
export function selected<T>(
  items: ReadonlyMap<string, T>,
  input: Fields,
  scope: Scope,
  { parameter, error }: Selection,
): Page<T> {
  const keys = optionalList<string>(input, parameter) ?? [];
  if (keys.length === 0) {
    return paged([...items.values()], input, scope);
  }
  checkNoPaging(input, parameter);
  return { items: keys.map((key) => found(items, keyOf(key), error)), nextToken: undefined };
}

/** A request that names what it wants cannot ask for a page too. */
export function checkNoPaging(input: Fields, parameter: string): void {
  for (const name of ["maxResults", "nextToken"].filter((paging) => input[paging] !== undefined)) {
    throw invalid(`${name} cannot be given together with ${parameter}`);
  }
}

/** The page of a list that a request asks for, with the limits that all lists of Amazon ECR have. */
export function paged<T>(items: readonly T[], input: Fields, scope: Scope): Page<T> {
  return page(items, input, scope, {
    limit: "maxResults",
    token: "nextToken",
    bounds: [1, 1000],
    usual: 100,
    error: "InvalidParameterException",
  });
}

/** Deletes an item and returns it. */
export function removed<T>(items: Map<string, T>, key: string, error: string): T {
  const item = found(items, key, error);
  items.delete(key);
  return item;
}

/** Some members of an item. */
export function pick<T, K extends keyof T>(item: T, ...names: readonly K[]): Pick<T, K> {
  return Object.fromEntries(names.map((name) => [name, item[name]])) as Pick<T, K>;
}

/** The time now, as Amazon ECR writes times. */
export function now(): number {
  return Math.floor(Date.now() / 1000);
}
