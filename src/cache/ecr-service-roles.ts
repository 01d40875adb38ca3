import type { TerraformProvider } from "cdktf";
import type { Construct } from "constructs";
import type { RoleOptions } from "../aws/role-options";
import { serviceRole } from "../aws/service-role";
import type { ServiceRole } from "../aws/service-role";
import {
  ANY_KEY,
  CREATE_REPOSITORIES,
  READ_UPSTREAM,
  REPOSITORY_CREATION,
  UPSTREAM_READING,
  useOfKeys,
} from "./policy-statements";
import { EncryptionType } from "./repository-settings";
import type { RepositoryTemplate } from "./repository-template";

/** The roles that ECR assumes for a cache, each created when the first template or rule needs it. */
export class EcrServiceRoles {
  private readonly options: RoleOptions | undefined;
  // Upstreams may still be added: the policy of the role is rendered at synth.
  private readonly kmsKeyArns = new Set<string>();
  private creationRole: ServiceRole | undefined;
  private readingRole: ServiceRole | undefined;

  public constructor(
    private readonly scope: Construct,
    options: RoleOptions | undefined,
    private readonly provider: TerraformProvider | undefined,
  ) {
    this.options = options && { ...options };
  }

  /** The role with which ECR creates the repositories of a template, if it needs one: the caller's or a new one. */
  public forTemplate(template: RepositoryTemplate): ServiceRole | undefined {
    if (template.roleArn !== undefined) {
      return { roleArn: template.roleArn, dependsOn: [] };
    }
    if (template.encryptionType === EncryptionType.KMS) {
      this.kmsKeyArns.add(template.kmsKeyArn ?? ANY_KEY);
    }
    return template.needsRole ? (this.creationRole ??= this.createCreationRole()) : undefined;
  }

  /** The role with which ECR reads private registries of other accounts. */
  public forUpstream(): ServiceRole {
    return (this.readingRole ??= serviceRole(this.scope, {
      ...UPSTREAM_READING,
      id: "upstream-role",
      statements: () => [READ_UPSTREAM],
      options: this.options,
      provider: this.provider,
    }));
  }

  private createCreationRole(): ServiceRole {
    return serviceRole(this.scope, {
      ...REPOSITORY_CREATION,
      id: "repository-creation-role",
      statements: () => [CREATE_REPOSITORIES, ...(this.kmsKeyArns.size === 0 ? [] : [useOfKeys([...this.kmsKeyArns])])],
      options: this.options,
      provider: this.provider,
    });
  }
}
