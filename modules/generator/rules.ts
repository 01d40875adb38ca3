import { SECRETS } from "../../src/validation/redaction";
import type { Rule } from "../../src/validation/rule";
import { GIVEN_ONCE, integerRequirement } from "../../src/validation/rule";
import { openRules } from "./attributes";
import type { Condition, ValidationRule, Input, InputRule } from "./definition";
import { expression, matchesExpression, hcl, inSnakeCase, quoted } from "./hcl";

/** That a string follows a rule of the constructs. */
export function following(rule: Rule, hint = inSnakeCase(rule.hint)): InputRule {
  return { requirement: rule.requirement, holds: (value) => matchesExpression(value, rule), hint };
}

/** The same for what may be a secret given in the wrong place: messages do not show it. */
export function secretly(rule: InputRule): InputRule {
  return { ...rule, withheld: true };
}

/** That a number is an integer of at least a minimum. */
export function integerFrom(min: number, hint: string): InputRule {
  return {
    requirement: integerRequirement(min),
    holds: (value) => `try(${value} >= ${min} && floor(${value}) == ${value}, false)`,
    hint,
  };
}

/** That text is one of a few; the words are those of the constructs where they have such a rule. */
export function oneOf(
  values: readonly string[],
  hint: string,
  requirement = `be one of ${values.join(", ")}`,
): InputRule {
  return { requirement, holds: (value) => `try(contains(${hcl(values)}, ${value}), false)`, hint };
}

/** That no element of an input comes to what one before it is; those of a map are told by its keys. */
export function givenOnce(
  input: string,
  collection: "list" | "map",
  requirement = GIVEN_ONCE.requirement,
  identity = (element: string): string => element,
): ValidationRule {
  const before =
    collection === "list"
      ? `[for other in slice(var.${input}, 0, key) : ${identity("other")}]`
      : `[for other in slice(keys(var.${input}), 0, index(keys(var.${input}), key)) : ${identity(`var.${input}[other]`)}]`;
  return {
    each: [`key, element in var.${input}`],
    holds: `try(!contains(${before}, ${identity("element")}), true)`,
    place: `${input}[\${${collection === "list" ? "key" : "jsonencode(key)"}}]`,
    requirement,
    got: "element",
    hint: GIVEN_ONCE.hint,
  };
}

/** A condition that holds where nothing is at error, with a message for each thing that is. */
export function conditionOf(rule: ValidationRule): Condition {
  const { each = [], holds } = rule;
  const message = messageOf(rule);
  if (each.length === 0) {
    return {
      condition: expression(holds),
      error_message: message.includes("${") ? expression(withoutSecrets(quoted(message))) : message,
    };
  }
  return {
    condition: expression(`alltrue(${looped(each, holds)})`),
    error_message: expression(withoutSecrets(`join("\\n", ${looped(each, `${quoted(message)} if !(${holds})`)})`)),
  };
}

/** A message with nothing in it that may be a secret: people paste tokens and URLs with passwords where names belong. */
export function withoutSecrets(message: string): string {
  return `replace(${message}, local.secrets, "(not shown, it may be a secret)")`;
}

/** The local that this takes. */
export const SECRETS_LOCAL = { secrets: `/(?i)${SECRETS.source}/` };

/** The validations of an input: one for each rule of its own and of its attributes, then those of several. */
export function validationsOf(name: string, input: Input): Condition[] {
  const value = `var.${name}`;
  const at = { place: name, value, each: [], absent: isNullable(input) ? value : undefined };
  const conditions = [
    ...(input.isOpen === true ? openRules(name, input) : validationRulesOf(input, at)),
    ...(input.validations ?? []),
  ].map(conditionOf);
  if (input.decides !== true) {
    return conditions;
  }
  // Where it is sensitive as a whole, that is all there is to say: Terraform shows no message that refers to it.
  const unmarked = (text: string): string =>
    input.isOpen === true ? text : text.replace(new RegExp(`\\bvar\\.${name}\\b`, "g"), "nonsensitive($&)");
  return [
    conditionOf(isNotSensitive(name)),
    ...conditions.map(({ condition, error_message: message }) => ({
      condition: unmarked(condition),
      error_message: unmarked(message),
    })),
  ];
}

/** Terraform shows the addresses of resources, and takes nothing sensitive for what they are made by. */
function isNotSensitive(name: string): ValidationRule {
  return {
    holds: `!issensitive(var.${name})`,
    place: name,
    requirement: "is sensitive, and Terraform shows the addresses of what is made by it",
    hint: "wrap it in nonsensitive(): names, IDs and ARNs are no secrets",
  };
}

/** The elements of a map of objects that are any: one that is null is told of by itself. */
export function withoutNulls(map: string): string {
  return `{ for key, element in ${map} : key => element if element != null }`;
}

/** Whether an input may be null: what has neither a default nor to be given. */
export function isNullable({ required, default: standard }: Input): boolean {
  return required !== true && (standard === undefined || standard === null);
}

/** Where an input is, inside of loops over what is around it. */
interface Place {
  readonly place: string;
  readonly value: string;
  readonly each: readonly string[];
  /** What is null where the input is left out: itself, or an object around it in which it must be given. */
  readonly absent: string | undefined;
}

// What loops call the key and the element, from the outermost.
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
    hint: "use {} for one that says nothing",
  };
  return [
    // The keys of what is secret may be told no more than its values.
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

/** What a error says, as a template. */
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

/** What tells an element of a collection from others: an element of a set is its own key. */
function indexOf({ type }: Input, key: string): string {
  return expression(type.startsWith("list") ? key : `jsonencode(${key})`);
}

function looped(heads: readonly string[], body: string): string {
  return heads.reduceRight((inner, head, index) => {
    const list = `[for ${head} : ${inner}]`;
    return index < heads.length - 1 ? `flatten(${list})` : list;
  }, body);
}
