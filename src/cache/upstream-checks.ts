import { Token } from "cdktf";
import { checkArn } from "../aws/arn-checks";
import { REGION_NAME, dnsSuffixOf, partitionOf } from "../aws/partitions";
import type { KnownLocation } from "../aws/registry";
import { ROLE_REQUIREMENTS } from "../aws/role-arn";
import { ROOT } from "../image/repository-path";
import { SUPPORTED_REGISTRIES, kindOf, reasonUnsupported } from "../image/supported-registries";
import { isUnresolved } from "../terraform/tokens";
import { Redacted } from "../validation/redaction";
import type { AllKeys } from "../validation/rule";
import { matches } from "../validation/rule";
import type { ValidationErrors } from "../validation/validation-errors";
import { checkCredential, reserveSecret } from "./credential-checks";
import { checkRepositorySettings, checkSettingsInRegion } from "./repository-settings-checks";
import {
  AZURE_REGISTRY_NAME,
  CREDENTIAL_RULES,
  HOST,
  MAX_RULES,
  NAMES_OF_VALUES,
  REPOSITORY_PREFIX,
  UPSTREAM_ACCOUNT_ID,
  UPSTREAM_REPOSITORY_PREFIX,
  UPSTREAM_RULES,
} from "./rules";
import type { PrivateEcrOptions, Upstream, UpstreamOptions } from "./upstream";
import { isCrossAccount } from "./upstream-spec";
import type { PrivateEcrSpec, UpstreamContext, UpstreamSpec } from "./upstream-spec";

const OPTIONS = Object.keys({
  prefix: true,
  repositorySettings: true,
} satisfies AllKeys<UpstreamOptions>);
const PRIVATE_ECR_OPTIONS = Object.keys({
  region: true,
  accountId: true,
  upstreamRepositoryPrefix: true,
  roleArn: true,
} satisfies AllKeys<Omit<PrivateEcrOptions, keyof UpstreamOptions>>);

/** The hints for the values of a credential among the options of an upstream that has one. */
const CREDENTIAL_HINTS: ReadonlyMap<string, string> = new Map(
  NAMES_OF_VALUES.map((name) => [name, `for the credential, ${CREDENTIAL_RULES.credential.hint}`]),
);

/** Adds the errors of an upstream; reserves its prefix and its secret if there are none. */
export function checkUpstream(
  errors: ValidationErrors,
  prop: string,
  upstream: Upstream,
  context: UpstreamContext,
): void {
  // Callers in JavaScript, or of a second copy of this package, may pass anything.
  const spec = (upstream as Partial<Upstream> | null | undefined)?._spec;
  if (spec?.kind === undefined) {
    errors.addBroken(prop, UPSTREAM_RULES.upstream, Redacted.of(upstream));
    return;
  }
  const known = spec.privateEcr === undefined ? OPTIONS : [...OPTIONS, ...PRIVATE_ECR_OPTIONS];
  const hints = spec.credential === undefined ? undefined : CREDENTIAL_HINTS;
  const { options }: { readonly options?: unknown } = spec.unknown;
  if (errors.checkObject(`${prop}.options`, options, `use ${known.join(", ")}`)) {
    errors.checkKeys(prop, spec.unknown, known, "an option of this upstream", hints);
  }
  checkPrefix(errors, prop, spec, context);
  checkHost(errors, prop, spec);
  checkAuthentication(errors, `${prop}.credential`, spec, context);
  if (spec.privateEcr !== undefined) {
    checkPrivateEcr(errors, prop, spec, spec.privateEcr, context.location);
  }
  if (spec.repositorySettings !== undefined) {
    checkRepositorySettings(errors, `${prop}.repositorySettings`, spec.repositorySettings, context.location);
  }
}

/** Adds the errors of an upstream that depend on the account and region of its cache, and reserves its names. */
export function checkUpstreamInRegion(
  errors: ValidationErrors,
  prop: string,
  upstream: Upstream,
  context: UpstreamContext,
): void {
  const spec = (upstream as Partial<Upstream> | null | undefined)?._spec;
  if (spec?.kind === undefined) {
    return;
  }
  checkPrefix(errors, prop, spec, context);
  if (spec.credential?._spec?.source === "secret-arn") {
    checkAuthentication(errors, `${prop}.credential`, spec, context);
  }
  if (spec.privateEcr !== undefined) {
    checkPrivateEcr(errors, prop, spec, spec.privateEcr, context.location);
  }
  checkSettingsInRegion(errors, `${prop}.repositorySettings`, spec.repositorySettings, context.location);
}

function checkPrefix(errors: ValidationErrors, prop: string, spec: UpstreamSpec, context: UpstreamContext): void {
  if (spec.prefix === "" && spec.kind === "unsupported") {
    return;
  }
  const place = `${prop}.prefix`;
  if (spec.kind === "unlisted" && !spec.hasPrefix) {
    errors.addBroken(place, UPSTREAM_RULES.prefixOfUnlisted, undefined);
    return;
  }
  if (!matches(spec.prefix, REPOSITORY_PREFIX)) {
    errors.addBroken(place, REPOSITORY_PREFIX, spec.prefix);
    return;
  }
  const { prefixes } = context.namesInUse;
  const owner = prefixes.get(spec.prefixKey);
  if (owner !== undefined) {
    errors.addBroken(place, UPSTREAM_RULES.usedOnce(owner), spec.prefix);
    return;
  }
  prefixes.set(spec.prefixKey, prop);
  if (spec.credential?._spec !== undefined) {
    reserveSecret(errors, `${prop}.credential`, spec.credential, spec.prefixKey, context);
  }
  if (prefixes.size === MAX_RULES + 1) {
    errors.addBroken(prop.replace(/\[\d+\]$/, ""), UPSTREAM_RULES.quota, prefixes.size);
  }
}

function checkHost(errors: ValidationErrors, prop: string, spec: UpstreamSpec): void {
  if (spec.origin === undefined) {
    return;
  }
  const place = `${prop}.${spec.origin}`;
  const given: unknown = spec.given;
  if (Token.isUnresolved(given)) {
    errors.addBroken(place, UPSTREAM_RULES.knownAtSynth, given);
  } else if (spec.origin === "registryName") {
    if (typeof given !== "string" || kindOf(spec.host ?? "") !== "azure") {
      errors.addBroken(place, AZURE_REGISTRY_NAME, given);
    }
  } else if (!matches(given, HOST)) {
    // The part before an @ in a URL may be a password.
    errors.addBroken(place, HOST, typeof given === "string" && given.includes("@") ? Redacted.of(given) : given);
  } else if (spec.kind === "unsupported") {
    checkSupported(errors, place, given);
  } else if (spec.kind === "unlisted") {
    const kind = kindOf(given);
    if (kind !== undefined) {
      errors.addBroken(place, UPSTREAM_RULES.unlisted(`use ${SUPPORTED_REGISTRIES[kind].factory}`), given);
    }
  } else if (spec.privateEcr !== undefined) {
    checkPrivateEcrHost(errors, place, given, spec.privateEcr);
  }
}

function checkSupported(errors: ValidationErrors, place: string, host: string): void {
  const factories = Object.values(SUPPORTED_REGISTRIES).map(({ factory }) => factory);
  const hint = `use one of ${factories.join(", ")}, or Upstream.unlisted(…) if AWS supports it by now`;
  errors.addBroken(place, UPSTREAM_RULES.cacheable(reasonUnsupported(host) ?? hint), host);
}

/** The host of a private registry is composed anew for the rule, so that all of its parts must be right. */
function checkPrivateEcrHost(
  errors: ValidationErrors,
  place: string,
  host: string,
  { accountId, region }: PrivateEcrSpec,
): void {
  const expected = `${accountId ?? ""}.dkr.ecr.${region}.${dnsSuffixOf(partitionOf(region)) ?? ""}`;
  if (host !== expected) {
    errors.addBroken(place, UPSTREAM_RULES.hostOfPrivateEcr(expected), host);
  }
}

function checkAuthentication(
  errors: ValidationErrors,
  prop: string,
  spec: UpstreamSpec,
  context: UpstreamContext,
): void {
  if (spec.kind === "unsupported") {
    return;
  }
  const registry = spec.kind === "unlisted" ? undefined : SUPPORTED_REGISTRIES[spec.kind];
  if (spec.credential === undefined) {
    if (registry?.credential === "required") {
      errors.addBroken(prop, UPSTREAM_RULES.credentialRequired(registry.name), undefined);
    }
  } else if (spec.credential._spec?.source === undefined) {
    errors.addBroken(prop, CREDENTIAL_RULES.credential, Redacted.of(spec.credential));
  } else if (registry?.credential === "impossible") {
    errors.addBroken(prop, UPSTREAM_RULES.credentialImpossible(registry.name), "a credential");
  } else {
    checkCredential(errors, prop, spec.credential, context);
  }
}

function checkPrivateEcr(
  errors: ValidationErrors,
  prop: string,
  spec: UpstreamSpec,
  privateEcr: PrivateEcrSpec,
  location: KnownLocation,
): void {
  const { accountId, region, roleArn, upstreamRepositoryPrefix } = privateEcr;
  if (accountId !== undefined) {
    errors.checkString(`${prop}.accountId`, accountId, UPSTREAM_ACCOUNT_ID);
  }
  if (errors.checkString(`${prop}.region`, region, REGION_NAME)) {
    checkUpstreamRegion(errors, `${prop}.region`, spec, privateEcr, location);
  }
  if (roleArn !== undefined) {
    if (isCrossAccount(spec, location)) {
      checkArn(errors, `${prop}.roleArn`, roleArn, ROLE_REQUIREMENTS, location);
    } else {
      errors.addBroken(`${prop}.roleArn`, UPSTREAM_RULES.otherAccount, roleArn);
    }
  }
  if (upstreamRepositoryPrefix !== undefined) {
    checkUpstreamRepositoryPrefix(errors, `${prop}.upstreamRepositoryPrefix`, spec, upstreamRepositoryPrefix);
  }
}

function checkUpstreamRegion(
  errors: ValidationErrors,
  prop: string,
  spec: UpstreamSpec,
  { region }: PrivateEcrSpec,
  location: KnownLocation,
): void {
  if (isUnresolved(region)) {
    return;
  }
  if (location.partition !== undefined && partitionOf(region) !== location.partition) {
    errors.addBroken(prop, UPSTREAM_RULES.ownPartition(location.partition), region);
  } else if (region === location.region && !isCrossAccount(spec, location)) {
    errors.addBroken(prop, UPSTREAM_RULES.otherRegion, region);
  }
}

function checkUpstreamRepositoryPrefix(
  errors: ValidationErrors,
  prop: string,
  spec: UpstreamSpec,
  prefix: string,
): void {
  if (spec.prefix === ROOT && prefix !== ROOT) {
    // https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreatePullThroughCacheRule.html
    errors.addBroken(prop, UPSTREAM_RULES.besideRoot, prefix);
  } else if (!matches(prefix, UPSTREAM_REPOSITORY_PREFIX)) {
    errors.addBroken(prop, UPSTREAM_REPOSITORY_PREFIX, prefix);
  }
}
