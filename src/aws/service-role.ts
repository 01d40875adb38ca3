import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { Lazy } from "cdktf";
import type { ITerraformDependable, TerraformProvider } from "cdktf";
import type { Construct } from "constructs";
import { policyDocument, trustPolicy } from "./policy-document";
import type { PolicyStatement } from "./policy-statement";
import { roleArguments } from "./role-options";
import type { RoleOptions } from "./role-options";

/** A role that an AWS service assumes, and the resources that must exist before the service uses it. */
export interface ServiceRole {
  readonly roleArn: string;
  readonly dependsOn: ITerraformDependable[];
}

/** The name, trust and permissions of a role; the statements are rendered at synth. */
export interface ServiceRoleConfig {
  readonly id: string;
  readonly namePrefix: string;
  readonly description: string;
  readonly service: string;
  /** The only account on whose behalf the service may assume the role. */
  readonly accountId?: string;
  readonly statements: () => PolicyStatement[];
  readonly options?: RoleOptions;
  readonly provider: TerraformProvider | undefined;
}

/** Creates a role that an AWS service assumes, with one inline policy. */
export function serviceRole(scope: Construct, config: ServiceRoleConfig): ServiceRole {
  const role = new IamRole(scope, config.id, {
    ...roleArguments(config.options ?? {}, config.namePrefix),
    description: config.description,
    assumeRolePolicy: trustPolicy(config.service, config.accountId),
    provider: config.provider,
  });
  const policy = new IamRolePolicy(scope, `${config.id}-policy`, {
    role: role.name,
    policy: Lazy.stringValue({ produce: () => policyDocument(...config.statements()) }),
    provider: config.provider,
  });
  return { roleArn: role.arn, dependsOn: [policy] };
}
