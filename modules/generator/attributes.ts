import type { Block, ValidationRule, Input, InputRule, Inputs } from "./definition";
import { expression, hcl, quoted } from "./hcl";

// Terraform drops attributes that a closed object type does not have before validations run, so a misspelt attribute has no
// effect. An open input has the type `any`, and validations check its attributes.
// https://developer.hashicorp.com/terraform/language/expressions/type-constraints#conversion-of-complex-types

/** The names of types in messages. */
const TYPES: { readonly [type in Input["type"]]?: string } = {
  string: "a string",
  number: "a number",
  bool: "true or false",
  object: "an object",
  "map(string)": "an object",
};

const CONVERSIONS: { readonly [type in Input["type"]]?: string } = {
  string: "tostring",
  number: "tonumber",
  bool: "tobool",
};

// Terraform parses the expressions of validations at each evaluation, so they are kept short. A `try` around the path of one
// attribute is unknown only if that attribute is.

/** An attribute of an open object without conversion; null if the object does not have it. */
export function given(object: string, name: string): string {
  return `try(${object}.${name}, null)`;
}

/** An attribute of an open object, converted to its type; null if the object does not have it or the type is wrong. */
export function converted(object: string, name: string, type: Input["type"]): string {
  return `try(${CONVERSIONS[type] ?? ""}(${object}.${name}), null)`;
}

/** The elements of an open map; none if it is not a map, which another rule reports. */
export function elementsOf(map: string): string {
  // Sensitive values in it stay sensitive; another rule refuses a map that is sensitive as a whole.
  return `nonsensitive([{}, ${map}][startswith(jsonencode(${map}), "{") ? 1 : 0])`;
}

/** The elements of an open map that are objects. */
export function objectsOf(map: string): string {
  return `{ for key, element in ${elementsOf(map)} : key => element if ${isObject("element")} }`;
}

/** The description of an input, with the attributes of an open one, whose type does not show them. */
export function descriptionOf({ description, isOpen, type, attributes = {} }: Input): string {
  const what = type === "object" ? "An object" : "A map of objects";
  return isOpen === true
    ? `${description} ${what} with any of these attributes, whose types are in the README: ${Object.keys(attributes).join(", ")}.`
    : description;
}

/** The tables of names and types for the rules of open inputs. */
export function attributeTables(inputs: Inputs): Block {
  const objects = Object.values(inputs).flatMap((input) => (isChecked(input) ? objectsWithin(input) : []));
  if (objects.length === 0) {
    return {};
  }
  const table = <T>(of: (input: Input) => T): { readonly [noun: string]: T } =>
    Object.fromEntries(objects.map((input) => [input.noun ?? "", of(input)]));
  return {
    attributes: table(({ attributes = {} }) =>
      Object.fromEntries(
        Object.entries(attributes).map(([name, { type, required }]) => [
          name,
          required === true ? "a value" : TYPES[type],
        ]),
      ),
    ),
    nouns: table(({ attributes = {} }) =>
      Object.fromEntries(
        Object.entries(attributes).flatMap(([name, { noun }]) => (noun === undefined ? [] : [[name, noun]])),
      ),
    ),
    misnomers: table(({ misnomers = {} }) => misnomers),
  };
}

/** An open object with all attributes, converted to their types, as an expression; a missing attribute is null. */
export function withAllAttributes(object: string, attributes: Inputs): string {
  return hcl(
    Object.fromEntries(
      Object.entries(attributes).map(([name, { type, attributes: inner }]) => {
        const value = `lookup(${object}, "${name}", null)`;
        if (inner !== undefined) {
          return [name, `\${${value} == null ? null : ${withAllAttributes(`${object}.${name}`, inner)}}`];
        }
        return type === "map(string)"
          ? [
              name,
              `\${${value} == null ? tomap(null) : tomap({ for name, item in ${object}.${name} : name => tostring(item) })}`,
            ]
          : [name, `\${${CONVERSIONS[type] ?? ""}(${value})}`];
      }),
    ),
  );
}

/** The rules of an open input: its type, the names and types of its attributes, and their own rules. */
export function openRules(name: string, input: Input): ValidationRule[] {
  const value = `var.${name}`;
  if (input.type === "object") {
    return [
      {
        holds: isObject(value),
        place: name,
        requirement: "be an object",
        gotText: expression(described(value)),
        hint: "give its attributes, or leave it out",
      },
      ...nameAndTypeRules(`[for element in [${value}] : ${objectAt(name, input, "element")}]`),
      ...attributesRules(input, { place: name, path: value }),
    ];
  }
  const elements = elementsOf(value);
  const place = `${name}[\${jsonencode(key)}]`;
  return [
    {
      holds: isObject(value),
      place: name,
      requirement: "be a map of objects",
      gotText: expression(described(value)),
      hint: "give an object for each key, {} for one without attributes",
    },
    {
      each: [`key, element in ${elements}`],
      holds: isObject("element"),
      place,
      requirement: "be an object",
      gotText: expression(described("element")),
      hint: "use {} for an object without attributes",
    },
    ...nameAndTypeRules(`[for key, element in ${elements} : ${objectAt(place, input, "element")}]`),
    ...attributesRules(input, { place, path: "element", elements }),
  ];
}

/** An object with its place and its noun, if it is an object. */
function objectAt(place: string, { noun = "" }: Input, object: string): string {
  return `{ place = ${quoted(place)}, noun = ${quoted(noun)}, object = ${object} } if ${isObject(object)}`;
}

/** Rules of the names and types of all attributes of objects, and of the objects two levels below. */
function nameAndTypeRules(objects: string): ValidationRule[] {
  const below = (outer: string): string =>
    `[for name, noun in local.nouns[${outer}.noun] : { place = "\${${outer}.place}.\${name}", noun = noun, object = ${outer}.object[name] } if ${isObject(`lookup(${outer}.object, name, null)`)}]`;
  const all = `one in flatten([for outer in ${objects} : [outer, [for inner in ${below("outer")} : [inner, ${below("inner")}]]]])`;
  const known = "local.attributes[one.noun]";
  const place = "${one.place}.${name}";
  return [
    {
      each: [all, `name in setsubtract(keys(one.object), keys(${known}))`],
      holds: "false",
      place,
      requirement: "is not an attribute of ${one.noun}",
      hint: expression(hint("name", "one.noun")),
    },
    {
      each: [
        all,
        // The rules of a required attribute are checked in any case.
        `name, item in { for name, item in one.object : name => item if lookup(${known}, name, "a value") != "a value" }`,
      ],
      holds: `item == null || { "a string" = can(tostring(item)), "a number" = can(tonumber(item)), "true or false" = can(tobool(item)), "an object" = ${isObject("item")} }[${known}[name]]`,
      place,
      requirement: `be \${${known}[name]}`,
      gotText: expression(described("item")),
      hint: "the README of the module has the type of each attribute",
    },
  ];
}

/** The place of an open object. */
interface OpenPlace {
  readonly place: string;
  /** The object, as an expression; it may use the variables of a loop over `elements`. */
  readonly path: string;
  readonly elements?: string;
  /** The expression that is null if the object is left out. */
  readonly around?: string;
}

function attributesRules({ attributes = {} }: Input, at: OpenPlace): ValidationRule[] {
  return Object.entries(attributes).flatMap(([name, attribute]) => attributeRules(name, attribute, at));
}

function attributeRules(
  name: string,
  input: Input,
  { place, path, around = "null", elements }: OpenPlace,
): ValidationRule[] {
  const { type, required, rules = [], keyRules = [], elementRules = [] } = input;
  const own = { place: `${place}.${name}`, path: `${path}.${name}` };
  if (type === "object") {
    return attributesRules(input, { ...own, around: given(path, name), elements });
  }
  const errors = (
    list: readonly InputRule[],
    rest: Pick<ValidationRule, "each" | "place">,
    value: string,
    got: string,
  ): ValidationRule[] =>
    list.map(({ holds, requirement, hint, withheld, shown = (whole) => whole }) => ({
      ...rest,
      holds: required === true || type === "map(string)" ? holds(value) : `${value} == null || ${holds(value)}`,
      requirement,
      got: withheld === true ? undefined : shown(got),
      hint,
    }));
  // Loops over existing values call each one `value`.
  const values = (value: string, condition = "true"): string[] => [
    elements === undefined
      ? `value in [for value in [true] : ${value} if ${condition}]`
      : `key, value in { for key, element in ${elements} : key => ${value}${condition === "true" ? "" : ` if ${condition}`} }`,
  ];
  if (type === "map(string)") {
    const each = values(own.path, `can(keys(${own.path}))`);
    const items = { each: [...each, "name, item in value"], place: own.place };
    return [
      ...errors(rules, { each, place: own.place }, "value", "value"),
      ...errors(keyRules, items, "name", "name"),
      ...errors(elementRules, { ...items, place: `${own.place}[\${jsonencode(name)}]` }, "tostring(item)", "item"),
    ];
  }
  const value = converted(path, name, type);
  if (required === true) {
    const raw = given(path, name);
    const each = elements === undefined ? [] : [`key, element in ${elements}`];
    return errors(rules, { each, place: own.place }, raw, raw).map((rule) => ({
      ...rule,
      holds: `${around} == null || ${rule.holds}`,
    }));
  }
  return elements === undefined
    ? errors(rules, { place: own.place }, value, value)
    : errors(rules, { each: values(value), place: own.place }, "value", "value");
}

/**
 * The expression that a value is an object or a map. The first character of its JSON is known even if its content is not,
 * and it is not a secret.
 */
function isObject(value: string): string {
  return `startswith(nonsensitive(jsonencode(${value})), "{")`;
}

/** A description of a value of a wrong type, as an expression; it does not contain text, which may be a secret. */
function described(value: string): string {
  const json = `jsonencode(${value})`;
  return `startswith(${json}, "{") ? "an object" : startswith(${json}, "[") ? "a list" : startswith(${json}, "\\"") ? "a string" : ${json}`;
}

/**
 * A suggestion for an unknown name: the attribute that the name is another word for, the attributes that differ by one
 * letter, or those that share a word with it.
 */
function hint(name: string, noun: string): string {
  const known = `keys(local.attributes[${noun}])`;
  const another = `[for word, right in local.misnomers[${noun}] : right if word == join("_", words)]`;
  const near = `[for one in ${known} : one if length(setintersection(${spellings("one")}, ${spellings('join("_", words)')})) > 0]`;
  const sharing = `[for one in ${known} : one if length(setintersection(split("_", one), words)) > 0]`;
  const likely = `[for words in [[for word in regexall("[A-Z]?[a-z0-9]+", ${name}) : lower(word)]] : coalescelist(${another}, ${near}, ${sharing}, [""])]`;
  return `[for likely in ${likely} : likely[0] == "" ? "known attributes: \${join(", ", ${known})}" : "did you mean \${join(" or ", formatlist("\`%s\`", likely))}?"][0]`;
}

/** A word and all its variants with one letter removed: words that differ by one letter have a variant in common. */
function spellings(word: string): string {
  return `flatten([for word in [${word}] : [word, [for at in range(length(word)) : "\${substr(word, 0, at)}\${substr(word, at + 1, -1)}"]]])`;
}

function isChecked({ isOpen, isCheckedBelow }: Input): boolean {
  return isOpen === true && isCheckedBelow !== true;
}

function objectsWithin(input: Input): Input[] {
  const inner = Object.values(input.attributes ?? {}).filter(({ attributes }) => attributes !== undefined);
  return [input, ...inner.flatMap(objectsWithin)];
}
