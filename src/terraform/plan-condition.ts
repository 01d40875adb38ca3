/** A condition that Terraform evaluates, as an expression in its braces, and the error where it does not hold. */
export interface PlanCondition {
  readonly condition: string;
  readonly errorMessage: string;
}

/**
 * The expression that a text has at most so many bytes. Terraform counts characters; a text in Base64, without its padding,
 * has four characters for every three bytes.
 */
export function bytesAtMost(expression: string, max: number): string {
  return `length(replace(base64encode(${expression}), "=", "")) <= ${Math.ceil((max * 4) / 3)}`;
}
