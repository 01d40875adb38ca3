import { ROOT } from "./rules";

/**
 * A prefix without the slash that ECR assumes at its end: `docker-hub` and `docker-hub/` are one prefix.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-creating-rule.html
 */
export function withoutTrailingSlash(prefix: string): string {
  return prefix.endsWith("/") ? prefix.slice(0, -1) : prefix;
}

/** Whether a path is under a prefix; every path is under ROOT. */
export function isUnder(prefix: string, path: string): boolean {
  return prefix === ROOT || path.startsWith(`${withoutTrailingSlash(prefix)}/`);
}

/** `path` under `prefix`, where ROOT is no prefix. */
export function under(prefix: string, path: string): string {
  return prefix === ROOT ? path : `${withoutTrailingSlash(prefix)}/${path}`;
}
