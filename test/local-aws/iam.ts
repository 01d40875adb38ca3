import { AwsError, Store, found, optionalList, optionalText, text, withTags, withoutTags } from "./service";
import type { Fields, Scope, Service, Tag } from "./service";

interface Role {
  readonly arn: string;
  readonly name: string;
  readonly path: string;
  readonly createdAt: Date;
  description: string | undefined;
  maxSessionDuration: number;
  trust: string;
  tags: Tag[];
  readonly policies: Map<string, string>;
}

interface Statement {
  readonly Effect?: string;
  readonly Action?: string | string[];
  readonly Principal?: { readonly Service?: string | string[] };
}

const NO_SUCH_ENTITY = "NoSuchEntity";

/** AWS Identity and Access Management: roles and their inline policies. */
export class Iam implements Service {
  private readonly roles = new Store<Role>("role");

  public readonly operations: Service["operations"] = {
    GetUser: () => {
      throw new AwsError("ValidationError", "Must specify userName when calling with non-User credentials");
    },
    CreateRole: (input, scope) => {
      const name = text(input, "RoleName");
      const roles = this.of(scope);
      if (!/^[\w+=,.@-]{1,64}$/.test(name)) {
        throw new AwsError("ValidationError", `The role name ${name} is not valid`);
      }
      if ([...roles.keys()].some((other) => other.toLowerCase() === name.toLowerCase())) {
        throw new AwsError("EntityAlreadyExists", `Role with name ${name} already exists.`);
      }
      const path = optionalText(input, "Path") ?? "/";
      const role: Role = {
        arn: `arn:aws:iam::${scope.accountId}:role${path}${name}`,
        name,
        path,
        createdAt: new Date(),
        description: optionalText(input, "Description"),
        maxSessionDuration: Number(input["MaxSessionDuration"] ?? 3600),
        trust: policy(text(input, "AssumeRolePolicyDocument")),
        tags: optionalList<Tag>(input, "Tags") ?? [],
        policies: new Map(),
      };
      roles.set(name, role);
      return { Role: described(role) };
    },
    GetRole: (input, scope) => ({ Role: described(this.find(input, scope)) }),
    UpdateRole: (input, scope) => {
      const role = this.find(input, scope);
      role.description = optionalText(input, "Description") ?? role.description;
      role.maxSessionDuration = Number(input["MaxSessionDuration"] ?? role.maxSessionDuration);
      return {};
    },
    UpdateRoleDescription: (input, scope) => {
      const role = this.find(input, scope);
      role.description = optionalText(input, "Description");
      return { Role: described(role) };
    },
    UpdateAssumeRolePolicy: (input, scope) => {
      this.find(input, scope).trust = policy(text(input, "PolicyDocument"));
      return {};
    },
    TagRole: (input, scope) => {
      const role = this.find(input, scope);
      role.tags = withTags(role.tags, input);
      return {};
    },
    UntagRole: (input, scope) => {
      const role = this.find(input, scope);
      role.tags = withoutTags(role.tags, input);
      return {};
    },
    DeleteRole: (input, scope) => {
      const role = this.find(input, scope);
      if (role.policies.size > 0) {
        throw new AwsError("DeleteConflict", "Cannot delete entity, must delete policies first.");
      }
      this.of(scope).delete(role.name);
      return {};
    },
    PutRolePolicy: (input, scope) => {
      const role = this.find(input, scope);
      role.policies.set(text(input, "PolicyName"), policy(text(input, "PolicyDocument")));
      return {};
    },
    GetRolePolicy: (input, scope) => {
      const role = this.find(input, scope);
      const name = text(input, "PolicyName");
      const document = found(role.policies, name, NO_SUCH_ENTITY);
      return { RoleName: role.name, PolicyName: name, PolicyDocument: encodeURIComponent(document) };
    },
    DeleteRolePolicy: (input, scope) => {
      const role = this.find(input, scope);
      found(role.policies, text(input, "PolicyName"), NO_SUCH_ENTITY);
      role.policies.delete(text(input, "PolicyName"));
      return {};
    },
    ListRolePolicies: (input, scope) => ({
      PolicyNames: [...this.find(input, scope).policies.keys()],
      IsTruncated: false,
    }),
    ListAttachedRolePolicies: (input, scope) => {
      this.find(input, scope);
      return { AttachedPolicies: [], IsTruncated: false };
    },
    ListInstanceProfilesForRole: (input, scope) => {
      this.find(input, scope);
      return { InstanceProfiles: [], IsTruncated: false };
    },
  };

  public contents(): string[] {
    return this.roles.contents();
  }

  /** Why a service could not do these things with a role; undefined when it could. */
  public whyNot(roleArn: string, service: string, actions: readonly string[], scope: Scope): string | undefined {
    const role = [...this.of(scope).values()].find(({ arn }) => arn === roleArn);
    if (role === undefined) {
      return `the role ${roleArn} does not exist`;
    }
    const trusts = statements(role.trust).some(
      ({ Effect, Principal }) => Effect === "Allow" && [Principal?.Service ?? []].flat().includes(service),
    );
    if (!trusts) {
      return `${roleArn} does not trust ${service}`;
    }
    const allowed = [...role.policies.values()]
      .flatMap(statements)
      .filter(({ Effect }) => Effect === "Allow")
      .flatMap(({ Action }) => [Action ?? []].flat());
    const missing = actions.find((action) => !allowed.some((pattern) => pattern === action || pattern === "ecr:*"));
    return missing === undefined ? undefined : `${roleArn} may not ${missing}`;
  }

  private of({ accountId }: Scope): Map<string, Role> {
    return this.roles.in({ accountId, region: "global" });
  }

  private find(input: Fields, scope: Scope): Role {
    return found(this.of(scope), text(input, "RoleName"), NO_SUCH_ENTITY);
  }
}

function described(role: Role): Fields {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: `AROA${role.name.toUpperCase().replace(/[^A-Z0-9]/g, "")}`,
    Arn: role.arn,
    CreateDate: role.createdAt,
    AssumeRolePolicyDocument: encodeURIComponent(role.trust),
    Description: role.description,
    MaxSessionDuration: role.maxSessionDuration,
    Tags: role.tags,
  };
}

function policy(document: string): string {
  let valid: boolean;
  try {
    valid = statements(document).every((statement) => typeof statement === "object");
  } catch {
    valid = false;
  }
  if (!valid) {
    throw new AwsError("MalformedPolicyDocument", "The policy is not in the valid JSON format.");
  }
  return document;
}

function statements(document: string): Statement[] {
  return [(JSON.parse(document) as { Statement: Statement | Statement[] }).Statement].flat();
}
