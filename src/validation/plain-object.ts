/** Whether a value is an object of keys and values, and not an instance of a class. */
export function isPlainObject(value: unknown): value is object {
  if (typeof value !== "object" || value === null) {
    return false;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** A copy of a value and of all objects and lists in it, so that later changes of the original have no effect. */
export function deepCopy<T>(value: T): T {
  if (Array.isArray(value)) {
    return value.map(deepCopy) as T;
  }
  return isPlainObject(value)
    ? (Object.fromEntries(Object.entries(value).map(([key, item]: [string, unknown]) => [key, deepCopy(item)])) as T)
    : value;
}
