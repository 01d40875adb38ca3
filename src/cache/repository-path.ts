import type { Rule } from "../validation/validation-errors";

/**
 * The prefix of a cache rule and of its template, as the AWS provider checks it: it is narrower than the
 * API, which has begun to take `--` and `__`.
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreatePullThroughCacheRule.html
 */
export const REPOSITORY_PREFIX: Rule = {
  pattern: /^((?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*\/?|ROOT)$/,
  minLength: 2,
  maxLength: 30,
  words:
    "be 2 to 30 characters: lower-case letters and digits, with single `.`, `_`, `-` or `/` between them, or ROOT for no prefix",
};

/** The prefix that stands for none. */
export const ROOT = "ROOT";

/**
 * The path of a repository inside its registry, as container clients accept it.
 * https://github.com/distribution/reference
 */
export const REPOSITORY_PATH: Rule = {
  pattern: /^(?:[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*\/)*[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/,
  minLength: 1,
  maxLength: 256,
  words: "be the path of a repository: lower-case, without registry, tag or digest",
};

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
