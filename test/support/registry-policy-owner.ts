import type { TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { markCollector } from "../../src/cache/statement-collectors";

/** Has the statements of the caches with the default provider of a stack collected, as a RegistryPolicy of the stack does. */
export function ownRegistryPolicy(stack: TerraformStack): void {
  markCollector(new Construct(stack, "registry-policy-owner"), {});
}
