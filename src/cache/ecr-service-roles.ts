import type { TerraformProvider } from "cdktf";
import type { Construct } from "constructs";
import type { RoleOptions } from "../aws/role-options";
import { serviceRole } from "../aws/service-role";
import type { ServiceRole } from "../aws/service-role";
import {
  CREATE_REPOSITORIES,
  READ_UPSTREAM,
  REPOSITORY_CREATION,
  UPSTREAM_READING,
  useOfKeys,
} from "./policy-statements";

/** The role with which ECR creates repositories that have tags or KMS encryption; `kmsKeyArns` may still grow. */
export function repositoryCreationRole(
  scope: Construct,
  kmsKeyArns: ReadonlySet<string>,
  options: RoleOptions | undefined,
  provider: TerraformProvider | undefined,
): ServiceRole {
  return serviceRole(scope, {
    ...REPOSITORY_CREATION,
    id: "repository-creation-role",
    statements: () => [CREATE_REPOSITORIES, ...(kmsKeyArns.size === 0 ? [] : [useOfKeys([...kmsKeyArns])])],
    options,
    provider,
  });
}

/** The role with which ECR reads private registries of other accounts. */
export function upstreamRole(
  scope: Construct,
  options: RoleOptions | undefined,
  provider: TerraformProvider | undefined,
): ServiceRole {
  return serviceRole(scope, {
    ...UPSTREAM_READING,
    id: "upstream-role",
    statements: () => [READ_UPSTREAM],
    options,
    provider,
  });
}
