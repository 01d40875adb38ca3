import type { Rule } from "../../src/validation/rule";
import { GIVEN_ONCE, integerRequirement, oneOfRequirement } from "../../src/validation/rule";
import { SECRETS } from "../../src/validation/secret-patterns";
import { openRules } from "./attributes";
import type { Input, InputRule, Validation, ValidationRule } from "./definition";
import { expression, matchesExpression, hcl, inSnakeCase, quoted } from "./hcl";
import { flat, parse } from "./layout";

/** The rule that a string follows a rule of the constructs. */
export function following(rule: Rule, hint = inSnakeCase(rule.hint)): InputRule {
  return { requirement: rule.requirement, holds: (value) => matchesExpression(value, rule), hint };
}

/** The same rule for a value that may be a secret in the wrong place: messages do not show it. */
export function secretly(rule: InputRule): InputRule {
  return { ...rule, withheld: true };
}

/** The rule that a number is an integer of at least a minimum. */
export function integerFrom(min: number, hint: string): InputRule {
  return {
    requirement: integerRequirement(min),
    holds: (value) => `try(${value} >= ${min} && floor(${value}) == ${value}, false)`,
    hint,
  };
}

/** The rule that text is one of some values, with the requirement of the constructs if they have such a rule. */
export function oneOf(values: readonly string[], hint: string, requirement = oneOfRequirement(values)): InputRule {
  return { requirement, holds: (value) => `try(contains(${hcl(values)}, ${value}), false)`, hint };
}

/** The rule that no element of an input has the identity of an earlier one; messages name elements of a map by their keys. */
export function givenOnce(
  input: string,
  collection: "list" | "map",
  requirement = GIVEN_ONCE.requirement,
  identity = (element: string): string => element,
): ValidationRule {
  const elements = collection === "list" ? `var.${input}` : `values(var.${input})`;
  const other = identity("other");
  const identities = other === "other" ? elements : `[for other in ${elements} : ${other}]`;
  const position = collection === "list" ? "key" : `index(keys(var.${input}), key)`;
  return {
    each: [`key, element in var.${input}`],
    // `index` finds the first of equal elements, and fails for null, which rules of the elements report.
    holds: `try(index(${identities}, ${identity("element")}) == ${position}, true)`,
    place: `${input}[\${${collection === "list" ? "key" : "jsonencode(key)"}}]`,
    requirement,
    got: "element",
    hint: GIVEN_ONCE.hint,
  };
}

/** The validation of a rule, with a message for each element that breaks it. */
export function validationOf(rule: ValidationRule): Validation {
  const { each = [], holds } = rule;
  const message = quoted(messageOf(rule));
  if (each.length === 0) {
    return { condition: holds, message: message.includes("${") ? withoutSecrets(message) : message };
  }
  // Terraform does not show a message that depends on a sensitive value. A message without the value may be shown.
  const isBroken = isWithheld(rule) ? `nonsensitive(${negated(holds)})` : negated(holds);
  return {
    condition: `alltrue(${looped(each, holds)})`,
    message: withoutSecrets(`join("\\n", ${looped(each, `${message} if ${isBroken}`)})`),
  };
}

/** Whether the message of a rule does not show the value that breaks the rule. */
function isWithheld({ requirement, got, gotText }: ValidationRule): boolean {
  return !requirement.startsWith("is ") && got === undefined && gotText === undefined;
}

/** The negation of a condition. */
function negated(condition: string): string {
  const node = parse(condition);
  if (node.type === "prefix") {
    return flat(node.operand.type === "parentheses" ? node.operand.inner : node.operand);
  }
  if (node.type === "chain" && node.operators.join() === "==") {
    return node.operands.map(flat).join(" != ");
  }
  return node.type === "call" || node.type === "parentheses" ? `!${condition}` : `!(${condition})`;
}

/** A message with secrets redacted: people paste access tokens and URLs with passwords into inputs for names. */
export function withoutSecrets(message: string): string {
  return `replace(${message}, local.secret_pattern, local.redacted)`;
}

/** The locals that `withoutSecrets` uses. */
export const SECRETS_FACTS = {
  secret_pattern: {
    comment: "Text that may be an access token or contain a password: no message shows it.",
    value: `/(?i)${SECRETS.source}/`,
  },
  redacted: { comment: "The text that messages show in its place.", value: "(not shown, it may be a secret)" },
};

/** The validations of an input: one for each rule of the input and of its attributes, then the rules of several inputs. */
export function validationsOf(name: string, input: Input): Validation[] {
  const value = `var.${name}`;
  const at = { place: name, value, each: [], absent: isNullable(input) ? value : undefined };
  const validations = [
    ...(input.isOpen === true ? openRules(name, input) : validationRulesOf(input, at)),
    ...(input.validations ?? []),
  ].map(validationOf);
  if (input.decides !== true) {
    return validations;
  }
  // A condition may see a value that is sensitive as a whole. A message must not show it: Terraform withholds messages that
  // refer to it.
  const whole = new RegExp(`\\bvar\\.${name}\\b`, "g");
  const unmarked = (text: string): string => (input.isOpen === true ? text : text.replace(whole, "nonsensitive($&)"));
  return [
    validationOf(isNotSensitive(name)),
    ...validations.map(({ condition, message }) => ({
      condition: unmarked(condition),
      message: message.replaceAll(`nonsensitive(var.${name})`, `var.${name}`),
    })),
  ];
}

/** The rule that an input which resources depend on is not sensitive: Terraform shows their addresses. */
function isNotSensitive(name: string): ValidationRule {
  return {
    holds: `!issensitive(var.${name})`,
    place: name,
    requirement: "is sensitive, but Terraform shows it in the addresses of resources",
    hint: "wrap it in nonsensitive(): names, IDs and ARNs are not secrets",
  };
}

/** The elements of a map of objects that are not null; another rule reports those that are null. */
function withoutNulls(map: string): string {
  return `{ for key, element in ${map} : key => element if element != null }`;
}

/** Whether an input may be null: it is optional and has no default. */
export function isNullable({ required, default: standard }: Input): boolean {
  return required !== true && (standard === undefined || standard === null);
}

/** The place of an input inside the loops around it. */
interface Place {
  readonly place: string;
  readonly value: string;
  readonly each: readonly string[];
  /** The expression that is null if the input is left out: the input, or an object around it that requires it. */
  readonly absent: string | undefined;
}

// The names of the key and the element in each loop, from the outermost.
const LOOPS = [
  ["key", "element"],
  ["name", "item"],
] as const;

function validationRulesOf(input: Input, at: Place): ValidationRule[] {
  const { rules = [], elementRules = [], keyRules = [], attributes = {} } = input;
  const [key, element] = LOOPS[at.each.length] ?? ["", ""];
  const isMap = input.type.startsWith("map");
  const isMapOfObjects = input.type === "map(object)";
  const elements = at.absent !== undefined ? `coalesce(${at.value}, ${isMap ? "{}" : "[]"})` : at.value;
  const each = [...at.each, `${key}, ${element} in ${isMapOfObjects ? withoutNulls(elements) : elements}`];
  const of = (list: readonly InputRule[], place: string, value: string, loops: readonly string[]): ValidationRule[] =>
    list.map(({ holds, requirement, hint, withheld, shown = (whole) => whole }) => ({
      each: loops,
      holds: at.absent !== undefined && loops === at.each ? `${at.absent} == null || ${holds(value)}` : holds(value),
      place,
      requirement,
      got: withheld === true || input.secret === true ? undefined : shown(value),
      hint,
    }));
  const isObject: ValidationRule = {
    each: [...at.each, `${key}, ${element} in ${elements}`],
    holds: `${element} != null`,
    place: `${at.place}[${indexOf(input, key)}]`,
    requirement: "be an object",
    got: element,
    hint: "use {} for an object without attributes",
  };
  return [
    // Messages show neither the keys nor the values of a secret.
    ...(isMapOfObjects && input.secret !== true ? [isObject] : []),
    ...of(rules, at.place, at.value, at.each),
    ...of(keyRules, at.place, key, each),
    ...of(elementRules, `${at.place}[${indexOf(input, key)}]`, element, each),
    ...Object.entries(attributes).flatMap(([name, attribute]) => {
      const value = isMapOfObjects
        ? `${element}.${name}`
        : at.absent === undefined
          ? `${at.value}.${name}`
          : `try(${at.value}.${name}, null)`;
      return validationRulesOf(attribute, {
        place: isMapOfObjects ? `${at.place}[\${jsonencode(${key})}].${name}` : `${at.place}.${name}`,
        value,
        each: isMapOfObjects ? each : at.each,
        absent: isNullable(attribute) ? value : isMapOfObjects ? undefined : at.absent,
      });
    }),
  ];
}

/** The message of a rule, as a template. */
export function messageOf({ place, requirement, got, gotText, hint }: ValidationRule): string {
  if (requirement.startsWith("is ")) {
    return `\`${place}\` ${requirement}; ${inSnakeCase(hint)}`;
  }
  const value =
    gotText !== undefined
      ? gotText
      : got === undefined
        ? "a value not shown, since it may be a secret"
        : `\${jsonencode(${got})}`;
  return `\`${place}\` must ${inSnakeCase(requirement)}, got ${value}; ${inSnakeCase(hint)}`;
}

/** The index of an element in a message: its number in a list, its key in a map and itself in a set. */
function indexOf({ type }: Input, key: string): string {
  return expression(type.startsWith("list") ? key : `jsonencode(${key})`);
}

function looped(heads: readonly string[], body: string): string {
  return heads.reduceRight((inner, head, index) => {
    const list = `[for ${head} : ${inner}]`;
    return index < heads.length - 1 ? `flatten(${list})` : list;
  }, body);
}
