import type { Iam } from "./iam";
import type { SecretsManager } from "./secrets-manager";
import { AwsError, Store, found, optionalList, optionalText, text } from "./service";
import type { Fields, Scope, Service } from "./service";

// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreatePullThroughCacheRule.html
const NAME = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
const PREFIX = new RegExp(`^(?:(?:${NAME}/)*${NAME}/?|ROOT)$`);
const ANONYMOUS = /^(public\.ecr\.aws|registry\.k8s\.io|quay\.io)$/;
const SIGNED_IN = /^(registry-1\.docker\.io|ghcr\.io|registry\.gitlab\.com|cgr\.dev|[a-z0-9-]+\.azurecr\.io)$/;
const PRIVATE = /^(\d{12})\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com$/;
const SECRET_ARN = /^arn:aws[a-z-]*:secretsmanager:([a-z0-9-]+):(\d{12}):secret:ecr-pullthroughcache\/[\w/+=.@-]+$/;
const ROLE_ARN = /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w/+=,.@-]+$/;
const MAX_RULES = 50;
const MAX_LIFECYCLE_POLICY = 30_720;
const MAX_POLICY = 10_240;
const APPLIED_FOR = ["PULL_THROUGH_CACHE", "REPLICATION", "CREATE_ON_PUSH"];
const MUTABILITIES = ["MUTABLE", "IMMUTABLE", "MUTABLE_WITH_EXCLUSION", "IMMUTABLE_WITH_EXCLUSION"];
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-private.html
const UPSTREAM_ROLE_ACTIONS = [
  "ecr:GetDownloadUrlForLayer",
  "ecr:GetAuthorizationToken",
  "ecr:BatchImportUpstreamImage",
  "ecr:BatchGetImage",
  "ecr:GetImageCopyStatus",
  "ecr:InitiateLayerUpload",
  "ecr:UploadLayerPart",
  "ecr:CompleteLayerUpload",
  "ecr:PutImage",
];
const NO_RULE = "PullThroughCacheRuleNotFoundException";
const NO_TEMPLATE = "TemplateNotFoundException";
const NO_POLICY = "RegistryPolicyNotFoundException";

/** Amazon ECR's registry settings: cache rules, repository creation templates and the registry's one policy. */
export class Ecr implements Service {
  private readonly rules = new Store<Fields>("cache rule");
  private readonly templates = new Store<Fields>("repository creation template");
  private readonly policies = new Store<string>("registry policy");

  public constructor(
    private readonly secretsManager: SecretsManager,
    private readonly iam: Iam,
    private readonly addedSince: readonly string[],
  ) {}

  public readonly operations: Service["operations"] = {
    CreatePullThroughCacheRule: (input, scope) => {
      const prefix = text(input, "ecrRepositoryPrefix");
      const rules = this.rules.in(scope);
      checkOwnRegistry(input, scope);
      checkPrefix("ecrRepositoryPrefix", prefix, 30);
      if (rules.has(keyOf(prefix))) {
        throw new AwsError(
          "PullThroughCacheRuleAlreadyExistsException",
          `A pull through cache rule with the repository prefix '${prefix}' already exists.`,
        );
      }
      if (rules.size >= MAX_RULES) {
        throw new AwsError("LimitExceededException", "The registry has as many rules as it may have.");
      }
      this.checkUpstream(input, scope);
      const now = Math.floor(Date.now() / 1000);
      const rule = { ...input, registryId: scope.accountId, createdAt: now, updatedAt: now };
      rules.set(keyOf(prefix), rule);
      return rule;
    },
    DescribePullThroughCacheRules: (input, scope) => ({
      pullThroughCacheRules: select(this.rules.in(scope), input, "ecrRepositoryPrefixes", NO_RULE),
    }),
    UpdatePullThroughCacheRule: (input, scope) => {
      const key = keyOf(text(input, "ecrRepositoryPrefix"));
      // Only how a rule authenticates can be changed, and what is left out stays.
      const { credentialArn, customRoleArn } = input;
      const changed = Object.fromEntries(
        Object.entries({ credentialArn, customRoleArn }).filter(([, value]) => value !== undefined),
      );
      const updatedAt = Math.floor(Date.now() / 1000);
      const rule = { ...found(this.rules.in(scope), key, NO_RULE), ...changed, updatedAt };
      this.checkUpstream(rule, scope);
      this.rules.in(scope).set(key, rule);
      return rule;
    },
    DeletePullThroughCacheRule: (input, scope) =>
      remove(this.rules.in(scope), keyOf(text(input, "ecrRepositoryPrefix")), NO_RULE),
    CreateRepositoryCreationTemplate: (input, scope) => {
      const prefix = text(input, "prefix");
      checkPrefix("prefix", prefix, 256);
      if (this.templates.in(scope).has(keyOf(prefix))) {
        throw new AwsError("TemplateAlreadyExistsException", `A template for ${prefix} exists already.`);
      }
      const template = {
        imageTagMutability: "MUTABLE",
        encryptionConfiguration: { encryptionType: "AES256" },
        ...input,
      };
      checkTemplate(template);
      this.templates.in(scope).set(keyOf(prefix), template);
      return { registryId: scope.accountId, repositoryCreationTemplate: template };
    },
    DescribeRepositoryCreationTemplates: (input, scope) => ({
      registryId: scope.accountId,
      repositoryCreationTemplates: select(this.templates.in(scope), input, "prefixes", NO_TEMPLATE),
    }),
    UpdateRepositoryCreationTemplate: (input, scope) => {
      const key = keyOf(text(input, "prefix"));
      const former = found(this.templates.in(scope), key, NO_TEMPLATE);
      const template = { ...former, ...input, prefix: former["prefix"] };
      checkTemplate(template);
      this.templates.in(scope).set(key, template);
      return { registryId: scope.accountId, repositoryCreationTemplate: template };
    },
    DeleteRepositoryCreationTemplate: (input, scope) => ({
      registryId: scope.accountId,
      repositoryCreationTemplate: remove(this.templates.in(scope), keyOf(text(input, "prefix")), NO_TEMPLATE),
    }),
    // There is one, and whoever puts it replaces whatever was there.
    PutRegistryPolicy: (input, scope) => {
      const policy = text(input, "policyText");
      checkDocument("policyText", policy, MAX_POLICY);
      this.policies.in(scope).set("policy", policy);
      return { registryId: scope.accountId, policyText: policy };
    },
    GetRegistryPolicy: (_, scope) => ({
      registryId: scope.accountId,
      policyText: found(this.policies.in(scope), "policy", NO_POLICY),
    }),
    DeleteRegistryPolicy: (_, scope) => ({
      registryId: scope.accountId,
      policyText: remove(this.policies.in(scope), "policy", NO_POLICY),
    }),
  };

  public contents(): string[] {
    return [this.rules, this.templates, this.policies].flatMap((store) => store.contents());
  }

  /** ECR knows its upstreams, and tries how it is to sign in when the rule is made. */
  private checkUpstream(rule: Fields, scope: Scope): void {
    const url = text(rule, "upstreamRegistryUrl");
    const credentialArn = optionalText(rule, "credentialArn");
    const roleArn = optionalText(rule, "customRoleArn");
    const upstreamAccount = PRIVATE.exec(url)?.[1];
    if (upstreamAccount === undefined && (roleArn !== undefined || rule["upstreamRepositoryPrefix"] !== undefined)) {
      throw invalid(`customRoleArn and upstreamRepositoryPrefix are for private registries only, not for ${url}`);
    }
    if (upstreamAccount !== undefined) {
      this.checkPrivateUpstream(rule, upstreamAccount, roleArn, scope);
    } else if (SIGNED_IN.test(url) && credentialArn === undefined) {
      throw unsupported(`${url} cannot be cached without a credential.`);
    } else if (!ANONYMOUS.test(url) && !SIGNED_IN.test(url) && !this.addedSince.includes(url)) {
      throw unsupported(`${url} cannot be cached.`);
    }
    if (credentialArn !== undefined) {
      if (ANONYMOUS.test(url) || upstreamAccount !== undefined) {
        throw invalid(`${url} takes no credential`);
      }
      this.checkCredential(credentialArn, scope);
    }
  }

  private checkPrivateUpstream(rule: Fields, upstreamAccount: string, roleArn: string | undefined, scope: Scope): void {
    if (rule["upstreamRepositoryPrefix"] !== undefined && rule["ecrRepositoryPrefix"] === "ROOT") {
      throw invalid("upstreamRepositoryPrefix cannot be given when ecrRepositoryPrefix is ROOT");
    }
    if ((upstreamAccount === scope.accountId) !== (roleArn === undefined)) {
      throw invalid("customRoleArn is for a registry of another account, and then required");
    }
    if (roleArn !== undefined) {
      const reason = ROLE_ARN.test(roleArn)
        ? this.iam.whyNot(roleArn, "pullthroughcache.ecr.amazonaws.com", UPSTREAM_ROLE_ACTIONS, scope)
        : `${roleArn} is not the ARN of a role`;
      if (reason !== undefined) {
        throw new AwsError("ValidationException", reason);
      }
    }
  }

  private checkCredential(credentialArn: string, scope: Scope): void {
    const [, region, accountId] = SECRET_ARN.exec(credentialArn) ?? [];
    if (credentialArn.length < 50 || credentialArn.length > 612 || region === undefined) {
      throw invalid(`credentialArn is not the ARN of a secret whose name starts with ecr-pullthroughcache/`);
    }
    if (region !== scope.region || accountId !== scope.accountId) {
      throw new AwsError("SecretNotFoundException", `${credentialArn} is in another region or account.`);
    }
    const value = this.secretsManager.readForEcr(credentialArn, scope);
    if (!holdsCredential(value)) {
      throw new AwsError("UnableToAccessSecretException", `The secret ${credentialArn} does not hold a credential.`);
    }
  }
}

function invalid(message: string): AwsError {
  return new AwsError("InvalidParameterException", message);
}

function unsupported(message: string): AwsError {
  return new AwsError("UnsupportedUpstreamRegistryException", message);
}

function holdsCredential(value: string): boolean {
  try {
    return (
      Object.keys(JSON.parse(value) as object)
        .sort()
        .join() === "accessToken,username"
    );
  } catch {
    return false;
  }
}

function checkOwnRegistry(input: Fields, scope: Scope): void {
  const registryId = optionalText(input, "registryId");
  if (registryId !== undefined && registryId !== scope.accountId) {
    throw invalid(`${registryId} is not the caller's registry`);
  }
}

function checkPrefix(name: string, prefix: string, maxLength: number): void {
  if (prefix.length < 2 || prefix.length > maxLength || !PREFIX.test(prefix)) {
    throw invalid(`Invalid parameter at '${name}' failed to satisfy constraint: '${prefix}'`);
  }
}

function checkTemplate(template: Fields): void {
  const appliedFor = optionalList<string>(template, "appliedFor") ?? [];
  if (appliedFor.length === 0 || appliedFor.some((use) => !APPLIED_FOR.includes(use))) {
    throw invalid(`appliedFor must name ${APPLIED_FOR.join(", ")}`);
  }
  if (!MUTABILITIES.includes(String(template["imageTagMutability"]))) {
    throw invalid("imageTagMutability is not one that is known");
  }
  const roleArn = optionalText(template, "customRoleArn");
  if (roleArn !== undefined && roleArn !== "" && !ROLE_ARN.test(roleArn)) {
    throw invalid(`${roleArn} is not the ARN of a role`);
  }
  checkDocument("lifecyclePolicy", optionalText(template, "lifecyclePolicy"), MAX_LIFECYCLE_POLICY);
  checkDocument("repositoryPolicy", optionalText(template, "repositoryPolicy"), MAX_POLICY);
}

function checkDocument(name: string, document: string | undefined, maxLength: number): void {
  if (document === undefined || document === "") {
    return;
  }
  if (document.length > maxLength) {
    throw invalid(`${name} must have length less than or equal to ${maxLength}`);
  }
  try {
    JSON.parse(document);
  } catch {
    throw invalid(`${name} is not JSON`);
  }
}

/** `docker-hub` and `docker-hub/` are the same prefix. */
function keyOf(prefix: string): string {
  return prefix.replace(/\/$/, "");
}

function select(items: Map<string, Fields>, input: Fields, name: string, code: string): Fields[] {
  const keys = optionalList<string>(input, name) ?? [];
  return keys.length === 0 ? [...items.values()] : keys.map((key) => found(items, keyOf(key), code));
}

function remove<T>(items: Map<string, T>, key: string, code: string): T {
  const item = found(items, key, code);
  items.delete(key);
  return item;
}
