import * as fc from "fast-check";
import { attributeTables, withAllAttributes } from "../../modules/generator/attributes";
import type { Input } from "../../modules/generator/definition";
import { expression, matchesExpression, hcl, inSnakeCase, quoted, regex, snakeCase } from "../../modules/generator/hcl";
import { readme } from "../../modules/generator/readme";
import {
  SECRETS_LOCAL,
  conditionOf,
  integerFrom,
  messageOf,
  oneOf,
  validationsOf,
} from "../../modules/generator/rules";
import { terraformFiles } from "../../modules/generator/terraform-json";
import { acknowledgedWarnings, warning } from "../../modules/generator/warnings";

const HIDING = 'local.secrets, "(not shown, it may be a secret)"';
const NAME = { pattern: /^[a-z]+$/, requirement: "be a name", hint: "choose another" };

describe("an expression", () => {
  test.each([
    ["text", '"text"'],
    ['say "no" \\ twice', '"say \\"no\\" \\\\ twice"'],
    ["two\nlines", '"two\\nlines"'],
    ["%{ if }", '"%%{ if }"'],
    ["a ${var.b} c", '"a ${var.b} c"'],
    ["${var.a}", "var.a"],
    ["${var.a}${var.b}", '"${var.a}${var.b}"'],
    ['${startswith("}\\"{${"{"}", "{")}', 'startswith("}\\"{${"{"}", "{")'],
    ['${jsonencode({ a = "b" })}', 'jsonencode({ a = "b" })'],
    ["", '""'],
    [7, "7"],
    [true, "true"],
    [null, "null"],
    [["a", 1, []], '["a", 1, []]'],
    [{}, "{}"],
    [{ a: 1, _b2: "${var.c}" }, "{ a = 1, _b2 = var.c }"],
    [{ "a-b": 1, "2a": 2, for: 3, "${key}": 4 }, '{ "a-b" = 1, "2a" = 2, "for" = 3, "${key}" = 4 }'],
  ])("stands for %j", (value, expected) => {
    expect(hcl(value)).toBe(expected);
  });

  test("fails where it has no end", () => {
    expect(() => quoted("${var.a")).toThrow("an expression has no end: ${var.a");
  });

  test("is marked as one where JSON wants a value", () => {
    expect(expression("var.a")).toBe("${var.a}");
  });
});

describe("a pattern", () => {
  test("is written as Terraform reads it", () => {
    expect(regex(/^\d{2}\/"[a-z]$/)).toBe('"^\\\\d{2}/\\"[a-z]$"');
  });

  test.each([/(?=a)b/, /(?!a)b/, /(?<=a)b/, /(?<!a)b/])("a pattern with lookaround fails: %s", (pattern) => {
    expect(() => regex(pattern)).toThrow(`Terraform has no lookaround: write the pattern ${pattern.source} without it`);
  });

  test.each([
    [/a/i, "(?i)a"],
    [/a.b/s, "(?s)a.b"],
    [/a.b/is, "(?is)a.b"],
    [/\p{L}/gu, "\\\\p{L}"],
  ])("a pattern keeps the effect of its flags: %s", (pattern, text) => {
    expect(regex(pattern)).toBe(`"${text}"`);
  });

  test.each([
    [/a/m, "m"],
    [/a/y, "y"],
  ])("a pattern with a flag that Terraform does not have fails: %s", (pattern, flag) => {
    expect(() => regex(pattern)).toThrow(`Terraform has no flag ${flag} as JavaScript has it: write the pattern a`);
  });

  test("a pattern with `\\s` fails, since Terraform matches fewer spaces", () => {
    expect(() => regex(/^\S\s$/)).toThrow("list them in the pattern ^\\S\\s$");
  });

  test.each([/a./, /[^.].+/, /\[.]/])(
    "a pattern with a dot fails, since Terraform matches more with it: %s",
    (pattern) => {
      expect(() => regex(pattern)).toThrow(`write the pattern ${pattern.source} with [^\\n]`);
    },
  );

  test.each([/\./, /[.]/, /[^\].]\\\./])("a pattern with a literal dot is the same in Terraform: %s", (pattern) => {
    expect(() => regex(pattern)).not.toThrow();
  });

  test("is held against a value together with the other parts of its rule, and is false for what has no length", () => {
    expect(matchesExpression("var.a", NAME)).toBe('can(regex("^[a-z]+$", var.a))');
    expect(matchesExpression("var.a", { ...NAME, except: /^aws/, minLength: 2, maxLength: 9 })).toBe(
      '(can(regex("^[a-z]+$", var.a)) && !can(regex("^aws", var.a)) && try(length(var.a) >= 2, false) && try(length(var.a) <= 9, false))',
    );
  });
});

describe("a name of the constructs", () => {
  test("is one of the modules in snake_case", () => {
    expect(snakeCase("untaggedExpirationInDays")).toBe("untagged_expiration_in_days");
    expect(inSnakeCase("not be true beside `keepLastImages` or `tags`, as keepLastImages says")).toBe(
      "not be true beside `keep_last_images` or `tags`, as keepLastImages says",
    );
  });

  test("comes back from snake_case as it was", () => {
    const back = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    fc.assert(fc.property(fc.stringMatching(/^[a-z]+([A-Z][a-z]+)*$/), (name) => back(snakeCase(name)) === name));
  });
});

describe("a condition", () => {
  const fault = { holds: "var.a == 1", place: "a", requirement: "be one", got: "var.a", hint: "count again" };

  test("has the message of a construct: place, rule, value, way out", () => {
    expect(conditionOf(fault)).toEqual({
      condition: "${var.a == 1}",
      error_message: `\${replace("\`a\` must be one, got \${jsonencode(var.a)}; count again", ${HIDING})}`,
    });
  });

  test("has its message as it is, where it shows nothing that was given", () => {
    expect(conditionOf({ ...fault, got: undefined }).error_message).toBe(
      "`a` must be one, got a value not shown, since it may be a secret; count again",
    );
  });

  test("does not show a value that it is not given", () => {
    expect(messageOf({ ...fault, got: undefined })).toBe(
      "`a` must be one, got a value not shown, since it may be a secret; count again",
    );
  });

  test("of a loop has a message for each thing at fault", () => {
    const place = "a[${jsonencode(key)}]";
    expect(conditionOf({ ...fault, each: ["key, item in var.a"], holds: "item > 0", got: "item", place })).toEqual({
      condition: "${alltrue([for key, item in var.a : item > 0])}",
      error_message:
        '${replace(join("\\n", [for key, item in var.a : "`a[${jsonencode(key)}]` must be one, got ${jsonencode(item)}; count again" if !(item > 0)]), ' +
        `${HIDING})}`,
    });
  });

  test("of a loop in a loop is flat", () => {
    const each = ["key, item in var.a", "name, value in item"];
    expect(conditionOf({ ...fault, each, holds: "value > 0" }).condition).toBe(
      "${alltrue(flatten([for key, item in var.a : [for name, value in item : value > 0]]))}",
    );
  });

  test("that only warns holds where it is acknowledged, and says how that is done", () => {
    const message = "Tags of ${key} cannot move.";
    expect(warning("immutable-tags", { each: ["key in var.keys"], holds: "key != 1", message })).toEqual({
      condition:
        '${contains(var.acknowledged_warnings, "immutable-tags") || length([for key in var.keys : "Tags of ${key} cannot move." if !(key != 1)]) == 0}',
      error_message:
        '${replace(join("\\n", concat([for key in var.keys : "Tags of ${key} cannot move." if !(key != 1)], ["If this is meant, add \\"immutable-tags\\" to acknowledged_warnings."])), ' +
        `${HIDING})}`,
    });
  });
});

describe("an input", () => {
  const rule = { requirement: NAME.requirement, holds: (value: string): string => `ok(${value})`, hint: "rename it" };
  const input = (rest: Partial<Input>): Input => ({ type: "string", description: "What it is.", ...rest });
  const conditions = (rest: Partial<Input>): string[] =>
    validationsOf("a", input(rest)).map(({ condition }) => condition);

  test("is held against its rules where it is not null", () => {
    expect(conditions({ rules: [rule], required: true })).toEqual(["${ok(var.a)}"]);
    expect(conditions({ rules: [rule], default: "x" })).toEqual(["${ok(var.a)}"]);
    expect(conditions({ rules: [rule] })).toEqual(["${var.a == null || ok(var.a)}"]);
  });

  test("that is a collection is held against them element by element, and key by key", () => {
    const map = { type: "map(string)", elementRules: [rule], keyRules: [rule] } as const;
    expect(conditions({ ...map, default: {} })).toEqual([
      "${alltrue([for key, element in var.a : ok(key)])}",
      "${alltrue([for key, element in var.a : ok(element)])}",
    ]);
    expect(conditions({ type: "list(string)", elementRules: [rule] })).toEqual([
      "${alltrue([for key, element in coalesce(var.a, []) : ok(element)])}",
    ]);
  });

  test("that is an object is held against the rules of its attributes", () => {
    const attributes = { b: input({ rules: [rule] }), c: input({ rules: [rule], required: true }) };
    expect(conditions({ type: "object", attributes, required: true })).toEqual([
      "${var.a.b == null || ok(var.a.b)}",
      "${ok(var.a.c)}",
    ]);
    expect(conditions({ type: "object", attributes })).toEqual([
      "${try(var.a.b, null) == null || ok(try(var.a.b, null))}",
      "${var.a == null || ok(try(var.a.c, null))}",
    ]);
    expect(conditions({ type: "map(object)", attributes, required: true })).toEqual([
      "${alltrue([for key, element in var.a : element != null])}",
      "${alltrue([for key, element in { for key, element in var.a : key => element if element != null } : element.b == null || ok(element.b)])}",
      "${alltrue([for key, element in { for key, element in var.a : key => element if element != null } : ok(element.c)])}",
    ]);
  });

  test("that is secret is in no message", () => {
    const [shown, secret] = [{}, { secret: true }].map((rest) => validationsOf("a", input({ rules: [rule], ...rest })));
    expect(shown?.[0]?.error_message).toContain("jsonencode(var.a)");
    expect(secret?.[0]?.error_message).toContain("got a value not shown");
  });

  test("that is long is shown as its rule says", () => {
    const [validation] = validationsOf("a", input({ rules: [{ ...rule, shown: (value) => `length(${value})` }] }));
    expect(validation?.error_message).toContain("got ${jsonencode(length(var.a))};");
  });

  test("has bounds in the words of the constructs", () => {
    const { requirement, holds } = integerFrom(1, "count again");
    expect([requirement, holds("var.a")]).toEqual([
      "be an integer of 1 or more",
      "try(var.a >= 1 && floor(var.a) == var.a, false)",
    ]);
    expect(oneOf(["a", "b"], "choose").requirement).toBe("be one of a, b");
    expect(acknowledgedWarnings("nothing-warms").elementRules?.[0]?.requirement).toBe("be one of nothing-warms");
  });
});

describe("a module", () => {
  const definition = {
    name: "example",
    purpose: ["An example."],
    uses: [{ title: "Smallest use", hcl: "\nmodule {}\n" }],
    terraform: "1.9",
    inputs: {
      given: { type: "string", required: true, description: "Given." },
      list: { type: "list(string)", default: ["a"], description: "A list." },
      token: { type: "string", secret: true, description: "A secret." },
      all: {
        type: "map(object)",
        default: {},
        description: "Objects.",
        attributes: {
          must: { type: "string", required: true, description: "Must be given." },
          may: { type: "number", description: "May | might." },
          has: { type: "bool", default: true, description: "Has a default." },
          inner: {
            type: "object",
            description: "An object.",
            attributes: { arn: { type: "string", required: true, description: "Its ARN." } },
          },
        },
        validations: [
          {
            each: ["key, element in var.all"],
            holds: "true",
            place: '${element.may == null ? "" : "x"}all[${jsonencode({ a = key })}].may',
            requirement: 'be beside ${join(", ", [for k in [{ a = 1 }] : "${k.a}"])} of `keepLastImages`',
            hint: "leave it out",
          },
        ],
      },
    },
    outputs: { made: { description: "What is made.", value: "${aws_kms_key.one.arn}" } },
    resources: { aws_kms_key: { one: {} } },
    data: { aws_region: { current: {} } },
  } as const;
  const files = terraformFiles(definition);
  const variables = (JSON.parse(files["variables.tf.json"] ?? "") as { variable: { [name: string]: object } }).variable;

  test("has variables whose types are closed and say what may be left out", () => {
    expect(variables).toMatchObject({
      given: { type: "string", nullable: false },
      list: { type: "list(string)", default: ["a"], nullable: false },
      token: { type: "string", default: null, sensitive: true, ephemeral: true },
      all: {
        type: "map(object({ must = string, may = optional(number), has = optional(bool, true), inner = optional(object({ arn = string })) }))",
        default: {},
        nullable: false,
      },
    });
    expect(Object.keys(variables["given"] ?? {})).not.toContain("default");
    expect(Object.keys(variables["token"] ?? {})).not.toContain("nullable");
  });

  test("has no block for what it does not have", () => {
    expect(JSON.parse(files["main.tf.json"] ?? "")).toEqual({
      locals: SECRETS_LOCAL,
      resource: { aws_kms_key: { one: {} } },
      data: { aws_region: { current: {} } },
    });
  });

  test("has a README with every input down to its attributes, with words and no expressions", () => {
    const text = readme(definition);
    expect(text).toContain("## Smallest use\n\n```hcl\nmodule {}\n```");
    expect(text.split("\n").filter((line) => line.startsWith("| `"))).toEqual([
      "| `given` | string | required | Given. |",
      '| `list` | list(string) | `["a"]` | A list. |',
      "| `token` | string | `null` | A secret. |",
      "| `all` | map of objects | `{}` | Objects. `…all[*].may` must be beside … of `keep_last_images`. |",
      "| `all[*].must` | string | required | Must be given. |",
      "| `all[*].may` | number | `null` | May \\| might. |",
      "| `all[*].has` | bool | `true` | Has a default. |",
      "| `all[*].inner` | object | `null` | An object. |",
      "| `all[*].inner.arn` | string | required | Its ARN. |",
      "| `made` | What is made. |",
    ]);
    expect(text).toContain("- `aws_kms_key.one`\n- `data.aws_region.current`");
  });
});

describe("an open input", () => {
  const rule = { requirement: "be a name", holds: (value: string): string => `ok(${value})`, hint: "rename it" };
  const open: Input = {
    type: "map(object)",
    isOpen: true,
    noun: "a thing",
    misnomers: { amount: "count" },
    required: true,
    description: "Things.",
    attributes: {
      name: { type: "string", description: "Its name.", rules: [rule] },
      count: { type: "number", description: "How many." },
      on: { type: "bool", description: "Whether." },
      tags: { type: "map(string)", description: "Tags.", rules: [rule], keyRules: [rule], elementRules: [rule] },
      key: {
        type: "object",
        noun: "a key",
        description: "A key.",
        attributes: { arn: { type: "string", required: true, description: "Its ARN.", rules: [rule] } },
      },
    },
  };
  const inputs = { things: open, thing: { ...open, type: "object" } } as const;
  const files = terraformFiles({
    name: "open",
    purpose: [],
    uses: [],
    terraform: "1.9",
    inputs,
    outputs: {},
    locals: {},
  });
  const placesOf = (name: keyof typeof inputs): string[] =>
    validationsOf(name, inputs[name]).map(({ error_message: message }) => /`(.+?)` /.exec(message)?.[1] ?? "");

  test("has any type, and a description that names its attributes", () => {
    const { variable } = JSON.parse(files["variables.tf.json"] ?? "") as { variable: { [name: string]: object } };
    expect(variable["things"]).toMatchObject({
      type: "any",
      nullable: false,
      description:
        "Things. A map of objects with any of these attributes, whose types are in the README: name, count, on, tags, key.",
    });
    expect(variable["thing"]).toMatchObject({
      description:
        "Things. An object with any of these attributes, whose types are in the README: name, count, on, tags, key.",
    });
  });

  test("is held against a table of its attributes at every depth, which is a local", () => {
    const { locals } = JSON.parse(files["main.tf.json"] ?? "") as { locals: object };
    expect(locals).toMatchObject({
      attributes: {
        "a thing": { name: "a string", count: "a number", on: "true or false", tags: "an object", key: "an object" },
        "a key": { arn: "a value" },
      },
      nouns: { "a thing": { key: "a key" }, "a key": {} },
      misnomers: { "a thing": { amount: "count" }, "a key": {} },
    });
  });

  test("has rules of its shape, of the names and types of its attributes, and of each of them", () => {
    expect(placesOf("things")).toEqual([
      "things",
      "things[${jsonencode(key)}]",
      "${one.place}.${name}",
      "${one.place}.${name}",
      "things[${jsonencode(key)}].name",
      "things[${jsonencode(key)}].tags",
      "things[${jsonencode(key)}].tags",
      "things[${jsonencode(key)}].tags[${jsonencode(name)}]",
      "things[${jsonencode(key)}].key.arn",
    ]);
    expect(placesOf("thing")).toEqual([
      "thing",
      "${one.place}.${name}",
      "${one.place}.${name}",
      "thing.name",
      "thing.tags",
      "thing.tags",
      "thing.tags[${jsonencode(name)}]",
      "thing.key.arn",
    ]);
  });

  test("whose attributes another module checks has no tables here", () => {
    expect(attributeTables({ things: { ...open, isCheckedBelow: true } })).toEqual({});
  });

  test("is read as an object with every attribute, each of its type", () => {
    expect(withAllAttributes("element", open.attributes ?? {})).toBe(
      '{ name = tostring(lookup(element, "name", null)), count = tonumber(lookup(element, "count", null)), on = tobool(lookup(element, "on", null)), ' +
        'tags = lookup(element, "tags", null) == null ? tomap(null) : tomap({ for name, item in element.tags : name => tostring(item) }), ' +
        'key = lookup(element, "key", null) == null ? null : { arn = tostring(lookup(element.key, "arn", null)) } }',
    );
  });
});
