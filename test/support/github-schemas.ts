import type { SchemaObject } from "ajv";
import { Ajv } from "ajv";
import { closed } from "./json-schema";

/** Settings of a repository on GitHub, as GitHub describes them; what is not described is refused. */
const text = { type: "string", pattern: "\\S" };
const flag = { type: "boolean" };

/** A field of an issue form that somebody fills in. GitHub needs no id, but a link that fills in the field does. */
function field(type: string, attributes: object, required: readonly string[] = [], validated = true): SchemaObject {
  return closed(
    {
      type: { const: type },
      id: { type: "string", pattern: "^[A-Za-z0-9_-]+$" },
      attributes: closed({ label: text, description: text, ...attributes }, ["label", ...required]),
      ...(validated ? { validations: closed({ required: flag }) } : {}),
    },
    ["type", "id", "attributes"],
  );
}

// GitHub reserves "None" for a field that is left empty.
const option = { ...text, not: { enum: ["None", "none"] } };

/** https://docs.github.com/en/communities/using-templates-to-encourage-useful-issues-and-pull-requests/syntax-for-githubs-form-schema */
const FORM_ELEMENT = {
  type: "object",
  required: ["type"],
  discriminator: { propertyName: "type" },
  oneOf: [
    closed({ type: { const: "markdown" }, attributes: closed({ value: text }, ["value"]) }, ["type", "attributes"]),
    field("input", { placeholder: text, value: text }),
    field("textarea", { placeholder: text, value: text, render: text }),
    field(
      "dropdown",
      {
        multiple: flag,
        options: { type: "array", items: option, minItems: 1, uniqueItems: true },
        default: { type: "integer", minimum: 0 },
      },
      ["options"],
    ),
    field(
      "checkboxes",
      { options: { type: "array", items: closed({ label: text, required: flag }, ["label"]), minItems: 1 } },
      ["options"],
      false,
    ),
  ],
};

/**
 * https://docs.github.com/en/communities/using-templates-to-encourage-useful-issues-and-pull-requests/syntax-for-issue-forms
 * https://docs.github.com/en/communities/using-templates-to-encourage-useful-issues-and-pull-requests/common-validation-errors-when-creating-issue-forms
 */
const ISSUE_FORM = closed(
  {
    name: text,
    description: text,
    title: text,
    labels: { type: "array", items: text, uniqueItems: true },
    assignees: { type: "array", items: text, uniqueItems: true },
    projects: { type: "array", items: text, uniqueItems: true },
    type: text,
    body: {
      type: "array",
      items: FORM_ELEMENT,
      contains: { type: "object", properties: { type: { not: { const: "markdown" } } } },
      uniqueFields: true,
    },
  },
  ["name", "description", "body"],
);

/** https://docs.github.com/en/communities/using-templates-to-encourage-useful-issues-and-pull-requests/configuring-issue-templates-for-your-repository#configuring-the-template-chooser */
const ISSUE_CHOOSER = closed({
  blank_issues_enabled: flag,
  contact_links: {
    type: "array",
    minItems: 1,
    items: closed({ name: text, url: { type: "string", pattern: "^https://" }, about: text }, ["name", "url", "about"]),
  },
});

const texts = { type: "array", items: text, minItems: 1, uniqueItems: true };
const updateTypes = (prefix: string): object => ({
  ...texts,
  items: { enum: ["major", "minor", "patch"].map((type) => `${prefix}${type}`) },
});

/** https://docs.github.com/en/code-security/reference/supply-chain-security/dependabot-options-reference */
const DEPENDABOT = closed(
  {
    version: { const: 2 },
    updates: {
      type: "array",
      minItems: 1,
      items: closed(
        {
          "package-ecosystem": { enum: ["npm", "github-actions"] },
          directory: { type: "string", pattern: "^/" },
          schedule: closed({ interval: { enum: ["daily", "weekly", "monthly", "quarterly"] } }, ["interval"]),
          groups: {
            type: "object",
            additionalProperties: {
              ...closed({ patterns: texts, "exclude-patterns": texts, "update-types": updateTypes("") }),
              minProperties: 1,
            },
          },
          ignore: {
            type: "array",
            minItems: 1,
            items: closed(
              { "dependency-name": text, versions: texts, "update-types": updateTypes("version-update:semver-") },
              ["dependency-name"],
            ),
          },
          "open-pull-requests-limit": { type: "integer", minimum: 0 },
        },
        ["package-ecosystem", "directory", "schedule"],
      ),
    },
  },
  ["version", "updates"],
);

interface Field {
  readonly id?: string;
  readonly attributes?: { readonly label?: string };
}

/** GitHub refuses a form in which two fields have one id or one label. */
function hasUniqueFields(_: boolean, fields: readonly Field[]): boolean {
  const isUnique = (values: readonly (string | undefined)[]): boolean => {
    const given = values.filter((value) => value !== undefined);
    return new Set(given).size === given.length;
  };
  return isUnique(fields.map(({ id }) => id)) && isUnique(fields.map(({ attributes }) => attributes?.label));
}

const ajv = new Ajv({ allErrors: true, discriminator: true });
ajv.addKeyword({ keyword: "uniqueFields", type: "array", schemaType: "boolean", validate: hasUniqueFields });

const VALIDATORS = {
  "issue form": ajv.compile(ISSUE_FORM),
  "issue chooser": ajv.compile(ISSUE_CHOOSER),
  dependabot: ajv.compile(DEPENDABOT),
};

/** What GitHub would refuse in a parsed file. */
export function faultsOf(kind: keyof typeof VALIDATORS, value: unknown): string[] {
  const isValid = VALIDATORS[kind];
  isValid(value);
  return (isValid.errors ?? []).map(({ instancePath, message = "" }) => `${instancePath} ${message}`.trim());
}
