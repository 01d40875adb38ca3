import type { Construct } from "constructs";
import { accountOfProvider } from "../aws/provider";
import { Registry } from "../aws/registry";
import type { RegistryProps } from "../aws/registry";

/** The registry of a setting. If the configuration of the AWS provider names its account, no data source looks it up. */
export function registryOf(scope: Construct, props: RegistryProps): Registry {
  return new Registry(scope, { ...props, accountId: props.accountId ?? accountOfProvider(scope, props.provider) });
}
