/** The prefix of repositories whose names have no prefix. */
export const ROOT = "ROOT";

/**
 * The key of a prefix: without the slash that ECR assumes at its end, so that `docker-hub` and `docker-hub/` have one key.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-creating-rule.html
 */
export function withoutTrailingSlash(prefix: string): string {
  return prefix.endsWith("/") ? prefix.slice(0, -1) : prefix;
}

/** Whether a path is under a prefix, which is given by its key; every path is under ROOT. */
export function isUnder(prefixKey: string, path: string): boolean {
  return prefixKey === ROOT || path.startsWith(`${prefixKey}/`);
}

/** A path under a prefix, which is given by its key; under ROOT it stays as it is. */
export function under(prefixKey: string, path: string): string {
  return prefixKey === ROOT ? path : `${prefixKey}/${path}`;
}

/** The first of several prefixes, given by their keys, that applies to a path in place of another prefix; undefined if none does. */
export function longerPrefix(prefixKeys: readonly string[], prefixKey: string, path: string): string | undefined {
  // ECR applies the rule with the longest matching prefix; ROOT matches what no other does.
  // https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-creating-rule.html
  const length = prefixKey === ROOT ? 0 : prefixKey.length;
  return prefixKeys.find((other) => other !== ROOT && other.length > length && isUnder(other, path));
}
