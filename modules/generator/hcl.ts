import { bytesAtMost } from "../../src/terraform/plan-condition";
import type { Rule } from "../../src/validation/rule";

/** Text between quotes in an expression; what it has of `${…}` stays an expression. */
export function quoted(text: string): string {
  return `"${segments(text)
    .map((segment) => (segment.startsWith("${") ? segment : escaped(segment)))
    .join("")}"`;
}

/** A value as an expression; text that is all one `${…}` stands for what is in it. */
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

/** An expression where Terraform JSON wants a value. */
export function expression(text: string): string {
  return `\${${text}}`;
}

/** Whether a string follows a rule, as an expression that is false where it cannot be told. */
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

/** A pattern as Terraform's functions take it. */
export function regex({ source, ignoreCase }: RegExp): string {
  if (/\(\?[=!<]/.test(source)) {
    throw new Error(`Terraform has no lookaround, and the pattern ${source} does`);
  }
  if (source.includes("\\s")) {
    throw new Error(`Terraform knows fewer spaces than JavaScript: spell out those of the pattern ${source}`);
  }
  return `"${ignoreCase ? "(?i)" : ""}${escaped(source.replace(/\\\//g, "/"))}"`;
}

/** Words of a rule with the names of inputs as modules have them. */
export function inSnakeCase(requirement: string): string {
  return requirement.replace(/`([A-Za-z0-9]+)`/g, (_, name: string) => `\`${snakeCase(name)}\``);
}

/** The name of an input, for that of a prop. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Whether a key needs no quotes; one that is `for` would begin a loop. */
function isIdentifier(key: string): boolean {
  return /^[A-Za-z_]\w*$/.test(key) && key !== "for";
}

/** Text taken apart into what is literal and its expressions, each with its braces. */
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

/** Where the expression ends that begins with the `${` at `open`; braces in its text are no braces. */
export function endOfExpression(text: string, open: number): number {
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
