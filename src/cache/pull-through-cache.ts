import { EcrPullThroughCacheRule } from "@cdktf/provider-aws/lib/ecr-pull-through-cache-rule";
import { EcrRepositoryCreationTemplate } from "@cdktf/provider-aws/lib/ecr-repository-creation-template";
import type { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import type { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import { Lazy, Op, TerraformStack, Token } from "cdktf";
import type { App, ITerraformDependable, TerraformResource, TerraformResourceLifecycle } from "cdktf";
import { Construct } from "constructs";
import { lacksPullThroughCaches } from "../aws/partitions";
import { MAX_INLINE_POLICIES, policyDocument, policyLength } from "../aws/policy-document";
import type { PolicyStatement } from "../aws/policy-statement";
import { missingProvider } from "../aws/provider";
import { Registry, checkRegistryProps } from "../aws/registry";
import type { ServiceRole } from "../aws/service-role";
import { isUnder, longerPrefix, withoutTrailingSlash } from "../image/repository-path";
import { reasonUnsupported } from "../image/supported-registries";
import { replacedWith, terraformData } from "../terraform/blocks";
import { constructId, constructIdIn } from "../terraform/construct-id";
import { declaredOlderVersions } from "../terraform/required-version";
import { isUnresolved } from "../terraform/tokens";
import { warn } from "../terraform/warnings";
import { addressErrors } from "../validation/address-errors";
import { watchFramework } from "../validation/framework-checks";
import { checkInStack } from "../validation/in-stack";
import { propsOf } from "../validation/props-of";
import type { AllKeys, Requirement } from "../validation/rule";
import { textOf } from "../validation/text-of";
import { ValidationErrors, fail } from "../validation/validation-errors";
import type { AllowPullOptions } from "./allow-pull-options";
import { areChecked, checkCache, checkCacheInRegion } from "./cache-checks";
import type { CacheInternals } from "./cache-internals";
import { checkResolvedCredential, secretWithoutValue } from "./credential-checks";
import { CredentialSecrets } from "./credential-secrets";
import { EcrServiceRoles } from "./ecr-service-roles";
import { imageUri, registryMap } from "./image-uri";
import type { ImageUriOptions, RegistryMapOptions } from "./image-uri";
import { NamesInUse, namesInUse } from "./names-in-use";
import { OtherAccounts } from "./other-accounts";
import { PULL_POLICY_NAME_PREFIX } from "./policy-statements";
import { pullStatements, repositoryArns } from "./pull-policy";
import type { PullGrant, PullPolicyOptions } from "./pull-policy";
import { checkPullOptions, copyPullOptions, granteeOfRole, granteeOfRoleNamed } from "./pull-policy-checks";
import type { PullThroughCacheProps } from "./pull-through-cache-props";
import type { RegistryCredential } from "./registry-credential";
import type { RepositorySettings } from "./repository-settings";
import { copySettings, encryptionOf, mergeSettings, repositoryTemplate } from "./repository-template";
import type { RepositoryTemplate } from "./repository-template";
import { PULL_RULES, prefixOfUpstream } from "./rules";
import { immutableTagsWarning } from "./tag-mutability";
import type { Upstream } from "./upstream";
import { checkUpstream } from "./upstream-checks";
import { cachedPath, isCrossAccount, upstreamRepositoryPrefix, upstreamUrl } from "./upstream-spec";
import type { UpstreamContext, UpstreamSpec } from "./upstream-spec";

const PROPS = Object.keys({
  upstreams: true,
  repositorySettings: true,
  roleOptions: true,
  provider: true,
  region: true,
  accountId: true,
  partition: true,
} satisfies AllKeys<PullThroughCacheProps>);

const MARK = Symbol.for("cdktf-ecr-pull-through-cache.PullThroughCache");

/** A template that exists, and what it was created from. */
interface CreatedTemplate {
  readonly template: RepositoryTemplate;
  readonly resource: EcrRepositoryCreationTemplate;
}

/**
 * A pull-through cache: everything that Amazon ECR needs, in one account and region, to cache upstream registries.
 *
 * For each upstream it creates an `aws_ecr_pull_through_cache_rule` and an `aws_ecr_repository_creation_template` with
 * the same prefix; a Secrets Manager secret if the credential is a managed one; an IAM role for ECR if repositories
 * have tags or KMS encryption, and another one if an upstream is in another account. Each rule is created after
 * everything that it needs, so that no pull finds it incomplete.
 *
 * Rules are free of charge; storage, secrets and traffic are not. A change of an upstream's prefix replaces its rule
 * and its template, and a change of its registry replaces its rule. Existing repositories remain, and ECR no longer
 * refreshes those without a rule.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html
 */
export class PullThroughCache extends Construct {
  /**
   * Whether a value is a cache. It recognizes a cache that another copy of this package created.
   *
   * @param candidate any value
   */
  public static isPullThroughCache(candidate: unknown): candidate is PullThroughCache {
    return typeof candidate === "object" && candidate !== null && MARK in candidate;
  }

  /** @internal */
  public readonly _internals: CacheInternals;
  private readonly registry: Registry;
  private readonly secrets: CredentialSecrets;
  private readonly settings: RepositorySettings;
  private readonly commonTemplate: RepositoryTemplate | undefined;
  // Upstreams and their resources, by the keys of their prefixes.
  private readonly members = new Map<string, Upstream>();
  private readonly rules = new Map<string, EcrPullThroughCacheRule>();
  private readonly templates = new Map<string, CreatedTemplate>();
  private readonly roles: EcrServiceRoles;
  private readonly grants = new Map<string, PullPolicyOptions[]>();
  private readonly otherAccounts: OtherAccounts;

  /**
   * @param scope a stack with an AWS provider, or a construct in one
   * @param id part of the address of every resource: a change replaces them all; `Default` is left out of addresses
   * @param props the upstreams, the settings of their repositories, and the location of the cache
   * @throws before it creates a resource, if the declaration has mistakes. One error lists all of them: unknown props;
   * props, upstreams, credentials or settings that break a rule on their pages; two upstreams with one prefix, or more
   * than 50 upstreams, in an account and region; two credentials or caches that write one secret
   * @throws at once, if no scope is a TerraformStack, or if the app or the stack has constructs of the other framework
   * @throws from `app.synth()`, if `provider` is left out and every AWS provider of the stack has an alias
   * @throws from `app.synth()`, if another element of the stack has an address of the cache
   * @throws from `app.synth()`, if a token of a credential resolves to a literal that may be a secret
   * @throws from `app.synth()`, if the policies of all grants to a role exceed the 10,240 characters that IAM allows
   */
  public constructor(scope: Construct, id: string, props: PullThroughCacheProps) {
    super(scope, id);
    const errors = new ValidationErrors();
    const isChecked = areChecked(props);
    const copy = isChecked ? props : propsOf(this, props);
    if (isChecked) {
      watchFramework(this);
    } else {
      errors.checkKeys("", copy, PROPS, "a property of PullThroughCache");
      checkInStack(errors, this, "use a TerraformStack, or a PullThroughCacheFleet, which creates stacks");
      checkRegistryProps(errors, this, copy);
    }
    this.registry = new Registry(this, copy);
    const names = NamesInUse.copyOf(namesInUse(this, this.registry));
    (isChecked ? checkCacheInRegion : checkCache)(errors, copy, this.context(names));
    errors.throwAndRemove(this);

    this.settings = copySettings(copy.repositorySettings) ?? {};
    this.commonTemplate = repositoryTemplate(this.settings);
    this.roles = new EcrServiceRoles(this, copy.roleOptions, this.registry.regional.provider);
    this.secrets = new CredentialSecrets(this, this.registry);
    this.otherAccounts = new OtherAccounts(this, {
      registry: this.registry,
      keys: () => [...this.members.keys()],
      template: (key) => this.templates.get(key)?.resource,
      ownPolicy: (key) => this.templates.get(key)?.template.repositoryPolicy,
      createsWithTags: (key) => this.createsWithTags(key),
    });
    NamesInUse.adopt(namesInUse(this, this.registry), names, this.node.path);
    this.warnOfRegion();
    // Not forEach: each token of cdktf records the stack, so that every frame above it costs time.
    for (const upstream of copy.upstreams) {
      this.createUpstream(upstream);
    }
    this._internals = this.internals();
    Object.defineProperty(this, MARK, { value: true });
    this.node.addValidation({
      validate: () => [
        ...missingProvider(this, copy.provider),
        ...addressErrors(this),
        ...this.resolvedCredentials().list(),
        ...this.quotaErrors(),
        ...this.otherAccounts.errors(),
      ],
    });
  }

  /** The host that clients sign in to and pull from: `<account>.dkr.ecr.<region>.<suffix>`. */
  public get registryUri(): string {
    return this.registry.uri;
  }

  /** The upstreams, in the order in which they were added. */
  public get upstreams(): Upstream[] {
    return [...this.members.values()];
  }

  /**
   * Adds an upstream, as if it were the last one of `upstreams`.
   *
   * @param upstream the registry to cache
   * @throws if the constructor would reject the upstream; nothing is created then
   */
  public addUpstream(upstream: Upstream): void {
    const errors = new ValidationErrors();
    const names = NamesInUse.copyOf(namesInUse(this, this.registry));
    checkUpstream(errors, "upstream", upstream, this.context(names));
    errors.throwIfAny(this.node.path);
    const template = this.templateOf(upstream._spec);
    this.otherAccounts.checkUpstream(
      errors,
      upstream._spec.prefixKey,
      template && { ownPolicy: template.repositoryPolicy },
    );
    errors.throwIfAny(this.node.path);
    NamesInUse.adopt(namesInUse(this, this.registry), names, this.node.path);
    this.createUpstream(upstream);
    this.otherAccounts.update();
  }

  /**
   * The cache rule of an upstream, for example to import an existing rule or to add a dependency.
   *
   * @param prefix the prefix of the upstream, with or without a slash at its end
   * @throws if the cache has no upstream with that prefix
   */
  public rule(prefix: string): EcrPullThroughCacheRule {
    return this.rules.get(this.keyOf(prefix)) as EcrPullThroughCacheRule;
  }

  /**
   * The repository creation template of an upstream, for example to import an existing template.
   *
   * @param prefix the prefix of the upstream, with or without a slash at its end
   * @throws if the cache has no upstream with that prefix
   * @throws if the upstream has no template because of `creationTemplate: false`
   */
  public template(prefix: string): EcrRepositoryCreationTemplate {
    return this.templates.get(this.keyOf(prefix))?.resource ?? this.fail("prefix", PULL_RULES.withTemplate, prefix);
  }

  /**
   * The Secrets Manager secret that a managed credential of an upstream writes. Upstreams that share the credential
   * share the secret.
   *
   * @param prefix the prefix of the upstream, with or without a slash at its end
   * @throws if the cache has no upstream with that prefix
   * @throws if the credential of the upstream is not one of `RegistryCredential.managed`
   */
  public secret(prefix: string): SecretsmanagerSecret {
    const { credential } = this.members.get(this.keyOf(prefix))?._spec ?? {};
    const secret = credential && this.secrets.tryFind(credential, withoutTrailingSlash(prefix));
    return secret ?? this.fail("prefix", PULL_RULES.withManagedSecret, prefix);
  }

  /**
   * The name to pull in place of a repository of an upstream, without tag:
   * `<account>.dkr.ecr.<region>.<suffix>/<prefix>/<repository>`.
   *
   * You can give an official image of Docker Hub with or without `library/`. The result has it, since ECR answers 403
   * without it. A repository that is a token gets no `library/`.
   *
   * @param prefix the prefix of the upstream, with or without a slash at its end
   * @param repository the repository as the upstream names it, like `library/nginx`; may be a token
   * @throws if the cache has no upstream with that prefix
   * @throws if the repository is not a path, or contains the host of a registry, a tag or a digest
   * @throws if the upstream does not cache the repository: it is outside `upstreamRepositoryPrefix`, or the longer
   * prefix of another upstream applies to it
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-working-pulling.html
   */
  public repositoryUri(prefix: string, repository: string): string {
    return `${this.registry.uri}/${this.repositoryPath(prefix, repository)}`;
  }

  /**
   * The name to pull in place of an image: `nginx:1.27` becomes
   * `<account>.dkr.ecr.<region>.<suffix>/docker-hub/library/nginx:1.27`.
   *
   * The name is read as Docker and Kubernetes read it: without a domain it is one of Docker Hub, and an official image
   * needs no `library/`. Its tag and its digest may be tokens. The name of an image in this registry is returned as it
   * is.
   *
   * If two upstreams have the registry of the image, the first one that can hold the image is used. A digest adds a
   * warning: ECR does not cache the first pull of an image by digest.
   *
   * @param image the usual name of the image
   * @param options the host to use, and whether an image that the cache cannot have is an error
   * @throws if the name is not valid; the error has the position of the mistake and the rule
   * @throws if the image comes from no upstream of the cache, or the cache cannot hold it, unless `passThrough` is true
   * @throws if an option is unknown or has a wrong type
   * @throws if `dualStack` is true, and the partition has no such host or is not known at synth
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-working-pulling.html
   */
  public imageUri(image: string, options: ImageUriOptions = {}): string {
    return imageUri(this, image, options);
  }

  /**
   * The start of the names to pull, by the registries that the cache has: `docker.io` becomes
   * `<account>.dkr.ecr.<region>.<suffix>/docker-hub`. A private ECR registry of which only a part is cached has the path
   * of the part behind its host. The path of an image follows; those of Docker Hub's official images begin with
   * `library/`.
   *
   * It includes the upstreams that the cache has when you call it; if two of them have the same registry, the first one.
   *
   * @param options the host to use
   * @throws if an option is unknown or has a wrong type
   * @throws if a registry has two upstreams, and the prefix of the second one lies below that of another upstream
   * @throws if `dualStack` is true, and the partition has no such host or is not known at synth
   */
  public registryMap(options: RegistryMapOptions = {}): { [name: string]: string } {
    return registryMap(this, options);
  }

  /**
   * Allows an IAM role of this app to pull through this cache, with an inline policy that contains only the actions
   * that pulls need, on the repositories of this cache. Several grants to a role make one policy.
   *
   * @param role the role; for a role that this app does not create, use `grantPullToRoleNamed`
   * @param options the upstreams that the role may pull from
   * @returns the policy, for resources that depend on the permission
   * @throws if the role is not an IamRole
   * @throws if an option is unknown or has a wrong type, or the cache has no upstream with one of the `prefixes`
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-iam.html
   */
  public grantPull(role: IamRole, options: PullPolicyOptions = {}): IamRolePolicy {
    const errors = new ValidationErrors();
    const grantee = granteeOfRole(errors, role);
    return this.grant(errors, grantee, () => role.name, options);
  }

  /**
   * Allows an IAM role to pull through this cache, as `grantPull` does, by the name of the role.
   *
   * @param roleName the name of a role in the account of the cache, without its path; may be a token
   * @param options the upstreams that the role may pull from
   * @returns the policy, for resources that depend on the permission
   * @throws if the name is not that of a role: up to 64 letters, digits and `_+=,.@-`
   * @throws if the name is a token that has no value yet, or that may name roles of several stacks
   * @throws if an option is unknown or has a wrong type, or the cache has no upstream with one of the `prefixes`
   */
  public grantPullToRoleNamed(roleName: string, options: PullPolicyOptions = {}): IamRolePolicy {
    const errors = new ValidationErrors();
    const grantee = granteeOfRoleNamed(errors, this, roleName);
    return this.grant(errors, grantee, () => roleName, options);
  }

  /**
   * The IAM policy that allows an identity to pull through this cache, as JSON text for a managed policy, a permission
   * set or any other tool. It includes upstreams that are added later. It names the account and region of the cache, so
   * it is right for identities of any account; those of other accounts also need `allowPullFrom`.
   *
   * @param options the upstreams that the identity may pull from
   * @throws if an option is unknown or has a wrong type, or the cache has no upstream with one of the `prefixes`
   */
  public pullPolicyJson(options: PullPolicyOptions = {}): string {
    const errors = new ValidationErrors();
    checkPullOptions(errors, options, [...this.members.keys()]);
    errors.throwIfAny(this.node.path);
    return this.pullPolicy([copyPullOptions(options)]);
  }

  /**
   * Allows identities of other accounts to pull through this cache. AWS requires three permissions together: statements
   * in the policy of this registry, which a `RegistryPolicy` of the stack adds; a policy of each repository, which this
   * method writes into the creation templates; and in the other account a policy of the identity, which
   * `pullPolicyJson` returns.
   *
   * Existing repositories keep their policies: name them in `existingRepositories`, or use the commands of
   * `existingRepositoryCommands`. If the settings of an upstream have a `repositoryPolicy`, the statements are added to
   * it.
   *
   * If the template of a covered upstream sets tags, the registry policy also allows `ecr:TagResource` under its prefix:
   * the other accounts can then change the tags of all repositories there, with ROOT those of every repository of the
   * registry.
   *
   * @param options the other accounts, and the upstreams that they may pull from
   * @throws before it creates or changes a resource, if the options have mistakes. One error lists all of them: unknown
   * options; nobody who may pull; IDs that break their rules; the account of the cache itself; a prefix of no upstream;
   * an upstream with `creationTemplate: false`; a `repositoryPolicy` that is a token as a whole, whose `Statement` is not
   * a statement or a list of statements, or that has a Sid like those that are added; an existing repository that is a
   * token, that the permission does not cover, or that another call has
   * @throws from `app.synth()`, if pulls may create repositories and the stack has no RegistryPolicy with the same
   * provider and region
   * @throws from `app.synth()`, if the policy of a repository exceeds the 10,240 characters that ECR allows
   * @throws from `app.synth()`, if another cache of the registry has an upstream without a creation template below a
   * prefix that the permission covers, or a longer prefix that applies to an existing repository
   * @throws from `app.synth()`, if the app has HCL output, and a policy with quotes contains references
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-iam.html
   */
  public allowPullFrom(options: AllowPullOptions): void {
    const errors = new ValidationErrors();
    this.otherAccounts.check(errors, options);
    errors.throwIfAny(this.node.path);
    this.otherAccounts.allow(options);
  }

  /**
   * The commands that give the repositories that exist already the policy of `allowPullFrom`, as a list for a
   * TerraformOutput. Terraform finds the repositories when it plans, with a data source that the first call creates; it
   * leaves out `existingRepositories`, repositories that no permission covers, and those under prefixes of other caches
   * of the app in the registry. It has no command for the upstream with the prefix ROOT: its repositories cannot be
   * distinguished from those that do not belong to the cache, so name them in `existingRepositories`.
   *
   * Each command is for a POSIX shell with the AWS CLI. It sets the policy only if AWS answers that the repository has
   * none, and otherwise says that it changed nothing. The list includes permissions and upstreams that are added later.
   */
  public existingRepositoryCommands(): string[] {
    return this.otherAccounts.commands();
  }

  private internals(): CacheInternals {
    return {
      otherAccounts: this.otherAccounts,
      registryStatements: () => this.otherAccounts.registryStatements(),
      registry: this.registry,
      rules: this.rules,
      warmedPrefixes: new Set(),
      tryFindUpstream: (prefix) => this.members.get(withoutTrailingSlash(textOf(prefix))),
      repositoryPath: (prefix, repository) => this.repositoryPath(prefix, repository),
      pullGrant: (options = {}) => this.pullGrant(copyPullOptions(options)),
      inlinePolicyLengths: () => this.inlinePolicyLengths(),
    };
  }

  /** The key of the prefix of an upstream; throws if there is none. */
  private keyOf(prefix: string): string {
    const key = withoutTrailingSlash(textOf(prefix));
    if (!this.members.has(key)) {
      this.fail("prefix", prefixOfUpstream([...this.members.keys()]), prefix);
    }
    return key;
  }

  private fail(prop: string, { requirement, hint }: Requirement, got: unknown): never {
    return fail(this.node.path, prop, requirement, got, hint);
  }

  private repositoryPath(prefix: string, repository: string): string {
    const upstream = this.members.get(this.keyOf(prefix)) as Upstream;
    const errors = new ValidationErrors();
    const path = cachedPath(errors, upstream._spec, repository);
    const rival = longerPrefix([...this.members.keys()], upstream._spec.prefixKey, path);
    if (rival !== undefined) {
      errors.addBroken("repository", PULL_RULES.ownPath(rival), path);
    }
    errors.throwIfAny(this.node.path);
    return path;
  }

  /** Adds a grant to the policy of a role, which the first grant creates. */
  private grant(
    errors: ValidationErrors,
    grantee: string,
    roleName: () => string,
    options: PullPolicyOptions,
  ): IamRolePolicy {
    checkPullOptions(errors, options, [...this.members.keys()]);
    errors.throwIfAny(this.node.path);
    // In a scope of their own, so that no id is that of an upstream's resource.
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
      role: roleName(),
      policy: this.pullPolicy(grants),
      provider: this.registry.regional.provider,
    });
    this.grants.set(grantee, grants);
    return policy;
  }

  /** The repositories that options with keys of prefixes allow an identity to pull. */
  private pullGrant(options: PullPolicyOptions): PullGrant {
    const keys = options.prefixes ?? [...this.members.keys()];
    const createRepositories = options.createRepositories ?? true;
    const isTagged = (key: string): boolean => createRepositories && this.createsWithTags(key);
    const arnsOf = (chosen: readonly string[]): string[] => repositoryArns(this.registry.arn, chosen);
    return {
      repositoryArns: arnsOf(keys.filter((key) => !isTagged(key))),
      taggedRepositoryArns: arnsOf(keys.filter(isTagged)),
      createRepositories,
    };
  }

  private inlinePolicyLengths(): Map<string, number> {
    const lengthOf = (grants: readonly PullPolicyOptions[]): number => policyLength(...this.statementsOf(grants));
    return new Map([...this.grants].map(([grantee, grants]) => [grantee, lengthOf(grants)]));
  }

  /** Rendered when the app is synthesized, since grants and upstreams may still be added. */
  private pullPolicy(grants: readonly PullPolicyOptions[]): string {
    // Evaluated now, since it may create data sources.
    void this.registry.arn;
    return Lazy.stringValue({ produce: () => policyDocument(...this.statementsOf(grants)) });
  }

  private statementsOf(grants: readonly PullPolicyOptions[]): PolicyStatement[] {
    return pullStatements(grants.map((options) => this.pullGrant(options)));
  }

  /**
   * Whether the creation template for a prefix sets tags. ECR applies the template with the longest matching prefix, so
   * that a prefix without a template of its own can get the template of a shorter prefix.
   * https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates.html
   */
  private createsWithTags(key: string): boolean {
    const own = this.templates.get(key);
    return own === undefined
      ? [...this.templates].some(([other, { template }]) => template.hasTags && isUnder(other, key))
      : own.template.hasTags;
  }

  /** The caches of the app that are in the account of this one, as far as the accounts are known. */
  private cachesOfAccount(): PullThroughCache[] {
    const { accountId } = this.registry.location;
    const scope = accountId === undefined ? TerraformStack.of(this) : this.node.root;
    return scope.node
      .findAll()
      .filter((construct) => PullThroughCache.isPullThroughCache(construct))
      .filter(({ _internals: { registry } }) => registry.location.accountId === accountId);
  }

  private quotaErrors(): string[] {
    const errors = new ValidationErrors();
    const caches = this.grants.size === 0 ? [] : this.cachesOfAccount();
    for (const grantee of this.grants.keys()) {
      const total = caches.reduce((sum, cache) => sum + (cache._internals.inlinePolicyLengths().get(grantee) ?? 0), 0);
      if (total > MAX_INLINE_POLICIES) {
        errors.addBroken(grantee, PULL_RULES.inlinePolicies, total);
      }
    }
    return errors.list();
  }

  private context(names: NamesInUse): UpstreamContext {
    return {
      location: this.registry.location,
      namesInUse: names,
      cache: this.node.path,
      olderVersions: declaredOlderVersions(this),
      stack: TerraformStack.of(this),
    };
  }

  private resolvedCredentials(): ValidationErrors {
    const errors = new ValidationErrors();
    const credentials = [...this.members].flatMap(([key, { _spec: spec }]) =>
      spec.credential === undefined ? [] : ([[key, spec.credential]] as const),
    );
    if (credentials.length > 0) {
      const context = this.context(NamesInUse.copyOf(namesInUse(this, this.registry)));
      for (const [key, credential] of credentials) {
        checkResolvedCredential(errors, `upstreams["${key}"].credential`, credential, context, this);
        this.warnOfSecretWithoutValue(key, credential);
      }
    }
    return errors;
  }

  private warnOfSecretWithoutValue(key: string, credential: RegistryCredential): void {
    const secret = secretWithoutValue(this, credential);
    if (secret !== undefined) {
      warn(
        this,
        "secret-value-not-awaited",
        `the rule ${key} depends on ${secret} but not on its value, and AWS rejects the rule while the secret has no value: pass the arn of the aws_secretsmanager_secret_version to fromSecretArn, which is the same ARN`,
        true,
      );
    }
  }

  private warnOfRegion(): void {
    const { partition, region } = this.registry.location;
    if (partition !== undefined && lacksPullThroughCaches(partition)) {
      warn(
        this,
        "region-without-pull-through-cache",
        `Amazon ECR documents no pull-through caches in ${region ?? partition}: AWS will reject the rules`,
      );
    }
  }

  private createUpstream(upstream: Upstream): void {
    const spec = upstream._spec;
    const id = constructIdIn(this, spec.prefixKey);
    const template = this.createTemplate(id, spec);
    const credential = spec.credential && this.secrets.refer(spec.credential, spec.prefixKey);
    const role = this.roleForUpstream(spec);
    const rule = new EcrPullThroughCacheRule(this, `${id}-rule`, {
      ...this.registry.regional,
      ecrRepositoryPrefix: spec.prefix,
      upstreamRegistryUrl: upstreamUrl(spec, this.registry),
      upstreamRepositoryPrefix: upstreamRepositoryPrefix(spec),
      credentialArn: credential?.secretArn,
      customRoleArn: role?.roleArn,
      lifecycle: this.ruleLifecycle(id, spec),
      dependsOn: present([
        ...(template === undefined ? [] : [template]),
        ...(credential?.dependsOn ?? []),
        ...(role?.dependsOn ?? []),
      ]),
    });
    this.members.set(spec.prefixKey, upstream);
    this.rules.set(spec.prefixKey, rule);
    if (spec.kind === "unlisted") {
      warn(
        this,
        "unlisted-registry",
        `this version does not know ${spec.host} as a registry that Amazon ECR can cache; AWS rejects the rule ${spec.prefix} if it is none: ${reasonUnsupported(spec.host ?? "") ?? "see AWS's list"}`,
      );
    }
  }

  private templateOf({ repositorySettings }: UpstreamSpec): RepositoryTemplate | undefined {
    return repositorySettings === undefined
      ? this.commonTemplate
      : repositoryTemplate(mergeSettings(this.settings, repositorySettings));
  }

  private createTemplate(id: string, spec: UpstreamSpec): EcrRepositoryCreationTemplate | undefined {
    const template = this.templateOf(spec);
    if (template === undefined) {
      namesInUse(this, this.registry).forEach(({ withoutTemplate }) => withoutTemplate.add(spec.prefixKey));
      return undefined;
    }
    const immutableTags = immutableTagsWarning(spec.prefix, template.tagMutability);
    if (immutableTags !== undefined) {
      warn(this, "immutable-tags", immutableTags);
    }
    const role = this.roles.forTemplate(template);
    const resource = new EcrRepositoryCreationTemplate(this, `${id}-template`, {
      ...this.registry.regional,
      ...template.config,
      prefix: spec.prefix,
      appliedFor: ["PULL_THROUGH_CACHE"],
      customRoleArn: role?.roleArn,
      lifecycle: this.templateLifecycle(id, template),
      dependsOn: present(role?.dependsOn ?? []),
    });
    this.templates.set(spec.prefixKey, { template, resource });
    return resource;
  }

  /**
   * The provider cannot remove a key from a template: it continues to send the former key. The resource that replaces
   * the template exists for every template: if it were created and deleted with the key, nothing would replace the
   * template that loses its key.
   */
  private templateLifecycle(id: string, template: RepositoryTemplate): TerraformResourceLifecycle | undefined {
    // HCL output cannot write the address.
    return (this.node.root as Partial<App>).hclOutput === true
      ? undefined
      : replacedWith(terraformData(this, `${id}-encryption`, { input: encryptionOf(template) }));
  }

  private roleForUpstream(spec: UpstreamSpec): ServiceRole | undefined {
    if (!isCrossAccount(spec, this.registry.location)) {
      return undefined;
    }
    const roleArn = spec.privateEcr?.roleArn;
    return roleArn === undefined ? this.roles.forUpstream() : { roleArn, dependsOn: [] };
  }

  private ruleLifecycle(id: string, spec: UpstreamSpec): TerraformResourceLifecycle | undefined {
    if (spec.kind === "unlisted") {
      return replacedWith(this.authenticationOf(id, spec));
    }
    // Terraform has nothing to check if both accounts are known at synth.
    const accountId = spec.privateEcr?.accountId;
    const known = this.registry.location.accountId !== undefined && !isUnresolved(accountId);
    if (accountId === undefined || known) {
      return undefined;
    }
    return {
      precondition: [
        {
          condition: Op.neq(this.registry.accountId, quotedIfLiteral(accountId)),
          errorMessage: `The upstream ${spec.prefix} is in the account of the cache, where ECR accepts no role: use Upstream.privateEcr without accountId.`,
        },
      ],
    };
  }

  /**
   * The provider sends nothing when a rule loses its credential, and shows the same change in every plan. If the host
   * does not determine whether there is a credential, this resource replaces the rule.
   */
  private authenticationOf(id: string, spec: UpstreamSpec): TerraformResource {
    const input = spec.credential === undefined ? "none" : "credential";
    return terraformData(this, `${id}-authentication`, { input });
  }
}

/**
 * An account ID for an expression. cdktf renders the value of its tokens without quotes: as a number, which never
 * equals a string.
 */
function quotedIfLiteral(accountId: string): string {
  return Token.isUnresolved(accountId)
    ? Lazy.stringValue({
        produce: (context) => String(context.resolve(accountId)).replace(/^\d+$/, (digits) => JSON.stringify(digits)),
      })
    : accountId;
}

function present(dependencies: ITerraformDependable[]): ITerraformDependable[] | undefined {
  return dependencies.length === 0 ? undefined : dependencies;
}
