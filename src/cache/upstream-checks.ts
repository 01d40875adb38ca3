import { Token } from "cdktf";
import { checkArn } from "../aws/arn-checks";
import { ACCOUNT_ID, REGION_NAME, dnsSuffixOf, partitionOf } from "../aws/partitions";
import type { KnownLocation } from "../aws/registry";
import { ROLE_REQUIREMENTS } from "../aws/role-arn";
import { isUnresolved } from "../terraform/tokens";
import { Redacted, containsAccessToken } from "../validation/redaction";
import type { AllKeys } from "../validation/rule";
import { matches } from "../validation/rule";
import type { ValidationErrors } from "../validation/validation-errors";
import { checkCredential, reserveSecret } from "./credential-checks";
import { withoutTrailingSlash } from "./repository-path";
import { checkRepositorySettings, checkSettingsInRegion } from "./repository-settings-checks";
import {
  AZURE_REGISTRY_NAME,
  HOST,
  HOST_HINT,
  MAX_RULES,
  REPOSITORY_PREFIX,
  ROOT,
  UPSTREAM_REQUIREMENTS,
} from "./rules";
import { SUPPORTED_REGISTRIES, kindOf, reasonUnsupported } from "./supported-registries";
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

/** Records what is wrong with an upstream, and claims its prefix and its secret. */
export function checkUpstream(
  errors: ValidationErrors,
  prop: string,
  upstream: Upstream,
  context: UpstreamContext,
): void {
  // Callers in JavaScript, or of a second copy of this package, may pass anything.
  const spec = (upstream as Partial<Upstream> | null | undefined)?._spec;
  if (spec?.kind === undefined) {
    const hint = "use a factory, for example Upstream.ecrPublic(), or Upstream.fromRegistryUrl for a URL";
    errors.add(prop, "be an Upstream", Redacted.of(upstream), hint);
    return;
  }
  const known = spec.privateEcr === undefined ? OPTIONS : [...OPTIONS, ...PRIVATE_ECR_OPTIONS];
  errors.checkKeys(prop, spec.unknown, known, UPSTREAM_REQUIREMENTS.option);
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
    errors.add(place, REPOSITORY_PREFIX.requirement, undefined, UPSTREAM_REQUIREMENTS.noUsualPrefix);
    return;
  }
  if (!matches(spec.prefix, REPOSITORY_PREFIX)) {
    const hint = "give a literal that ECR takes: resources are named after it";
    errors.add(place, REPOSITORY_PREFIX.requirement, spec.prefix, hint);
    return;
  }
  const { prefixes } = context.namesInUse;
  const prefix = withoutTrailingSlash(spec.prefix);
  const owner = prefixes.get(prefix);
  if (owner !== undefined) {
    errors.add(
      place,
      UPSTREAM_REQUIREMENTS.usedOnce(owner),
      spec.prefix,
      "give one of the two another prefix (a slash at the end makes no difference)",
    );
    return;
  }
  prefixes.set(prefix, prop);
  if (spec.credential?._spec !== undefined) {
    reserveSecret(errors, `${prop}.credential`, spec.credential, spec.prefix, context);
  }
  if (prefixes.size === MAX_RULES + 1) {
    errors.add(
      prop.replace(/\[\d+\]$/, ""),
      UPSTREAM_REQUIREMENTS.tooManyRules,
      prefixes.size,
      "AWS does not raise this quota: use another region or account for the rest",
    );
  }
}

function checkHost(errors: ValidationErrors, prop: string, spec: UpstreamSpec): void {
  if (spec.origin === undefined) {
    return;
  }
  const place = `${prop}.${spec.origin}`;
  const given: unknown = spec.given;
  if (Token.isUnresolved(given)) {
    errors.add(place, "be known at synth", given, "give it as a literal");
  } else if (spec.origin === "registryName") {
    if (typeof given !== "string" || kindOf(spec.host ?? "") !== "azure") {
      const hint = "give the registry's name as Azure shows it, without .azurecr.io";
      errors.add(place, AZURE_REGISTRY_NAME.requirement, given, hint);
    }
  } else if (!matches(given, HOST) || containsAccessToken(given)) {
    // What comes before an @ in a URL may be a password.
    const shown = typeof given === "string" && given.includes("@") ? Redacted.of(given) : given;
    errors.add(place, HOST.requirement, shown, HOST_HINT);
  } else if (spec.kind === "unsupported") {
    checkSupported(errors, place, given);
  } else if (spec.kind === "unlisted") {
    const kind = kindOf(given);
    if (kind !== undefined) {
      const hint = `use ${SUPPORTED_REGISTRIES[kind].factory}`;
      errors.add(place, UPSTREAM_REQUIREMENTS.unlisted, given, hint);
    }
  } else if (spec.privateEcr !== undefined) {
    checkPrivateEcrHost(errors, place, given, spec.privateEcr);
  }
}

function checkSupported(errors: ValidationErrors, place: string, host: string): void {
  const documented = Object.values(SUPPORTED_REGISTRIES).map((registry) => registry.factory);
  const hint = `use one of ${documented.join(", ")}, or Upstream.unlisted(…) if AWS has added it since`;
  errors.add(place, UPSTREAM_REQUIREMENTS.cacheable, host, reasonUnsupported(host) ?? hint);
}

/**
 * A private registry's host is put together anew for the rule: what it says beside account and region must be right.
 */
function checkPrivateEcrHost(
  errors: ValidationErrors,
  place: string,
  host: string,
  { accountId, region }: PrivateEcrSpec,
): void {
  const expected = `${accountId ?? ""}.dkr.ecr.${region}.${dnsSuffixOf(partitionOf(region)) ?? ""}`;
  if (host !== expected) {
    errors.add(place, `be the host of a private registry, ${expected}`, host, "use Upstream.privateEcr");
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
  if (spec.credential === undefined) {
    if (spec.kind !== "unlisted" && SUPPORTED_REGISTRIES[spec.kind].credential === "required") {
      errors.add(
        prop,
        UPSTREAM_REQUIREMENTS.required,
        undefined,
        `ECR caches ${SUPPORTED_REGISTRIES[spec.kind].name} only with one: use RegistryCredential`,
      );
    }
    return;
  }
  if (spec.credential._spec?.source === undefined) {
    errors.add(
      prop,
      "be a RegistryCredential",
      Redacted.of(spec.credential),
      "use RegistryCredential.managed, fromSecretArn or fromSecretName",
    );
    return;
  }
  if (spec.kind !== "unlisted" && SUPPORTED_REGISTRIES[spec.kind].credential === "impossible") {
    errors.add(
      prop,
      UPSTREAM_REQUIREMENTS.impossible,
      "a credential",
      `ECR takes none for ${SUPPORTED_REGISTRIES[spec.kind].name}: leave it out`,
    );
    return;
  }
  checkCredential(errors, prop, spec.credential, context);
}

function checkPrivateEcr(
  errors: ValidationErrors,
  prop: string,
  spec: UpstreamSpec,
  privateEcr: PrivateEcrSpec,
  location: KnownLocation,
): void {
  const { accountId, region, roleArn } = privateEcr;
  if (accountId !== undefined) {
    errors.checkString(`${prop}.accountId`, accountId, ACCOUNT_ID, "leave it out for the cache's own account");
  }
  if (errors.checkString(`${prop}.region`, region, REGION_NAME, "give the upstream registry's region")) {
    checkUpstreamRegion(errors, `${prop}.region`, spec, privateEcr, location);
  }
  if (roleArn !== undefined) {
    if (isCrossAccount(spec, location)) {
      checkArn(errors, `${prop}.roleArn`, roleArn, ROLE_REQUIREMENTS, location);
    } else {
      const hint = "set `accountId` to that account or leave the role out";
      errors.add(`${prop}.roleArn`, UPSTREAM_REQUIREMENTS.otherAccount, roleArn, hint);
    }
  }
  if (privateEcr.upstreamRepositoryPrefix !== undefined) {
    checkUpstreamRepositoryPrefix(
      errors,
      `${prop}.upstreamRepositoryPrefix`,
      spec,
      privateEcr.upstreamRepositoryPrefix,
    );
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
    errors.add(
      prop,
      UPSTREAM_REQUIREMENTS.ownPartition(location.partition),
      region,
      "ECR cannot reach a registry of another partition",
    );
  } else if (region === location.region && !isCrossAccount(spec, location)) {
    errors.add(
      prop,
      UPSTREAM_REQUIREMENTS.otherRegion,
      region,
      "a registry cannot cache itself: pull from it directly",
    );
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
    errors.add(prop, UPSTREAM_REQUIREMENTS.besideRoot, prefix, "leave it out or choose another `prefix`");
  } else if (!matches(prefix, REPOSITORY_PREFIX)) {
    errors.add(prop, REPOSITORY_PREFIX.requirement, prefix, "use ROOT to cache every repository; it must be a literal");
  }
}
