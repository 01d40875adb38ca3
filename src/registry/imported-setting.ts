import type { TerraformResource } from "cdktf";
import type { Construct } from "constructs";
import type { Registry } from "../aws/registry";
import { ImportBlock } from "../terraform/blocks";

/** Imports a setting of a registry: AWS has one per account and region, so its ID is that of the account. */
export function importSetting(scope: Construct, setting: TerraformResource, { accountId, regional }: Registry): void {
  new ImportBlock(scope, "import", {
    to: `${setting.terraformResourceType}.${setting.friendlyUniqueId}`,
    // https://registry.terraform.io/providers/hashicorp/aws/latest/docs/guides/enhanced-region-support
    id: regional.region === undefined ? accountId : `${accountId}@${regional.region}`,
  });
}
