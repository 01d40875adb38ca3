import type { Rule } from "../validation/rule";

export const DEFAULT_POLICY_NAME = "ecr-pull-through-cache";

export const DEFAULT_EXCLUDED_NAMESPACES: readonly string[] = ["kube-system"];

// https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
export const POLICY_NAME: Rule = {
  pattern: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
  maxLength: 253,
  requirement: "be a DNS subdomain of at most 253 lower-case characters",
  hint: "use letters, digits, `-` and `.`",
};

export const NAMESPACE: Rule = {
  pattern: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
  maxLength: 63,
  requirement: "be the name of a namespace of at most 63 lower-case characters",
  hint: "use letters, digits and `-`",
};
