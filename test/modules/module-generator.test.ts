import * as fc from "fast-check";
import { attributeFacts } from "../../modules/generator/attributes";
import type { Input, ModuleDefinition } from "../../modules/generator/definition";
import { expression, matchesExpression, hcl, inSnakeCase, quoted, regex, snakeCase } from "../../modules/generator/hcl";
import { argumentLines, flat, laidOut, parse } from "../../modules/generator/layout";
import type { ParsedModule } from "../../modules/generator/parsed-module";
import { tables } from "../../modules/generator/readme";
import { integerFrom, messageOf, oneOf, validationOf, validationsOf } from "../../modules/generator/rules";
import { terraformFiles } from "../../modules/generator/terraform-files";
import { acknowledgedWarnings } from "../../modules/generator/warnings";

const HIDING = "local.secret_pattern, local.redacted";
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

  test("is marked as one in a text", () => {
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

describe("a validation", () => {
  const error = { holds: "var.a == 1", place: "a", requirement: "be one", got: "var.a", hint: "count again" };

  test("has the message of a construct: place, rule, value, way out", () => {
    expect(validationOf(error)).toEqual({
      condition: "var.a == 1",
      message: `replace("\`a\` must be one, got \${jsonencode(var.a)}; count again", ${HIDING})`,
    });
  });

  test("has its message as it is if it shows nothing that was given", () => {
    expect(validationOf({ ...error, got: undefined }).message).toBe(
      '"`a` must be one, got a value not shown, since it may be a secret; count again"',
    );
  });

  test("does not show a value that it is not given", () => {
    expect(messageOf({ ...error, got: undefined })).toBe(
      "`a` must be one, got a value not shown, since it may be a secret; count again",
    );
  });

  test("of a loop has a message for each element that breaks the rule", () => {
    const place = "a[${jsonencode(key)}]";
    expect(validationOf({ ...error, each: ["key, item in var.a"], holds: "item > 0", got: "item", place })).toEqual({
      condition: "alltrue([for key, item in var.a : item > 0])",
      message:
        'replace(join("\\n", [for key, item in var.a : "`a[${jsonencode(key)}]` must be one, got ${jsonencode(item)}; count again" if !(item > 0)]), ' +
        `${HIDING})`,
    });
  });

  test.each([
    ["!f(item)", "f(item)"],
    ["!(f(item) || g(item))", "f(item) || g(item)"],
    ["f(item)", "!f(item)"],
    ["(f(item) && item > 0)", "!(f(item) && item > 0)"],
    ["f(item) == key", "f(item) != key"],
    ["f(item) && item > 0", "!(f(item) && item > 0)"],
  ])("of a loop has no message for an element with which it holds: %s", (holds, broken) => {
    const { message } = validationOf({ ...error, each: ["item in var.a"], holds });
    expect(message).toContain(`count again" if ${broken}])`);
  });

  test("of a loop in a loop is flat", () => {
    const each = ["key, item in var.a", "name, value in item"];
    expect(validationOf({ ...error, each, holds: "value > 0" }).condition).toBe(
      "alltrue(flatten([for key, item in var.a : [for name, value in item : value > 0]]))",
    );
  });
});

describe("an input", () => {
  const rule = { requirement: NAME.requirement, holds: (value: string): string => `ok(${value})`, hint: "rename it" };
  const input = (rest: Partial<Input>): Input => ({ type: "string", description: "What it is.", ...rest });
  const conditions = (rest: Partial<Input>): string[] =>
    validationsOf("a", input(rest)).map(({ condition }) => condition);

  test("is checked against its rules if it is not null", () => {
    expect(conditions({ rules: [rule], required: true })).toEqual(["ok(var.a)"]);
    expect(conditions({ rules: [rule], default: "x" })).toEqual(["ok(var.a)"]);
    expect(conditions({ rules: [rule] })).toEqual(["var.a == null || ok(var.a)"]);
  });

  test("that is a collection is checked element by element, and key by key", () => {
    const map = { type: "map(string)", elementRules: [rule], keyRules: [rule] } as const;
    expect(conditions({ ...map, default: {} })).toEqual([
      "alltrue([for key, element in var.a : ok(key)])",
      "alltrue([for key, element in var.a : ok(element)])",
    ]);
    expect(conditions({ type: "list(string)", elementRules: [rule] })).toEqual([
      "alltrue([for key, element in coalesce(var.a, []) : ok(element)])",
    ]);
  });

  test("that is an object is checked against the rules of its attributes", () => {
    const attributes = { b: input({ rules: [rule] }), c: input({ rules: [rule], required: true }) };
    expect(conditions({ type: "object", attributes, required: true })).toEqual([
      "var.a.b == null || ok(var.a.b)",
      "ok(var.a.c)",
    ]);
    expect(conditions({ type: "object", attributes })).toEqual([
      "try(var.a.b, null) == null || ok(try(var.a.b, null))",
      "var.a == null || ok(try(var.a.c, null))",
    ]);
    expect(conditions({ type: "map(object)", attributes, required: true })).toEqual([
      "alltrue([for key, element in var.a : element != null])",
      "alltrue([for key, element in { for key, element in var.a : key => element if element != null } : element.b == null || ok(element.b)])",
      "alltrue([for key, element in { for key, element in var.a : key => element if element != null } : ok(element.c)])",
    ]);
  });

  test("that is secret is in no message", () => {
    const [shown, secret] = [{}, { secret: true }].map((rest) => validationsOf("a", input({ rules: [rule], ...rest })));
    expect(shown?.[0]?.message).toContain("jsonencode(var.a)");
    expect(secret?.[0]?.message).toContain("got a value not shown");
  });

  test("that is long is shown as its rule says", () => {
    const [validation] = validationsOf("a", input({ rules: [{ ...rule, shown: (value) => `length(${value})` }] }));
    expect(validation?.message).toContain("got ${jsonencode(length(var.a))};");
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
  const definition: ModuleDefinition = {
    name: "example",
    inputs: {
      given: {
        type: "string",
        required: true,
        description: "Given.",
        rules: [{ requirement: "be right", hint: "correct it", holds: (value) => `ok(${value})`, withheld: true }],
      },
      list: { type: "list(string)", default: ["a"], description: `A list. ${"Words ".repeat(20)}of $\{text}.` },
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
        isCheckedBelow: true,
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
    facts: {
      hosts: { comment: "The hosts. https://aws.amazon.com/", value: { a: "a.example.com", "b-c": "${var.b}" } },
    },
    programs: { "run.sh": "set -eu\n", "run.js": "run();\n" },
  };
  const files = terraformFiles(definition);

  test("has variables with closed types, their defaults and one validation for each rule", () => {
    expect(files["variables.tf"])
      .toBe(`# Generated by \`npm run modules\` from inputs.ts: change that file, or what it imports from src/.

variable "given" {
  description = "Given."
  type        = string
  nullable    = false

  validation {
    condition     = ok(var.given)
    error_message = "\`given\` must be right, got a value not shown, since it may be a secret; correct it"
  }
}

variable "list" {
  description = <<-EOT
    A list. Words Words Words Words Words Words Words Words Words Words Words Words Words Words Words
    Words Words Words Words Words of $$\{text}.
  EOT
  type        = list(string)
  default     = ["a"]
  nullable    = false
}

variable "token" {
  description = "A secret."
  type        = string
  default     = null
  sensitive   = true
  ephemeral   = true
}

variable "all" {
  description = "Objects."
  type = map(object({
    must  = string
    may   = optional(number)
    has   = optional(bool, true)
    inner = optional(object({ arn = string }))
  }))
  default  = {}
  nullable = false
}
`);
  });

  test("has facts with their reasons", () => {
    expect(files["facts.tf"]).toContain(`
  # The hosts. https://aws.amazon.com/
  hosts = { a = "a.example.com", "b-c" = var.b }
}
`);
  });

  test("has programs that say in their first line that they are generated", () => {
    expect(files["run.sh"]).toBe(
      "# Generated by `npm run modules` from inputs.ts: change that file, or what it imports from src/.\nset -eu\n",
    );
    expect(files["run.js"]).toMatch(/^\/\/ Generated by .*\nrun\(\);\n$/);
  });

  test("has tables with every input down to its attributes, with words and no expressions", () => {
    const parsed: ParsedModule = {
      terraform: { required_version: ">= 1.9", required_providers: [{ aws: { version: ">= 5" } }] },
      variable: {},
      locals: {},
      output: { made: { description: "What\n  is made.\n", value: "" } },
      resource: { aws_kms_key: { one: {} } },
      data: { aws_region: { current: {} } },
      module: {},
      check: {},
    };
    expect(
      tables(definition, parsed)
        .split("\n")
        .filter((line) => line.startsWith("| ")),
    ).toEqual([
      "| Name | Version |",
      "| --- | --- |",
      "| terraform | >= 1.9 |",
      "| aws | >= 5 |",
      "| Name | Type |",
      "| --- | --- |",
      "| `aws_kms_key.one` | resource |",
      "| `aws_region.current` | data source |",
      "| Name | Description | Type | Default | Required |",
      "| --- | --- | --- | --- | --- |",
      "| `given` | Given. It must be right. | string | n/a | yes |",
      `| \`list\` | A list. ${"Words ".repeat(20)}of $\{text}. | list(string) | \`["a"]\` | no |`,
      "| `token` | A secret. | string | `null` | no |",
      "| `all` | Objects. `…all[*].may` must be beside … of `keep_last_images`. | map of objects | `{}` | no |",
      "| `all[*].must` | Must be given. | string | n/a | yes |",
      "| `all[*].may` | May \\| might. | number | `null` | no |",
      "| `all[*].has` | Has a default. | bool | `true` | no |",
      "| `all[*].inner` | An object. | object | `null` | no |",
      "| `all[*].inner.arn` | Its ARN. | string | n/a | yes |",
      "| Name | Description |",
      "| --- | --- |",
      "| `made` | What is made. |",
    ]);
  });
});

describe("an open input", () => {
  const rule = { requirement: "be a name", holds: (value: string): string => `ok(${value})`, hint: "rename it" };
  const open: Input = {
    type: "map(object)",
    isOpen: true,
    noun: "a thing",
    misnomers: { amount: "count" },
    misplaced: { value: "give it elsewhere" },
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
  const placesOf = (name: keyof typeof inputs): string[] =>
    validationsOf(name, inputs[name]).map(({ message }) => /`(.+?)` /.exec(message)?.[1] ?? "");

  test("has any type, and a description that names its attributes", () => {
    const text = terraformFiles({ name: "open", inputs })["variables.tf"]?.replace(/\s+/g, " ");
    expect(text).toContain(
      "Things. A map of objects with any of these attributes, whose types are in the README: name, count, on, tags, key. EOT type = any nullable = false",
    );
    expect(text).toContain(
      "Things. An object with any of these attributes, whose types are in the README: name, count, on, tags, key.",
    );
  });

  test("is checked against a table of its attributes at every depth, which is a fact", () => {
    const { attributes, misnomers, misplaced } = attributeFacts(inputs);
    expect(attributes?.value).toEqual({
      "a thing": { name: "a string", count: "a number", on: "true or false", tags: "an object", key: "an object" },
      "a key": { arn: "" },
    });
    expect(misnomers?.value).toEqual({ "a thing": { amount: "count" } });
    expect(misplaced?.value).toEqual({ "a thing": { value: "give it elsewhere" } });
  });

  test("has rules of its shape, of the names and types of its attributes, and of each of them", () => {
    const at = (place: string): string[] => [
      `${place}.\${name}`,
      `${place}.\${name}`,
      `${place}.key.\${name}`,
      `${place}.name`,
      `${place}.tags`,
      `${place}.tags`,
      `${place}.tags[\${jsonencode(name)}]`,
      `${place}.key.arn`,
    ];
    const element = "things[${jsonencode(key)}]";
    expect(placesOf("things")).toEqual(["things", element, ...at(element)]);
    expect(placesOf("thing")).toEqual(["thing", ...at("thing")]);
  });

  test("may require attributes: their rules apply to every object, and an element that is none has one error", () => {
    const required: Input = {
      ...open,
      attributes: { name: { type: "string", required: true, description: "Its name.", rules: [rule] } },
    };
    const conditionOf = (input: Input): string => validationsOf("things", input).at(-1)?.condition ?? "";
    expect(conditionOf(required)).toMatch(
      / : try\(keys\(thing\), null\) == null \|\| ok\(try\(thing\.name, null\)\)\]\)$/,
    );
    expect(conditionOf({ ...required, type: "object" })).toBe(
      "try(keys(var.things), null) == null || ok(try(var.things.name, null))",
    );
  });

  test("has rules of a list and of its elements, and is null if it is left out", () => {
    const names = { type: "list(string)", description: "Names.", rules: [rule], elementRules: [rule] } as const;
    const input: Input = {
      type: "object",
      isOpen: true,
      noun: "a group",
      description: "A group.",
      attributes: { names },
    };
    expect(attributeFacts({ group: input })["attributes"]?.value).toEqual({
      "a group": { names: "a list of strings" },
    });
    const validations = validationsOf("group", input);
    expect(validations.map(({ message }) => /`(.+?)` /.exec(message)?.[1])).toEqual([
      "group",
      "group.${name}",
      "group.${name}",
      "group.names",
      "group.names[${index}]",
    ]);
    expect(validations[0]?.condition).toBe("var.group == null || can(keys(var.group))");
  });

  test("whose attributes another module checks has no tables here", () => {
    expect(attributeFacts({ things: { ...open, isCheckedBelow: true } })).toEqual({});
  });
});

describe("the layout", () => {
  const long = "a".repeat(50);

  test.each([
    ['f(a.b[0], "x", -1)', 'f(a.b[0], "x", -1)'],
    [`f(${long}, ${long}, ${long})`, `f(\n    ${long},\n    ${long},\n    ${long}\n  )`],
    [`f([${long}, ${long}, ${long}])`, `f([\n    ${long},\n    ${long},\n    ${long},\n  ])`],
    [
      `f("\\n", [for k, v in ${long} : ${long}.b if ${long} != null])`,
      `f("\\n", [\n    for k, v in ${long} :\n    ${long}.b\n    if ${long} != null\n  ])`,
    ],
    [`${long} || ${long} || !${long}`, `(\n    ${long}\n    || ${long}\n    || !${long}\n  )`],
    [`(f(${long}) == f(${long}, ${long}))`, `(\n    f(${long})\n    == f(${long}, ${long})\n  )`],
    [`${long} == 1 ? ${long} : ${long}`, `(\n    ${long} == 1\n    ? ${long}\n    : ${long}\n  )`],
    [`{ a = ${long}, bcd = ${long}, e = ${long} }`, `{\n    a   = ${long}\n    bcd = ${long}\n    e   = ${long}\n  }`],
    [
      `"${"word ".repeat(30)}$\{f("}")} end"`,
      `join("", [\n    "${"word ".repeat(21)}",\n    "${"word ".repeat(9)}$\{f("}")} end",\n  ])`,
    ],
    [
      `f("${"word ".repeat(30)}", a.b)`,
      `f(join("", [\n    "${"word ".repeat(21)}",\n    "${"word ".repeat(9)}",\n  ]), a.b)`,
    ],
    [`f("${long}", ${long}, 1)`, `f(\n    "${long}",\n    ${long},\n    1\n  )`],
  ])("breaks an expression where people would: %s", (expression, expected) => {
    expect(laidOut(expression, 2, 10)).toBe(expected);
  });

  test("changes no expression", () => {
    const leaf = fc.constantFrom("a", "a.b", "1", '"t ${x ? "}" : "{"} u"', "a[*].b", 'a["k"].c');
    const { any } = fc.letrec<{ any: string }>((tie) => ({
      any: fc.oneof(
        { depthSize: "medium", withCrossShrink: true },
        leaf,
        fc.tuple(tie("any"), tie("any")).map(([one, other]) => `(${one} && ${other})`),
        fc.tuple(tie("any"), tie("any")).map(([one, other]) => `(${one} == null ? ${other} : !${one})`),
        fc.array(tie("any"), { maxLength: 3 }).map((items) => `f(${items.join(", ")})`),
        fc.array(tie("any"), { maxLength: 3 }).map((items) => `[${items.join(", ")}]`),
        tie("any").map((item) => `{ k = ${item}, "l m" = ${item} }`),
        fc.tuple(tie("any"), tie("any")).map(([one, other]) => `[for k, v in ${one} : ${other} if v < 2]`),
        fc.tuple(tie("any"), tie("any")).map(([one, other]) => `{ for k in ${one} : k => ${other}... }`),
      ),
    }));
    fc.assert(fc.property(any, (text) => flat(parse(laidOut(text, 2, 10))) === flat(parse(text))));
  });

  test.each(["", "a b", "f(a", "[a", '"a', "a ? b", "{ a : b }"])("fails for what is no expression: %j", (text) => {
    expect(() => laidOut(text, 0, 0)).toThrow(/^expected /);
  });

  test("aligns arguments in lines of their own until one takes several lines", () => {
    expect(
      argumentLines([
        ["a", "1"],
        ["bcd", "2"],
        ["e", "[\n]"],
        ["fg", "3"],
      ]),
    ).toEqual(["a   = 1", "bcd = 2", "e = [\n]", "fg = 3"]);
  });
});
