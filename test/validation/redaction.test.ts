import * as fc from "fast-check";
import { REPOSITORY_PREFIX, SECRET_NAME, TAG_VALUE } from "../../src/cache/rules";
import { literalsOf } from "../../src/terraform/expression-literals";
import { display, expressionContainsAccessToken, mayContainSecret } from "../../src/validation/redaction";
import { SECRETS, containsAccessToken, looksLikeSecret } from "../../src/validation/secret-patterns";

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
  expect(display(value)).toBe(text);
});

test.each(["a", ":", "a:", "ghp_", "a1", "/"])("half a megabyte of %p is refused without a look at it", (part) => {
  const text = part.repeat(500_000 / part.length);
  expect(looksLikeSecret(text)).toBe(true);
  expect(display(text)).toBe(`a string of ${text.length} characters (not shown, it may be a secret)`);
  expect(display(Array(100_000).fill(text))).toBe("a list of 100000 (not shown, it is too long)");
});

test.each<[string, unknown, string]>([
  ["an instance by the name of its class", new Date(0), "a Date"],
  ["a property `constructor` not at all", { constructor: { name: "hunter2" } }, "a value of type object"],
  ["an object without a class", Object.create(null), "a value of type object"],
  [
    "an object whose class has no text for a name",
    Object.create({ constructor: { name: 1 } }),
    "a value of type object",
  ],
])("shows %s", (_, value, text) => {
  expect(display(value)).toBe(text);
});

const PAT = "dckr_pat_0123456789abcdef";
const ARN = "arn:aws:secretsmanager:us-east-1:111122223333:secret:ecr-pullthroughcache/hub-AbCdEf";
const ARN_START = /^arn:aws:secretsmanager:/;

test.each<[string, string]>([
  ["a reference", "${var.arn}"],
  ["a file", '${file("arn.txt")}'],
  ["a file beside the program", '${file("${path.module}/arn.txt")}'],
  ["a part of a file", '${element(split(",", file("arns.txt")), 0)}'],
  ["a key of a file", '${jsondecode(file("arns.json"))["arn"]}'],
  ["a file made of a template", '${templatefile("arn.tftpl", { account = "prod" })}'],
  ["what a file holds encoded", '${base64decode(file("arn.b64"))}'],
  ["what a reference holds encoded, under a key", '${base64decode(lookup(var.arns, "prod", ""))}'],
  ["a right literal", `\${trimspace("${ARN}")}`],
  ["a right literal of a map", `\${lookup({ a = "${ARN}" }, "a", "")}`],
  ["a right literal of a map in the form of JSON", `\${{ "a": "${ARN}" }["a"]}`],
  ["right literals by a condition", `\${var.prod ? "${ARN}" : "${ARN}"}`],
  ["right literals by a comparison", `\${var.stage == "prod" ? "${ARN}" : var.stage == "test" ? "${ARN}" : "${ARN}"}`],
  ["a reference before a condition", '${var.arns}${var.is_production ? "prod" : "test"}'],
  ["a reference before a condition, in a map", '${{ a = var.arn\n b = var.is_production ? "prod" : "test" }["a"]}'],
  ["a key in quotes behind one that a condition selects", `\${{ (var.a ? 1 : 2) = "${ARN}", "x": "${ARN}" }["x"]}`],
  ["references in a list", "${[for arn in [var.arn] : arn][0]}"],
  ["right literals selected by a reference", `\${{ eu = "${ARN}", us = "${ARN}" }[var.region]}`],
  ["literals that begin right", '${join(":", ["arn:aws:secretsmanager:us-east-1", lower("X"), "secret"])}'],
  ["literals in a format that begins right", '${format("arn:aws:secretsmanager:%s:x", "us-east-1")}'],
  ["a text with a function in it that begins right", 'arn:aws:secretsmanager:${lower("X")}:1'],
  ["a reference with the name of a token", `\${aws_secretsmanager_secret.${PAT}.arn}`],
  ["a reference with the name of a token behind an index", `\${module.secrets["a"].${PAT}}`],
])("an expression holds no secret: %s", (_, expression) => {
  expect(mayContainSecret(expression, ARN_START)).toBe(false);
});

test.each<[string, string]>([
  ["nothing but a literal", '${"hunter2"}'],
  ["nothing but a number", "${12345678}"],
  ["a literal in a function", '${trimspace("hunter2")}'],
  ["a literal in a letter of another alphabet", '${trimspace("пароль")}'],
  ["a literal that is decoded", '${base64decode("aHVudGVyMg==")}'],
  ["a literal that is decoded beside a reference", '${var.a}${base64decode(trimspace("aHVudGVyMg=="))}'],
  ["a literal beside a right one, of a map", `\${lookup({ a = "${ARN}", b = "hunter2" }, "b", "")}`],
  ["a literal beside a right one, by a condition", `\${true ? "${ARN}" : "hunter2"}`],
  ["a literal beside a right one, by a condition in a map", `\${{ a = true ? "hunter2" : "${ARN}" }.a}`],
  ["literals that a condition selects", '${var.is_production ? "hunter2" : "hunter3"}'],
  ["literals that a comparison selects", '${var.stage == "prod" ? "hunter2" : var.a != "b" ? "hunter3" : ""}'],
  ["a literal that a reference selects", '${lookup({ prod = "hunter2" }, var.stage, "")}'],
  ["a literal that an index selects", '${["hunter2"][var.index]}'],
  ["a literal behind the path of a file that only selects", '${element(["hunter2"], file("index.txt"))}'],
  ["a token beside a reference", `\${var.a}/${PAT}`],
  ["a token beside a reference, with an attribute", `\${var.a}/${PAT}.x`],
  ["a token behind a brace too many", `\${lower(var.a}x.${PAT}`],
  ["a token in place of a reference", `\${${PAT}.x}`],
  ["a token in place of a function", `\${${PAT}("x")}`],
  ["a token in a condition", `%{ if var.a }${PAT}%{ endif }`],
  ["a token as the path of a file", `\${file("${PAT}")}`],
  ["a token as a key", `\${lookup({ ${PAT} = var.a }, "x", "")}`],
  ["a token as a key in quotes", `\${lookup({ "${PAT}" = var.a }, "x", "")}`],
  ["a token as an attribute of literals", `\${{ a = var.a }.${PAT}}`],
  ["a token as an index", `\${var.a["${PAT}"]}`],
  ["a token in a comment", `\${var.a /* " */} /* x.${PAT} */`],
  ["a token in a comment that does not end", `\${var.a /* x.${PAT}`],
  ["a token in a text that does not end", `\${lower("\${var.a} x.${PAT}`],
  ["a token behind a quote in a text", `\${lower("\\" x.${PAT}")}\${var.a}`],
  ["a token directly behind a quote in a text", `\${lower("\\"${PAT}")}\${var.a}`],
  ["a token behind the end of a line", `\${lower("x\\n${PAT}")}\${var.a}`],
  ["a token with an escaped character", `\${lower("\\u0064ckr_pat_0123456789abcdef")}\${var.a}`],
  ["a token with another escaped character", `\${lower("\\U00000064ckr_pat_0123456789abcdef")}\${var.a}`],
  ["a token behind what is no character", `\${lower("\\UFFFFFFFF ${PAT}")}\${var.a}`],
  ["a token behind an escaped sign", `$\${var.a} \${var.a}\${lower("$\${x.${PAT}")}`],
  ["a token in two literals", `arn:aws:secretsmanager:dckr_pat_\${"0123456789abcdef"}\${var.a}`],
])("an expression may hold a secret: %s", (_, expression) => {
  expect(mayContainSecret(expression, ARN_START)).toBe(true);
});

test("an expression of literals may hold a secret where none is right", () => {
  expect(mayContainSecret(`\${trimspace("${ARN}")}`)).toBe(true);
});

test.each(['"', "${", "(", "[", '{"a"=', "a.", "$", "\\", 'lower("', " ", "::", "a::", "/*a", "#"])(
  "an expression of half a megabyte of %p is read in linear time",
  (part) => {
    const timeFor = (length: number): number => {
      const expression = `\${${part.repeat(length / part.length)}`;
      const start = process.cpuUsage();
      mayContainSecret(expression);
      const { user, system } = process.cpuUsage(start);
      return (user + system) / 1000;
    };
    // Eight times the length: about 8 if the time is linear, and 64 if it is quadratic. A shorter time is all noise.
    const short = Math.max(Math.min(...[1, 2, 3, 4, 5].map(() => timeFor(62_500))), 1);
    const long = Math.min(...[1, 2].map(() => timeFor(500_000)));
    expect(long / short).toBeLessThan(40);
  },
);

describe("what Terraform's messages leave out", () => {
  test.each([
    '"ghp_abcdefghij0123456789ABCDEFGHIJ012345"',
    '"\\nghp_abcdefghij0123456789ABCDEFGHIJ012345"',
    '"https://dckr_pat_27aB3cD9eF1gH2iJ4kL.example.com"',
    '"me:secret@registry.example.com"',
    '"https://me:secret@registry.example.com/path"',
  ])("is what may be a secret: %s", (json) => {
    expect(`\`prefix\` must be short, got ${json}; shorten it`.replace(SECRETS, "-")).not.toMatch(/ghp_|dckr_|secret/);
  });

  test("is nothing of a message's own words", () => {
    for (const words of [
      TAG_VALUE.requirement,
      SECRET_NAME.requirement,
      REPOSITORY_PREFIX.requirement,
      "got {}; give quay.io/a@sha256:0",
    ]) {
      expect(words).not.toMatch(SECRETS);
    }
  });
});

test("text without an expression is one literal, in which no escape hides an access token", () => {
  const part = fc.constantFrom(
    "ghp_0123456789abcdef",
    "ghp_abcdefghijklmnop",
    "\\u0067",
    "\\",
    '"',
    "$",
    "%",
    "{",
    "$$",
    "/",
    "x",
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
      const text = parts.join("").replace(/[$%]\{/g, "");
      fc.pre(!/[$%]\{/.test(text));
      const { texts, joined } = literalsOf(text);
      expect([...new Set([joined, ...texts])]).toEqual([text]);
      expect(expressionContainsAccessToken(text)).toBe(containsAccessToken(text));
    }),
  );
});

test.each([
  ['${lower("ghp_0123456789abcdef")}', true],
  ['${"\\u0067hp_0123456789abcdef"}', true],
  ["%{ if true }ghp_0123456789abcdef%{ endif }", true],
  ["$${ghp_0123456789abcdef}", true],
  ["${var.ghp_0123456789abcdef}", false],
])("an access token in the literals of an expression is found, and not in a reference: %s", (expression, found) => {
  expect(expressionContainsAccessToken(expression)).toBe(found);
});

test.each([
  ["a", ["a"]],
  ["é", ["é"]],
  ["٣", ["٣"]],
  ["名", ["名"]],
  ["😀", []],
  ["—/", []],
  ["/:", []],
])("a literal is a value if it has a letter or a digit of any script: %s", (text, values) => {
  expect(literalsOf(text).values.map((value) => value.text)).toEqual(values);
});
