import {
  ECR_ACTION,
  PRINCIPAL,
  REGISTRY_POLICY_RULES,
  REPOSITORY_ARN,
  SERVICE_PRINCIPAL,
  SID,
  STATEMENT_ELEMENTS,
} from "../../src/registry/rules";
import type { Requirement, Rule } from "../../src/validation/rule";
import type { ValidationRule } from "../generator/definition";
import { hcl, matchesExpression } from "../generator/hcl";

// Terraform evaluates the condition of a loop once even if it has no elements: every expression is in `try` or `can`.

const STATEMENTS = "flatten([jsondecode(document).Statement])";
const STATEMENT_LOOP = `position, statement in try(${STATEMENTS}, [])`;

/** The elements of a statement that are one text or a list, and the rule of each text. Principals may be left out. */
const TEXTS: readonly { readonly element: string; readonly isOptional: boolean; readonly rule: Rule }[] = [
  { element: "Action", isOptional: false, rule: ECR_ACTION },
  { element: "Resource", isOptional: false, rule: REPOSITORY_ARN },
  { element: "Principal.AWS", isOptional: true, rule: PRINCIPAL },
  { element: "Principal.Service", isOptional: true, rule: SERVICE_PRINCIPAL },
];

/** The rules of policies in an input, which is a list of JSON texts. */
export function policyRules(input: string): ValidationRule[] {
  const documents = `index, document in var.${input}`;
  const ofStatement = (
    holds: string,
    { requirement, hint }: Requirement,
    { element = "", ...shown }: { element?: string; got?: string; gotText?: string },
  ): ValidationRule => ({
    each: [documents, STATEMENT_LOOP],
    holds,
    place: `${input}[\${index}].Statement[\${position}]${element}`,
    requirement,
    hint,
    ...shown,
  });
  const value = (element: string): { element: string; got: string } => ({
    element: `.${element}`,
    got: `try(statement.${element}, null)`,
  });
  const { document, version, elements, effect, principal, texts, condition, anybody } = REGISTRY_POLICY_RULES;
  const kinds = "keys(statement.Principal)";
  const others = `setsubtract(try(keys(statement), []), ${hcl([...STATEMENT_ELEMENTS])})`;
  return [
    {
      each: [documents],
      holds: `document == null || try(length(${STATEMENTS}) > 0 && alltrue([for statement in ${STATEMENTS} : can(keys(statement))]), false)`,
      place: `${input}[\${index}]`,
      ...document,
      gotText: "a string of ${try(length(document), 0)} characters (not shown, it may be a secret)",
    },
    {
      each: [documents],
      holds: 'try(jsondecode(document).Version, "2012-10-17") == "2012-10-17"',
      place: `${input}[\${index}].Version`,
      ...version,
      got: "try(jsondecode(document).Version, null)",
    },
    ofStatement(`length(${others}) == 0`, elements, { got: `sort(${others})` }),
    ofStatement(matchesExpression("try(statement.Sid, null)", SID), SID, value("Sid")),
    ofStatement('try(contains(["Allow", "Deny"], statement.Effect), false)', effect, value("Effect")),
    ofStatement(
      `try(statement.Principal == "*", false) || try(length(${kinds}) > 0 && length(setsubtract(${kinds}, ["AWS", "Service"])) == 0, false)`,
      principal,
      { element: ".Principal", gotText: "something else" },
    ),
    ...TEXTS.flatMap(({ element, isOptional, rule }) => [
      ofStatement(
        `${isOptional ? `!can(statement.${element}) || ` : ""}try(length(tolist(statement.${element})) > 0, can(regex("^", statement.${element})))`,
        texts,
        value(element),
      ),
      {
        each: [documents, STATEMENT_LOOP, `number, text in try(flatten([statement.${element}]), [])`],
        holds: matchesExpression("text", rule),
        place: `${input}[\${index}].Statement[\${position}].${element}[\${number}]`,
        requirement: rule.requirement,
        hint: rule.hint,
        got: "text",
      },
    ]),
    ofStatement("!can(statement.Condition) || can(keys(statement.Condition))", condition, value("Condition")),
    ofStatement(
      'try(statement.Effect, "") != "Allow" || length(try(keys(statement.Condition), [])) > 0 || !(try(statement.Principal == "*", false) || try(contains(flatten([statement.Principal.AWS]), "*"), false))',
      anybody,
      { gotText: "none" },
    ),
  ];
}
