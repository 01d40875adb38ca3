import { CREATE_REPOSITORIES, REPOSITORY_CREATION, useOfKeys } from "../../src/cache/policy-statements";
import type { Repository, Template } from "./answers";
import type { AwsCli } from "./aws-cli";
import { findRole, simulate, trusts } from "./roles";
import { cause, hint, ok, skipped, unchecked } from "./step";
import type { Cause, Remark } from "./step";

const NOT_CREATED: Cause = "not found on the first pull";
const IMMUTABLE = "the tags of the repository are immutable, so ECR never refreshes a tag that it has cached";

/** Looks at the template by which ECR creates the repository of an image, or has created it; `tag` may be a digest. */
export async function templateRemarks(
  cli: AwsCli,
  template: Template | undefined,
  repository: Repository | undefined,
  arn: string,
  tag: string,
): Promise<Remark[]> {
  if (repository !== undefined) {
    const hints = [...immutableHint(repository, tag), ...differences(template, repository)];
    return hints.length > 0 ? hints : [skipped("ECR uses it only to create the repository, which is there")];
  }
  if (template === undefined) {
    return [ok("none: ECR creates the repository with its default settings")];
  }
  const { prefix, resourceTags = [], encryptionConfiguration: encryption = {}, customRoleArn } = template;
  const needs = [
    ...(resourceTags.length > 0 ? ["tags"] : []),
    ...((encryption.encryptionType ?? "AES256") === "AES256" ? [] : ["KMS encryption"]),
  ].join(" and ");
  const remarks: Remark[] = [...immutableHint(template, tag)];
  if (customRoleArn !== undefined && customRoleArn !== "") {
    remarks.push(...(await roleRemarks(cli, customRoleArn, arn, encryption.kmsKey)));
  } else if (needs !== "") {
    remarks.push(
      cause(
        NOT_CREATED,
        `the template ${prefix} has ${needs}, and no role with which ECR could create such a repository`,
        "set a role in the template; PullThroughCache creates one if roleArn is left out",
      ),
    );
  }
  return remarks.some(({ kind }) => kind !== "hint") ? remarks : [ok(`${prefix}: ECR can use it`), ...remarks];
}

async function roleRemarks(cli: AwsCli, roleArn: string, repositoryArn: string, kmsKey = ""): Promise<Remark[]> {
  const { service } = REPOSITORY_CREATION;
  const role = await findRole(cli, roleArn);
  if (role?.Arn !== roleArn) {
    const solution = "set the ARN of a role that exists; PullThroughCache creates one if roleArn is left out";
    return [cause(NOT_CREATED, `the template names the role ${roleArn}, which does not exist`, solution)];
  }
  if (!trusts(role, service)) {
    const solution = `let the role trust ${service}`;
    return [cause(NOT_CREATED, `the role ${roleArn} of the template does not trust ${service}`, solution)];
  }
  const decisions = [...(await simulate(cli, roleArn, [CREATE_REPOSITORIES.Action].flat(), repositoryArn))];
  const remarks: Remark[] = decisions.flatMap(([action, decision]) =>
    decision.kind === "unknown"
      ? [unchecked(`whether ${roleArn} may ${action}: it depends on ${decision.keys.join(", ")}`)]
      : [],
  );
  const refused = decisions.flatMap(([action, { kind }]) =>
    kind === "denied" || kind === "not-allowed" ? [action] : [],
  );
  if (refused.length > 0) {
    const actions = refused.join(", ");
    remarks.push(
      cause(NOT_CREATED, `the role ${roleArn} of the template may not ${actions}`, `allow the role ${actions}`),
    );
  }
  if (kmsKey !== "") {
    const uses = await simulate(cli, roleArn, [useOfKeys(kmsKey).Action].flat(), kmsKey);
    const missing = [...uses].filter(([, { kind }]) => kind !== "allowed").map(([action]) => action);
    if (missing.length > 0) {
      remarks.push(
        unchecked(`whether ${roleArn} may ${missing.join(", ")}: only the policy of the key ${kmsKey} could allow it`),
      );
    }
  }
  return remarks;
}

/** A hint if a tag of the repository cannot move; exclusion filters are for tags to which the opposite applies. */
function immutableHint(settings: Repository, tag: string): Remark[] {
  const { imageTagMutability = "MUTABLE", imageTagMutabilityExclusionFilters: filters = [] } = settings;
  const isExcluded = filters.some(({ filter }) => matchesFilter(tag, filter));
  if (imageTagMutability.startsWith("IMMUTABLE") === isExcluded) {
    return [];
  }
  const what =
    filters.length === 0 ? IMMUTABLE : `the tag ${tag} of the repository is immutable, so ECR never refreshes it`;
  return [hint("A tag never changes", what, "use TagMutability.MUTABLE, unless your tags never move")];
}

function matchesFilter(tag: string, filter: string): boolean {
  const parts = filter.split("*").map((part) => part.replaceAll(".", "\\."));
  return new RegExp(`^${parts.join(".*")}$`).test(tag);
}

/** The settings of a template that a repository, which was there before, does not have. */
function differences(template: Template | undefined, repository: Repository): Remark[] {
  if (template === undefined) {
    return [];
  }
  const encryptionOf = ({ encryptionConfiguration: { encryptionType = "AES256" } = {} }: Repository): string =>
    encryptionType;
  const settings = [
    ...(encryptionOf(template) === encryptionOf(repository) ? [] : ["encryption"]),
    ...((template.imageTagMutability ?? "MUTABLE") === (repository.imageTagMutability ?? "MUTABLE")
      ? []
      : ["mutability of tags"]),
  ];
  return settings.length === 0
    ? []
    : [
        hint(
          "A repository lacks its settings",
          `the template ${template.prefix} has another ${settings.join(" and another ")}`,
          "change the repository by hand, or delete it and pull again",
        ),
      ];
}
