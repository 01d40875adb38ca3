import { Token } from "cdktf";
import { ValidationErrors, fail } from "../../src/validation/validation-errors";
import { messageOf } from "../support/synthesis";

const NAME = { pattern: /^[a-z]+$/, requirement: "be lower-case letters", hint: "rename it" };
const TOKEN = Token.asString({ resolve: () => "${var.name}" });

/** The errors that checks add. */
function errorsOf(check: (errors: ValidationErrors) => void): string[] {
  const errors = new ValidationErrors();
  check(errors);
  return errors.list();
}

test("an error has the prop, the requirement, the value and the hint", () => {
  expect(errorsOf((errors) => errors.add("name", "be short", "long", "shorten it"))).toEqual([
    '`name` must be short, got "long"; shorten it',
  ]);
});

test("an error of a value that was not given says that the prop is required", () => {
  expect(errorsOf((errors) => errors.addBroken("name", NAME, undefined))).toEqual(["`name` is required; rename it"]);
});

test("the same error is reported once", () => {
  const errors = errorsOf((all) => {
    all.add("name", "be short", "long", "shorten it");
    all.add("name", "be short", "long", "shorten it");
  });
  expect(errors).toHaveLength(1);
});

test("several errors are thrown as one, with the place and their number", () => {
  const errors = new ValidationErrors();
  errors.throwIfAny("stack/cache");
  errors.addBroken("a", NAME, "A");
  expect(messageOf(() => errors.throwIfAny("stack/cache"))).toBe(
    'stack/cache: `a` must be lower-case letters, got "A"; rename it',
  );
  errors.addBroken("b", NAME, null);
  expect(messageOf(() => errors.throwIfAny("stack/cache"))).toBe(
    'stack/cache: 2 validation errors\n- `a` must be lower-case letters, got "A"; rename it\n- `b` must be lower-case letters, got null; rename it',
  );
  expect(messageOf(() => fail("stack/cache", "b", NAME.requirement, "B", NAME.hint))).toBe(
    'stack/cache: `b` must be lower-case letters, got "B"; rename it',
  );
});

test("text with an access token fails by any rule, is not shown, and is named as one", () => {
  const errors = new ValidationErrors();
  const text = "ghp_0123456789abcdefABCDEF0123";
  expect(errors.checkString("name", text, { ...NAME, pattern: /^/ })).toBe(false);
  errors.checkDocument("policy", JSON.stringify({ Statement: [{ Sid: text }] }));
  const hint = "keep it in Secrets Manager, since Terraform stores this value in its plan and state";
  expect(errors.list()).toEqual([
    `\`name\` must contain no access token, got a string of 30 characters (not shown, it may be a secret); ${hint}`,
    `\`policy\` must contain no access token, got a string of 56 characters (not shown, it may be a secret); ${hint}`,
  ]);
});

test("a string that matches the rule, a token and an expression pass; a list's token and other values fail", () => {
  const errors = new ValidationErrors();
  expect(["team", TOKEN, "${var.name}"].map((value) => errors.checkString("name", value, NAME))).toEqual([
    true,
    true,
    true,
  ]);
  expect(errors.list()).toEqual([]);
  expect(errors.checkString("name", 5, NAME)).toBe(false);
  expect(errors.checkString("name", Token.asList({ resolve: () => "${var.names}" }), NAME)).toBe(false);
  expect(errors.checkString("name", "A", NAME, "another hint")).toBe(false);
  expect(errors.list()).toEqual([
    "`name` must be lower-case letters, got 5; rename it",
    "`name` must be lower-case letters, got a token; rename it",
    '`name` must be lower-case letters, got "A"; another hint',
  ]);
});

test.each<[string, unknown, string[]]>([
  ["a list of different elements", ["a", TOKEN, "b"], []],
  ["a token for the whole list", Token.asList({ resolve: () => [] }), []],
  ["no list", undefined, ["`names` is required; rename it"]],
  ["an empty list", [], ["`names` must be a list of at least one, got []; rename it"]],
  ["text", "a", ['`names` must be a list of at least one, got "a"; rename it']],
  ["an expression", "${var.names}", ['`names` must be a list of at least one, got "${var.names}"; rename it']],
  ["a wrong element", ["a", "B"], ['`names[1]` must be lower-case letters, got "B"; rename it']],
  [
    "a wrong element twice",
    ["B", "B"],
    [0, 1].map((at) => `\`names[${at}]\` must be lower-case letters, got "B"; rename it`),
  ],
  ["an element twice", ["a", "b", "a"], ['`names[2]` must be given once, got "a"; leave out the second one']],
  ["a hole", Array<string>(1).concat("a"), ["`names[0]` is required; rename it"]],
])("a list of strings is checked: %s", (_, list, messages) => {
  expect(errorsOf((errors) => errors.checkStrings("names", list, NAME))).toEqual(messages);
});

test("elements of a list are compared by the key that their check returns, and not without a key", () => {
  const check = (_: string, element: unknown) => (element as { key?: string }).key;
  const list = [{ key: "a" }, {}, {}, { key: "a" }];
  expect(errorsOf((errors) => errors.checkList("list", list, NAME, check))).toEqual([
    "`list[3]` must be given once, got a value of type object; leave out the second one",
  ]);
});

test.each<[unknown, string[]]>([
  [true, []],
  [false, []],
  [undefined, []],
  [null, ["`flag` must be true or false, got null; leave it out"]],
  ["true", ['`flag` must be true or false, got "true"; leave it out']],
  [0, ["`flag` must be true or false, got 0; leave it out"]],
  [TOKEN, ["`flag` must be true or false, got a token; leave it out"]],
])("a boolean is checked: %j", (value, messages) => {
  expect(errorsOf((errors) => errors.checkBoolean("flag", value, "leave it out"))).toEqual(messages);
});

test.each<[unknown, string[]]>([
  ["A", []],
  [5, []],
  [undefined, []],
  [null, ["`kind` must be one of A, 5, got null; use Kind"]],
  ["a", ['`kind` must be one of A, 5, got "a"; use Kind']],
  ["5", ['`kind` must be one of A, 5, got "5"; use Kind']],
  [TOKEN, ["`kind` must be one of A, 5, got a token; use Kind"]],
])("one of a few values is checked: %j", (value, messages) => {
  expect(errorsOf((errors) => errors.checkEnum("kind", value, ["A", 5], "use Kind"))).toEqual(messages);
});

test.each<[unknown, string[]]>([
  [1, []],
  [9, []],
  [undefined, []],
  [TOKEN, []],
  [0, ["`days` must be an integer from 1 to 9, got 0; give days"]],
  [10, ["`days` must be an integer from 1 to 9, got 10; give days"]],
  [1.5, ["`days` must be an integer from 1 to 9, got 1.5; give days"]],
  [NaN, ["`days` must be an integer from 1 to 9, got NaN; give days"]],
  ["5", ['`days` must be an integer from 1 to 9, got "5"; give days']],
])("an integer is checked: %j", (value, messages) => {
  expect(errorsOf((errors) => errors.checkInteger("days", value, { min: 1, max: 9 }, "give days"))).toEqual(messages);
});

test.each<[string, object, string[]]>([
  ["known keys", { region: 1, name: undefined }, []],
  ["an unknown key without a value", { other: undefined }, []],
  ["a misspelt key", { regoin: 1 }, ["`options.regoin` is not an option; did you mean `region`?"]],
  ["another key", { quota: null }, ["`options.quota` is not an option; use one of region, name"]],
  [
    "a key that looks like an access token",
    { ghp_0123456789abcdefghijABCDEFGHIJ012345: 1 },
    ["`options.(a key not shown)` is not an option; use one of region, name"],
  ],
])("keys are checked: %s", (_, given, messages) => {
  expect(errorsOf((errors) => errors.checkKeys("options", given, ["region", "name"], "an option"))).toEqual(messages);
});

test("a key that people expect has a hint of its own", () => {
  const hints = new Map([["token", "give it elsewhere"]]);
  expect(
    errorsOf((errors) => errors.checkKeys("options", { token: 1, quota: 1 }, ["name"], "an option", hints)),
  ).toEqual([
    "`options.token` is not an option; give it elsewhere",
    "`options.quota` is not an option; use one of name",
  ]);
});

test("a key of the props has no place before it", () => {
  expect(errorsOf((errors) => errors.checkKeys("", { nam: 1 }, ["region", "name"], "a property"))).toEqual([
    "`nam` is not a property; did you mean `name`?",
  ]);
});

test("of more than 20 errors, the first 20 are listed", () => {
  const errors = new ValidationErrors();
  errors.checkKeys("", { ...Array.from("x".repeat(500_000)) }, ["name"], "a property");
  const [first, ...lines] = messageOf(() => errors.throwIfAny("stack/cache")).split("\n");
  expect(first).toBe("stack/cache: more than 20 validation errors");
  expect(lines).toHaveLength(20);
  expect(lines[19]).toBe("- `19` is not a property; use one of name");
});

test("a line break in an unknown key does not break the line of its error", () => {
  expect(errorsOf((errors) => errors.checkKeys("", { "a\nb\u2028": 1 }, ["name"], "a property"))).toEqual([
    "`a\\u000ab\\u2028` is not a property; use one of name",
  ]);
});
