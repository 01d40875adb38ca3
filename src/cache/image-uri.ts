import type { Construct } from "constructs";
import { ImageReference, parseReference, problemText } from "../image/image-reference";
import { canonicalDomain } from "../image/registry-hosts";
import { registryMapOf } from "../image/registry-map";
import { isUnresolved, literalPrefix } from "../terraform/tokens";
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
   * Whether the result is the name of the image itself, in place of an error, if the cache cannot have the image: if its
   * registry is no upstream of the cache, for example. A text that is not the name of an image remains an error.
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

// The expression of a token, as far as no brace is in it.
const TOKEN = /\$\{[^}]*\}/g;

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
  if (isUnderOwnToken(cache, image)) {
    return image;
  }
  const { name, rest } = splitAtToken(image);
  const reference = checkReference(errors, name, image);
  errors.throwIfAny(cache.node.path);
  if (reference === undefined || canonicalDomain(reference.domain) === cache._internals.registry.uri) {
    return image;
  }
  const place = placeOf(errors, "image", cache, withoutDigest(image), reference);
  if (place === undefined && options.passThrough === true) {
    return image;
  }
  errors.throwIfAny(cache.node.path);
  const suffix = `${reference.suffix}${rest}`;
  if (suffix.includes("@")) {
    warn(
      cache,
      "first-pull-by-digest",
      `imageUri: ECR does not cache the first pull of ${withoutDigest(name)} by digest: pull its tag through the cache once`,
    );
  }
  return `${host}/${place?.path}${suffix}`;
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

/** Whether a name begins with a host of the cache that only Terraform knows. */
function isUnderOwnToken(cache: Construct & CacheOfImages, image: unknown): boolean {
  const { uri, dualStackUri } = cache._internals.registry;
  return [uri, dualStackUri].some(
    (own) => isUnresolved(own) && typeof image === "string" && image.startsWith(`${own}/`),
  );
}

/** The name of an image, and its tag or digest if that contains a token; a token elsewhere stays in the name. */
function splitAtToken(image: string): { readonly name: string; readonly rest: string } {
  const at = literalPrefix(image).search(/[:@][^/]*$/);
  // Text behind a token may show that the token is not in the tag: `localhost:${port}/app`.
  const isInName = at < 1 || image.slice(at).replace(TOKEN, "").includes("/");
  return !isUnresolved(image) || isInName
    ? { name: image, rest: "" }
    : { name: image.slice(0, at), rest: image.slice(at) };
}

/** An image for messages, which do not show a digest: it looks like a secret. */
function withoutDigest(image: string): string {
  return image.split("@", 1)[0] ?? "";
}

function checkReference(errors: ValidationErrors, name: string, image: string): ImageReference | undefined {
  if (isUnresolved(name)) {
    errors.addBroken("image", PULL_RULES.imageNameKnown, image);
    return undefined;
  }
  const parsed = parseReference(name);
  if (parsed instanceof ImageReference) {
    return parsed;
  }
  const hint = typeof name === "string" ? problemText(parsed) : IMAGE_REFERENCE.hint;
  errors.add("image", IMAGE_REFERENCE.requirement, image, hint);
  return undefined;
}
