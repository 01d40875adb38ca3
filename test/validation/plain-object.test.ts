import { deepCopy } from "../../src/validation/plain-object";

test("a copy has the same objects and lists as the original, but shares none with it", () => {
  const original = { list: [{ a: 1 }, ["b"]], none: undefined };
  const copy = deepCopy(original);
  expect(copy).toStrictEqual(original);
  expect(copy.list).not.toBe(original.list);
  expect(copy.list[0]).not.toBe(original.list[0]);
});

test("a copy of a list that contains itself contains itself", () => {
  const original: unknown[] = ["a"];
  original.push(original);
  const copy = deepCopy(original);
  expect(copy).not.toBe(original);
  expect(copy[1]).toBe(copy);
});

test("lists that nest 100,000 levels deep are copied without exceeding the stack", () => {
  let original: unknown[] = [];
  for (let level = 0; level < 100_000; level++) {
    original = [original];
  }
  expect(deepCopy(original)).toHaveLength(1);
});

test("a copy has the key __proto__ of its original as a key, and no other prototype", () => {
  const copy = deepCopy(JSON.parse('{"__proto__":{"a":1}}') as object);
  expect(Object.keys(copy)).toEqual(["__proto__"]);
  expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
});
