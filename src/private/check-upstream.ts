import { Token } from "cdktf";
import type { TerraformStack } from "cdktf";
import type { Upstream } from "../upstream";
import { ACCOUNT_ID, REGION, partitionOf } from "./aws-geography";
import { checkCredential, claimManagedSecret } from "./check-credential";
import { Withheld, follows } from "./faults";
import type { Faults } from "./faults";
import type { RegistryFacts } from "./registry";
import type { RegistryClaims } from "./registry-claims";
import { REPOSITORY_PREFIX, ROOT, withoutTrailingSlash } from "./repository-path";
import { ROLE_ARN, checkRepositorySettings } from "./repository-template";
import { SUPPORTED_REGISTRIES, kindOf, reasonUnsupported } from "./supported-registries";
import { isCrossAccount } from "./upstream-spec";
import type { PrivateEcrSpec, UpstreamSpec } from "./upstream-spec";

/** What an upstream is checked against. */
export interface UpstreamContext {
  readonly facts: RegistryFacts;
  readonly claims: RegistryClaims;
  /** The stack that holds the cache, when there is one yet. */
  readonly stack?: TerraformStack;
}

/**
 * How many rules a registry may have; it cannot be raised.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html
 */
const MAX_RULES = 50;

const HOST = /^[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?$/;

/** Records what is wrong with an upstream, and claims its prefix and its secret. */
export function checkUpstream(faults: Faults, prop: string, upstream: Upstream, context: UpstreamContext): void {
  // Callers in JavaScript, or of a second copy of this package, may pass anything.
  const spec = (upstream as Partial<Upstream> | null | undefined)?._spec;
  if (spec === undefined) {
    faults.add(prop, "be an Upstream", Withheld.of(upstream), "use a factory, for example Upstream.ecrPublic()");
    return;
  }
  checkPrefix(faults, `${prop}.prefix`, spec, context.claims);
  checkHost(faults, prop, spec);
  checkAuthentication(faults, `${prop}.credential`, spec, context);
  if (spec.privateEcr !== undefined) {
    checkPrivateEcr(faults, prop, spec, spec.privateEcr, context.facts);
  }
  if (spec.repositories !== undefined) {
    checkRepositorySettings(faults, `${prop}.repositories`, spec.repositories, context.facts);
  }
}

function checkPrefix(faults: Faults, prop: string, spec: UpstreamSpec, claims: RegistryClaims): void {
  if (spec.prefix === "" && spec.kind === "unsupported") {
    return;
  }
  if (Token.isUnresolved(spec.prefix) || !follows(spec.prefix, REPOSITORY_PREFIX)) {
    const got = Token.isUnresolved(spec.prefix) ? "a token" : spec.prefix;
    faults.add(prop, REPOSITORY_PREFIX.words, got, "give a literal that ECR takes: resources are named after it");
    return;
  }
  const prefix = withoutTrailingSlash(spec.prefix);
  const owner = claims.prefixes.get(prefix);
  if (owner !== undefined) {
    faults.add(
      prop,
      `be used once per registry, and ${owner} uses it already`,
      spec.prefix,
      "give one of the two another prefix (a slash at the end makes no difference)",
    );
    return;
  }
  claims.prefixes.set(prefix, prop.replace(/\.prefix$/, ""));
  if (spec.credential?._spec !== undefined) {
    claimManagedSecret(faults, prop.replace(/prefix$/, "credential"), spec.credential, spec.prefix, claims);
  }
  if (claims.prefixes.size === MAX_RULES + 1) {
    faults.add(
      prop.replace(/\[\d+\]\.prefix$|\.prefix$/, ""),
      `add up to at most ${MAX_RULES} per registry`,
      claims.prefixes.size,
      "AWS does not raise this quota: use another region or account for the rest",
    );
  }
}

function checkHost(faults: Faults, prop: string, spec: UpstreamSpec): void {
  if (spec.origin === undefined) {
    return;
  }
  const place = `${prop}.${spec.origin}`;
  const host = spec.host ?? "";
  if (Token.isUnresolved(host)) {
    faults.add(place, "be known at synth", "a token", "give it as a literal");
  } else if (spec.kind === "azure") {
    if (kindOf(host) !== "azure") {
      faults.add(
        place,
        "be 5 to 50 lower-case letters and digits",
        spec.given,
        "give the registry's name without .azurecr.io",
      );
    }
  } else if (!HOST.test(host)) {
    faults.add(
      place,
      "be a bare host",
      spec.given,
      "leave out the scheme, and put the repository's path in the image's name",
    );
  } else if (spec.kind === "unsupported") {
    const documented = Object.values(SUPPORTED_REGISTRIES).map((registry) => registry.factory);
    faults.add(
      place,
      "be a registry that ECR can cache",
      spec.given,
      reasonUnsupported(host) ??
        `use one of ${documented.join(", ")}, or Upstream.unlisted(…) if AWS has added it since`,
    );
  } else if (spec.kind === "unlisted") {
    const kind = kindOf(host);
    if (kind !== undefined) {
      faults.add(
        place,
        "be a registry that this version does not know",
        spec.given,
        `use ${SUPPORTED_REGISTRIES[kind].factory}`,
      );
    }
  }
}

function checkAuthentication(faults: Faults, prop: string, spec: UpstreamSpec, context: UpstreamContext): void {
  if (spec.kind === "unsupported") {
    return;
  }
  if (spec.credential === undefined || spec.credential === null) {
    if (spec.kind !== "unlisted" && SUPPORTED_REGISTRIES[spec.kind].credential === "required") {
      faults.add(
        prop,
        "be given",
        undefined,
        `ECR caches ${SUPPORTED_REGISTRIES[spec.kind].name} only with one: use RegistryCredential`,
      );
    }
    return;
  }
  if (spec.credential._spec === undefined) {
    faults.add(
      prop,
      "be a RegistryCredential",
      Withheld.of(spec.credential),
      "use RegistryCredential.fromVariables, fromSecretArn or fromSecretName",
    );
    return;
  }
  if (spec.kind !== "unlisted" && SUPPORTED_REGISTRIES[spec.kind].credential === "impossible") {
    faults.add(
      prop,
      "not be given",
      "a credential",
      `ECR takes none for ${SUPPORTED_REGISTRIES[spec.kind].name}: leave it out`,
    );
    return;
  }
  checkCredential(faults, prop, spec.credential, context.facts, context.stack);
}

function checkPrivateEcr(
  faults: Faults,
  prop: string,
  spec: UpstreamSpec,
  privateEcr: PrivateEcrSpec,
  facts: RegistryFacts,
): void {
  const { accountId, region, roleArn } = privateEcr;
  if (accountId !== undefined) {
    faults.checkString(`${prop}.accountId`, accountId, ACCOUNT_ID, "leave it out for the cache's own account");
  }
  if (faults.checkString(`${prop}.region`, region, REGION, "give the upstream registry's region")) {
    checkUpstreamRegion(faults, `${prop}.region`, spec, privateEcr, facts);
  }
  if (roleArn !== undefined) {
    if (!isCrossAccount(spec, facts)) {
      faults.add(
        `${prop}.roleArn`,
        "be given only for an upstream in another account",
        roleArn,
        "set `accountId` to that account or leave the role out",
      );
    } else {
      faults.checkString(`${prop}.roleArn`, roleArn, ROLE_ARN, "leave it out to have a role made");
    }
  }
  if (privateEcr.upstreamRepositoryPrefix !== undefined) {
    checkUpstreamRepositoryPrefix(
      faults,
      `${prop}.upstreamRepositoryPrefix`,
      spec,
      privateEcr.upstreamRepositoryPrefix,
    );
  }
}

function checkUpstreamRegion(
  faults: Faults,
  prop: string,
  spec: UpstreamSpec,
  { region }: PrivateEcrSpec,
  facts: RegistryFacts,
): void {
  if (Token.isUnresolved(region)) {
    return;
  }
  if (facts.partition !== undefined && partitionOf(region) !== facts.partition) {
    faults.add(
      prop,
      `be in the cache's own partition, ${facts.partition}`,
      region,
      "ECR cannot reach a registry of another partition",
    );
  } else if (region === facts.region && !isCrossAccount(spec, facts)) {
    faults.add(
      prop,
      "be another region than the cache's",
      region,
      "a registry cannot cache itself: pull from it directly",
    );
  }
}

function checkUpstreamRepositoryPrefix(faults: Faults, prop: string, spec: UpstreamSpec, prefix: string): void {
  if (spec.prefix === ROOT && prefix !== ROOT) {
    // https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreatePullThroughCacheRule.html
    faults.add(prop, "not be given beside the prefix ROOT", prefix, "leave it out or choose another `prefix`");
    return;
  }
  faults.checkString(prop, prefix, REPOSITORY_PREFIX, "use ROOT to cache every repository");
}
