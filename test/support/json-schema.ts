/** A schema of an object that has these properties and no others. */
export function closed(properties: object, required: readonly string[] = []): object {
  return { type: "object", properties, required, additionalProperties: false };
}
