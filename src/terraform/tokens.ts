import { DefaultTokenResolver, StringConcat, Token, Tokenization } from "cdktf";
import type { IConstruct } from "constructs";

/** Whether only Terraform knows a value, in whole or in part: a token of cdktf, or an expression written by hand. */
export function isUnresolved(value: unknown): boolean {
  return Token.isUnresolved(value) || (typeof value === "string" && value.includes("${"));
}

/** What is literal of a value before the first expression in it. */
export function literalPrefix(value: unknown): string {
  return typeof value === "string" ? (value.split("${", 1)[0] ?? "") : "";
}

/** A value as it will stand in the JSON, with what cdktf's tokens stand for. */
export function resolved<T>(scope: IConstruct, value: T): T {
  const resolver = new DefaultTokenResolver(new StringConcat());
  return Tokenization.resolve(value, { scope, resolver, preparing: false }) as T;
}

/** The expression that a token stands for, without its braces; undefined as long as it stands for nothing. */
export function expressionOf(scope: IConstruct, value: unknown): string | undefined {
  const text: unknown = resolved(scope, value);
  return typeof text === "string" ? text.replace(/^\$\{(.*)\}$/, "$1") : undefined;
}

/** What tells an element of a list from the others: its text, or its expression; undefined as long as it has neither. */
export function stableKey(scope: IConstruct, value: unknown): string | undefined {
  return isUnresolved(value) ? expressionOf(scope, value) : String(value);
}
