import { Fn, Token, ref } from "cdktf";
import { TEMPLATE_PARTS, escapeDirectives } from "../terraform/template-directives";
import { isPlainObject } from "../validation/plain-object";
import type { PolicyStatement } from "./policy-statement";

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
export const MAX_INLINE_POLICIES = 10_240;
export const MAX_MANAGED_POLICY = 6144;

/** The requirements of the length of policies. */
export const INLINE_POLICIES = `have at most ${MAX_INLINE_POLICIES} characters of inline policies from all grants to it`;
export const MANAGED_POLICY = `make a policy of at most ${MAX_MANAGED_POLICY} characters`;

/** An IAM policy as JSON. */
export function policyDocument(...statements: PolicyStatement[]): string {
  return jsonDocument({ Version: "2012-10-17", Statement: statements });
}

/** The length of an IAM policy in characters. Each value that is not known yet counts as an account ID of 12 digits. */
export function policyLength(...statements: PolicyStatement[]): number {
  return extendedLength(undefined, statements);
}

/** A policy of the caller with more statements, as JSON; without a policy of the caller, one with these statements. */
export function extendedDocument(policy: string | undefined, statements: readonly PolicyStatement[]): string {
  // Terraform resolves the tokens in the text: they are names and IDs, which JSON need not escape.
  return policy === undefined ? policyDocument(...statements) : literalJson(extended(policy, statements));
}

/** The length of that policy, as `policyLength` counts. */
export function extendedLength(policy: string | undefined, statements: readonly PolicyStatement[]): number {
  return extended(policy, statements).replace(/\$\{[^}]*\}/g, "111122223333").length;
}

function extended(policy: string | undefined, statements: readonly PolicyStatement[]): string {
  const { Statement: own = [], ...document } = parsedObject(policy ?? "") ?? { Version: "2012-10-17" };
  return JSON.stringify({ ...document, Statement: [own, withTokens(statements)].flat() });
}

/** A trust policy for one AWS service, on behalf of one account if it is given. */
export function trustPolicy(service: string, accountId?: string): string {
  return policyDocument({
    Effect: "Allow",
    Principal: { Service: service },
    Action: "sts:AssumeRole",
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
    ...(accountId === undefined ? {} : { Condition: { StringEquals: { "aws:SourceAccount": accountId } } }),
  });
}

/**
 * The JSON text of a document: a literal if all values are known or are text with expressions, so that plans show it, and
 * Terraform's `jsonencode` if it contains a token.
 */
export function jsonDocument(document: object): string {
  const rendered = withTokens(document);
  return containsToken(document) ? Fn.jsonencode(rendered) : JSON.stringify(rendered);
}

// Condition keys have a colon after the service or after the OpenID Connect provider, whose URL may have a path.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
const POLICY_VARIABLE = /(?<!\$)\$\{(?=\s*(?:[\w./-]+:(?!:)|[*?$]\}))/g;

/**
 * A JSON document of the caller, escaped for Terraform JSON: Terraform refuses policy variables such as `${aws:username}`.
 * Tokens, expressions and escaped text stay unchanged.
 */
export function literalJson(text: string): string {
  // A token that is not text contains no policy variables.
  return typeof text === "string" ? escapeDirectives(text.replace(POLICY_VARIABLE, "$$$&")) : text;
}

/**
 * The text of a value without its tokens and expressions, for checks. Policy variables remain, since AWS replaces them with
 * values of the request, and so does escaped text.
 */
export function textBesideExpressions(text: string): string {
  return text.replace(TEMPLATE_PARTS, (part) => (isExpression(part) ? "" : part));
}

/**
 * A value in which expressions of the caller, like `${var.organization}`, are tokens. Otherwise cdktf escapes them in the
 * arguments of functions, so that AWS gets their text, and JSON escapes their quotes.
 */
export function withTokens<T>(value: T): T {
  return tokenized(value) as T;
}

function tokenized(value: unknown): unknown {
  if (typeof value === "string") {
    return value.replace(TEMPLATE_PARTS, (part) =>
      isExpression(part) && !Token.isUnresolved(part) ? Token.asString(ref(part.slice(2, -1))) : part,
    );
  }
  if (Token.isUnresolved(value)) {
    return value;
  }
  if (Array.isArray(value)) {
    return value.map(tokenized);
  }
  return isPlainObject(value)
    ? Object.fromEntries(Object.entries(value).map(([key, part]) => [key, tokenized(part)]))
    : value;
}

function isExpression(part: string): boolean {
  return part.startsWith("${") && part.search(POLICY_VARIABLE) !== 0;
}

/** The object that a JSON text contains; undefined for other text. */
export function parsedObject(text: string): { readonly [key: string]: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isPlainObject(value) ? (value as { readonly [key: string]: unknown }) : undefined;
  } catch {
    return undefined;
  }
}

function containsToken(value: unknown): boolean {
  if (Token.isUnresolved(value)) {
    return true;
  }
  if (Array.isArray(value)) {
    return value.some(containsToken);
  }
  return typeof value === "object" && value !== null && Object.values(value).some(containsToken);
}
