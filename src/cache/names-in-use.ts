import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { regionOfProvider } from "../aws/provider";
import type { RegionalArguments } from "../aws/provider";
import { knownAccount } from "../aws/registry";
import type { Registry } from "../aws/registry";
import { stableKey } from "../terraform/tokens";

/**
 * A key of the provider and the region that a construct uses, which is the same for all constructs of a stack that are
 * certainly in one account and region, also if one gives the region and another leaves it to the provider.
 */
export function providerAndRegion(scope: Construct, { provider, region }: RegionalArguments): string {
  const effective = region ?? regionOfProvider(scope, provider);
  return [provider?.fqn ?? "aws", effective === undefined ? "" : stableKey(scope, effective)].join("@");
}

/** The names that caches of the app use in an account and region, as far as these are known to be the same. */
export function namesInUse(scope: Construct, registry: Registry): readonly NamesInUse[] {
  const { region } = registry.location;
  const reached = NamesInUse.ofProvider(TerraformStack.of(scope), providerAndRegion(scope, registry.regional));
  const accountId = knownAccount(scope, registry);
  return accountId !== undefined && region !== undefined
    ? [reached, NamesInUse.ofRegistry(scope, accountId, region)]
    : [reached];
}

// On the construct itself, since an app may load a second copy of this package.
const NAMES = Symbol.for("cdktf-ecr-pull-through-cache.NamesInUse");

/** The credential that writes or looks up a secret, and its cache. */
export interface SecretUser {
  readonly credential: object;
  readonly cache: string;
  /** The stack of the cache; undefined if it does not exist yet. */
  readonly stack: TerraformStack | undefined;
}

/** The settings of which a registry has one; Terraform overwrites what is there. */
export type RegistrySetting = "registry policy" | "scanning configuration" | "replication configuration";

/**
 * The prefixes, secrets and settings of a registry that constructs of an app use in one account and region, where each
 * can be used only once: without this check, a second use would fail only when it is applied, or overwrite the first one.
 *
 * A provider of a stack reaches one account and region, so a cache always reserves names for its provider. If the cache or
 * the provider names the account and the region, the cache also reserves names for these in the whole app. Providers of
 * two stacks that name no account are treated as different, even with equal arguments: each stack may be applied with
 * credentials of another account, for example development and production.
 */
export class NamesInUse {
  /** The names in use in a known account and region, in the whole app of a construct. */
  public static ofRegistry(scope: Construct, accountId: string, region: string): NamesInUse {
    return NamesInUse.find(scope.node.root, `${accountId}/${region}`);
  }

  /** The names in use in the account and region that a provider of a stack reaches. */
  public static ofProvider(stack: TerraformStack, provider: string): NamesInUse {
    return NamesInUse.find(stack, provider);
  }

  /** A copy of several collections of names together, in which a check can reserve the names of a declaration. */
  public static copyOf(names: readonly NamesInUse[]): NamesInUse {
    const copy = new NamesInUse();
    for (const { prefixes, withoutTemplate, writtenSecrets, readSecrets, settings } of names) {
      withoutTemplate.forEach((prefix) => copy.withoutTemplate.add(prefix));
      settings.forEach((owner, setting) => copy.settings.set(setting, owner));
      prefixes.forEach((owner, prefix) => copy.prefixes.set(prefix, owner));
      writtenSecrets.forEach((writer, name) => copy.writtenSecrets.set(name, writer));
      readSecrets.forEach((reader, name) => copy.readSecrets.set(name, reader));
    }
    return copy;
  }

  /** Adds the names that were reserved in a copy to the collections, for `owner`. */
  public static adopt(names: readonly NamesInUse[], tried: NamesInUse, owner: string): void {
    const { prefixes: owned } = NamesInUse.copyOf(names);
    for (const { prefixes, writtenSecrets, readSecrets } of names) {
      tried.prefixes.forEach((_, prefix) => prefixes.set(prefix, owned.get(prefix) ?? owner));
      tried.writtenSecrets.forEach((writer, name) => writtenSecrets.set(name, writer));
      tried.readSecrets.forEach((reader, name) => readSecrets.set(name, reader));
    }
  }

  private static find(scope: Construct, key: string): NamesInUse {
    const holder = scope as Construct & { [NAMES]?: Map<string, NamesInUse> };
    const ofScope = (holder[NAMES] ??= new Map<string, NamesInUse>());
    const names = ofScope.get(key) ?? new NamesInUse();
    ofScope.set(key, names);
    return names;
  }

  /** The owner of each prefix, as messages name it, by the key of the prefix. */
  public readonly prefixes = new Map<string, string>();
  /** The keys of the prefixes of upstreams without a creation template. */
  public readonly withoutTemplate = new Set<string>();
  /** The user that writes each secret, by the name of the secret. */
  public readonly writtenSecrets = new Map<string, SecretUser>();
  /** The user that looks up each existing secret, by the name of the secret. */
  public readonly readSecrets = new Map<string, SecretUser>();
  /** The path of the construct that owns each setting of the registry. */
  public readonly settings = new Map<RegistrySetting, string>();
}
