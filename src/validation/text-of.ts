/** A value if it is text, and the empty text otherwise: objects without a prototype have no text form. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
