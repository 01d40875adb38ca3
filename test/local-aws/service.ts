/** What AWS answers in place of a result. */
export class AwsError extends Error {
  /**
   * @param status what REST says of the error beside its code
   * @param headers what the answer says of it in headers
   */
  public constructor(
    public readonly code: string,
    message: string,
    public readonly status = 400,
    public readonly headers: { readonly [name: string]: string } = {},
  ) {
    super(message);
  }
}

/** Where a request belongs: nothing crosses from one account and region to another. */
export interface Scope {
  readonly accountId: string;
  readonly region: string;
  /** How many items a page of an answer has at most. @default - as many as the caller asks for */
  readonly pageSize?: number;
}

/** The partition that a region belongs to. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
export function partitionOf(region: string): string {
  return region.startsWith("cn-") ? "aws-cn" : region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

/** The parameters of a request, or the members of an answer. */
export interface Fields {
  readonly [name: string]: unknown;
}

/** What a REST request asks for, by the name of the operation. */
export interface Routes {
  readonly [operation: string]: string;
}

/** One AWS service. */
export interface Service {
  /** The operations, by their names in AWS's API. */
  readonly operations: { readonly [operation: string]: (input: Fields, scope: Scope) => Fields | Promise<Fields> };
  /** Where a REST service answers them, as in `GET /things/{Name}?ownerId={OwnerId}`. */
  readonly routes?: Routes;
  /** What the service holds, one line for each thing. */
  contents(): string[];
}

/** Things of one kind, kept apart by account and region. */
export class Store<T> {
  private readonly byScope = new Map<string, Map<string, T>>();

  /** @param kind what a line of the contents calls a thing */
  public constructor(private readonly kind: string) {}

  public in(scope: Scope): Map<string, T> {
    const key = `${scope.accountId} ${scope.region}`;
    const items = this.byScope.get(key) ?? new Map<string, T>();
    this.byScope.set(key, items);
    return items;
  }

  /** Where there may be any. */
  public scopes(): Scope[] {
    return [...this.byScope.keys()].map((key) => {
      const [accountId = "", region = ""] = key.split(" ");
      return { accountId, region };
    });
  }

  /** A line for each thing that is to be listed: account, region, kind and name. */
  public contents(isListed: (item: T) => boolean = () => true): string[] {
    return [...this.byScope].flatMap(([key, items]) =>
      [...items].filter(([, item]) => isListed(item)).map(([name]) => `${key} ${this.kind} ${name}`),
    );
  }
}

/** A parameter that the caller must have sent as text. */
export function text(input: Fields, name: string): string {
  const value = optionalText(input, name);
  if (value === undefined || value === "") {
    throw new AwsError("InvalidParameterException", `${name} is missing`);
  }
  return value;
}

/** A parameter that is text when it is sent. */
export function optionalText(input: Fields, name: string): string | undefined {
  const value = input[name];
  if (value !== undefined && typeof value !== "string") {
    throw new AwsError("SerializationException", `${name} is not a string`);
  }
  return value;
}

/** A parameter that is a list when it is sent; form bodies write an empty one as nothing. */
export function optionalList<T>(input: Fields, name: string): T[] | undefined {
  const value = input[name];
  if (value === undefined || Array.isArray(value)) {
    return value as T[] | undefined;
  }
  if (value === "") {
    return [];
  }
  throw new AwsError("SerializationException", `${name} is not a list`);
}

/** A tag, as most services write it. */
export interface Tag {
  readonly Key: string;
  readonly Value?: string;
}

/** Tags, with those that a request adds or gives another value. */
function withTags(tags: readonly Tag[], input: Fields): Tag[] {
  const added = optionalList<Tag>(input, "Tags") ?? [];
  return [...tags.filter(({ Key }) => added.every((tag) => tag.Key !== Key)), ...added];
}

/** Tags, without those that a request removes. */
function withoutTags(tags: readonly Tag[], input: Fields): Tag[] {
  const keys = optionalList<string>(input, "TagKeys") ?? [];
  return tags.filter(({ Key }) => !keys.includes(Key));
}

/** The two operations that tag a thing and take tags away, under the names that a service has for them. */
export function tagging(
  tag: string,
  untag: string,
  find: (input: Fields, scope: Scope) => { tags: Tag[] },
): Service["operations"] {
  return {
    [tag]: (input, scope) => {
      const thing = find(input, scope);
      thing.tags = withTags(thing.tags, input);
      return {};
    },
    [untag]: (input, scope) => {
      const thing = find(input, scope);
      thing.tags = withoutTags(thing.tags, input);
      return {};
    },
  };
}

/** The parameters of an operation that answers in pages, and the codes of the errors for those that AWS refuses. */
export interface PageParameters {
  /** The parameter with the largest number of items to answer. @default - callers cannot choose one */
  readonly limit?: string;
  /** The parameter with the token of the page. */
  readonly token: string;
  /** The smallest and the largest limit that AWS accepts. */
  readonly bounds: readonly [smallest: number, largest: number];
  /** The limit where none is given. @default - the largest */
  readonly usual?: number;
  readonly error: string;
  /** The code of the error for a token that was not answered. @default - the same as for a limit */
  readonly tokenError?: string;
}

/** One page of a list. */
export interface Page<T> {
  readonly items: T[];
  /** The token of the next page; undefined on the last one. */
  readonly nextToken: string | undefined;
}

/** The page of a list that a request asks for. */
export function page<T>(items: readonly T[], input: Fields, scope: Scope, parameters: PageParameters): Page<T> {
  const { limit, token, bounds, error, tokenError = error } = parameters;
  const [smallest, largest] = bounds;
  const asked = limit === undefined ? undefined : input[limit];
  const size = Number(asked ?? parameters.usual ?? largest);
  if (!Number.isInteger(size) || size < smallest || size > largest) {
    throw new AwsError(error, `${limit ?? "limit"} must be between ${smallest} and ${largest}, got ${String(asked)}`);
  }
  const given = optionalText(input, token);
  const start = given === undefined ? 0 : Number(/^page-(\d+)$/.exec(given)?.[1] ?? NaN);
  if (!(start < Math.max(items.length, 1))) {
    throw new AwsError(tokenError, `${token} is not one that was answered`);
  }
  const end = start + Math.min(size, scope.pageSize ?? size);
  return { items: items.slice(start, end), nextToken: end < items.length ? `page-${end}` : undefined };
}

/** The thing of that key, or the error that the service answers where there is none. */
export function found<T>(items: ReadonlyMap<string, T>, key: string, code: string): T {
  const item = items.get(key);
  if (item === undefined) {
    throw new AwsError(code, `${key} does not exist.`);
  }
  return item;
}
