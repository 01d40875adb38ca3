import { Store, found, text } from "../service";
import type { Scope, Service } from "../service";
import type { AccountSettings } from "./account-settings";
import { checkRegistryPolicy } from "./documents";
import { removed } from "./parameters";

const KEY = "policy";
const NO_POLICY = "RegistryPolicyNotFoundException";

/** The one policy of a registry. */
export class RegistryPolicy {
  private readonly policies = new Store<string>("registry policy");

  public constructor(private readonly settings: AccountSettings) {}

  public readonly operations: Service["operations"] = {
    // There is one, and whoever puts it replaces whatever was there.
    PutRegistryPolicy: (input, scope) => {
      const policy = text(input, "policyText");
      checkRegistryPolicy(policy, this.settings.valueOf("REGISTRY_POLICY_SCOPE", scope));
      this.policies.in(scope).set(KEY, policy);
      return { registryId: scope.accountId, policyText: policy };
    },
    GetRegistryPolicy: (_, scope) => ({
      registryId: scope.accountId,
      policyText: found(this.policies.in(scope), KEY, NO_POLICY),
    }),
    DeleteRegistryPolicy: (_, scope) => ({
      registryId: scope.accountId,
      policyText: removed(this.policies.in(scope), KEY, NO_POLICY),
    }),
  };

  public tryFind(scope: Scope): string | undefined {
    return this.policies.in(scope).get(KEY);
  }

  public contents(): string[] {
    return this.policies.contents();
  }
}
