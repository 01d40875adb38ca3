import {
  CALLER,
  CALLER_KEY,
  CALLER_OPERATOR,
  CONDITION_KEY,
  CONDITION_OPERATOR,
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
import { hcl, matchesExpression, regex } from "../generator/hcl";

// Terraform evaluates the condition of a loop once even if it has no elements: every expression is in `try` or `can`.

const STATEMENTS = "flatten([jsondecode(document).Statement])";
const STATEMENT_LOOP = `position, statement in try(${STATEMENTS}, [])`;

/** A loop over the condition keys of a statement and their values; an operator without an object has none. */
const CONDITION_LOOP = (result: string): string =>
  `flatten([for operator, tests in statement.Condition : [for key in try(keys(tests), []) : ${result}]])`;

/** The operators of a condition with their keys, as messages show them. */
const TESTS =
  'flatten([for operator, tests in statement.Condition : try([for key in coalescelist(keys(tests)) : "${operator} ${key}"], operator)])';

const HAS_VALUES =
  "tests[key] != null && try(length(tolist(tests[key])) > 0 && alltrue([for value in tolist(tests[key]) : value != null && can(tostring(value))]), can(tostring(tests[key])))";

/** Whether the condition of a statement has operators with keys and values. */
const IS_CONDITION = `try(length(statement.Condition) > 0 && alltrue([for operator, tests in statement.Condition : can(regex(${regex(CONDITION_OPERATOR)}, operator)) && length(keys(tests)) > 0]) && alltrue(${CONDITION_LOOP(`can(regex(${regex(CONDITION_KEY)}, key)) && ${HAS_VALUES}`)}), false)`;

/** Whether the condition of a statement names the accounts or organizations of all callers. */
const NAMES_CALLERS = `try(anytrue(${CONDITION_LOOP(
  `can(regex(${regex(CALLER_OPERATOR)}, operator)) && can(regex(${regex(CALLER_KEY)}, key)) && length(flatten([tests[key]])) > 0 && alltrue([for value in flatten([tests[key]]) : can(regex(${regex(CALLER)}, value))])`,
)}), false)`;

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
    ofStatement(`!can(statement.Condition) || ${IS_CONDITION}`, condition, {
      element: ".Condition",
      got: `try(${TESTS}, statement.Condition, null)`,
    }),
    ofStatement(
      `try(statement.Effect, "") != "Allow" || ${NAMES_CALLERS} || !(try(statement.Principal == "*", false) || try(contains(flatten([statement.Principal.AWS]), "*"), false))`,
      anybody,
      { got: `try(${TESTS}, [])` },
    ),
  ];
}
