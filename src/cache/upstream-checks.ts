import { Token } from "cdktf";
import { checkArn } from "../aws/arn-checks";
import { ACCOUNT_ID, REGION, dnsSuffixOf, partitionOf } from "../aws/partitions";
import type { RegistryFacts } from "../aws/registry";
import { ROLE_REQUIREMENTS } from "../aws/role-arn";
import { isUnknown } from "../terraform/tokens";
import { Withheld, isAToken } from "../validation/redaction";
import { follows } from "../validation/validation-errors";
import type { Faults } from "../validation/validation-errors";
import { checkCredential, claimSecret } from "./credential-checks";
import { withoutTrailingSlash } from "./repository-path";
import { checkRepositorySettings } from "./repository-settings-checks";
import { AZURE_REGISTRY_NAME, HOST, HOST_WAY_OUT, MAX_RULES, REPOSITORY_PREFIX, ROOT, UPSTREAM_WORDS } from "./rules";
import { SUPPORTED_REGISTRIES, kindOf, reasonUnsupported } from "./supported-registries";
import type { PrivateEcrOptions, Upstream, UpstreamOptions } from "./upstream";
import { isCrossAccount } from "./upstream-spec";
import type { PrivateEcrSpec, UpstreamContext, UpstreamSpec } from "./upstream-spec";

const OPTIONS: readonly string[] = ["prefix", "repositories"] satisfies (keyof UpstreamOptions)[];
const PRIVATE_ECR_OPTIONS: readonly string[] = [
  "region",
  "accountId",
  "upstreamRepositoryPrefix",
  "roleArn",
] satisfies (keyof PrivateEcrOptions)[];

/** Records what is wrong with an upstream, and claims its prefix and its secret. */
export function checkUpstream(faults: Faults, prop: string, upstream: Upstream, context: UpstreamContext): void {
  // Callers in JavaScript, or of a second copy of this package, may pass anything.
  const spec = (upstream as Partial<Upstream> | null | undefined)?._spec;
  if (spec?.kind === undefined) {
    const way = "use a factory, for example Upstream.ecrPublic(), or Upstream.fromRegistryUrl for a URL";
    faults.add(prop, "be an Upstream", Withheld.of(upstream), way);
    return;
  }
  const known = spec.privateEcr === undefined ? OPTIONS : [...OPTIONS, ...PRIVATE_ECR_OPTIONS];
  faults.checkKeys(prop, spec.unknown, known, UPSTREAM_WORDS.option);
  checkPrefix(faults, prop, spec, context);
  checkHost(faults, prop, spec);
  checkAuthentication(faults, `${prop}.credential`, spec, context);
  if (spec.privateEcr !== undefined) {
    checkPrivateEcr(faults, prop, spec, spec.privateEcr, context.facts);
  }
  if (spec.repositories !== undefined) {
    checkRepositorySettings(faults, `${prop}.repositories`, spec.repositories, context.facts);
  }
}

function checkPrefix(faults: Faults, prop: string, spec: UpstreamSpec, context: UpstreamContext): void {
  if (spec.prefix === "" && spec.kind === "unsupported") {
    return;
  }
  const place = `${prop}.prefix`;
  if (spec.kind === "unlisted" && !spec.hasPrefix) {
    faults.addMissing(place, UPSTREAM_WORDS.noUsualPrefix);
    return;
  }
  if (!follows(spec.prefix, REPOSITORY_PREFIX)) {
    const way = "give a literal that ECR takes: resources are named after it";
    faults.add(place, REPOSITORY_PREFIX.words, spec.prefix, way);
    return;
  }
  const { prefixes } = context.claims;
  const prefix = withoutTrailingSlash(spec.prefix);
  const owner = prefixes.get(prefix);
  if (owner !== undefined) {
    faults.add(
      place,
      UPSTREAM_WORDS.usedOnce(owner),
      spec.prefix,
      "give one of the two another prefix (a slash at the end makes no difference)",
    );
    return;
  }
  prefixes.set(prefix, prop);
  if (spec.credential?._spec !== undefined) {
    claimSecret(faults, `${prop}.credential`, spec.credential, spec.prefix, context);
  }
  if (prefixes.size === MAX_RULES + 1) {
    faults.add(
      prop.replace(/\[\d+\]$/, ""),
      UPSTREAM_WORDS.tooManyRules,
      prefixes.size,
      "AWS does not raise this quota: use another region or account for the rest",
    );
  }
}

function checkHost(faults: Faults, prop: string, spec: UpstreamSpec): void {
  if (spec.origin === undefined) {
    return;
  }
  const place = `${prop}.${spec.origin}`;
  const given: unknown = spec.given;
  if (Token.isUnresolved(given)) {
    faults.add(place, "be known at synth", given, "give it as a literal");
  } else if (spec.origin === "registryName") {
    if (typeof given !== "string" || kindOf(spec.host ?? "") !== "azure") {
      const way = "give the registry's name as Azure shows it, without .azurecr.io";
      faults.add(place, AZURE_REGISTRY_NAME.words, given, way);
    }
  } else if (!follows(given, HOST) || isAToken(given)) {
    // What comes before an @ in a URL may be a password.
    const shown = typeof given === "string" && given.includes("@") ? Withheld.of(given) : given;
    faults.add(place, HOST.words, shown, HOST_WAY_OUT);
  } else if (spec.kind === "unsupported") {
    checkSupported(faults, place, given);
  } else if (spec.kind === "unlisted") {
    const kind = kindOf(given);
    if (kind !== undefined) {
      const way = `use ${SUPPORTED_REGISTRIES[kind].factory}`;
      faults.add(place, UPSTREAM_WORDS.unlisted, given, way);
    }
  } else if (spec.privateEcr !== undefined) {
    checkPrivateEcrHost(faults, place, given, spec.privateEcr);
  }
}

function checkSupported(faults: Faults, place: string, host: string): void {
  const documented = Object.values(SUPPORTED_REGISTRIES).map((registry) => registry.factory);
  const way = `use one of ${documented.join(", ")}, or Upstream.unlisted(…) if AWS has added it since`;
  faults.add(place, UPSTREAM_WORDS.cacheable, host, reasonUnsupported(host) ?? way);
}

/**
 * A private registry's host is put together anew for the rule: what it says beside account and region must be right.
 */
function checkPrivateEcrHost(faults: Faults, place: string, host: string, { accountId, region }: PrivateEcrSpec): void {
  const expected = `${accountId ?? ""}.dkr.ecr.${region}.${dnsSuffixOf(partitionOf(region)) ?? ""}`;
  if (host !== expected) {
    faults.add(place, `be the host of a private registry, ${expected}`, host, "use Upstream.privateEcr");
  }
}

function checkAuthentication(faults: Faults, prop: string, spec: UpstreamSpec, context: UpstreamContext): void {
  if (spec.kind === "unsupported") {
    return;
  }
  if (spec.credential === undefined) {
    if (spec.kind !== "unlisted" && SUPPORTED_REGISTRIES[spec.kind].credential === "required") {
      faults.add(
        prop,
        UPSTREAM_WORDS.required,
        undefined,
        `ECR caches ${SUPPORTED_REGISTRIES[spec.kind].name} only with one: use RegistryCredential`,
      );
    }
    return;
  }
  if (spec.credential._spec?.source === undefined) {
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
      UPSTREAM_WORDS.impossible,
      "a credential",
      `ECR takes none for ${SUPPORTED_REGISTRIES[spec.kind].name}: leave it out`,
    );
    return;
  }
  checkCredential(faults, prop, spec.credential, context);
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
    if (isCrossAccount(spec, facts)) {
      checkArn(faults, `${prop}.roleArn`, roleArn, ROLE_REQUIREMENTS, facts);
    } else {
      const way = "set `accountId` to that account or leave the role out";
      faults.add(`${prop}.roleArn`, UPSTREAM_WORDS.otherAccount, roleArn, way);
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
  if (isUnknown(region)) {
    return;
  }
  if (facts.partition !== undefined && partitionOf(region) !== facts.partition) {
    faults.add(
      prop,
      UPSTREAM_WORDS.ownPartition(facts.partition),
      region,
      "ECR cannot reach a registry of another partition",
    );
  } else if (region === facts.region && !isCrossAccount(spec, facts)) {
    faults.add(prop, UPSTREAM_WORDS.otherRegion, region, "a registry cannot cache itself: pull from it directly");
  }
}

function checkUpstreamRepositoryPrefix(faults: Faults, prop: string, spec: UpstreamSpec, prefix: string): void {
  if (spec.prefix === ROOT && prefix !== ROOT) {
    // https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreatePullThroughCacheRule.html
    faults.add(prop, UPSTREAM_WORDS.besideRoot, prefix, "leave it out or choose another `prefix`");
  } else if (!follows(prefix, REPOSITORY_PREFIX)) {
    faults.add(prop, REPOSITORY_PREFIX.words, prefix, "use ROOT to cache every repository; it must be a literal");
  }
}
