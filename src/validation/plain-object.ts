/** Whether a value is an object of keys and values, and not an instance of a class. */
export function isPlainObject(value: unknown): value is object {
  if (typeof value !== "object" || value === null) {
    return false;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

// Nothing that is declared nests as deep; deeper values are refused, and a recursion into them could exceed the stack.
const MAX_DEPTH = 100;

/**
 * A copy of a value and of all objects and lists in it, so that later changes of the original have no effect. Something
 * that contains itself does so in the copy.
 */
export function deepCopy<T>(value: T): T {
  return copyOf(value, new Map(), 0) as T;
}

function copyOf(value: unknown, copies: Map<unknown, unknown>, depth: number): unknown {
  if (!(Array.isArray(value) || isPlainObject(value)) || depth > MAX_DEPTH) {
    return value;
  }
  const made = copies.get(value);
  if (made !== undefined) {
    return made;
  }
  const copy: unknown[] | object = Array.isArray(value) ? new Array<unknown>(value.length) : {};
  copies.set(value, copy);
  for (const [key, item] of Object.entries(value) as [string, unknown][]) {
    // An assignment to `__proto__` would change the prototype.
    const property = { value: copyOf(item, copies, depth + 1), enumerable: true, configurable: true, writable: true };
    Object.defineProperty(copy, key, property);
  }
  return copy;
}
