/** What AWS answers in place of a result. */
export class AwsError extends Error {
  public constructor(
    public readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** Where a request belongs: nothing crosses from one account and region to another. */
export interface Scope {
  readonly accountId: string;
  readonly region: string;
}

/** The parameters of a request, or the members of an answer. */
export interface Fields {
  readonly [name: string]: unknown;
}

/** The operations of one service, by their names in AWS's API. */
export interface Service {
  readonly [operation: string]: (input: Fields, scope: Scope) => Fields;
}

/** Things of one kind, kept apart by account and region. */
export class Store<T> {
  private readonly scopes = new Map<string, Map<string, T>>();

  public in(scope: Scope): Map<string, T> {
    const key = `${scope.accountId}/${scope.region}`;
    const items = this.scopes.get(key) ?? new Map<string, T>();
    this.scopes.set(key, items);
    return items;
  }
}

/** A parameter that the caller must have sent as text. */
export function text(input: Fields, name: string): string {
  const value = input[name];
  if (typeof value !== "string" || value === "") {
    throw new AwsError("InvalidParameterException", `${name} is missing`);
  }
  return value;
}
