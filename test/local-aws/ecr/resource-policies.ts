import { whyDenied } from "../iam/policy-evaluation";
import { partitionOf } from "../service";
import type { Scope } from "../service";
import type { AccountSettings } from "./account-settings";
import type { CreationTemplates } from "./creation-templates";
import type { RegistryPolicy } from "./registry-policy";
import type { Repositories } from "./repositories";

/** The organization that an account is in, and the path of its organizational unit, with a slash at its end. */
export interface Membership {
  readonly organizationId: string;
  readonly path: string;
}

// https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry-permissions.html
const V1_ACTIONS = ["ecr:BatchImportUpstreamImage", "ecr:CreateRepository", "ecr:ReplicateImage"];

/** The policies of registries and of their repositories, on which pulls from other accounts depend. */
export class ResourcePolicies {
  /** The organizations of accounts, by the IDs of the accounts. */
  public readonly memberships = new Map<string, Membership>();

  public constructor(
    private readonly registryPolicy: RegistryPolicy,
    private readonly settings: AccountSettings,
    private readonly repositories: Repositories,
    private readonly templates: CreationTemplates,
  ) {}

  /**
   * What a pull does. A pull from another account does not need ecr:BatchCheckLayerAvailability, which no policy that
   * AWS documents for such pulls has.
   */
  public actionsOf(repository: string, isCached: boolean, isOwn: boolean, scope: Scope): string[] {
    const read = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"];
    const pull = isOwn ? [...read, "ecr:BatchCheckLayerAvailability"] : read;
    if (isCached) {
      return pull;
    }
    const tags = this.templates.templateOf(repository, scope)?.resourceTags ?? [];
    // AWS's pages disagree on whether the first pull needs ecr:TagResource where the creation template sets tags. The
    // stand-in follows the stricter ones, which require it in an identity-based policy.
    // https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-iam.html
    const create = ["ecr:CreateRepository", ...(tags.length > 0 ? ["ecr:TagResource"] : [])];
    const exists = this.repositories.tryFind(repository, scope) !== undefined;
    return ["ecr:BatchImportUpstreamImage", ...(exists ? [] : create), ...pull];
  }

  /**
   * The policies that have a say in an action on a repository, as one document; undefined if there are none. A repository
   * that a pull creates has the policy of its template as soon as it exists.
   */
  public documentFor(action: string, repository: string, scope: Scope): object | undefined {
    const isV1 = this.settings.valueOf("REGISTRY_POLICY_SCOPE", scope) === "V1";
    const ofRegistry = isV1 && !V1_ACTIONS.includes(action) ? undefined : this.registryPolicy.tryFind(scope);
    const existing = this.repositories.tryFind(repository, scope);
    const isCreation = ["ecr:CreateRepository", "ecr:TagResource"].includes(action);
    const ofRepository =
      existing !== undefined
        ? existing.settings.repositoryPolicy
        : isCreation || action === "ecr:BatchImportUpstreamImage"
          ? undefined
          : this.templates.templateOf(repository, scope)?.repositoryPolicy;
    const statements = [
      ...statementsIn(ofRegistry),
      ...statementsIn(ofRepository).map((statement) => ({ ...statement, Resource: arnOf(repository, scope) })),
    ];
    return statements.length === 0 ? undefined : { Version: "2012-10-17", Statement: statements };
  }

  /** Whether anything in a registry has a policy, without which it answers nobody of another account. */
  public exist(scope: Scope): boolean {
    return (
      this.registryPolicy.tryFind(scope) !== undefined ||
      this.templates.havePolicies(scope) ||
      this.repositories.havePolicies(scope)
    );
  }

  /** What conditions see of an account. */
  public contextOf(accountId: string): { readonly [key: string]: string | string[] } {
    const { organizationId, path } = this.memberships.get(accountId) ?? {};
    return {
      "aws:PrincipalAccount": accountId,
      ...(organizationId && { "aws:PrincipalOrgID": organizationId }),
      ...(path && { "aws:PrincipalOrgPaths": [path] }),
    };
  }

  /** The first of some actions that identities of another account may not do, whatever their own policies are. */
  public async refused(
    actions: readonly string[],
    accountId: string,
    repository: string,
    scope: Scope,
  ): Promise<string | undefined> {
    for (const action of actions) {
      const principalArn = `arn:${partitionOf(scope.region)}:iam::${accountId}:role/caller`;
      const denied = await whyDenied({
        principalArn,
        action,
        resource: arnOf(repository, scope),
        accountId: scope.accountId,
        resourcePolicy: this.documentFor(action, repository, scope),
        context: { "aws:PrincipalArn": principalArn, ...this.contextOf(accountId) },
      });
      if (denied !== undefined) {
        return action;
      }
    }
    return undefined;
  }
}

function arnOf(repository: string, { region, accountId }: Scope): string {
  return `arn:${partitionOf(region)}:ecr:${region}:${accountId}:repository/${repository}`;
}

function statementsIn(policy: string | undefined): object[] {
  const { Statement = [] } = JSON.parse(policy ?? "{}") as { readonly Statement?: object | object[] };
  return [Statement].flat();
}
