import type { TerraformStack } from "cdktf";
import { NamesInUse } from "../../src/cache/names-in-use";

/** Makes the default provider of a stack the owner of its registry policy, as a RegistryPolicy of the stack does. */
export function ownRegistryPolicy(stack: TerraformStack, provider = "aws@us-east-1"): void {
  NamesInUse.ofProvider(stack, provider).settings.set("registry policy", "stack/policy");
}
