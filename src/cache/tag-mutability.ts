import { EcrRepositoryCreationTemplate } from "@cdktf/provider-aws/lib/ecr-repository-creation-template";
import { Token } from "cdktf";
import { atLeastOne, oneOfRequirement } from "../validation/rule";
import type { Requirement, Rule } from "../validation/rule";
import type { ValidationErrors } from "../validation/validation-errors";
import { TagMutability } from "./repository-settings";
import type { RepositorySettings } from "./repository-settings";
import { PLAIN_MUTABILITIES, SETTINGS_RULES } from "./rules";

const MUTABILITIES = Object.values(TagMutability);
const WITH_EXCLUSION = MUTABILITIES.filter((mutability) => !PLAIN_MUTABILITIES.includes(mutability));
const MAX_FILTERS = 5;

/**
 * A filter that matches tags. The AWS provider limits the number of wildcards.
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageTagMutabilityExclusionFilter.html
 */
export const EXCLUSION_FILTER: Rule = {
  pattern: /^[0-9A-Za-z._-]*(\*[0-9A-Za-z._-]*){0,2}$/,
  minLength: 1,
  maxLength: 128,
  requirement: "be 1 to 128 letters, digits and ._*- with at most two `*`",
  hint: "give a tag, like latest, or a pattern, like dev-*",
};

/** Rules of tag mutabilities with exclusion filters, which the modules do not have. */
export const EXCLUSION_RULES = {
  mutability: { requirement: oneOfRequirement(MUTABILITIES), hint: SETTINGS_RULES.tagMutability.hint },
  supported: {
    requirement: `${oneOfRequirement(PLAIN_MUTABILITIES)} with @cdktf/provider-aws before 21.9, whose templates take no exclusion filters`,
    hint: "use @cdktf/provider-aws 21.9 or later",
  },
  filters: { requirement: `${atLeastOne("list")} filter, known at synth`, hint: EXCLUSION_FILTER.hint },
  numberOfFilters: {
    requirement: `have at most ${MAX_FILTERS} filters`,
    hint: "ECR accepts no more: let a pattern match several tags",
  },
  onlyWithExclusion: {
    requirement: `be given only with a \`tagMutability\` of ${WITH_EXCLUSION.join(" or ")}`,
    hint: "give both settings at the same place, or leave the filters out",
  },
  requiredWithExclusion: {
    requirement: `be given with a \`tagMutability\` of ${WITH_EXCLUSION.join(" or ")}`,
    hint: "give the tags that the mutability excludes, at the same place, like latest",
  },
} as const satisfies { readonly [name: string]: Requirement };

/** Adds the errors of a tag mutability. */
export function checkTagMutability(errors: ValidationErrors, place: string, value: TagMutability): void {
  if (takesExclusionFilters()) {
    errors.checkEnum(place, value, MUTABILITIES, EXCLUSION_RULES.mutability.hint);
  } else if (WITH_EXCLUSION.includes(value)) {
    errors.addBroken(place, EXCLUSION_RULES.supported, value);
  } else {
    errors.checkEnum(place, value, PLAIN_MUTABILITIES, SETTINGS_RULES.tagMutability.hint);
  }
}

/** Adds the errors of exclusion filters. Each filter is a block of its own, so that the list must be a literal. */
export function checkExclusionFilters(errors: ValidationErrors, place: string, filters: readonly string[]): void {
  if (Token.isUnresolved(filters)) {
    errors.addBroken(place, EXCLUSION_RULES.filters, filters);
    return;
  }
  errors.checkList(place, filters, EXCLUSION_RULES.filters, (element, filter) => {
    errors.checkString(element, filter, EXCLUSION_FILTER);
    return filter;
  });
  if (Array.isArray(filters) && filters.length > MAX_FILTERS) {
    errors.addBroken(place, EXCLUSION_RULES.numberOfFilters, filters.length);
  }
}

/** Adds an error for filters without a mutability that excludes tags, and for such a mutability without filters. */
export function checkExclusion(errors: ValidationErrors, prop: string, settings: RepositorySettings): void {
  const { tagMutability, tagMutabilityExclusionFilters: filters } = settings;
  const place = `${prop}.tagMutabilityExclusionFilters`;
  const excludes = tagMutability !== undefined && WITH_EXCLUSION.includes(tagMutability);
  if (excludes && filters === undefined) {
    errors.addBroken(place, EXCLUSION_RULES.requiredWithExclusion, filters);
  } else if (!excludes && filters !== undefined) {
    errors.addBroken(place, EXCLUSION_RULES.onlyWithExclusion, filters);
  }
}

/** The warning of tags under a prefix that ECR never refreshes; undefined if the template has no immutable tags. */
export function immutableTagsWarning(prefix: string, tagMutability: TagMutability): string | undefined {
  // https://github.com/aws/containers-roadmap/issues/2275
  switch (tagMutability) {
    case TagMutability.IMMUTABLE:
      return `tags under ${prefix} are immutable: Amazon ECR will never refresh a cached tag`;
    case TagMutability.IMMUTABLE_WITH_EXCLUSION:
      return `tags under ${prefix} that match no exclusion filter are immutable: Amazon ECR will never refresh such a cached tag`;
    default:
      return undefined;
  }
}

/** Whether templates of the installed @cdktf/provider-aws take exclusion filters: from 21.9, of hashicorp/aws 6.10. */
function takesExclusionFilters(): boolean {
  return "imageTagMutabilityExclusionFilterInput" in EcrRepositoryCreationTemplate.prototype;
}
