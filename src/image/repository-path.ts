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
