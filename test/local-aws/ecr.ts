import type { SecretsManager } from "./secrets-manager";
import { AwsError, Store, text } from "./service";
import type { Fields, Scope, Service } from "./service";

const PREFIX = /^((?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*\/?|ROOT)$/;
const ANONYMOUS = /^(public\.ecr\.aws|registry\.k8s\.io|quay\.io|\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com)$/;
const SIGNED_IN = /^(registry-1\.docker\.io|ghcr\.io|registry\.gitlab\.com|cgr\.dev|[a-z0-9-]+\.azurecr\.io)$/;
const MAX_RULES = 50;

/** Amazon ECR's registry settings: cache rules and repository creation templates. */
export class Ecr {
  private readonly rules = new Store<Fields>();
  private readonly templates = new Store<Fields>();

  /** Hosts that this AWS caches beside the documented ones, with a credential or without. */
  public constructor(
    private readonly secretsManager: SecretsManager,
    private readonly addedSince: readonly string[],
  ) {}

  public readonly operations: Service = {
    CreatePullThroughCacheRule: (input, scope) => {
      const prefix = text(input, "ecrRepositoryPrefix");
      const rules = this.rules.in(scope);
      if (prefix.length < 2 || prefix.length > 30 || !PREFIX.test(prefix)) {
        throw new AwsError("InvalidParameterException", `Invalid ecrRepositoryPrefix ${prefix}`);
      }
      if (rules.has(prefix)) {
        throw new AwsError("PullThroughCacheRuleAlreadyExistsException", `A rule for ${prefix} exists already.`);
      }
      if (rules.size >= MAX_RULES) {
        throw new AwsError("LimitExceededException", "The registry has as many rules as it may have.");
      }
      this.checkUpstream(input, scope);
      const rule = { ...input, registryId: scope.accountId, createdAt: 1700000000, updatedAt: 1700000000 };
      rules.set(prefix, rule);
      return rule;
    },
    DescribePullThroughCacheRules: (input, scope) => ({
      pullThroughCacheRules: select(
        this.rules.in(scope),
        input["ecrRepositoryPrefixes"],
        "PullThroughCacheRuleNotFoundException",
      ),
    }),
    UpdatePullThroughCacheRule: (input, scope) => {
      const prefix = text(input, "ecrRepositoryPrefix");
      const rule = { ...found(this.rules.in(scope), prefix, "PullThroughCacheRuleNotFoundException"), ...input };
      this.checkUpstream(rule, scope);
      this.rules.in(scope).set(prefix, rule);
      return rule;
    },
    DeletePullThroughCacheRule: (input, scope) =>
      remove(this.rules.in(scope), text(input, "ecrRepositoryPrefix"), "PullThroughCacheRuleNotFoundException"),
    CreateRepositoryCreationTemplate: (input, scope) => {
      const prefix = text(input, "prefix");
      if (this.templates.in(scope).has(prefix)) {
        throw new AwsError("TemplateAlreadyExistsException", `A template for ${prefix} exists already.`);
      }
      const template = {
        imageTagMutability: "MUTABLE",
        encryptionConfiguration: { encryptionType: "AES256" },
        ...input,
      };
      this.templates.in(scope).set(prefix, template);
      return { registryId: scope.accountId, repositoryCreationTemplate: template };
    },
    DescribeRepositoryCreationTemplates: (input, scope) => ({
      registryId: scope.accountId,
      repositoryCreationTemplates: select(this.templates.in(scope), input["prefixes"], "TemplateNotFoundException"),
    }),
    UpdateRepositoryCreationTemplate: (input, scope) => {
      const prefix = text(input, "prefix");
      const template = { ...found(this.templates.in(scope), prefix, "TemplateNotFoundException"), ...input };
      this.templates.in(scope).set(prefix, template);
      return { registryId: scope.accountId, repositoryCreationTemplate: template };
    },
    DeleteRepositoryCreationTemplate: (input, scope) => ({
      registryId: scope.accountId,
      repositoryCreationTemplate: remove(this.templates.in(scope), text(input, "prefix"), "TemplateNotFoundException"),
    }),
  };

  /** ECR knows its upstreams, and reads the secret when the rule is made. */
  private checkUpstream(input: Fields, scope: Scope): void {
    const url = text(input, "upstreamRegistryUrl");
    const secretArn = input["credentialArn"] as string | undefined;
    const documented = ANONYMOUS.test(url) || (SIGNED_IN.test(url) && secretArn !== undefined);
    if (!documented && !this.addedSince.includes(url)) {
      throw new AwsError(
        "UnsupportedUpstreamRegistryException",
        `${url} cannot be cached, or not without a credential.`,
      );
    }
    if (secretArn === undefined) {
      return;
    }
    const value = this.secretsManager.currentValue(secretArn, scope);
    if (value === undefined || !secretArn.includes(":secret:ecr-pullthroughcache/")) {
      throw new AwsError("SecretNotFoundException", `The secret ${secretArn} has no value that ECR can read.`);
    }
    const keys = Object.keys(JSON.parse(value) as object).sort();
    if (keys.join() !== "accessToken,username") {
      throw new AwsError("UnableToAccessSecretException", `The secret ${secretArn} does not hold a credential.`);
    }
  }
}

function found(items: Map<string, Fields>, key: string, code: string): Fields {
  const item = items.get(key);
  if (item === undefined) {
    throw new AwsError(code, `${key} does not exist.`);
  }
  return item;
}

function select(items: Map<string, Fields>, keys: unknown, code: string): Fields[] {
  return Array.isArray(keys) && keys.length > 0
    ? keys.map((key) => found(items, String(key), code))
    : [...items.values()];
}

function remove(items: Map<string, Fields>, key: string, code: string): Fields {
  const item = found(items, key, code);
  items.delete(key);
  return item;
}
