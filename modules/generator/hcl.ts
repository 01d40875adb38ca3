import { bytesAtMost } from "../../src/terraform/plan-condition";
import type { Rule } from "../../src/validation/rule";

/** Text as a quoted string of an expression; each `${…}` in it stays an expression. */
export function quoted(text: string): string {
  return `"${segments(text)
    .map((segment) => (segment.startsWith("${") ? segment : escaped(segment)))
    .join("")}"`;
}

/** A value as an expression; text that is one `${…}` becomes the expression in it. */
export function hcl(value: unknown): string {
  if (typeof value === "string") {
    const [segment = "", ...others] = segments(value);
    return others.length === 0 && segment.startsWith("${") ? segment.slice(2, -1) : quoted(value);
  }
  if (Array.isArray(value)) {
    return `[${value.map(hcl).join(", ")}]`;
  }
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).map(
      ([key, item]) => `${isIdentifier(key) ? key : quoted(key)} = ${hcl(item)}`,
    );
    return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
  }
  return String(value);
}

/** An expression as a value of Terraform JSON. */
export function expression(text: string): string {
  return `\${${text}}`;
}

/** The expression that a string follows a rule; it is false for a value that is not a string. */
export function matchesExpression(value: string, { pattern, except, minLength, maxLength, maxBytes }: Rule): string {
  const conditions = [
    `can(regex(${regex(pattern)}, ${value}))`,
    ...(except === undefined ? [] : [`!can(regex(${regex(except)}, ${value}))`]),
    ...(minLength === undefined ? [] : [`try(length(${value}) >= ${minLength}, false)`]),
    ...(maxLength === undefined ? [] : [`try(length(${value}) <= ${maxLength}, false)`]),
    ...(maxBytes === undefined ? [] : [`try(${bytesAtMost(value, maxBytes)}, false)`]),
  ];
  return conditions.length === 1 ? (conditions[0] ?? "") : `(${conditions.join(" && ")})`;
}

// Flags with the same effect in Terraform, where a pattern matches code points, as with `u`, and a search starts at the
// beginning of the text, as the first one with `g`.
// https://developer.hashicorp.com/terraform/language/functions/regex
const FLAGS: { readonly [flag: string]: string } = { g: "", i: "i", s: "s", u: "" };

/** A pattern for Terraform's functions. */
export function regex({ source, flags }: RegExp): string {
  const refused = [...flags].find((flag) => !(flag in FLAGS));
  if (refused !== undefined) {
    throw new Error(`Terraform has no flag ${refused} as JavaScript has it: write the pattern ${source} without it`);
  }
  if (/\(\?[=!<]/.test(source)) {
    throw new Error(`Terraform has no lookaround: write the pattern ${source} without it`);
  }
  if (!flags.includes("s") && /^(?:[^\\[.]|\\.|\[(?:[^\\\]]|\\.)*\])*\./.test(source)) {
    throw new Error(
      `. matches more characters in Terraform than in JavaScript: write the pattern ${source} with [^\\n]`,
    );
  }
  if (source.includes("\\s")) {
    throw new Error(`\\s matches fewer characters in Terraform than in JavaScript: list them in the pattern ${source}`);
  }
  const translated = [...flags].map((flag) => FLAGS[flag]).join("");
  return `"${translated === "" ? "" : `(?${translated})`}${escaped(source.replace(/\\\//g, "/"))}"`;
}

/** A requirement or hint with the names of the module's inputs in place of those of props. */
export function inSnakeCase(requirement: string): string {
  return requirement.replace(/`([A-Za-z0-9]+)`/g, (_, name: string) => `\`${snakeCase(name)}\``);
}

/** The name of the input for a prop. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Whether a key needs no quotes. The key `for` does: it would begin a loop. */
function isIdentifier(key: string): boolean {
  return /^[A-Za-z_]\w*$/.test(key) && key !== "for";
}

/** The literal parts of a text and its expressions, each with its braces. */
export function segments(text: string): string[] {
  const found: string[] = [];
  let start = 0;
  for (let open = text.indexOf("${"); open !== -1; open = text.indexOf("${", start)) {
    const end = endOfExpression(text, open);
    found.push(text.slice(start, open), text.slice(open, end));
    start = end;
  }
  return [...found, text.slice(start)].filter((segment) => segment !== "");
}

/** The end of the expression that begins with the `${` at `open`; braces in strings do not count. */
function endOfExpression(text: string, open: number): number {
  const within = ["{"];
  let end = open + 2;
  for (; within.length > 0; end++) {
    if (end >= text.length) {
      throw new Error(`an expression has no end: ${text}`);
    }
    const isText = within.at(-1) === '"';
    if (isText && text[end] === "\\") {
      end++;
    } else if (text[end] === '"') {
      if (isText) {
        within.pop();
      } else {
        within.push('"');
      }
    } else if (isText ? text.startsWith("${", end) : text[end] === "{") {
      within.push("{");
      end += isText ? 1 : 0;
    } else if (!isText && text[end] === "}") {
      within.pop();
    }
  }
  return end;
}

function escaped(text: string): string {
  return text
    .replace(/["\\]/g, "\\$&")
    .replace(/\n/g, "\\n")
    .replace(/[$%](?=\{)/g, "$&$&");
}
