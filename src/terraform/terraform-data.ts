import { TerraformResource } from "cdktf";
import type { TerraformResourceLifecycle } from "cdktf";
import type { Construct } from "constructs";

/** What a `terraform_data` resource holds. */
export interface TerraformDataConfig {
  readonly input?: unknown;
  readonly triggersReplace?: unknown;
  readonly lifecycle?: TerraformResourceLifecycle;
}

/**
 * A `terraform_data` resource, which is part of Terraform itself. cdktf's own class for it runs Terraform when the app
 * is synthesized.
 */
export function terraformData(scope: Construct, id: string, config: TerraformDataConfig): TerraformResource {
  const data = new TerraformResource(scope, id, {
    terraformResourceType: "terraform_data",
    terraformGeneratorMetadata: { providerName: "terraform" },
    lifecycle: config.lifecycle,
  });
  if (config.input !== undefined) {
    data.addOverride("input", config.input);
  }
  if (config.triggersReplace !== undefined) {
    data.addOverride("triggers_replace", config.triggersReplace);
  }
  return data;
}

/**
 * What replaces a resource when the input of a `terraform_data` resource changes. It is named by its address: Terraform
 * refuses the "${…}" that cdktf would make of the resource itself.
 */
export function replacedWith(data: TerraformResource): TerraformResourceLifecycle {
  return { replaceTriggeredBy: [`terraform_data.${data.friendlyUniqueId}`] };
}
