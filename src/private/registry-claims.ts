import type { TerraformStack } from "cdktf";
import type { Construct } from "constructs";

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
 */
export class RegistryClaims {
  private static readonly byScope = new WeakMap<Construct, Map<string, RegistryClaims>>();

  /** The claims on a registry whose account and region are known, in the whole app of a construct. */
  public static ofRegistry(scope: Construct, accountId: string, region: string): RegistryClaims {
    return RegistryClaims.find(scope.node.root, `${accountId}/${region}`);
  }

  /** The claims on the registry that a provider of a stack reaches, wherever that is. */
  public static ofProvider(stack: TerraformStack, provider: string): RegistryClaims {
    return RegistryClaims.find(stack, provider);
  }

  private static find(scope: Construct, key: string): RegistryClaims {
    const ofScope = RegistryClaims.byScope.get(scope) ?? new Map<string, RegistryClaims>();
    RegistryClaims.byScope.set(scope, ofScope);
    const claims = ofScope.get(key) ?? new RegistryClaims();
    ofScope.set(key, claims);
    return claims;
  }

  /** Prefix, without a trailing slash, to the words that name its owner. */
  public readonly prefixes = new Map<string, string>();
  /** Name of a secret to what writes it. */
  public readonly writtenSecrets = new Map<string, SecretUser>();
  /** Name of a secret that exists already to what reads it. */
  public readonly readSecrets = new Map<string, SecretUser>();

  /** A copy to try a declaration on. */
  public copy(): RegistryClaims {
    const copy = new RegistryClaims();
    this.prefixes.forEach((owner, prefix) => copy.prefixes.set(prefix, owner));
    this.writtenSecrets.forEach((writer, name) => copy.writtenSecrets.set(name, writer));
    this.readSecrets.forEach((reader, name) => copy.readSecrets.set(name, reader));
    return copy;
  }

  /** Takes over what a copy has claimed, for `owner`. */
  public adopt(tried: RegistryClaims, owner: string): void {
    tried.prefixes.forEach((_, prefix) => this.prefixes.set(prefix, this.prefixes.get(prefix) ?? owner));
    tried.writtenSecrets.forEach((writer, name) => this.writtenSecrets.set(name, writer));
    tried.readSecrets.forEach((reader, name) => this.readSecrets.set(name, reader));
  }
}
