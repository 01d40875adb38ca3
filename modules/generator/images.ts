import { dnsSuffixOf } from "../../src/aws/partitions";
import {
  DEFAULT_DOMAIN,
  IMAGE_ID,
  LEGACY_DEFAULT_DOMAIN,
  MAX_PATH,
  OFFICIAL_PATH,
} from "../../src/image/image-grammar";
import { HOST_OF_PRIVATE_REGISTRY } from "../../src/image/registry-hosts";
import { REGISTRY_ALIASES, REGISTRY_HOST } from "../../src/image/supported-registries";
import type { Rule } from "../../src/validation/rule";
import type { InputRule } from "./definition";
import { regex } from "./hcl";
import { byRegion } from "./registry";

const DEFAULT_DOMAINS = [DEFAULT_DOMAIN, LEGACY_DEFAULT_DOMAIN].map((host) => host.replace(/\./g, "\\.")).join("|");

/** The name of an official image of Docker Hub whose path is too long with the start that its name leaves out. */
const TOO_LONG = new RegExp(`^(?:(?:${DEFAULT_DOMAINS})/)?[^/:@]{${MAX_PATH - OFFICIAL_PATH.length + 1},}(?:[:@]|$)`);

/** What modules need to find the places of images in a cache, as facts. */
export const IMAGE_FACTS = {
  private_registry_host: {
    comment:
      "Any host of a private registry: for IPv4, for IPv4 and IPv6, or a FIPS endpoint. Its groups are the account and the region. https://docs.aws.amazon.com/general/latest/gr/ecr.html",
    value: source(HOST_OF_PRIVATE_REGISTRY),
  },
  dns_suffixes_by_region: {
    comment:
      "The suffixes of registry hosts by patterns of regions; all other regions have that of the partition aws. https://docs.aws.amazon.com/general/latest/gr/ecr.html",
    value: byRegion(dnsSuffixOf),
  },
  default_dns_suffix: { comment: "The suffix of registry hosts in the partition aws.", value: dnsSuffixOf("aws") },
  registry_aliases: {
    comment:
      "Hosts that serve the images of a registry, too, and the domain that stands for the registry in names of images.",
    value: REGISTRY_ALIASES,
  },
  registry_host: {
    comment: "The host of any registry that ECR can cache: the path of a repository does not begin with one.",
    value: source(REGISTRY_HOST),
  },
  max_path: {
    comment:
      "The bound of the path of an image, in characters, which is one less than that of ECR for the name of a repository. https://pkg.go.dev/github.com/distribution/reference",
    value: MAX_PATH,
  },
} as const;

/**
 * The rule that text is the name of an image.
 * @param rule its pattern has the path as its second or its third group
 * @param local the fact that has the pattern
 */
export function isImage({ requirement }: Rule, local: string, hint: string): InputRule {
  const matches = (value: string): string => `regex(local.${local}, ${value})`;
  const path = (value: string): string => `join("", compact(slice(${matches(value)}, 1, 3)))`;
  return {
    requirement,
    holds: (value) =>
      `(${[
        `can(${matches(value)})`,
        `try(length(${path(value)}) <= ${MAX_PATH}, false)`,
        `!can(regex(${regex(TOO_LONG)}, ${value}))`,
        `!can(regex(${regex(IMAGE_ID)}, ${value}))`,
      ].join(" && ")})`,
    hint,
  };
}

/** A pattern for Terraform, as text. */
export function source(pattern: RegExp): string {
  return pattern.source.replaceAll("\\/", "/");
}
