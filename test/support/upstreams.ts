import { Upstream } from "cdktf-ecr-pull-through-cache";
import type { RegistryCredential, UpstreamOptions } from "cdktf-ecr-pull-through-cache";
import { SUPPORTED_REGISTRIES } from "../../src/image/supported-registries";
import type { RegistryKind, RegistryKindWithHost } from "../../src/image/supported-registries";

type Factory = (...args: readonly unknown[]) => Upstream;

/** Every kind of registry that ECR documents as an upstream. */
export const REGISTRY_KINDS = Object.keys(SUPPORTED_REGISTRIES) as readonly RegistryKind[];

/** An upstream of a kind that has one host, made by the factory that messages name. */
export function upstreamOfKind(
  kind: RegistryKindWithHost,
  credential: RegistryCredential | undefined,
  options: UpstreamOptions = {},
): Upstream {
  const { factory, credential: need } = SUPPORTED_REGISTRIES[kind];
  const name = /^Upstream\.(\w+)\((?:credential)?\)$/.exec(factory)?.[1] ?? "";
  const create = (Upstream as unknown as { readonly [name: string]: Factory | undefined })[name];
  if (create === undefined) {
    throw new Error(`${factory} is not a factory of Upstream that takes a credential or nothing`);
  }
  return need === "required" ? create(credential, options) : create(options);
}
