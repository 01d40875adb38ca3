import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { accountOfConfig, providerOf } from "../aws/provider";
import type { ProviderAccount } from "../aws/provider";
import type { Registry } from "../aws/registry";

/** What the caches of an app use already in the registry of a construct, as far as it is known to be the same one. */
export function namesInUse(scope: Construct, { location: location, regional }: Registry): readonly NamesInUse[] {
  const provider = [regional.provider?.fqn ?? "aws", location.region ?? regional.region ?? ""].join("@");
  const reached = NamesInUse.ofProvider(TerraformStack.of(scope), provider);
  const configured = accountOfConfig(providerOf(scope, regional.provider) as ProviderAccount | undefined);
  const accountId = location.accountId ?? configured;
  return accountId !== undefined && location.region !== undefined
    ? [reached, NamesInUse.ofRegistry(scope, accountId, location.region)]
    : [reached];
}

/** Who writes or reads a secret: a credential, on behalf of a cache. */
export interface SecretUser {
  readonly credential: object;
  readonly cache: string;
  /** The stack of the cache; of one that is yet to be made, none. */
  readonly stack: TerraformStack | undefined;
}

/**
 * What the caches of an app already use in one registry, where a name can be used once: a prefix or a secret that two
 * of them declare would fail only when it is applied.
 *
 * A provider of a stack reaches one registry, so a cache always claims names of its provider. If the cache or the
 * provider names the account and the region, the cache also claims names of these for the whole app. Providers of two
 * stacks that name no account are different registries, even with equal arguments: each stack may be applied with
 * credentials of another account, like one for development and one for production.
 */
export class NamesInUse {
  private static readonly byScope = new WeakMap<Construct, Map<string, NamesInUse>>();

  /** The claims on a registry whose account and region are known, in the whole app of a construct. */
  public static ofRegistry(scope: Construct, accountId: string, region: string): NamesInUse {
    return NamesInUse.find(scope.node.root, `${accountId}/${region}`);
  }

  /** The claims on the registry that a provider of a stack reaches, wherever that is. */
  public static ofProvider(stack: TerraformStack, provider: string): NamesInUse {
    return NamesInUse.find(stack, provider);
  }

  /** A copy of what several claims on one registry hold together, to try a declaration on. */
  public static copyOf(names: readonly NamesInUse[]): NamesInUse {
    const copy = new NamesInUse();
    for (const { prefixes, writtenSecrets, readSecrets } of names) {
      prefixes.forEach((owner, prefix) => copy.prefixes.set(prefix, owner));
      writtenSecrets.forEach((writer, name) => copy.writtenSecrets.set(name, writer));
      readSecrets.forEach((reader, name) => copy.readSecrets.set(name, reader));
    }
    return copy;
  }

  /** Has several claims on one registry take over what a copy of them has claimed, for `owner`. */
  public static adopt(names: readonly NamesInUse[], tried: NamesInUse, owner: string): void {
    const { prefixes: owned } = NamesInUse.copyOf(names);
    for (const { prefixes, writtenSecrets, readSecrets } of names) {
      tried.prefixes.forEach((_, prefix) => prefixes.set(prefix, owned.get(prefix) ?? owner));
      tried.writtenSecrets.forEach((writer, name) => writtenSecrets.set(name, writer));
      tried.readSecrets.forEach((reader, name) => readSecrets.set(name, reader));
    }
  }

  private static find(scope: Construct, key: string): NamesInUse {
    const ofScope = NamesInUse.byScope.get(scope) ?? new Map<string, NamesInUse>();
    NamesInUse.byScope.set(scope, ofScope);
    const names = ofScope.get(key) ?? new NamesInUse();
    ofScope.set(key, names);
    return names;
  }

  /** Prefix, without a trailing slash, to the words that name its owner. */
  public readonly prefixes = new Map<string, string>();
  /** Name of a secret to what writes it. */
  public readonly writtenSecrets = new Map<string, SecretUser>();
  /** Name of a secret that exists already to what reads it. */
  public readonly readSecrets = new Map<string, SecretUser>();
}
