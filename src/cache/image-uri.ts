import type { Construct } from "constructs";
import { ImageReference, parseReference, problemText } from "../image/image-reference";
import { canonicalDomain } from "../image/registry-hosts";
import { registryMapOf } from "../image/registry-map";
import { isUnresolved } from "../terraform/tokens";
import { warn } from "../terraform/warnings";
import { isPlainObject } from "../validation/plain-object";
import type { AllKeys } from "../validation/rule";
import { ValidationErrors } from "../validation/validation-errors";
import { partsOf, placeOf } from "./cached-image";
import type { CacheOfImages } from "./cached-image";
import { IMAGE_REFERENCE, PULL_RULES } from "./rules";

/** Options of `imageUri`. */
export interface ImageUriOptions {
  /**
   * Whether an image that the cache cannot have keeps its name, in place of an error: one of a registry without an
   * upstream, for example.
   * @default false
   */
  readonly passThrough?: boolean;
  /**
   * Whether the result has the host of the registry for IPv4 and IPv6, `<account>.dkr-ecr.<region>.on.aws`. The region
   * or the partition of the cache must be known at synth.
   * @default false
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-requests.html
   */
  readonly dualStack?: boolean;
}

/** Options of `registryMap`. */
export interface RegistryMapOptions {
  /**
   * As {@link ImageUriOptions.dualStack}.
   * @default false
   */
  readonly dualStack?: boolean;
}

const IMAGE_URI_OPTIONS = Object.keys({ passThrough: true, dualStack: true } satisfies AllKeys<ImageUriOptions>);
const REGISTRY_MAP_OPTIONS = Object.keys({ dualStack: true } satisfies AllKeys<RegistryMapOptions>);

/** The name to pull in place of an image. Throws if there is none. */
export function imageUri(cache: Construct & CacheOfImages, image: string, options: ImageUriOptions): string {
  const errors = new ValidationErrors();
  const host = hostFor(errors, cache, options, IMAGE_URI_OPTIONS);
  if (isPlainObject(options)) {
    errors.checkBoolean("passThrough", options.passThrough, "leave it out for an error");
  }
  errors.throwIfAny(cache.node.path);
  if (ownHosts(cache).some((own) => typeof image === "string" && image.startsWith(`${own}/`))) {
    return image;
  }
  const { name, suffix } = literalName(image);
  const reference = checkReference(errors, name, image);
  errors.throwIfAny(cache.node.path);
  if (reference === undefined || ownHosts(cache).includes(canonicalDomain(reference.domain))) {
    return image;
  }
  const place = placeOf(errors, "image", cache, image, reference);
  if (place === undefined && options.passThrough === true) {
    return image;
  }
  errors.throwIfAny(cache.node.path);
  const ending = `${reference.suffix}${suffix}`;
  if (ending.includes("@")) {
    warn(
      cache,
      "first-pull-by-digest",
      `imageUri: ECR does not cache the first pull of ${image}, since it has a digest: pull its tag through the cache once`,
    );
  }
  return `${host}/${place?.path}${ending}`;
}

/** The map of a cache. */
export function registryMap(cache: Construct & CacheOfImages, options: RegistryMapOptions): { [name: string]: string } {
  const errors = new ValidationErrors();
  const host = hostFor(errors, cache, options, REGISTRY_MAP_OPTIONS);
  errors.throwIfAny(cache.node.path);
  return { ...registryMapOf(host, partsOf(cache)) };
}

/** The host of the registry that options ask for. */
function hostFor(
  errors: ValidationErrors,
  cache: Construct & CacheOfImages,
  options: ImageUriOptions,
  known: readonly string[],
): string {
  const { uri, dualStackUri } = cache._internals.registry;
  if (!isPlainObject(options)) {
    errors.addBroken("options", PULL_RULES.uriOptions, options);
    return uri;
  }
  errors.checkKeys("", options, known, "an option");
  errors.checkBoolean("dualStack", options.dualStack, "leave it out for the host of IPv4");
  if (options.dualStack === true && dualStackUri === undefined) {
    errors.addBroken("dualStack", PULL_RULES.dualStack, true);
  }
  return (options.dualStack === true ? dualStackUri : undefined) ?? uri;
}

function ownHosts(cache: Construct & CacheOfImages): string[] {
  const { uri, dualStackUri } = cache._internals.registry;
  return dualStackUri === undefined ? [uri] : [uri, dualStackUri];
}

/** An image's name, and its tag or digest if that is a token. */
function literalName(image: string): { readonly name: string; readonly suffix: string } {
  if (typeof image !== "string" || !isUnresolved(image)) {
    return { name: image, suffix: "" };
  }
  const literal = image.split("${", 1)[0] ?? "";
  const [separator] = /[:@](?=[^/]*$)/.exec(literal) ?? [];
  const at = separator === undefined ? 0 : literal.search(/[:@](?=[^/]*$)/);
  // A token may contain the text `/`, but not what follows it.
  const isSuffix = !image
    .slice(literal.length)
    .replace(/\$\{[^}]*\}/g, "")
    .includes("/");
  return isSuffix && at > 0 ? { name: image.slice(0, at), suffix: image.slice(at) } : { name: image, suffix: "" };
}

function checkReference(errors: ValidationErrors, name: string, image: string): ImageReference | undefined {
  if (isUnresolved(name)) {
    errors.addBroken("image", PULL_RULES.imageNameKnown, image);
    return undefined;
  }
  const parsed = typeof name === "string" ? parseReference(name) : undefined;
  if (parsed instanceof ImageReference) {
    return parsed;
  }
  const hint = parsed === undefined ? IMAGE_REFERENCE.hint : problemText(parsed);
  errors.add("image", IMAGE_REFERENCE.requirement, image, hint);
  return undefined;
}
