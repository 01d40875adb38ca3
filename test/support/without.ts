/** An object without some of its members. */
export function without(object: object, ...names: readonly string[]): { readonly [name: string]: unknown } {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}
