import { DataAwsEcrRepositories } from "@cdktf/provider-aws/lib/data-aws-ecr-repositories";
import type { EcrRepositoryCreationTemplate } from "@cdktf/provider-aws/lib/ecr-repository-creation-template";
import { EcrRepositoryPolicy } from "@cdktf/provider-aws/lib/ecr-repository-policy";
import { Lazy, Token } from "cdktf";
import { Construct } from "constructs";
import { extendedDocument, extendedLength } from "../aws/policy-document";
import type { PolicyStatement } from "../aws/policy-statement";
import { knownAccount } from "../aws/registry";
import type { Registry } from "../aws/registry";
import { ROOT, isUnder, longerPrefix, under } from "../image/repository-path";
import { constructId } from "../terraform/construct-id";
import { isUnresolved, resolved } from "../terraform/tokens";
import { JsonOnly } from "../validation/json-only";
import { deepCopy } from "../validation/plain-object";
import { ValidationErrors } from "../validation/validation-errors";
import type { AllowPullOptions } from "./allow-pull-options";
import { setPolicyCommands } from "./existing-repositories";
import { NamesInUse, namesInUse } from "./names-in-use";
import { checkAllowPullOptions, checkPolicyTemplate, coveredKeys, keyOfPath } from "./other-accounts-checks";
import { firstPullStatements, principalsOf, repositoryStatements } from "./other-accounts-statements";
import type { Principals } from "./other-accounts-statements";
import { ALLOW_PULL_RULES, MAX_REPOSITORY_POLICY } from "./rules";
import { hasCollector } from "./statement-collectors";

/** The part of a cache that permissions of other accounts depend on. Prefixes are given by their keys. */
export interface UpstreamsOfCache {
  readonly registry: Registry;
  readonly keys: () => string[];
  /** The creation template of a prefix; undefined if it has none. */
  readonly template: (key: string) => EcrRepositoryCreationTemplate | undefined;
  /** The repository policy in the settings of a prefix. */
  readonly ownPolicy: (key: string) => string | undefined;
  /** Whether the creation template that applies to a prefix sets tags. */
  readonly createsWithTags: (key: string) => boolean;
}

const JSON_ONLY = "json-only";

interface Grant {
  readonly options: AllowPullOptions;
  readonly principals: readonly Principals[];
}

/** The permissions of other accounts to pull through a cache. */
export class OtherAccounts {
  private readonly grants: Grant[] = [];
  /** The policies of existing repositories, by the paths of the repositories. */
  private readonly existing = new Map<string, EcrRepositoryPolicy>();

  public constructor(
    private readonly cache: Construct,
    private readonly upstreams: UpstreamsOfCache,
  ) {}

  /** Adds the errors of options. */
  public check(errors: ValidationErrors, options: AllowPullOptions): void {
    checkAllowPullOptions(errors, options, {
      accountId: knownAccount(this.cache, this.upstreams.registry),
      prefixes: this.upstreams.keys(),
      hasTemplate: (key) => this.upstreams.template(key) !== undefined,
      ownPolicy: this.upstreams.ownPolicy,
      managed: new Set(this.existing.keys()),
    });
  }

  /** Adds the errors of an upstream that is about to be added; its repository policy is undefined without a template. */
  public checkUpstream(
    errors: ValidationErrors,
    key: string,
    template: { readonly ownPolicy: string | undefined } | undefined,
  ): void {
    if (this.grants.some(({ options }) => coveredKeys(options, [key]).length > 0)) {
      checkPolicyTemplate(errors, "upstream.repositorySettings", template);
    }
  }

  /** Adds a permission, whose options are checked. */
  public allow(options: AllowPullOptions): void {
    const { registry } = this.upstreams;
    // Evaluated now, since it may create data sources.
    void registry.arn;
    const copy = deepCopy(options);
    this.grants.push({ options: copy, principals: principalsOf(copy, registry) });
    for (const path of copy.existingRepositories ?? []) {
      this.existing.set(path, this.createPolicy(path));
    }
    this.update();
  }

  /** Writes the policies of templates and of existing repositories; to be called after every change. */
  public update(): void {
    for (const key of this.upstreams.keys()) {
      const template = this.upstreams.template(key);
      if (template !== undefined && this.statementsOf(key).length > 0) {
        template.repositoryPolicy = this.documentOf(key);
      }
    }
    for (const [path, policy] of this.existing) {
      policy.policy = this.documentOf(this.keyOf(path));
    }
  }

  /** The statements that the policy of the cache's registry must have. */
  public registryStatements(): PolicyStatement[] {
    const { registry, keys, createsWithTags } = this.upstreams;
    return this.grants.flatMap(({ options, principals }, index) =>
      options.createRepositories === false
        ? []
        : firstPullStatements(principals, index + 1, registry.arn, coveredKeys(options, keys()), createsWithTags),
    );
  }

  /** A command for each existing repository that other accounts cannot pull from yet, as a list of Terraform. */
  public commands(): string[] {
    const { registry } = this.upstreams;
    const id = "existing-repositories";
    const existing =
      (this.cache.node.tryFindChild(id) as DataAwsEcrRepositories | undefined) ??
      new DataAwsEcrRepositories(this.cache, id, { ...registry.regional });
    // Evaluated now, since they may create data sources.
    const { accountId, region } = registry;
    // Rendered at synth, since permissions and upstreams may still be added.
    const produce = (): string =>
      setPolicyCommands({
        accountId: resolved(this.cache, accountId),
        region: resolved(this.cache, region),
        names: `data.aws_ecr_repositories.${existing.friendlyUniqueId}.names`,
        templates: this.upstreams
          .keys()
          // Every repository of the registry begins as ROOT does, whoever created it.
          .filter((key) => key !== ROOT && this.statementsOf(key).length > 0)
          .map((key) => ({
            policy: `aws_ecr_repository_creation_template.${this.upstreams.template(key)?.friendlyUniqueId ?? ""}.repository_policy`,
            start: under(key, ""),
            others: this.startsBelow(key),
          })),
        managed: [...this.existing.keys()],
      });
    return Token.asList(Lazy.stringValue({ produce }));
  }

  /** The errors that only the whole app shows. */
  public errors(): string[] {
    const errors = new ValidationErrors();
    for (const key of this.upstreams.keys()) {
      const statements = this.statementsOf(key);
      const length = extendedLength(this.upstreams.ownPolicy(key), statements);
      if (statements.length > 0 && length > MAX_REPOSITORY_POLICY) {
        errors.addBroken(`allowPullFrom for ${key}`, ALLOW_PULL_RULES.repositoryPolicy, `${length} characters`);
      }
    }
    this.checkOtherCaches(errors);
    if (this.registryStatements().length > 0 && !hasCollector(this.cache, this.upstreams.registry.regional)) {
      errors.addBroken("RegistryPolicy", ALLOW_PULL_RULES.registryPolicy, undefined);
    }
    return errors.list();
  }

  private keyOf(path: string): string {
    return keyOfPath(path, this.upstreams.keys()) ?? "";
  }

  /** The starts of names to which the longer prefix of another upstream of the registry applies. */
  private startsBelow(key: string): string[] {
    return [...this.namesInUse().prefixes.keys()]
      .filter((other) => isUnder(key, other))
      .map((other) => under(other, ""));
  }

  /** The names that all caches of the registry use. */
  private namesInUse(): NamesInUse {
    return NamesInUse.copyOf(namesInUse(this.cache, this.upstreams.registry));
  }

  /** Adds an error for each prefix of another cache that the permissions would cover, or that applies to a repository. */
  private checkOtherCaches(errors: ValidationErrors): void {
    const { prefixes, withoutTemplate } = this.namesInUse();
    const own = this.upstreams.keys();
    const others = [...prefixes.keys()].filter((key) => !own.includes(key));
    const ownerOf = (key: string): string => prefixes.get(key) ?? "";
    for (const path of this.existing.keys()) {
      const longer = longerPrefix(others, this.keyOf(path), path);
      if (longer !== undefined) {
        errors.addBroken("existingRepositories", ALLOW_PULL_RULES.ownLongestPrefix(longer, ownerOf(longer)), path);
      }
    }
    const covered = own.filter((key) => this.statementsOf(key).length > 0);
    for (const other of others.filter((key) => withoutTemplate.has(key))) {
      const key = keyOfPath(other, covered);
      if (key !== undefined) {
        errors.addBroken(`allowPullFrom for ${key}`, ALLOW_PULL_RULES.templateOfOther(other, ownerOf(other)), key);
      }
    }
  }

  private createPolicy(path: string): EcrRepositoryPolicy {
    // In a scope of their own, so that no id is that of an upstream's resource.
    const scope =
      this.cache.node.tryFindChild("repository-policies") ?? new Construct(this.cache, "repository-policies");
    return new EcrRepositoryPolicy(scope, constructId(path), {
      ...this.upstreams.registry.regional,
      repository: path,
      policy: this.documentOf(this.keyOf(path)),
    });
  }

  private statementsOf(key: string): PolicyStatement[] {
    return this.grants.flatMap(({ options, principals }, index) =>
      coveredKeys(options, this.upstreams.keys()).includes(key)
        ? repositoryStatements(principals, index + 1, options.createRepositories ?? true)
        : [],
    );
  }

  private documentOf(key: string): string {
    const document = extendedDocument(this.upstreams.ownPolicy(key), this.statementsOf(key));
    if (document.includes('"') && isUnresolved(document) && this.cache.node.tryFindChild(JSON_ONLY) === undefined) {
      new JsonOnly(
        this.cache,
        JSON_ONLY,
        "the HCL output does not escape the quotes of a repository policy that contains references or policy variables",
      );
    }
    return document;
  }
}
