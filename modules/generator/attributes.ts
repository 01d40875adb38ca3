import { MIN_BEGINNING } from "../../src/validation/nearest-name";
import type { Fact, Input, InputRule, Inputs, ValidationRule } from "./definition";
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

// A `try` around the path of one attribute is unknown only if that attribute is.

/** An attribute of an open object without conversion; null if the object does not have it. */
export function given(object: string, name: string): string {
  return `try(${object}.${name}, null)`;
}

/** An attribute of an open object, converted to its type; null if the object does not have it or the type is wrong. */
export function converted(object: string, name: string, type: Input["type"]): string {
  return `try(${CONVERSIONS[type] ?? ""}(${object}.${name}), null)`;
}

/** The head of a loop over an open map; over nothing if it is not a map, which another rule reports. */
export function elementsOf(map: string, element: string): string {
  // Another rule refuses a map that is sensitive as a whole; sensitive values in it stay sensitive.
  return `key, ${element} in [{}, nonsensitive(${map})][${isObject(map)} ? 1 : 0]`;
}

/** The description of an input, with the attributes of an open one, whose type does not show them. */
export function descriptionOf({ description, isOpen, type, attributes = {} }: Input): string {
  const what = type === "object" ? "An object" : "A map of objects";
  return isOpen === true
    ? `${description} ${what} with any of these attributes, whose types are in the README: ${Object.keys(attributes).join(", ")}.`
    : description;
}

/** The tables of names and types for the rules of open inputs. */
export function attributeFacts(inputs: Inputs): { readonly [name: string]: Fact } {
  const objects = Object.values(inputs).flatMap((input) => (isChecked(input) ? objectsWithin(input) : []));
  if (objects.length === 0) {
    return {};
  }
  const typesOf = ({ attributes = {} }: Input): object =>
    Object.fromEntries(
      // The rules of a required attribute check its type in any case.
      Object.entries(attributes).map(([name, { type, required }]) => [name, required === true ? null : TYPES[type]]),
    );
  const misplaced = objects.flatMap(({ noun = "", misplaced: hints }) => (hints === undefined ? [] : [[noun, hints]]));
  return {
    attributes: {
      comment: "The attributes of inputs of type any, and the type of each that is optional.",
      value: Object.fromEntries(objects.map((input) => [input.noun ?? "", typesOf(input)])),
    },
    misnomers: {
      comment: "Wrong names that people may use for attributes, with the right ones.",
      value: Object.fromEntries(
        objects.flatMap(({ noun = "", misnomers }) => (misnomers === undefined ? [] : [[noun, misnomers]])),
      ),
    },
    ...(misplaced.length > 0 && {
      misplaced: {
        comment: "Names of values that people may expect among attributes, with the hints where to give them.",
        value: Object.fromEntries(misplaced),
      },
    }),
  };
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
      ...nameAndTypeRules(input, { place: name, path: value }),
      ...attributesRules(input, { place: name, path: value }),
    ];
  }
  const element = input.noun?.split(" ").at(-1) ?? "element";
  const loop = elementsOf(value, element);
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
      each: [loop],
      holds: isObject(element),
      place,
      requirement: "be an object",
      gotText: expression(described(element)),
      hint: "use {} for an object without attributes",
    },
    ...nameAndTypeRules(input, { place, path: element, loop }),
    ...attributesRules(input, { place, path: element, loop }),
  ];
}

/** Rules of the names and types of the attributes of an object, and of the objects in it. */
function nameAndTypeRules(input: Input, { place, path, loop }: Omit<OpenPlace, "around">): ValidationRule[] {
  const { attributes = {}, noun = "" } = input;
  const table = `local.attributes[${quoted(noun)}]`;
  const loops = loop === undefined ? [] : [loop];
  const item = `${path}[name]`;
  const isOfType = {
    "a string": `can(tostring(${item}))`,
    "a number": `can(tonumber(${item}))`,
    "true or false": `can(tobool(${item}))`,
    "an object": isObject(item),
  };
  const optional = Object.values(attributes).filter(({ required }) => required !== true);
  const types = new Set(optional.map(({ type }) => TYPES[type] ?? ""));
  const checks = Object.entries(isOfType).filter(([type]) => types.has(type));
  const typeRule: ValidationRule = {
    each: [...loops, `name in try(keys(${path}), [])`],
    // Terraform evaluates the condition of a loop once even if there is nothing in it.
    holds: `try(${item} == null, true) || lookup({ ${checks.map(([type, check]) => `${quoted(type)} = ${check}`).join(", ")} }, lookup(${table}, name, ""), true)`,
    place: `${place}.\${name}`,
    requirement: `be \${lookup(${table}, name, "")}`,
    gotText: expression(described(item)),
    hint: typeHint(attributes),
  };
  return [
    {
      each: [...loops, `name in try(keys(${path}), [])`],
      holds: `can(${table}[name])`,
      place: `${place}.\${name}`,
      requirement: `is not an attribute of ${noun}`,
      hint: hint("name", input),
    },
    ...(optional.length === 0 ? [] : [typeRule]),
    ...Object.entries(attributes)
      .filter(([, attribute]) => attribute.noun !== undefined)
      .flatMap(([name, attribute]) =>
        nameAndTypeRules(attribute, { place: `${place}.${name}`, path: `${path}.${name}`, loop }),
      ),
  ];
}

/** The place of an open object. */
interface OpenPlace {
  readonly place: string;
  /** The object, as an expression; it may use the variable of `loop`. */
  readonly path: string;
  /** The head of the loop around it. */
  readonly loop?: string;
  /** The expression that is null if the object is left out. */
  readonly around?: string;
}

function attributesRules({ attributes = {} }: Input, at: OpenPlace): ValidationRule[] {
  return Object.entries(attributes).flatMap(([name, attribute]) => attributeRules(name, attribute, at));
}

function attributeRules(
  name: string,
  input: Input,
  { place, path, around = "null", loop }: OpenPlace,
): ValidationRule[] {
  const { type, required, rules = [], keyRules = [], elementRules = [] } = input;
  const own = { place: `${place}.${name}`, path: `${path}.${name}` };
  const loops = loop === undefined ? [] : [loop];
  if (type === "object") {
    return attributesRules(input, { ...own, around: `try(keys(${own.path}), null)`, loop });
  }
  const errors = (
    list: readonly InputRule[],
    rest: Pick<ValidationRule, "each" | "place">,
    value: string,
    got: string,
  ): ValidationRule[] =>
    list.map(({ holds, requirement, hint, withheld, shown = (whole) => whole }) => ({
      ...rest,
      holds: holds(value),
      requirement,
      got: withheld === true ? undefined : shown(got),
      hint,
    }));
  if (type === "map(string)") {
    const names = `try(keys(${own.path}), [])`;
    const each = [...loops, `name in ${names}`];
    const item = `${own.path}[name]`;
    return [
      ...errors(rules, { each: loops, place: own.place }, names, names),
      ...errors(keyRules, { each, place: own.place }, "name", "name"),
      ...errors(elementRules, { each, place: `${own.place}[\${jsonencode(name)}]` }, `tostring(${item})`, item),
    ];
  }
  if (required === true) {
    const raw = given(path, name);
    return errors(rules, { each: loops, place: own.place }, raw, raw).map((rule) => ({
      ...rule,
      holds: `${around} == null || ${rule.holds}`,
    }));
  }
  const value = converted(path, name, type);
  if (loop === undefined) {
    return errors(rules, { each: [`value in [${value}]`], place: own.place }, "value", "value").map((rule) => ({
      ...rule,
      holds: `value == null || ${rule.holds}`,
    }));
  }
  // Messages are evaluated only for a value that the object has.
  const present = `${CONVERSIONS[type] ?? ""}(${own.path})`;
  return errors(rules, { each: loops, place: own.place }, present, present).map((rule) => ({
    ...rule,
    holds: `${value} == null || ${rule.holds}`,
  }));
}

/** The expression that a value is an object or a map, whose keys are known even if a value is not. */
function isObject(value: string): string {
  return `can(keys(${value}))`;
}

/** A description of a value of a wrong type, as an expression; it does not contain text, which may be a secret. */
function described(value: string): string {
  const json = `jsonencode(${value})`;
  return `startswith(${json}, "{") ? "an object" : startswith(${json}, "[") ? "a list" : startswith(${json}, "\\"") ? "a string" : ${json}`;
}

/** The hint for a value of a wrong type: how to write an object with one attribute, which people leave out. */
function typeHint(attributes: Inputs): string {
  const usual = "the README of the module has the type of each attribute";
  const written = Object.entries(attributes).flatMap(([name, { type, attributes: inner = {} }]) => {
    const [only, ...others] = Object.keys(inner);
    return type === "object" && only !== undefined && others.length === 0
      ? [[name, `write \`${name} = { ${only} = … }\``]]
      : [];
  });
  return written.length === 0 ? usual : expression(`lookup(${hcl(Object.fromEntries(written))}, name, ${hcl(usual)})`);
}

/**
 * A suggestion for an unknown name: where to give a value that belongs elsewhere; the attributes that begin with the name,
 * and the one that it is another word for; those that differ by one letter; or those that share a word with it.
 */
function hint(name: string, { noun = "", misplaced, attributes = {} }: Input): string {
  const names = Object.keys(attributes);
  if (names.length === 1) {
    return `known attributes: ${names.join()}`;
  }
  const known = `keys(local.attributes[${quoted(noun)}])`;
  const another = `[for word, right in local.misnomers[${quoted(noun)}] : right if word == join("_", words)]`;
  const begun = `[for one in ${known} : one if length(join("_", words)) >= ${MIN_BEGINNING} && startswith(one, join("_", words))]`;
  const near = `[for one in ${known} : one if length(setintersection(${spellings("one")}, ${spellings('join("_", words)')})) > 0]`;
  const sharing = `[for one in ${known} : one if length(setintersection(split("_", one), words)) > 0]`;
  const likely = `[for words in [[for word in regexall("[A-Z]?[a-z0-9]+", ${name}) : lower(word)]] : coalescelist(distinct(concat(${begun}, ${another})), ${near}, ${sharing}, [""])]`;
  const suggested = `[for likely in ${likely} : likely[0] == "" ? "known attributes: \${join(", ", ${known})}" : "did you mean \${join(" or ", formatlist("\`%s\`", likely))}?"][0]`;
  const elsewhere = `[for word in [join("_", [for part in regexall("[A-Z]?[a-z0-9]+", ${name}) : lower(part)])] : local.misplaced[${quoted(noun)}][word]][0]`;
  return expression(misplaced === undefined ? suggested : `try(${elsewhere}, ${suggested})`);
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
