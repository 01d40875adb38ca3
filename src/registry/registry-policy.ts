import { EcrAccountSetting } from "@cdktf/provider-aws/lib/ecr-account-setting";
import { EcrRegistryPolicy } from "@cdktf/provider-aws/lib/ecr-registry-policy";
import { Fn, Lazy, TerraformStack, Token } from "cdktf";
import { Construct } from "constructs";
import { jsonDocument } from "../aws/policy-document";
import type { PolicyStatement } from "../aws/policy-statement";
import { missingProvider } from "../aws/provider";
import { checkRegistryProps } from "../aws/registry";
import type { Registry } from "../aws/registry";
import { accountOfCache, cachesBeside, missingRegion } from "../cache/caches-beside";
import { repositoryArns } from "../cache/pull-policy";
import type { PullThroughCache } from "../cache/pull-through-cache";
import { markCollector } from "../cache/statement-collectors";
import { upstreamRepositoryPrefix, upstreamUrl } from "../cache/upstream-spec";
import { ROOT, withoutTrailingSlash } from "../image/repository-path";
import { ForgottenResource } from "../terraform/blocks";
import { requireTerraform } from "../terraform/required-version";
import { resolved } from "../terraform/tokens";
import { addressErrors } from "../validation/address-errors";
import { checkInStack } from "../validation/in-stack";
import { JsonOnly } from "../validation/json-only";
import { propsOf } from "../validation/props-of";
import { ValidationErrors } from "../validation/validation-errors";
import { ExistingSettings } from "./existing-settings";
import { importSetting } from "./imported-setting";
import { registryOf } from "./known-account";
import { replicationStatement, upstreamStatement } from "./policy-statements";
import {
  checkRegistryPolicyProps,
  checkReplicationSource,
  checkUpstreamOf,
  givenStatements,
} from "./registry-policy-checks";
import type { GivenStatement } from "./registry-policy-checks";
import type { RegistryPolicyProps, ReplicationSourceOptions } from "./registry-policy-props";
import { MAX_REGISTRY_POLICY, REGISTRY_POLICY_METHOD_RULES, REGISTRY_POLICY_RULES } from "./rules";
import { ownSetting } from "./setting-owner";

const POLICY_TYPE = "aws_ecr_registry_policy";
const SCOPE_TYPE = "aws_ecr_account_setting";

const JSON_ONLY = "json-only";

/** The statements of a registry policy, in their order in the document. */
interface Statements {
  readonly ofCaches: readonly PolicyStatement[];
  readonly given: readonly GivenStatement[];
  readonly ofMethods: readonly PolicyStatement[];
}

/**
 * The policy of a registry: the permissions of other accounts in one account and region. AWS has one registry policy per
 * account and region, so one construct owns it. The policy has the statements of all caches of the stack with the same
 * provider and region, which `allowPullFrom` of a cache adds, and those of the methods below.
 *
 * It creates an `aws_ecr_registry_policy`, and before it an `aws_ecr_account_setting`, which sets the scope of the
 * registry policy to V2, AWS's default: under V1, AWS ignores or refuses all actions but `ecr:ReplicateImage`,
 * `ecr:BatchImportUpstreamImage` and `ecr:CreateRepository`.
 *
 * The apply overwrites the policy that the registry has. A destroy deletes the whole policy, including statements that
 * were there before, and keeps the scope V2; set `forget` and apply it first to keep the policy.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry-permissions.html
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry-permissions-account-settings.html
 */
export class RegistryPolicy extends Construct {
  /**
   * The registry policy as JSON. It includes statements that are added later. With `ownedElsewhere`, these are the
   * statements that the owner of the policy must add to it.
   */
  public readonly policyJson: string;

  private readonly registry: Registry;
  private readonly props: RegistryPolicyProps;
  private readonly given: GivenStatement[] = [];
  private readonly replications: PolicyStatement[] = [];
  private readonly readers: PullThroughCache[] = [];
  /** The policies of other stacks whose statements this one has. */
  private readonly others: RegistryPolicy[] = [];

  /**
   * @param scope a stack with an AWS provider of the registry, or a construct in one
   * @param id part of the address of the policy: without a `moved` block for both resources, a change deletes the policy
   * and creates it in any order, so that the registry may have none afterwards
   * @param props the registry, and whether it has a policy already
   * @throws before it creates a resource, if the props have mistakes. One error lists all of them: unknown props; values
   * that break a rule of their prop; no `existing`; `existing` or `forget` with `ownedElsewhere`
   * @throws at once, if no scope is a TerraformStack, or another construct of the app owns the policy of the registry
   * @throws from `app.synth()`, if a cache with the same provider and region has another account
   * @throws from `app.synth()`, if the policy has no statement, a Sid twice, or more than 10,240 characters
   * @throws from `app.synth()`, if a cache of `allowUpstreamOf` has no upstream in the registry
   * @throws from `app.synth()`, if `provider` is left out and every AWS provider of the stack has an alias
   * @throws from `app.synth()`, if another element of the stack has an address of the policy
   * @throws from `app.synth()`, if the app has HCL output, and `existing` is OVERWRITE, `forget` is true, or a
   * policy of `addPolicy` has quotes, backslashes, policy variables or expressions in its texts
   */
  public constructor(scope: Construct, id: string, props: RegistryPolicyProps) {
    super(scope, id);
    const errors = new ValidationErrors();
    this.props = propsOf(this, props);
    checkInStack(errors, this, "give a stack that has an AWS provider of the registry");
    checkRegistryProps(errors, this, this.props);
    this.registry = registryOf(this, this.props);
    checkRegistryPolicyProps(errors, this.props, this.registry.location);
    errors.throwAndRemove(this);
    if (this.props.forget !== true && this.props.ownedElsewhere !== true) {
      ownSetting(errors, this, this.registry, "registry policy");
      errors.throwAndRemove(this);
    }

    markCollector(this, this.registry.regional);
    this.policyJson = Lazy.stringValue({ produce: () => documentOf(this.statements()) });
    if (this.props.forget === true) {
      this.forgetPolicy();
    } else if (this.props.ownedElsewhere !== true) {
      this.createPolicy();
    }
    this.node.addValidation({
      validate: () => [
        ...missingProvider(this, this.props.provider),
        ...missingRegion(this, this.props),
        ...addressErrors(this),
        ...this.accountErrors(),
        ...this.readerErrors(),
        ...(this.props.forget === true ? [] : this.documentErrors()),
      ],
    });
  }

  /**
   * Adds the statements of a policy: a JSON text with `Statement`, as `JSON.stringify` writes it. Every statement needs a
   * `Sid` that no other statement of the registry policy has, `Effect`, `Principal`, `Action` and `Resource`, and may have
   * `Condition`. Actions are those of Amazon ECR, and resources are `*` or ARNs of repositories of this registry. Texts may
   * contain tokens, and policy variables like `${aws:PrincipalTag/team}`.
   *
   * It also takes the `policyJson` of a RegistryPolicy of another stack that has `ownedElsewhere`, for the same account
   * and region, with the statements that are added to that one later.
   *
   * @param json the policy
   * @throws if the text is no policy, is another token as a whole, or a statement breaks a rule: other elements like
   * NotAction, actions of other services, principals that AWS refuses or of another partition, resources of another
   * registry, a condition without values, or everybody as principal, unless the condition names accounts or
   * organizations. One error lists all of them
   * @throws if the text is `policyJson` of a RegistryPolicy without `ownedElsewhere` or of another registry, or this one
   * has `ownedElsewhere`
   */
  public addPolicy(json: string): void {
    const errors = new ValidationErrors();
    const other = this.policyOf(json);
    if (other !== undefined) {
      this.addStatementsOf(errors, other);
      return;
    }
    const statements = givenStatements(errors, "json", json, this.registry.location);
    errors.throwIfAny(this.node.path);
    this.given.push(...statements);
    if (statements.some(isText)) {
      this.requireJson("the HCL output does not escape quotes, backslashes and policy variables of `addPolicy`");
    }
  }

  /**
   * Allows other accounts to replicate images to this registry, and to create the repositories for them. The replication
   * itself is a setting of the registry in each source account.
   *
   * @param options the source accounts and the repositories
   * @throws if an option is unknown or breaks its rule, or an account is that of the registry
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry-permissions-create-replication.html
   */
  public allowReplicationFrom(options: ReplicationSourceOptions): void {
    const errors = new ValidationErrors();
    checkReplicationSource(errors, options, this.registry.location);
    errors.throwIfAny(this.node.path);
    const { accountIds, repositoryPrefixes = [""] } = options;
    const { arn, partition } = this.registry;
    this.replications.push(
      replicationStatement(
        this.replications.length + 1,
        formatted(`arn:${partition}:iam::%s:root`, accountIds),
        formatted(`${arn}:repository/%s*`, repositoryPrefixes),
      ),
    );
  }

  /**
   * Allows a cache of another account to read this registry, for each `Upstream.privateEcr` of the cache with the account
   * and region of this registry, including upstreams that are added later. The account of the cache may read the
   * repositories under the `upstreamRepositoryPrefix` of each. This is the other side of the upstream's declaration, and
   * both come from the same one.
   *
   * ECR needs this permission when it pulls: apply the policy first. If the cache is in another stack, this stack
   * becomes a dependency of that stack, unless it depends on that stack already. Within one stack, Terraform creates the
   * policy and the rules of the cache in any order.
   *
   * @param cache a cache of the app whose account is known at synth, for example by `accountId`
   * @throws if the argument is no cache, or the cache is in the account of this registry
   * @throws if the account of the cache, or the account or region of this registry, is not known at synth
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-private.html
   */
  public allowUpstreamOf(cache: PullThroughCache): void {
    const errors = new ValidationErrors();
    checkUpstreamOf(errors, cache, this.registry.location);
    errors.throwIfAny(this.node.path);
    this.readers.push(cache);
    const [own, other] = [TerraformStack.of(this), TerraformStack.of(cache)];
    if (own !== other && !own.dependsOn(other)) {
      other.addDependency(own);
    }
  }

  /** The policy of the app with this `policyJson`. */
  private policyOf(json: string): RegistryPolicy | undefined {
    return this.node.root.node
      .findAll()
      .filter((construct) => construct instanceof RegistryPolicy)
      .find(({ policyJson }) => policyJson === json);
  }

  private addStatementsOf(errors: ValidationErrors, other: RegistryPolicy): void {
    const [own, given] = [this.registry.location, other.registry.location];
    const isElsewhere = (["accountId", "region"] as const).some(
      (part) => own[part] !== undefined && given[part] !== undefined && own[part] !== given[part],
    );
    // Only from those that create nothing to the one that does, so that no two have each other's statements.
    if (isElsewhere || other.props.ownedElsewhere !== true || this.props.ownedElsewhere === true) {
      errors.addBroken("json", REGISTRY_POLICY_METHOD_RULES.ofOtherStack, other.node.path);
    }
    errors.throwIfAny(this.node.path);
    this.others.push(other);
  }

  private createPolicy(): void {
    const { regional } = this.registry;
    const scope = new EcrAccountSetting(this, "scope", { ...regional, name: "REGISTRY_POLICY_SCOPE", value: "V2" });
    const policy = new EcrRegistryPolicy(this, "policy", { ...regional, policy: this.policyJson, dependsOn: [scope] });
    // Neither a data source nor anything else of the provider tells a plan whether there is a policy: an import of one that
    // is not there fails the plan, and a put replaces one that is there.
    if (this.props.existing === ExistingSettings.OVERWRITE) {
      requireTerraform(this, 7);
      this.requireJson(
        "the HCL output has no import blocks, without which Terraform would silently overwrite the policy",
      );
      importSetting(this, policy, this.registry);
    }
  }

  private forgetPolicy(): void {
    requireTerraform(this, 7);
    this.requireJson("the HCL output has no removed blocks, without which Terraform would delete the policy");
    new ForgottenResource(this, "policy", POLICY_TYPE);
    new ForgottenResource(this, "scope", SCOPE_TYPE);
  }

  private requireJson(reason: string): void {
    if (this.node.tryFindChild(JSON_ONLY) === undefined) {
      new JsonOnly(this, JSON_ONLY, reason);
    }
  }

  private statements(): Statements {
    const ofCaches = cachesBeside(this, this.registry.regional).flatMap(({ _internals }) =>
      _internals.registryStatements(),
    );
    const own = { ofCaches, given: this.given, ofMethods: [...this.replications, ...this.upstreamStatements()] };
    const all = [own, ...this.others.map((other) => other.statements())];
    return {
      ofCaches: all.flatMap((one) => one.ofCaches),
      given: all.flatMap((one) => one.given),
      ofMethods: all.flatMap((one) => one.ofMethods),
    };
  }

  /** One statement for the account of each reader, with the repositories that its caches read. */
  private upstreamStatements(): PolicyStatement[] {
    const prefixes = new Map<string, string[]>();
    for (const cache of this.readers) {
      const account = accountOfCache(cache) as string;
      prefixes.set(account, [...(prefixes.get(account) ?? []), ...this.prefixesReadBy(cache)]);
    }
    return [...prefixes]
      .filter(([, keys]) => keys.length > 0)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([account, keys]) =>
        upstreamStatement(
          account,
          `arn:${this.registry.partition}:iam::${account}:root`,
          repositoryArns(this.registry.arn, [...new Set(keys)]),
        ),
      );
  }

  /** The keys of the prefixes of this registry that a cache reads. */
  private prefixesReadBy(cache: PullThroughCache): string[] {
    const { accountId, region } = this.registry.location;
    return cache.upstreams
      .map(({ _spec }) => _spec)
      .filter(({ privateEcr }) => privateEcr?.accountId === accountId && privateEcr?.region === region)
      .map((spec) => withoutTrailingSlash(upstreamRepositoryPrefix(spec) ?? ROOT));
  }

  /** The errors of the caches whose statements the policy collects, but whose account is another one. */
  private accountErrors(): string[] {
    const errors = new ValidationErrors();
    const { accountId } = this.registry.location;
    for (const cache of cachesBeside(this, this.registry.regional)) {
      const ofCache = accountOfCache(cache);
      if (accountId !== undefined && ofCache !== undefined && ofCache !== accountId) {
        errors.addBroken("accountId", REGISTRY_POLICY_METHOD_RULES.accountOf(cache.node.path, ofCache), accountId);
      }
    }
    return errors.list();
  }

  private readerErrors(): string[] {
    const errors = new ValidationErrors();
    for (const cache of this.readers.filter((reader) => this.prefixesReadBy(reader).length === 0)) {
      const hosts = cache.upstreams.map(({ _spec }) => upstreamUrl(_spec, cache._internals.registry));
      errors.addBroken(cache.node.path, REGISTRY_POLICY_METHOD_RULES.upstreamHere(this.registry.uri), hosts);
    }
    return errors.list();
  }

  private documentErrors(): string[] {
    const errors = new ValidationErrors();
    const { ofCaches, given, ofMethods } = this.statements();
    const statements: readonly GivenStatement[] = [...ofCaches, ...given, ...ofMethods];
    if (statements.length === 0) {
      errors.addBroken("policyJson", REGISTRY_POLICY_RULES.statements, "none");
    }
    const sids = statements.map(({ Sid }) => Sid);
    for (const sid of new Set(sids.filter((own, index) => sids.indexOf(own) !== index))) {
      errors.addBroken("policyJson", REGISTRY_POLICY_RULES.sidOnce, sid);
    }
    const length = lengthOf(resolved(this, statements));
    if (length > MAX_REGISTRY_POLICY) {
      errors.addBroken("policyJson", REGISTRY_POLICY_RULES.length, length);
    }
    return errors.list();
  }
}

/** A template with each of some values in place of `%s`; the list may be a token. */
function formatted(template: string, values: string[]): string[] {
  return Token.isUnresolved(values)
    ? Token.asList(Fn.formatlist(template, [values]))
    : values.map((value) => template.replace("%s", () => value));
}

/**
 * The document with all statements. cdktf escapes neither quotes nor backslashes in arguments of functions, and all
 * expressions: statements with them are JSON text, in which Terraform fills in tokens.
 */
function documentOf({ ofCaches, given, ofMethods }: Statements): string {
  if (!given.some(isText)) {
    return jsonDocument({ Version: "2012-10-17", Statement: [...ofCaches, ...given, ...ofMethods] });
  }
  const statements = [
    ...ofCaches.map(jsonDocument),
    ...given.map((statement) => JSON.stringify(statement)),
    ...ofMethods.map(jsonDocument),
  ];
  return `{"Version":"2012-10-17","Statement":[${statements.join(",")}]}`;
}

/** Whether a statement contains what cdktf does not escape, or expressions that are no tokens of cdktf. */
function isText(statement: GivenStatement): boolean {
  return /\\|[$%]\{/.test(JSON.stringify(statement).replace(/\$\{TfToken\[[^\]]*\]\}/g, ""));
}

/** The length of a document with these statements. A value that is not known yet counts as an account ID of 12 digits. */
function lengthOf(statements: readonly GivenStatement[]): number {
  const text = JSON.stringify({ Version: "2012-10-17", Statement: statements });
  // AWS gets text that is escaped for Terraform without the first character of the escape.
  const sent = text.replace(/\$\$\{|%%\{|\$\{[^}]*\}/g, (part) =>
    part.endsWith("}") ? "111122223333" : part.slice(1),
  );
  return sent.length;
}
