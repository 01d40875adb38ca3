import * as fc from "fast-check";

/** Strings that are prefixes, or nearly: made of what prefixes are made of, and of what they must not have. */
export const prefixLike: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .array(fc.constantFrom("a", "z", "0", "9", "docker", "io", ".", "_", "-", "/"), { minLength: 1, maxLength: 12 })
      .map((parts) => parts.join("")),
  },
  {
    weight: 3,
    arbitrary: fc
      .array(fc.stringMatching(/^[a-z0-9]{1,9}$/), { minLength: 1, maxLength: 5 })
      .chain((words) => fc.constantFrom("/", "-", ".", "_").map((separator) => words.join(separator))),
  },
  { weight: 1, arbitrary: fc.constantFrom("ROOT", "ROOT/", "root", "Docker", "a b", "ä", "ab/", "a/", "a", "") },
);
