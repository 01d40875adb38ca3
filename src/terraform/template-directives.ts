// Expressions come first, so that a directive in one stays: it is the caller's own Terraform code. Braces may nest twice.
// https://developer.hashicorp.com/terraform/language/expressions/strings
export const TEMPLATE_PARTS = /\$\$\{|%%\{|\$\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}|%\{/g;

/**
 * Text in which `%{` is no template directive for Terraform. Tokens, expressions and what is escaped already stay as they
 * are.
 */
export function escapeDirectives(text: string): string {
  return text.replace(TEMPLATE_PARTS, (part) => (part === "%{" ? "%%{" : part));
}
