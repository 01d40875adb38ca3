import { EcrPullThroughCacheRule } from "@cdktf/provider-aws/lib/ecr-pull-through-cache-rule";
import { EcrRepositoryCreationTemplate } from "@cdktf/provider-aws/lib/ecr-repository-creation-template";
import type { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { Lazy, Op, TerraformStack, Token } from "cdktf";
import type { App, ITerraformDependable, TerraformResource, TerraformResourceLifecycle } from "cdktf";
import { Construct } from "constructs";
import { lacksPullThroughCaches } from "../aws/partitions";
import { INLINE_POLICIES, MAX_INLINE_POLICIES, policyDocument, policyLength } from "../aws/policy-document";
import type { PolicyStatement } from "../aws/policy-document";
import { missingProvider } from "../aws/provider";
import { Registry, checkRegistryProps } from "../aws/registry";
import type { ServiceRole } from "../aws/service-role";
import { replacedWith, terraformData } from "../terraform/blocks";
import { constructId, constructIdIn } from "../terraform/construct-id";
import { isUnresolved } from "../terraform/tokens";
import { warn } from "../terraform/warnings";
import { addressClashes } from "../validation/address-clashes";
import { checkInStack } from "../validation/in-stack";
import type { AllKeys } from "../validation/rule";
import { ValidationErrors, fail } from "../validation/validation-errors";
import { areChecked, checkCache, checkCacheInRegion } from "./cache-checks";
import { checkResolvedCredential, secretWithoutValue } from "./credential-checks";
import { CredentialSecrets } from "./credential-secrets";
import { repositoryCreationRole, upstreamRole } from "./ecr-service-roles";
import { NamesInUse, namesInUse } from "./names-in-use";
import { ANY_KEY, PULL_POLICY_NAME_PREFIX } from "./policy-statements";
import { pullStatements, repositoryArns } from "./pull-policy";
import type { PullGrant, PullPolicyOptions } from "./pull-policy";
import { checkPullOptions, copyPullOptions, granteeOf } from "./pull-policy-checks";
import type { PullThroughCacheProps } from "./pull-through-cache-props";
import type { RegistryCredential } from "./registry-credential";
import { isUnder, withoutTrailingSlash } from "./repository-path";
import { EncryptionType, TagMutability } from "./repository-settings";
import type { RepositorySettings } from "./repository-settings";
import { copySettings, encryptionOf, mergeSettings, repositoryTemplate } from "./repository-template";
import type { RepositoryTemplate } from "./repository-template";
import { ROOT } from "./rules";
import { reasonUnsupported } from "./supported-registries";
import type { Upstream } from "./upstream";
import { checkUpstream } from "./upstream-checks";
import { cachedPath, isCrossAccount, upstreamRepositoryPrefix, upstreamUrl } from "./upstream-spec";
import type { UpstreamContext, UpstreamSpec } from "./upstream-spec";

const PROPS = Object.keys({
  upstreams: true,
  repositorySettings: true,
  provider: true,
  region: true,
  accountId: true,
  partition: true,
} satisfies AllKeys<PullThroughCacheProps>);

const MARK = Symbol.for("cdktf-ecr-pull-through-cache.PullThroughCache");

/**
 * Everything that one Amazon ECR registry, which is one account in one region, needs to cache upstream registries.
 *
 * For each upstream it creates an `aws_ecr_pull_through_cache_rule` and an `aws_ecr_repository_creation_template` with
 * the same prefix; a Secrets Manager secret where the credential is a managed one; an IAM role for ECR where
 * repositories have tags or KMS encryption, and one where an upstream is in another account. A rule waits for all that it
 * needs, so that no pull meets half of it.
 *
 * Rules cost nothing; storage, secrets and traffic do. Changing an upstream's prefix or registry replaces its rule and
 * its template; the repositories already created stay, and ECR stops refreshing those without a rule.
 *
 * Everything that is wrong with the declaration is reported by one error before the first resource is created.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html
 */
export class PullThroughCache extends Construct {
  /** Whether something is a cache, also one that another copy of this package made. */
  public static isPullThroughCache(candidate: unknown): candidate is PullThroughCache {
    return typeof candidate === "object" && candidate !== null && MARK in candidate;
  }

  /** @internal */
  public readonly _registry: Registry;
  /**
   * The prefixes of which something pulls images where there is a route to the internet.
   * @internal
   */
  public readonly _warmedPrefixes = new Set<string>();
  /**
   * The rules, by the prefixes of their upstreams.
   * @internal
   */
  public readonly _rules = new Map<string, EcrPullThroughCacheRule>();
  private readonly secrets: CredentialSecrets;
  private readonly repositories: RepositorySettings;
  private readonly commonTemplate: RepositoryTemplate | undefined;
  private readonly members = new Map<string, Upstream>();
  private readonly templates = new Map<string, RepositoryTemplate>();
  private readonly kmsKeyArns = new Set<string>();
  private creationRole: ServiceRole | undefined;
  private crossAccountRole: ServiceRole | undefined;
  private readonly grants = new Map<string, PullPolicyOptions[]>();

  /**
   * @param scope a stack with an AWS provider, or a construct in one
   * @param id part of the address of every resource: changing it replaces them all; `Default` is left out of addresses
   * @param props what to cache
   */
  public constructor(scope: Construct, id: string, props: PullThroughCacheProps) {
    super(scope, id);
    const errors = new ValidationErrors();
    const isChecked = areChecked(props);
    if (!isChecked) {
      errors.checkKeys("", { ...props }, PROPS, "a property of a cache");
      checkInStack(errors, this, "give a TerraformStack, or use a PullThroughCacheFleet, which makes its own");
      checkRegistryProps(errors, this, { ...props });
    }
    this._registry = new Registry(this, { ...props });
    const names = NamesInUse.copyOf(namesInUse(this, this._registry));
    (isChecked ? checkCacheInRegion : checkCache)(errors, { ...props }, this.context(names));
    errors.throwAndRemove(this);

    this.repositories = copySettings(props.repositorySettings) ?? {};
    this.commonTemplate = repositoryTemplate(this.repositories);
    this.secrets = new CredentialSecrets(this, this._registry);
    NamesInUse.adopt(namesInUse(this, this._registry), names, this.node.path);
    this.warnOfRegion();
    // Not forEach: every token that cdktf makes below pays for each frame above it.
    for (const upstream of props.upstreams) {
      this.createUpstream(upstream);
    }
    Object.defineProperty(this, MARK, { value: true });
    this.node.addValidation({
      validate: () => [
        ...missingProvider(this, props.provider),
        ...addressClashes(this),
        ...this.resolvedCredentials().list(),
        ...this.quotaErrors(),
      ],
    });
  }

  /** The host that clients sign in to and pull from: `<account>.dkr.ecr.<region>.<suffix>`. */
  public get registryUri(): string {
    return this._registry.uri;
  }

  /** The upstreams, in the order in which they were added. */
  public get upstreams(): Upstream[] {
    return [...this.members.values()];
  }

  /** Caches one more registry, as if it stood at the end of `upstreams`. */
  public addUpstream(upstream: Upstream): void {
    const errors = new ValidationErrors();
    const names = NamesInUse.copyOf(namesInUse(this, this._registry));
    checkUpstream(errors, "upstream", upstream, this.context(names));
    errors.throwIfAny(this.node.path);
    NamesInUse.adopt(namesInUse(this, this._registry), names, this.node.path);
    this.createUpstream(upstream);
  }

  /**
   * What to pull in place of a repository of an upstream, without tag:
   * `<account>.dkr.ecr.<region>.<suffix>/<prefix>/<repository>`.
   *
   * An official image of Docker Hub may be named with or without its `library/`; the URI has it, since ECR answers 403
   * otherwise.
   *
   * @param prefix the prefix of the upstream
   * @param repository the repository as the upstream names it, like `library/nginx`; may be a token
   */
  public repositoryUri(prefix: string, repository: string): string {
    return `${this._registry.uri}/${this._repositoryPath(prefix, repository)}`;
  }

  /**
   * Lets an IAM role pull through this cache: an inline policy with the actions that pulls need, on this cache's
   * repositories, and nothing else. Granting the same role more than once adds up to one policy.
   *
   * @param role an `IamRole` of this app, or the name of a role in the account of the cache
   * @param options what of the cache the role may pull
   * @returns the policy, for what must wait until the role may pull
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-iam.html
   */
  public grantPull(role: IamRole | string, options: PullPolicyOptions = {}): IamRolePolicy {
    const errors = new ValidationErrors();
    const grantee = granteeOf(errors, this, role);
    checkPullOptions(errors, options, [...this.members.keys()]);
    errors.throwIfAny(this.node.path);
    // In a scope of their own, where no upstream's resources are.
    const scope = this.node.tryFindChild("pulls") ?? new Construct(this, "pulls");
    const ownStack = `${TerraformStack.of(this).node.path}/`;
    const id = constructId(grantee.startsWith(ownStack) ? grantee.slice(ownStack.length) : grantee);
    const granted = this.grants.get(grantee);
    if (granted !== undefined) {
      granted.push(copyPullOptions(options));
      return scope.node.findChild(id) as IamRolePolicy;
    }
    const grants = [copyPullOptions(options)];
    const policy = new IamRolePolicy(scope, id, {
      namePrefix: PULL_POLICY_NAME_PREFIX,
      role: typeof role === "string" ? role : role.name,
      policy: this.pullPolicy(grants),
      provider: this._registry.regional.provider,
    });
    this.grants.set(grantee, grants);
    return policy;
  }

  /**
   * The IAM policy that lets an identity pull through this cache, as JSON text: for a managed policy, a permission set or
   * any other tool. It grows with upstreams that are added later.
   *
   * @param options what of the cache may be pulled
   */
  public pullPolicyJson(options: PullPolicyOptions = {}): string {
    const errors = new ValidationErrors();
    checkPullOptions(errors, options, [...this.members.keys()]);
    errors.throwIfAny(this.node.path);
    return this.pullPolicy([copyPullOptions(options)]);
  }

  /** @internal */
  public _repositoryPath(prefix: string, repository: string): string {
    const upstream = this.members.get(withoutTrailingSlash(String(prefix)));
    if (upstream === undefined) {
      fail(
        this.node.path,
        "prefix",
        `be one of ${[...this.members.keys()].join(", ")}`,
        prefix,
        "add an upstream with that prefix",
      );
    }
    const errors = new ValidationErrors();
    const path = this._pathOf(errors, upstream, repository);
    errors.throwIfAny(this.node.path);
    return path;
  }

  /** @internal */
  public _pathOf(errors: ValidationErrors, upstream: Upstream, repository: string): string {
    const path = cachedPath(errors, upstream._spec, repository);
    checkOwnPath(errors, path, upstream, this.upstreams);
    return path;
  }

  /**
   * The repositories that may be pulled, as far as the upstreams are known yet.
   * @internal
   */
  public _pullGrant(options: PullPolicyOptions = {}): PullGrant {
    const prefixes = options.prefixes ?? [...this.members.values()].map(({ prefix }) => prefix);
    const createRepositories = options.createRepositories ?? true;
    const isTagged = (prefix: string): boolean => createRepositories && this.createsWithTags(prefix);
    const arnsOf = (chosen: readonly string[]): string[] => repositoryArns(this._registry.arn, chosen);
    return {
      repositoryArns: arnsOf(prefixes.filter((prefix) => !isTagged(prefix))),
      taggedRepositoryArns: arnsOf(prefixes.filter(isTagged)),
      createRepositories,
    };
  }

  /**
   * How long the inline policies are that roles have got here, by what tells the roles apart.
   * @internal
   */
  public _inlinePolicyLengths(): Map<string, number> {
    const lengthOf = (grants: readonly PullPolicyOptions[]): number => policyLength(...this.statementsOf(grants));
    return new Map([...this.grants].map(([grantee, grants]) => [grantee, lengthOf(grants)]));
  }

  /** Written when the app is synthesized, since grants and upstreams may still be added. */
  private pullPolicy(grants: readonly PullPolicyOptions[]): string {
    // Asked for now: it may declare data sources.
    void this._registry.arn;
    return Lazy.stringValue({ produce: () => policyDocument(...this.statementsOf(grants)) });
  }

  private statementsOf(grants: readonly PullPolicyOptions[]): PolicyStatement[] {
    return pullStatements(grants.map((options) => this._pullGrant(options)));
  }

  /**
   * Whether the creation template for a prefix sets tags. ECR takes the template with the longest prefix that matches, so
   * a prefix without a template of its own can get the template of a shorter prefix.
   * https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates.html
   */
  private createsWithTags(prefix: string): boolean {
    const own = this.templates.get(withoutTrailingSlash(prefix));
    return own === undefined
      ? [...this.templates].some(([other, { tags }]) => tags !== undefined && isUnder(other, prefix))
      : own.tags !== undefined;
  }

  /** All caches of the app that are, as far as is known, in the account of this one. */
  private cachesOfAccount(): PullThroughCache[] {
    const { accountId } = this._registry.location;
    const scope = accountId === undefined ? TerraformStack.of(this) : this.node.root;
    return scope.node
      .findAll()
      .filter((construct) => PullThroughCache.isPullThroughCache(construct))
      .filter(({ _registry: { location: location } }) => location.accountId === accountId);
  }

  private quotaErrors(): string[] {
    const errors = new ValidationErrors();
    const caches = this.grants.size === 0 ? [] : this.cachesOfAccount();
    for (const grantee of this.grants.keys()) {
      const total = caches.reduce((sum, cache) => sum + (cache._inlinePolicyLengths().get(grantee) ?? 0), 0);
      if (total > MAX_INLINE_POLICIES) {
        const hint =
          "grant fewer `prefixes`, or attach a managed policy with `pullPolicyJson` or `fleet.pullPolicyArn`";
        errors.add(grantee, INLINE_POLICIES, total, hint);
      }
    }
    return errors.list();
  }

  private context(names: NamesInUse): UpstreamContext {
    return {
      location: this._registry.location,
      namesInUse: names,
      cache: this.node.path,
      stack: TerraformStack.of(this),
    };
  }

  private resolvedCredentials(): ValidationErrors {
    const errors = new ValidationErrors();
    for (const [prefix, { _spec: spec }] of this.members) {
      if (spec.credential !== undefined) {
        const context = this.context(NamesInUse.copyOf(namesInUse(this, this._registry)));
        checkResolvedCredential(errors, `upstreams["${prefix}"].credential`, spec.credential, context, this);
        this.warnOfSecretWithoutValue(prefix, spec.credential);
      }
    }
    return errors;
  }

  private warnOfSecretWithoutValue(prefix: string, credential: RegistryCredential): void {
    const secret = secretWithoutValue(this, credential);
    if (secret !== undefined) {
      warn(
        this,
        "secret-value-not-awaited",
        `the rule ${prefix} waits for ${secret} and not for its value, and creating the rule fails as long as the secret has none: give fromSecretArn the arn of the aws_secretsmanager_secret_version, which is the same`,
        true,
      );
    }
  }

  private warnOfRegion(): void {
    const { partition, region } = this._registry.location;
    if (partition !== undefined && lacksPullThroughCaches(partition)) {
      warn(
        this,
        "region-without-pull-through-cache",
        `Amazon ECR documents no pull-through caches in ${region ?? partition}: creating the rules will fail`,
      );
    }
  }

  private createUpstream(upstream: Upstream): void {
    const spec = upstream._spec;
    const id = constructIdIn(this, withoutTrailingSlash(spec.prefix));
    const template = this.createTemplate(id, spec);
    const credential = spec.credential === undefined ? undefined : this.secrets.refer(spec.credential, spec.prefix);
    const role = this.roleForUpstream(spec);
    const rule = new EcrPullThroughCacheRule(this, `${id}-rule`, {
      ...this._registry.regional,
      ecrRepositoryPrefix: spec.prefix,
      upstreamRegistryUrl: upstreamUrl(spec, this._registry),
      upstreamRepositoryPrefix: upstreamRepositoryPrefix(spec),
      credentialArn: credential?.secretArn,
      customRoleArn: role?.roleArn,
      lifecycle: this.ruleLifecycle(id, spec),
      dependsOn: present([...(template ?? []), ...(credential?.dependsOn ?? []), ...(role?.dependsOn ?? [])]),
    });
    this.members.set(withoutTrailingSlash(spec.prefix), upstream);
    this._rules.set(spec.prefix, rule);
    if (spec.kind === "unlisted") {
      warn(
        this,
        "unlisted-registry",
        `${spec.host} is not known to be a registry that Amazon ECR can cache, and creating the rule ${spec.prefix} fails if it is not: ${reasonUnsupported(spec.host ?? "") ?? "see AWS's list"}`,
      );
    }
  }

  private createTemplate(id: string, spec: UpstreamSpec): ITerraformDependable[] | undefined {
    const template =
      spec.repositorySettings === undefined
        ? this.commonTemplate
        : repositoryTemplate(mergeSettings(this.repositories, spec.repositorySettings));
    if (template === undefined) {
      return undefined;
    }
    this.templates.set(withoutTrailingSlash(spec.prefix), template);
    if (template.tagMutability === TagMutability.IMMUTABLE) {
      // https://github.com/aws/containers-roadmap/issues/2275
      warn(
        this,
        "immutable-tags",
        `tags under ${spec.prefix} are immutable: Amazon ECR will never refresh a cached tag`,
      );
    }
    if (template.encryptionType === EncryptionType.KMS && template.roleArn === undefined) {
      this.kmsKeyArns.add(template.kmsKeyArn ?? ANY_KEY);
    }
    const role =
      template.roleArn === undefined && template.needsRole
        ? (this.creationRole ??= repositoryCreationRole(this, this.kmsKeyArns, this._registry.regional.provider))
        : undefined;
    return [
      new EcrRepositoryCreationTemplate(this, `${id}-template`, {
        ...this._registry.regional,
        prefix: spec.prefix,
        description: template.description,
        appliedFor: ["PULL_THROUGH_CACHE"],
        imageTagMutability: template.tagMutability,
        encryptionConfiguration:
          template.encryptionType === EncryptionType.KMS
            ? [{ encryptionType: template.encryptionType, kmsKey: template.kmsKeyArn }]
            : undefined,
        lifecyclePolicy: template.lifecyclePolicy,
        repositoryPolicy: template.repositoryPolicy,
        resourceTags: template.tags,
        customRoleArn: template.roleArn ?? role?.roleArn,
        lifecycle: this.templateLifecycle(id, template),
        dependsOn: role?.dependsOn,
      }),
    ];
  }

  /**
   * The provider cannot take a key out of a template: it goes on sending the former one. What replaces the template
   * stands beside every one of them: if it came and went with the key, nothing would replace the template that loses it.
   */
  private templateLifecycle(id: string, template: RepositoryTemplate): TerraformResourceLifecycle | undefined {
    // cdktf's HCL cannot write the address.
    return (this.node.root as Partial<App>).hclOutput === true
      ? undefined
      : replacedWith(terraformData(this, `${id}-encryption`, { input: encryptionOf(template) }));
  }

  private roleForUpstream(spec: UpstreamSpec): ServiceRole | undefined {
    if (!isCrossAccount(spec, this._registry.location)) {
      return undefined;
    }
    const roleArn = spec.privateEcr?.roleArn;
    return roleArn === undefined
      ? (this.crossAccountRole ??= upstreamRole(this, this._registry.regional.provider))
      : { roleArn, dependsOn: [] };
  }

  private ruleLifecycle(id: string, spec: UpstreamSpec): TerraformResourceLifecycle | undefined {
    if (spec.kind === "unlisted") {
      return replacedWith(this.authenticationOf(id, spec));
    }
    // Both accounts known at synth and different: nothing is left for Terraform to find out.
    const accountId = spec.privateEcr?.accountId;
    const known = this._registry.location.accountId !== undefined && !isUnresolved(accountId);
    if (accountId === undefined || known) {
      return undefined;
    }
    return {
      precondition: [
        {
          condition: Op.neq(this._registry.accountId, quotedIfLiteral(accountId)),
          errorMessage: `The upstream ${spec.prefix} is in the account of the cache, where ECR takes no role: use Upstream.privateEcr without accountId.`,
        },
      ],
    };
  }

  /**
   * The provider sends nothing when a rule loses its credential, and shows the same change in every plan. A registry
   * whose host does not say how it authenticates gets something to be replaced with.
   */
  private authenticationOf(id: string, spec: UpstreamSpec): TerraformResource {
    const input = spec.credential === undefined ? "none" : "credential";
    return terraformData(this, `${id}-authentication`, { input });
  }
}

/**
 * An account ID for an expression. cdktf writes what a token of its own stands for without quotes: a number then, which
 * differs from every text.
 */
function quotedIfLiteral(accountId: string): string {
  return Token.isUnresolved(accountId)
    ? Lazy.stringValue({
        produce: (context) => String(context.resolve(accountId)).replace(/^\d+$/, (digits) => JSON.stringify(digits)),
      })
    : accountId;
}

/** ECR takes the rule with the longest prefix that a path begins with. */
function checkOwnPath(errors: ValidationErrors, path: string, upstream: Upstream, all: Upstream[]): void {
  const length = upstream.prefix === ROOT ? 0 : withoutTrailingSlash(upstream.prefix).length;
  const rival = all.find(({ prefix }) => {
    const start = withoutTrailingSlash(prefix);
    return prefix !== ROOT && start.length > length && path.startsWith(`${start}/`);
  });
  if (rival !== undefined) {
    const hint = "give one of the two upstreams another prefix";
    errors.add(
      "repository",
      `not lead under the longer prefix ${rival.prefix}, which another upstream has`,
      path,
      hint,
    );
  }
}

function present(dependencies: ITerraformDependable[]): ITerraformDependable[] | undefined {
  return dependencies.length === 0 ? undefined : dependencies;
}
