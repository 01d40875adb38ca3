import { randomInt } from "node:crypto";
import { AwsError, Store, found, optionalList, optionalText, page, partitionOf, text, tagging } from "../service";
import type { Fields, Scope, Service, Tag } from "../service";
import { whyMalformed } from "./policy-document";
import type { PolicyKind } from "./policy-document";

interface Policy {
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  readonly path: string;
  readonly description: string | undefined;
  readonly createdAt: Date;
  /** By their numbers, which are never given again. */
  readonly versions: Map<string, { readonly document: string; readonly createdAt: Date }>;
  versionsEver: number;
  defaultVersion: string;
  updatedAt: Date;
  tags: Tag[];
}

/** What a policy says, as far as it is looked into here. */
export interface PolicyStatement {
  readonly Effect?: string;
  readonly Action?: string | string[];
  readonly Principal?: { readonly Service?: string | string[] };
}

export const NO_SUCH_ENTITY = "NoSuchEntity";
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
const MAX_SIZE = 6_144;
const MAX_VERSIONS = 5;
const ID_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const AWS_MANAGED = /^arn:aws[a-z-]*:iam::aws:policy\/[\w+=,.@/-]+$/;

/** Customer managed policies and their versions. */
export class IamPolicies {
  private readonly policies = new Store<Policy>("policy");

  /** @param attachments to how many roles a policy is attached */
  public constructor(private readonly attachments: (policyArn: string, scope: Scope) => number) {}

  public readonly operations: Service["operations"] = {
    CreatePolicy: (input, scope) => {
      const name = text(input, "PolicyName");
      const path = optionalText(input, "Path") ?? "/";
      checkName(name);
      if (path.length > 512 || !/^(\/[A-Za-z0-9.,+@=_-]+)*\/$/.test(path)) {
        throw new AwsError("ValidationError", `The path ${path} is not valid`);
      }
      const policies = this.of(scope);
      if ([...policies.keys()].some((other) => other.toLowerCase() === name.toLowerCase())) {
        throw new AwsError(
          "EntityAlreadyExists",
          `A policy called ${name} already exists. Duplicate names are not allowed.`,
        );
      }
      const now = new Date();
      const policy: Policy = {
        id: newUniqueId("ANPA"),
        arn: `arn:${partitionOf(scope.region)}:iam::${scope.accountId}:policy${path}${name}`,
        name,
        path,
        description: optionalText(input, "Description"),
        createdAt: now,
        versions: new Map([["v1", { document: managedDocument(input), createdAt: now }]]),
        versionsEver: 1,
        defaultVersion: "v1",
        updatedAt: now,
        tags: optionalList<Tag>(input, "Tags") ?? [],
      };
      policies.set(name, policy);
      return { Policy: this.described(policy, scope) };
    },
    GetPolicy: (input, scope) => ({ Policy: this.described(this.find(input, scope), scope) }),
    CreatePolicyVersion: (input, scope) => {
      const policy = this.find(input, scope);
      const document = managedDocument(input);
      if (policy.versions.size >= MAX_VERSIONS) {
        throw new AwsError(
          "LimitExceeded",
          `A managed policy can have up to ${MAX_VERSIONS} versions. Delete one before you create another.`,
        );
      }
      policy.versionsEver += 1;
      policy.updatedAt = new Date();
      const id = `v${policy.versionsEver}`;
      policy.versions.set(id, { document, createdAt: policy.updatedAt });
      if (optionalText(input, "SetAsDefault") === "true") {
        policy.defaultVersion = id;
      }
      return { PolicyVersion: versionOf(policy, id) };
    },
    GetPolicyVersion: (input, scope) => {
      const policy = this.find(input, scope);
      const id = text(input, "VersionId");
      const { document } = found(policy.versions, id, NO_SUCH_ENTITY);
      return { PolicyVersion: { ...versionOf(policy, id), Document: encodeURIComponent(document) } };
    },
    ListPolicyVersions: (input, scope) => {
      const policy = this.find(input, scope);
      const versions = [...policy.versions.keys()].reverse().map((id) => versionOf(policy, id));
      return listed("Versions", versions, input, scope);
    },
    DeletePolicyVersion: (input, scope) => {
      const policy = this.find(input, scope);
      const id = text(input, "VersionId");
      found(policy.versions, id, NO_SUCH_ENTITY);
      if (id === policy.defaultVersion) {
        throw new AwsError("DeleteConflict", "Cannot delete the default version of a policy.");
      }
      policy.versions.delete(id);
      return {};
    },
    ...tagging("TagPolicy", "UntagPolicy", (input, scope) => this.find(input, scope)),
    DeletePolicy: (input, scope) => {
      const policy = this.find(input, scope);
      if (this.attachments(policy.arn, scope) > 0) {
        throw new AwsError("DeleteConflict", "Cannot delete a policy attached to entities.");
      }
      if (policy.versions.size > 1) {
        throw new AwsError("DeleteConflict", "This policy has more than one version. Delete the others first.");
      }
      this.of(scope).delete(policy.name);
      return {};
    },
  };

  public contents(): string[] {
    return this.policies.contents();
  }

  /** Whether a role may have the policy: AWS's own are taken to exist. */
  public checkAttachable(policyArn: string, scope: Scope): void {
    if (!AWS_MANAGED.test(policyArn) && this.tryFind(policyArn, scope) === undefined) {
      throw new AwsError(NO_SUCH_ENTITY, `Policy ${policyArn} does not exist or is not attachable.`);
    }
  }

  /** What the policy says now; undefined where AWS manages it. */
  public documentOf(policyArn: string, scope: Scope): string | undefined {
    const policy = this.tryFind(policyArn, scope);
    return policy?.versions.get(policy.defaultVersion)?.document;
  }

  private described(policy: Policy, scope: Scope): Fields {
    return {
      PolicyName: policy.name,
      PolicyId: policy.id,
      Arn: policy.arn,
      Path: policy.path,
      DefaultVersionId: policy.defaultVersion,
      AttachmentCount: this.attachments(policy.arn, scope),
      IsAttachable: true,
      Description: policy.description,
      CreateDate: policy.createdAt,
      UpdateDate: policy.updatedAt,
      Tags: policy.tags,
    };
  }

  private of({ accountId }: Scope): Map<string, Policy> {
    return this.policies.in({ accountId, region: "global" });
  }

  private find(input: Fields, scope: Scope): Policy {
    const arn = text(input, "PolicyArn");
    const policy = this.tryFind(arn, scope);
    if (policy === undefined) {
      throw new AwsError(NO_SUCH_ENTITY, `Policy ${arn} was not found.`);
    }
    return policy;
  }

  private tryFind(policyArn: string, scope: Scope): Policy | undefined {
    return [...this.of(scope).values()].find(({ arn }) => arn === policyArn);
  }
}

/** A policy's document, as it was sent. */
export function documentIn(input: Fields, name: string, kind: PolicyKind): string {
  const document = text(input, name);
  const reason = whyMalformed(document, kind);
  if (reason !== undefined) {
    throw new AwsError("MalformedPolicyDocument", `The policy is malformed: ${reason}.`);
  }
  return document;
}

/**
 * An ID that no other thing has, not even a later one of the same name. The prefix is the kind of thing.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
 */
export function newUniqueId(prefix: string): string {
  const characters = Array.from({ length: 17 }, () => ID_CHARACTERS.charAt(randomInt(ID_CHARACTERS.length)));
  return `${prefix}${characters.join("")}`;
}

/**
 * The page of a list that a request asks for, as every operation of IAM answers it.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRolePolicies.html
 */
export function listed(name: string, items: readonly unknown[], input: Fields, scope: Scope): Fields {
  const { items: members, nextToken } = page(items, input, scope, {
    limit: "MaxItems",
    token: "Marker",
    bounds: [1, 1000],
    usual: 100,
    error: "ValidationError",
  });
  return { [name]: members, IsTruncated: nextToken !== undefined, Marker: nextToken };
}

export function statements(document: string): PolicyStatement[] {
  return [(JSON.parse(document) as { Statement: PolicyStatement | PolicyStatement[] }).Statement].flat();
}

/** IAM counts no white space against its quotas. */
export function sizeOf(document: string): number {
  return document.replace(/\s/g, "").length;
}

export function checkName(name: string): void {
  if (!/^[\w+=,.@-]{1,128}$/.test(name)) {
    throw new AwsError("ValidationError", `The policy name ${name} is not valid`);
  }
}

function managedDocument(input: Fields): string {
  const document = documentIn(input, "PolicyDocument", "identity");
  if (sizeOf(document) > MAX_SIZE) {
    throw new AwsError("LimitExceeded", `Cannot exceed quota for PolicySize: ${MAX_SIZE}`);
  }
  return document;
}

function versionOf(policy: Policy, id: string): Fields {
  return {
    VersionId: id,
    IsDefaultVersion: id === policy.defaultVersion,
    CreateDate: policy.versions.get(id)?.createdAt,
  };
}
