import { Fn, Lazy, Token } from "cdktf";
import {
  AlertDestination,
  EndpointService,
  RegistryCredential,
  StateBackend,
  Upstream,
} from "cdktf-ecr-pull-through-cache";
import * as fc from "fast-check";
import type { Recipe } from "./recipe";

/** The error of a getter that a caller has written: it reaches the caller as it is. */
export class ErrorOfGetter extends Error {}

/** Text that a language on the way may read as its own: JavaScript, JSON, Terraform, IAM, YAML, a shell. */
const TEXTS: readonly string[] = [
  "",
  " ",
  "\u0000",
  "\n",
  "a\nb",
  "a\r\nb\t",
  '"',
  "a\"b'c`d",
  "\\",
  "a\\nb\\",
  "%{ if true }x%{ endif }",
  "%{",
  "%%{x}",
  "$",
  "$$",
  "$(id)",
  "{{x}}",
  "<b>&amp;",
  "../../etc/passwd",
  "/",
  "//",
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "Default",
  "ROOT",
  "\u00e4\u6f22\u5b57\u{1f98a}",
  "e\u0301\u202eabc",
  "\ud800",
  "\ufeffx",
  "\u2028",
  "*",
  "-",
  "0",
  "1e3",
  "true",
  "null",
  "[]",
  "{}",
  '{"Version":"2012-10-17","Statement":[]}',
  '{"Statement":[{"Sid":"x","Effect":"Allow"}],"__proto__":{}}',
  "arn:aws:iam::111122223333:role/x\n",
  "aws:x",
];

/** Text that Terraform evaluates. */
const EXPRESSIONS: readonly string[] = [
  "${aws_iam_role.app.arn}",
  "a${var.x}b",
  "$${x}",
  "${",
  "${x",
  "${}",
  '${"a\\"b"}',
  '${jsonencode({"a" = "}"})}',
  "%{ if var.x }a%{ endif }${var.y}",
];

const LONG = 500_000;
const LONG_TEXTS: { readonly [name: string]: string } = {
  "500,000 letters": "a".repeat(LONG),
  "500,000 characters of a path": "a/".repeat(LONG / 2),
  "500,000 characters with hyphens": "a-".repeat(LONG / 2),
  "500,000 characters with dots": "a.".repeat(LONG / 2),
  "500,000 slashes": "/".repeat(LONG),
  "500,000 spaces": " ".repeat(LONG),
  "500,000 colons": ":".repeat(LONG),
  "500,000 characters of expressions": "${a}".repeat(LONG / 4),
  "500,000 characters of opened expressions": "${".repeat(LONG / 2),
  "an ARN of 500,000 characters": `arn:aws:iam::111122223333:role/${"a/".repeat(LONG / 2)}`,
};

class Unrelated {
  public readonly prefix = "unrelated";
}

const VALUES: { readonly [name: string]: () => unknown } = {
  null: () => null,
  undefined: () => undefined,
  NaN: () => NaN,
  Infinity: () => Infinity,
  "-Infinity": () => -Infinity,
  "-0": () => -0,
  "0": () => 0,
  "-1": () => -1,
  "0.5": () => 0.5,
  "1e308": () => 1e308,
  "2 ** 53": () => 2 ** 53,
  "a bigint": () => 10n,
  true: () => true,
  false: () => false,
  "a symbol": () => Symbol("s"),
  "a function": () => () => "x",
  "a class": () => Unrelated,
  "an empty list": () => [],
  "a list of undefined": () => [undefined],
  "a list of null": () => [null],
  "a list with a hole": () => Object.assign(new Array<unknown>(2), { 1: "x" }),
  "nested lists": () => nested(50, (inner) => [inner]),
  "20,000 nested lists": () => nested(20_000, (inner) => [inner]),
  "an empty object": () => ({}),
  "an object without a prototype": () => Object.assign(Object.create(null) as object, { x: "y" }),
  "a frozen object": () => Object.freeze({ x: "y" }),
  "nested objects": () => nested(50, (inner) => ({ inner })),
  "20,000 nested objects": () => nested(20_000, (inner) => ({ inner })),
  "an object with hostile keys": () =>
    JSON.parse('{"__proto__":"x","constructor":"y","${x}":"z","a\\"b":"","a\\nb":"x","":"x"}') as unknown,
  "an object with its own toString": () => ({ toString: () => "x", valueOf: () => 1 }),
  "an object whose toString is text": () => ({ toString: "x", toJSON: "x", constructor: "x" }),
  "an object with a length": () => ({ length: 3, 0: "x" }),
  "an object with a getter that throws": () => ({
    get prefix(): string {
      throw new ErrorOfGetter("of the caller");
    },
  }),
  "an object in itself": () => {
    const cyclic: { own?: unknown } = {};
    cyclic.own = cyclic;
    return cyclic;
  },
  "a list in itself": () => {
    const cyclic: unknown[] = [];
    cyclic.push(cyclic);
    return cyclic;
  },
  "a date": () => new Date(0),
  "a map": () => new Map([["x", "y"]]),
  "a set": () => new Set(["x"]),
  "a text object": () => new String("us-east-1"),
  "a pattern": () => /x/,
  "an error": () => new Error("x"),
  "a promise": () => Promise.resolve("x"),
  "an instance of an unrelated class": () => new Unrelated(),
  "an upstream": () => Upstream.ecrPublic(),
  "a credential": () => RegistryCredential.fromSecretName("ecr-pullthroughcache/x"),
  "a destination": () => AlertDestination.newTopic(),
  "a backend": () => StateBackend.none(),
  "a service": () => EndpointService.KMS,
  "a lazy string": () => Lazy.stringValue({ produce: () => "lazy" }),
  "a lazy number": () => Lazy.numberValue({ produce: () => 7 }),
  "a lazy list": () => Lazy.listValue({ produce: () => ["lazy"] }),
  "a lazy value": () => Lazy.anyValue({ produce: () => ({ lazy: "value" }) }),
  "a token of text": () => Token.asString("${var.x}"),
  "a token of a number": () => Token.asNumber("${var.x}"),
  "a token of a list": () => Token.asList("${var.x}"),
  "a token of a map": () => Token.asStringMap("${var.x}"),
  "a list with a token": () => [Token.asString("${var.x}")],
  "a list with a token of a list": () => [...Token.asList("${var.x}"), "x"],
  "a function of Terraform": () => Fn.join("-", ["a", Token.asString("${var.x}")]),
  "text with a token": () => `a${Token.asString("${var.x}")}b`,
  "text with a token of a list": () => `a${Token.asList("${var.x}").join("")}b`,
  "text with a token of a number": () => `a${Token.asNumber("${var.x}")}b`,
};

const HOSTILE: readonly Recipe[] = [
  ...Object.entries(VALUES),
  ...[...TEXTS, ...EXPRESSIONS].map((text) => [JSON.stringify(text), () => text] as const),
  ...Object.entries(LONG_TEXTS).map(([name, text]) => [name, () => text] as const),
].map(([name, make]) => ({ is: "hostile", name, make }));

/** What callers in JavaScript, or with the type `any`, may pass at any place. */
export const hostileValue: fc.Arbitrary<Recipe> = fc.constantFrom(...HOSTILE);

/** Keys that objects of callers may have beside those that are known. */
export const hostileKey: fc.Arbitrary<string> = fc.constantFrom(
  ...["__proto__", "constructor", "toString", "hasOwnProperty", "prototype", "length", "_spec"],
  ...["${x}", "%{x}", 'a"b', "a`b", "a\nb", "", " ", "\u00e4", "0", "k".repeat(5_000)],
);

/** Text of what has a meaning somewhere, without an expression of Terraform. */
export const hostileText: fc.Arbitrary<string> = fc
  .oneof(
    fc.constantFrom(...TEXTS),
    fc
      .array(
        fc.constantFrom("$", "{", "}", "%", '"', "\\", "\n", "a", "-", "/", ":", "@", " ", "\u00e4", "\u{1f98a}"),
        {
          maxLength: 12,
        },
      )
      .map((characters) => characters.join("")),
    fc.string({ unit: "grapheme", maxLength: 20 }),
  )
  .filter((text) => !text.includes("${"));

function nested(depth: number, around: (inner: unknown) => unknown): unknown {
  let value: unknown = "x";
  for (let level = 0; level < depth; level++) {
    value = around(value);
  }
  return value;
}
