import type { Iam } from "../iam/iam";
import type { SecretsManager } from "../secrets-manager/secrets-manager";
import { AwsError, Store, found, optionalText, text } from "../service";
import type { Fields, Scope, Service } from "../service";
import { byLongestPrefix, checkPrefix, invalid, keyOf, now, pick, removed, selected, unsatisfied } from "./parameters";
import { kindOf } from "./upstream-kinds";

/** A pull through cache rule. */
export interface CacheRule {
  readonly ecrRepositoryPrefix: string;
  readonly upstreamRegistryUrl: string;
  readonly upstreamRegistry: string | undefined;
  readonly upstreamRepositoryPrefix: string | undefined;
  readonly credentialArn: string | undefined;
  readonly customRoleArn: string | undefined;
  readonly registryId: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

const SECRET_ARN = /^arn:aws[a-z-]*:secretsmanager:([a-z0-9-]+):(\d{12}):secret:ecr-pullthroughcache\/[\w/+=.@-]+$/;
const ROLE_ARN = /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w/+=,.@-]+$/;
const MAX_PREFIX = 30;
const MAX_RULES = 50;
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
// The members of a rule that every answer about it has.
const COMMON = [
  "ecrRepositoryPrefix",
  "registryId",
  "credentialArn",
  "customRoleArn",
  "upstreamRepositoryPrefix",
] as const;
const NO_RULE = "PullThroughCacheRuleNotFoundException";

/** The pull through cache rules of a registry. */
export class CacheRules {
  private readonly rules = new Store<CacheRule>("cache rule");

  public constructor(
    private readonly secretsManager: SecretsManager,
    private readonly iam: Iam,
    private readonly addedSince: readonly string[],
  ) {}

  public readonly operations: Service["operations"] = {
    CreatePullThroughCacheRule: (input, scope) => {
      const rule = ruleIn(input, scope);
      const { ecrRepositoryPrefix, upstreamRepositoryPrefix } = rule;
      const rules = this.rules.in(scope);
      checkPrefix("ecrRepositoryPrefix", ecrRepositoryPrefix, MAX_PREFIX);
      if (upstreamRepositoryPrefix !== undefined) {
        checkPrefix("upstreamRepositoryPrefix", upstreamRepositoryPrefix, MAX_PREFIX);
      }
      if (rules.has(keyOf(ecrRepositoryPrefix))) {
        throw new AwsError(
          "PullThroughCacheRuleAlreadyExistsException",
          `A pull through cache rule with the repository prefix '${ecrRepositoryPrefix}' already exists.`,
        );
      }
      if (rules.size >= MAX_RULES) {
        throw new AwsError("LimitExceededException", "The registry has as many rules as it may have.");
      }
      this.checkUpstream(rule, scope);
      rules.set(keyOf(ecrRepositoryPrefix), rule);
      return pick(rule, ...COMMON, "upstreamRegistryUrl", "upstreamRegistry", "createdAt");
    },
    DescribePullThroughCacheRules: (input, scope) => {
      const { items, nextToken } = selected(this.rules.in(scope), input, scope, {
        parameter: "ecrRepositoryPrefixes",
        error: NO_RULE,
      });
      return { pullThroughCacheRules: items, nextToken };
    },
    UpdatePullThroughCacheRule: (input, scope) => {
      const former = this.find(input, scope);
      // Only how a rule authenticates can be changed, and what is left out stays.
      const rule = {
        ...former,
        credentialArn: optionalText(input, "credentialArn") ?? former.credentialArn,
        customRoleArn: optionalText(input, "customRoleArn") ?? former.customRoleArn,
        updatedAt: now(),
      };
      this.checkUpstream(rule, scope);
      this.rules.in(scope).set(keyOf(rule.ecrRepositoryPrefix), rule);
      return pick(rule, ...COMMON, "updatedAt");
    },
    ValidatePullThroughCacheRule: (input, scope) => {
      const rule = this.find(input, scope);
      const failure = this.failureOf(rule, scope);
      return { ...pick(rule, ...COMMON, "upstreamRegistryUrl"), isValid: failure === undefined, failure };
    },
    DeletePullThroughCacheRule: (input, scope) => {
      const rule = removed(this.rules.in(scope), keyOf(text(input, "ecrRepositoryPrefix")), NO_RULE);
      return pick(rule, ...COMMON, "upstreamRegistryUrl", "createdAt");
    },
  };

  public contents(): string[] {
    return this.rules.contents();
  }

  /** The rule that a repository is cached by; undefined where there is none. */
  public ruleOf(repository: string, scope: Scope): CacheRule | undefined {
    return byLongestPrefix(this.rules.in(scope), repository);
  }

  /** Why a rule cannot sign in to its upstream now; undefined where it can. */
  public failureOf(rule: CacheRule, scope: Scope): string | undefined {
    try {
      this.checkSignIn(rule, scope);
    } catch (error) {
      if (error instanceof AwsError) {
        return error.message;
      }
      throw error;
    }
    return undefined;
  }

  private find(input: Fields, scope: Scope): CacheRule {
    return found(this.rules.in(scope), keyOf(text(input, "ecrRepositoryPrefix")), NO_RULE);
  }

  /** ECR knows its upstreams, and tries how it is to sign in when the rule is made. */
  private checkUpstream(rule: CacheRule, scope: Scope): void {
    const { upstreamRegistryUrl: url, upstreamRegistry, upstreamRepositoryPrefix, customRoleArn, credentialArn } = rule;
    const kind = kindOf(url);
    if (kind === undefined && !this.addedSince.includes(url)) {
      throw unsupported(`${url} cannot be cached.`);
    }
    if (upstreamRegistry !== undefined && upstreamRegistry !== kind?.name) {
      throw unsatisfied("upstreamRegistry", `${upstreamRegistry} is not the registry at ${url}`);
    }
    if (kind?.signIn !== "role" && (customRoleArn !== undefined || upstreamRepositoryPrefix !== undefined)) {
      throw invalid(`customRoleArn and upstreamRepositoryPrefix are for private registries only, not for ${url}`);
    }
    if (kind?.signIn === "role") {
      checkPrivateUpstream(rule, scope);
    }
    if (kind?.signIn === "credential" && credentialArn === undefined) {
      throw unsupported(`${url} cannot be cached without a credential.`);
    }
    if (credentialArn !== undefined && kind !== undefined && kind.signIn !== "credential") {
      throw invalid(`${url} takes no credential`);
    }
    this.checkSignIn(rule, scope);
  }

  private checkSignIn({ credentialArn, customRoleArn }: CacheRule, scope: Scope): void {
    if (customRoleArn !== undefined) {
      const reason = ROLE_ARN.test(customRoleArn)
        ? this.iam.whyNot(customRoleArn, "pullthroughcache.ecr.amazonaws.com", UPSTREAM_ROLE_ACTIONS, scope)
        : `${customRoleArn} is not the ARN of a role`;
      if (reason !== undefined) {
        throw new AwsError("ValidationException", reason);
      }
    }
    if (credentialArn !== undefined) {
      this.checkCredential(credentialArn, scope);
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

function ruleIn(input: Fields, scope: Scope): CacheRule {
  const createdAt = now();
  return {
    ecrRepositoryPrefix: text(input, "ecrRepositoryPrefix"),
    upstreamRegistryUrl: text(input, "upstreamRegistryUrl"),
    upstreamRegistry: optionalText(input, "upstreamRegistry"),
    upstreamRepositoryPrefix: optionalText(input, "upstreamRepositoryPrefix"),
    credentialArn: optionalText(input, "credentialArn"),
    customRoleArn: optionalText(input, "customRoleArn"),
    registryId: scope.accountId,
    createdAt,
    updatedAt: createdAt,
  };
}

function checkPrivateUpstream(rule: CacheRule, scope: Scope): void {
  if (rule.upstreamRepositoryPrefix !== undefined && rule.ecrRepositoryPrefix === "ROOT") {
    throw invalid("upstreamRepositoryPrefix cannot be given when ecrRepositoryPrefix is ROOT");
  }
  if (rule.upstreamRegistryUrl.startsWith(`${scope.accountId}.`) !== (rule.customRoleArn === undefined)) {
    throw invalid("customRoleArn is for a registry of another account, and then required");
  }
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
