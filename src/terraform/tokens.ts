import { DefaultTokenResolver, StringConcat, Token, Tokenization } from "cdktf";
import type { IConstruct } from "constructs";

/** Whether only Terraform knows a value or a part of it: a token of cdktf, or text with a Terraform expression. */
export function isUnresolved(value: unknown): boolean {
  return Token.isUnresolved(value) || (typeof value === "string" && value.includes("${"));
}

/** The literal text of a value before its first Terraform expression. */
export function literalPrefix(value: unknown): string {
  return typeof value === "string" ? (value.split("${", 1)[0] ?? "") : "";
}

/** A value as it will be in the JSON, with cdktf's tokens resolved. */
export function resolved<T>(scope: IConstruct, value: T): T {
  const resolver = new DefaultTokenResolver(new StringConcat());
  return Tokenization.resolve(value, { scope, resolver, preparing: false }) as T;
}

/** The expression of a token, without its braces; undefined while the token resolves to nothing. */
export function expressionOf(scope: IConstruct, value: unknown): string | undefined {
  const text: unknown = resolved(scope, value);
  return typeof text === "string" ? text.replace(/^\$\{(.*)\}$/, "$1") : undefined;
}

/** A key that identifies an element of a list: its text or its expression; undefined while it has neither. */
export function stableKey(scope: IConstruct, value: unknown): string | undefined {
  if (isUnresolved(value)) {
    return expressionOf(scope, value);
  }
  return typeof value === "string" ? value : undefined;
}
