/** A condition that Terraform evaluates, as an expression in `${…}`, and the error message if it is false. */
export interface PlanCondition {
  readonly condition: string;
  readonly errorMessage: string;
}

/**
 * An expression that is true if a text has at most `max` bytes. Terraform's `length` counts characters, but Base64 without
 * padding has four characters for every three bytes.
 */
export function bytesAtMost(expression: string, max: number): string {
  return `length(replace(base64encode(${expression}), "=", "")) <= ${Math.ceil((max * 4) / 3)}`;
}
