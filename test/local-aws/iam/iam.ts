import { AwsError, Store, found, optionalList, optionalText, partitionOf, text, tagging } from "../service";
import type { Fields, Scope, Service, Tag } from "../service";
import {
  IamPolicies,
  NO_SUCH_ENTITY,
  checkName,
  documentIn,
  listed,
  newUniqueId,
  sizeOf,
  statements,
} from "./policies";
import { simulated } from "./simulation";

interface Role {
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  readonly path: string;
  readonly createdAt: Date;
  description: string | undefined;
  maxSessionDuration: number;
  trust: string;
  tags: Tag[];
  readonly policies: Map<string, string>;
  /** The ARNs of the managed policies that it has. */
  readonly attached: Set<string>;
  /** The ARN of the managed policy that bounds its permissions. */
  boundary: string | undefined;
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
/** A role as AWS knows it when it authorizes a request that names it. */
export type NamedRole = Readonly<Pick<Role, "path" | "boundary">>;

const MAX_INLINE_SIZE = 10_240;
const MAX_ATTACHED = 10;
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
const PATH = /^\/(?:[!-~]+\/)?$/;
const MAX_PATH = 512;
const SESSION_SECONDS = [3_600, 43_200] as const;

/** AWS Identity and Access Management: roles, their inline policies, and managed policies. */
export class Iam implements Service {
  private readonly roles = new Store<Role>("role");
  private readonly policies = new IamPolicies(
    (arn, scope) => [...this.of(scope).values()].filter(({ attached }) => attached.has(arn)).length,
  );

  public readonly operations: Service["operations"] = {
    ...this.policies.operations,
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
      if (path.length > MAX_PATH || !PATH.test(path)) {
        throw new AwsError("ValidationError", `The path ${path} is not valid`);
      }
      const role: Role = {
        id: newUniqueId("AROA"),
        arn: `arn:${partitionOf(scope.region)}:iam::${scope.accountId}:role${path}${name}`,
        name,
        path,
        createdAt: new Date(),
        description: optionalText(input, "Description"),
        maxSessionDuration: sessionDurationIn(input) ?? SESSION_SECONDS[0],
        trust: documentIn(input, "AssumeRolePolicyDocument", "trust"),
        tags: optionalList<Tag>(input, "Tags") ?? [],
        policies: new Map(),
        attached: new Set(),
        boundary: this.boundaryIn(input, scope),
      };
      roles.set(name, role);
      return { Role: described(role) };
    },
    GetRole: (input, scope) => ({ Role: described(this.find(input, scope)) }),
    ListRoles: (input, scope) => {
      const start = optionalText(input, "PathPrefix") ?? "/";
      const roles = [...this.of(scope).values()].filter(({ path }) => path.startsWith(start));
      // A list has no tags of its roles: https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html
      return listed(
        "Roles",
        roles.map((role) => ({ ...described(role), Tags: undefined })),
        input,
        scope,
      );
    },
    UpdateRole: (input, scope) => {
      const role = this.find(input, scope);
      role.maxSessionDuration = sessionDurationIn(input) ?? role.maxSessionDuration;
      role.description = optionalText(input, "Description") ?? role.description;
      return {};
    },
    UpdateRoleDescription: (input, scope) => {
      const role = this.find(input, scope);
      role.description = optionalText(input, "Description");
      return { Role: described(role) };
    },
    UpdateAssumeRolePolicy: (input, scope) => {
      this.find(input, scope).trust = documentIn(input, "PolicyDocument", "trust");
      return {};
    },
    ...tagging("TagRole", "UntagRole", (input, scope) => this.find(input, scope)),
    PutRolePermissionsBoundary: (input, scope) => {
      const role = this.find(input, scope);
      text(input, "PermissionsBoundary");
      role.boundary = this.boundaryIn(input, scope);
      return {};
    },
    DeleteRolePermissionsBoundary: (input, scope) => {
      const role = this.find(input, scope);
      if (role.boundary === undefined) {
        throw new AwsError(NO_SUCH_ENTITY, `The role ${role.name} has no permissions boundary.`);
      }
      role.boundary = undefined;
      return {};
    },
    DeleteRole: (input, scope) => {
      const role = this.find(input, scope);
      if (role.policies.size > 0) {
        throw new AwsError("DeleteConflict", "Cannot delete entity, must delete policies first.");
      }
      if (role.attached.size > 0) {
        throw new AwsError("DeleteConflict", "Cannot delete entity, must detach all policies first.");
      }
      this.of(scope).delete(role.name);
      return {};
    },
    PutRolePolicy: (input, scope) => {
      const role = this.find(input, scope);
      const name = text(input, "PolicyName");
      const document = documentIn(input, "PolicyDocument", "identity");
      checkName(name);
      const sizes = [...new Map(role.policies).set(name, document).values()].map(sizeOf);
      if (sizes.reduce((sum, size) => sum + size) > MAX_INLINE_SIZE) {
        throw new AwsError(
          "LimitExceeded",
          `Maximum policy size of ${MAX_INLINE_SIZE} bytes exceeded for role ${role.name}`,
        );
      }
      role.policies.set(name, document);
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
    ListRolePolicies: (input, scope) =>
      listed("PolicyNames", [...this.find(input, scope).policies.keys()], input, scope),
    AttachRolePolicy: (input, scope) => {
      const role = this.find(input, scope);
      const arn = text(input, "PolicyArn");
      this.policies.checkAttachable(arn, scope);
      if (!role.attached.has(arn) && role.attached.size >= MAX_ATTACHED) {
        throw new AwsError("LimitExceeded", `Cannot exceed quota for PoliciesPerRole: ${MAX_ATTACHED}`);
      }
      role.attached.add(arn);
      return {};
    },
    DetachRolePolicy: (input, scope) => {
      const arn = text(input, "PolicyArn");
      if (!this.find(input, scope).attached.delete(arn)) {
        throw new AwsError(NO_SUCH_ENTITY, `Policy ${arn} was not found.`);
      }
      return {};
    },
    ListAttachedRolePolicies: (input, scope) => {
      const attached = [...this.find(input, scope).attached].map((arn) => ({
        PolicyName: arn.replace(/^.*\//, ""),
        PolicyArn: arn,
      }));
      return listed("AttachedPolicies", attached, input, scope);
    },
    SimulatePrincipalPolicy: (input, scope) => {
      const arn = text(input, "PolicySourceArn");
      const role = [...this.of(scope).values()].find((candidate) => candidate.arn === arn);
      if (role === undefined) {
        throw new AwsError(NO_SUCH_ENTITY, `The entity ${arn} cannot be found.`);
      }
      const boundary = role.boundary === undefined ? undefined : this.policies.documentOf(role.boundary, scope);
      return simulated(input, {
        arn,
        identityPolicies: this.namedPoliciesOf(role, scope).map(({ name, document }) => ({
          name,
          policy: JSON.parse(document) as Fields,
        })),
        boundary: boundary === undefined ? undefined : (JSON.parse(boundary) as Fields),
      });
    },
    ListInstanceProfilesForRole: (input, scope) => {
      this.find(input, scope);
      return listed("InstanceProfiles", [], input, scope);
    },
  };

  public contents(): string[] {
    return [...this.roles.contents(), ...this.policies.contents()];
  }

  /** What a role's policies say, inline and attached; those of AWS, which are not kept here, are left out. */
  public policiesOf(scope: Scope, roleName: string): Fields[] {
    return this.documentsOf(found(this.of(scope), roleName, NO_SUCH_ENTITY), scope).map(
      (document) => JSON.parse(document) as Fields,
    );
  }

  /** The role that a request names; undefined if there is none. */
  public roleIn(input: Fields, scope: Scope): NamedRole | undefined {
    return this.of(scope).get(optionalText(input, "RoleName") ?? "");
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
    const allowed = this.documentsOf(role, scope).flatMap(allowedActions);
    const missing = actions.find((action) => !allowed.some((pattern) => covers(pattern, action)));
    if (missing !== undefined) {
      return `${roleArn} may not ${missing}`;
    }
    const boundary = role.boundary === undefined ? undefined : this.policies.documentOf(role.boundary, scope);
    const inBounds = boundary === undefined ? ["*"] : allowedActions(boundary);
    const outOfBounds = actions.find((action) => !inBounds.some((pattern) => covers(pattern, action)));
    return outOfBounds === undefined
      ? undefined
      : `${roleArn} may not ${outOfBounds}, because no permissions boundary allows it`;
  }

  private boundaryIn(input: Fields, scope: Scope): string | undefined {
    const arn = optionalText(input, "PermissionsBoundary");
    if (arn !== undefined) {
      this.policies.checkAttachable(arn, scope);
    }
    return arn;
  }

  private documentsOf(role: Role, scope: Scope): string[] {
    return this.namedPoliciesOf(role, scope).map(({ document }) => document);
  }

  private namedPoliciesOf(role: Role, scope: Scope): { readonly name: string; readonly document: string }[] {
    const inline = [...role.policies].map(([name, document]) => ({ name, document }));
    const attached = [...role.attached].flatMap((arn) => {
      const document = this.policies.documentOf(arn, scope);
      return document === undefined ? [] : [{ name: arn.replace(/^.*\//, ""), document }];
    });
    return [...inline, ...attached];
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
    RoleId: role.id,
    Arn: role.arn,
    CreateDate: role.createdAt,
    AssumeRolePolicyDocument: encodeURIComponent(role.trust),
    Description: role.description,
    MaxSessionDuration: role.maxSessionDuration,
    Tags: role.tags,
    PermissionsBoundary: role.boundary && {
      PermissionsBoundaryType: "PermissionsBoundaryPolicy",
      PermissionsBoundaryArn: role.boundary,
    },
  };
}

function sessionDurationIn(input: Fields): number | undefined {
  const given = optionalText(input, "MaxSessionDuration");
  const [shortest, longest] = SESSION_SECONDS;
  if (given !== undefined && !(Number(given) >= shortest && Number(given) <= longest)) {
    throw new AwsError(
      "ValidationError",
      `MaxSessionDuration must be between ${shortest} and ${longest}, got ${given}`,
    );
  }
  return given === undefined ? undefined : Number(given);
}

/** The actions that a document allows, with their wildcards. */
function allowedActions(document: string): string[] {
  return statements(document)
    .filter(({ Effect }) => Effect === "Allow")
    .flatMap(({ Action }) => [Action ?? []].flat());
}

/** Whether an action of a policy is an action, or includes it by its wildcards. */
function covers(pattern: string, action: string): boolean {
  return new RegExp(`^${pattern.replaceAll("*", ".*").replaceAll("?", ".")}$`, "i").test(action);
}
