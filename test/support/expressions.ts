import { Fn, Token, ref } from "cdktf";
import * as fc from "fast-check";

/** A Terraform expression, independent of how it is written. */
export type Expression =
  | { readonly of: "reference"; readonly to: string }
  | { readonly of: "literal"; readonly text: string }
  | { readonly of: "file"; readonly path: string }
  | { readonly of: "trimspace"; readonly value: Expression }
  | { readonly of: "split"; readonly separator: string; readonly value: Expression }
  | { readonly of: "join"; readonly separator: string; readonly parts: readonly Expression[] }
  | { readonly of: "element"; readonly list: readonly Expression[] }
  | { readonly of: "lookup"; readonly key: string; readonly value: Expression; readonly otherwise: Expression }
  | { readonly of: "condition"; readonly one: Expression; readonly other: Expression };

/** Writes an expression for a prop of a construct; `literal` may change each text in it. */
export type Writer = (expression: Expression, literal: (text: string) => string) => string;

const REFERENCES = [
  "var.arn",
  'var.arns["prod"]',
  "data.aws_secretsmanager_secret.hub.arn",
  "aws_secretsmanager_secret.glpat_registry_0123456789012345678901.arn",
  'module.secrets["hub"].ghp_registry_0123456789012345678901',
];

/** Writes an expression with the functions of cdktf. */
export const withFunctions: Writer = (expression, literal) => {
  const written = (part: Expression): string => withFunctions(part, literal);
  switch (expression.of) {
    case "reference":
      return Token.asString(ref(expression.to));
    case "literal":
      return literal(expression.text);
    case "file":
      return Fn.file(literal(expression.path));
    case "trimspace":
      return Fn.trimspace(written(expression.value));
    case "split":
      return Fn.element(Fn.split(literal(expression.separator), written(expression.value)), 0) as string;
    case "join":
      return Fn.join(literal(expression.separator), expression.parts.map(written));
    case "element":
      return Fn.element(expression.list.map(written), 0) as string;
    case "lookup": {
      const map = { [literal(expression.key)]: written(expression.value) };
      return Fn.lookup(map, literal(expression.key), written(expression.otherwise)) as string;
    }
    case "condition":
      return Fn.conditional(true, written(expression.one), written(expression.other)) as string;
  }
};

/** Writes an expression as in a Terraform configuration. */
export const byHand: Writer = (expression, literal) => `\${${code(expression, literal)}}`;

function code(expression: Expression, literal: (text: string) => string): string {
  const written = (part: Expression): string => code(part, literal);
  const quoted = (text: string): string => JSON.stringify(literal(text));
  switch (expression.of) {
    case "reference":
      return expression.to;
    case "literal":
      return quoted(expression.text);
    case "file":
      return `file(${quoted(`\${path.module}/${expression.path}`)})`;
    case "trimspace":
      return `"\${trimspace(${written(expression.value)})}"`;
    case "split":
      return `split(${quoted(expression.separator)}, ${written(expression.value)})[0]`;
    case "join":
      return `join(${quoted(expression.separator)}, [${expression.parts.map(written).join(", ")}])`;
    case "element":
      return `element([${expression.list.map(written).join(", ")}], 0)`;
    case "lookup": {
      const map = `{ ${quoted(expression.key)} : ${written(expression.value)} }`;
      return `lookup(${map}, ${quoted(expression.key)}, ${written(expression.otherwise)})`;
    }
    case "condition":
      return `(var.stage == ${quoted("prod")} ? ${written(expression.one)} : ${written(expression.other)})`;
  }
}

/** Expressions of references, files, and literals that begin with `start` and end with a `part`. */
export function honestExpression(start: string, part: fc.Arbitrary<string>): fc.Arbitrary<Expression> {
  const literal = (text: fc.Arbitrary<string>) => fc.record({ of: fc.constant("literal" as const), text });
  const separator = fc.constantFrom("", ",", "/", "-", "\n");
  const word = fc.stringMatching(/^[a-z]{1,6}$/);
  return fc.letrec<{ expression: Expression }>((tie) => ({
    expression: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.record({ of: fc.constant("reference" as const), to: fc.constantFrom(...REFERENCES) }),
      literal(part.map((text) => start + text)),
      fc.record({ of: fc.constant("file" as const), path: word }),
      fc.record({ of: fc.constant("trimspace" as const), value: tie("expression") }),
      fc.record({ of: fc.constant("split" as const), separator, value: tie("expression") }),
      fc.record({
        of: fc.constant("join" as const),
        separator,
        parts: fc
          .tuple(literal(fc.constant(start)), fc.array(fc.oneof(literal(part), tie("expression")), { maxLength: 3 }))
          .map(([first, rest]) => [first, ...rest]),
      }),
      fc.record({
        of: fc.constant("element" as const),
        list: fc.array(tie("expression"), { minLength: 1, maxLength: 3 }),
      }),
      fc.record({
        of: fc.constant("lookup" as const),
        key: word,
        value: tie("expression"),
        otherwise: tie("expression"),
      }),
      fc.record({ of: fc.constant("condition" as const), one: tie("expression"), other: tie("expression") }),
    ),
  })).expression;
}

/** Access tokens of all forms with a known beginning. */
export const accessToken: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom("ghp_", "gho_", "ghs_", "ghu_", "ghr_", "github_pat_", "glpat-", "dckr_pat_", "dckr_oat_", "xoxb-"),
    fc.stringMatching(/^[A-Za-z0-9]{12,40}0123$/),
  )
  .map((parts) => parts.join(""));
