import * as fc from "fast-check";
import { byteLength, matches } from "../../src/validation/rule";
import { patternRules } from "../support/rules-of-constructs";

const ANY = { pattern: /^/, requirement: "be text", hint: "give text" };

test.each([
  ["", 0],
  ["a", 1],
  ["ä", 2],
  ["日", 3],
  ["😀", 4],
  ["aä日😀", 10],
])("%j has %i bytes", (text, bytes) => {
  expect(byteLength(text)).toBe(bytes);
});

test("a rule with a maximum of bytes counts bytes and not characters", () => {
  const rule = { ...ANY, maxBytes: 4 };
  expect(["abcd", "ää", "😀", ""].filter((text) => !matches(text, rule))).toEqual([]);
  expect(["abcde", "ääa", "😀a", "日本"].filter((text) => matches(text, rule))).toEqual([]);
});

test("a rule with bounds of characters includes its bounds", () => {
  const rule = { ...ANY, minLength: 2, maxLength: 3 };
  expect(["", "a", "ab", "abc", "abcd"].filter((text) => matches(text, rule))).toEqual(["ab", "abc"]);
});

test("a string that matches the exception of a rule breaks the rule", () => {
  const rule = { ...ANY, pattern: /^[a-z]+$/, except: /^aws/ };
  expect(["team", "aws", "awsx", "Team"].filter((text) => matches(text, rule))).toEqual(["team"]);
});

test.each([[undefined], [null], [5], [["a"]], [{ length: 1 }]])("%j is not a string and breaks every rule", (value) => {
  expect(matches(value, ANY)).toBe(false);
});

test.each(patternRules().filter(([, rule]) => rule.ascii !== undefined))(
  "%s decides on ASCII text as it does on any other",
  (_, rule) => {
    const text = fc.oneof(
      fc.string({ unit: "binary-ascii", maxLength: 3 }),
      fc.constantFrom("aws:x", "AwS:", "aws", "  ", "team", "cost-center", "a b"),
    );
    fc.assert(fc.property(text, (value) => matches(value, rule) === matches(value, { ...rule, ascii: undefined })));
  },
);

test("the pattern of each rule is for the whole text, but for rules on a part of it", () => {
  // A bracket, a group and an escaped character have no anchors and no alternatives of the pattern itself.
  const outline = ({ source }: RegExp): string => {
    const flat = source.replace(/\\./g, "x").replace(/\[[^\]]*\]/g, "x");
    const outer = flat.replace(/\([^()]*\)/g, "x");
    return outer === flat ? flat : outline({ source: outer } as RegExp);
  };
  const isWhole = (pattern: RegExp): boolean =>
    outline(pattern)
      .split("|")
      .every((alternative) => /^\^.*\$$/.test(alternative));
  const partial = patternRules().filter(
    ([, { pattern, ascii }]) => !isWhole(pattern) || (ascii !== undefined && !isWhole(ascii.pattern)),
  );
  expect(partial.map(([name]) => name)).toEqual(["DESCRIPTION", "PROJECT", "STATE_KEY", "NOT_OF_A_STACK_SET"]);
});

test("text beyond ASCII follows the patterns for Unicode", () => {
  const rule = { ...ANY, pattern: /^\p{L}+$/u, ascii: { pattern: /^[A-Za-z]+$/ } };
  expect(["Team", "Käse", "名", "5", "é5"].filter((value) => matches(value, rule))).toEqual(["Team", "Käse", "名"]);
});
