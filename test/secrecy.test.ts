import { looksLikeAToken, shown } from "../src/private/secrecy";

test.each([
  ["a value of 1000 characters is shown", "a-".repeat(500), JSON.stringify("a-".repeat(500))],
  [
    "a value of 1001 characters is not shown",
    `${"a-".repeat(500)}b`,
    "a string of 1001 characters (not shown, it may be a secret)",
  ],
  ["a list of 1000 characters is shown", Array<number>(498).fill(1).concat(22), `[${"1,".repeat(498)}22]`],
  [
    "a list of 1001 characters is not shown",
    Array<number>(498).fill(1).concat(222),
    "a list of 499 (not shown, it is too long)",
  ],
])("%s", (_, value, text) => {
  expect(shown(value)).toBe(text);
});

test.each(["a", ":", "a:", "ghp_", "a1", "/"])("half a megabyte of %p is refused without a look at it", (part) => {
  const text = part.repeat(500_000 / part.length);
  expect(looksLikeAToken(text)).toBe(true);
  expect(shown(text)).toBe(`a string of ${text.length} characters (not shown, it may be a secret)`);
  expect(shown(Array(100_000).fill(text))).toBe("a list of 100000 (not shown, it is too long)");
});
