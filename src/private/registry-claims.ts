import type { TerraformStack } from "cdktf";

/**
 * What the caches of one stack already use in one registry, where a name can be used once:
 * a prefix or a secret that two of them declare would fail only when it is applied.
 */
export class RegistryClaims {
  private static readonly byStack = new WeakMap<TerraformStack, Map<string, RegistryClaims>>();

  /** The claims on the registry that `key` tells apart from others of the stack. */
  public static of(stack: TerraformStack, key: string): RegistryClaims {
    const ofStack = RegistryClaims.byStack.get(stack) ?? new Map<string, RegistryClaims>();
    RegistryClaims.byStack.set(stack, ofStack);
    const claims = ofStack.get(key) ?? new RegistryClaims();
    ofStack.set(key, claims);
    return claims;
  }

  /** Prefix, without a trailing slash, to the words that name its owner. */
  public readonly prefixes = new Map<string, string>();
  /** Name of a secret to the credential that writes it. */
  public readonly secrets = new Map<string, object>();

  /** A copy to try a declaration on. */
  public copy(): RegistryClaims {
    const copy = new RegistryClaims();
    this.prefixes.forEach((owner, prefix) => copy.prefixes.set(prefix, owner));
    this.secrets.forEach((credential, name) => copy.secrets.set(name, credential));
    return copy;
  }

  /** Takes over what a copy has claimed, for `owner`. */
  public adopt(tried: RegistryClaims, owner: string): void {
    tried.prefixes.forEach((_, prefix) => this.prefixes.set(prefix, this.prefixes.get(prefix) ?? owner));
    tried.secrets.forEach((credential, name) => this.secrets.set(name, credential));
  }
}
