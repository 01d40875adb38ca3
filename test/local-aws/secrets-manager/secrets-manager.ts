import { randomBytes } from "node:crypto";
import { whyMalformed } from "../iam/policy-document";
import { AwsError, Store, optionalList, optionalText, page, partitionOf, text, tagging } from "../service";
import type { Fields, Scope, Service, Tag } from "../service";

/** What a secret shares with its replicas. */
interface Content {
  changedAt: number;
  description: string;
  tags: Tag[];
  current: string | undefined;
  previous: string | undefined;
  readonly versions: Map<string, string>;
}

interface Secret {
  readonly arn: string;
  readonly name: string;
  readonly region: string;
  readonly createdAt: number;
  readonly content: Content;
  /** The secret that this one is a replica of. */
  readonly primary?: Secret;
  /** What became of each replica, by its region. */
  readonly replicas: Map<string, Replication>;
  accessedOn: number | undefined;
  kmsKeyId: string | undefined;
  /** The policy of the secret. */
  policy: string | undefined;
  /** When the recovery window ends; undefined unless the secret is scheduled for deletion. */
  deletedAt: number | undefined;
}

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ReplicationStatusType.html */
interface Replication {
  readonly KmsKeyId: string;
  readonly Status: "InSync" | "Failed";
  readonly StatusMessage?: string;
}

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ReplicaRegionType.html */
interface ReplicaRegion {
  readonly Region?: string;
  readonly KmsKeyId?: string;
}

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_Filter.html */
interface Filter {
  readonly Key?: string;
  readonly Values?: readonly string[];
}

interface PolicyStatement {
  readonly Effect?: string;
  readonly Principal?: unknown;
  readonly Action?: string | string[];
}

const DEFAULT_KEY = "alias/aws/secretsmanager";
const MAX_VALUE_BYTES = 65_536;
const MAX_ID = 2_048;
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html
const SECRET_ID = /^(?:arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:)?[A-Za-z0-9/_+=.@!-]+$/;
/** A hyphen and six characters, with which Secrets Manager ends the ARN of each secret. */
const SUFFIX_LENGTH = 7;
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ReplicaRegionType.html
const REGION = /^[a-z]+(?:-[a-z]+)+-\d+$/;
const DAY = 24 * 60 * 60;

/** AWS Secrets Manager, as far as a credential of a cache needs it. */
export class SecretsManager implements Service {
  private readonly secrets = new Store<Secret>("secret");
  private readonly namesEverUsed = new Set<string>();

  public readonly operations: Service["operations"] = {
    CreateSecret: (input, scope) => {
      const name = text(input, "Name");
      const existing = this.secrets.in(scope).get(name);
      if (!/^[A-Za-z0-9/_+=.@-]{1,512}$/.test(name)) {
        throw new AwsError("ValidationException", "Invalid name.");
      }
      if (existing?.deletedAt !== undefined) {
        throw new AwsError(
          "InvalidRequestException",
          "You can't create this secret because a secret with this name is already scheduled for deletion.",
        );
      }
      if (existing !== undefined) {
        throw new AwsError(
          "ResourceExistsException",
          `The operation failed because the secret ${name} already exists.`,
        );
      }
      const secret: Secret = {
        arn: `arn:${partitionOf(scope.region)}:secretsmanager:${scope.region}:${scope.accountId}:secret:${name}-${this.suffix(name, scope)}`,
        name,
        region: scope.region,
        kmsKeyId: optionalText(input, "KmsKeyId"),
        policy: undefined,
        createdAt: now(),
        content: {
          changedAt: now(),
          description: optionalText(input, "Description") ?? "",
          tags: optionalList<Tag>(input, "Tags") ?? [],
          current: undefined,
          previous: undefined,
          versions: new Map(),
        },
        replicas: new Map(),
        accessedOn: undefined,
        deletedAt: undefined,
      };
      const value = optionalText(input, "SecretString");
      const version = value === undefined ? {} : { VersionId: put(secret.content, tokenOf(input), value) };
      if (input["AddReplicaRegions"] !== undefined) {
        this.replicate(secret, input, scope);
      }
      this.secrets.in(scope).set(name, secret);
      return { ...identified(secret), ...version, ...replicationOf(secret) };
    },
    ReplicateSecretToRegions: (input, scope) => {
      const secret = this.findPrimary(input, scope);
      this.replicate(secret, input, scope);
      return { ARN: secret.arn, ...replicationOf(secret) };
    },
    RemoveRegionsFromReplication: (input, scope) => {
      const secret = this.findPrimary(input, scope);
      for (const region of optionalList<string>(input, "RemoveReplicaRegions") ?? []) {
        if (secret.replicas.get(region)?.Status === "InSync") {
          this.secrets.in({ ...scope, region }).delete(secret.name);
        }
        secret.replicas.delete(region);
      }
      return { ARN: secret.arn, ...replicationOf(secret) };
    },
    DescribeSecret: (input, scope) => {
      const secret = this.find(input, scope, true);
      return { ...described(secret), VersionIdsToStages: versionsOf(secret), ...replicationOf(secret) };
    },
    ListSecrets: (input, scope) => {
      const isListed = filterOf(optionalList<Filter>(input, "Filters") ?? []);
      const secrets = [...this.secrets.in(scope).values()]
        .filter(({ deletedAt }) => deletedAt === undefined || input["IncludePlannedDeletion"] === true)
        .filter(isListed);
      const { items, nextToken } = page(secrets, input, scope, {
        limit: "MaxResults",
        token: "NextToken",
        bounds: [1, 100],
        error: "InvalidParameterException",
        tokenError: "InvalidNextTokenException",
      });
      return {
        SecretList: items.map((secret) => ({ ...described(secret), SecretVersionsToStages: versionsOf(secret) })),
        NextToken: nextToken,
      };
    },
    UpdateSecret: (input, scope) => {
      const secret = this.findPrimary(input, scope);
      const { content } = secret;
      const value = optionalText(input, "SecretString");
      const version = value === undefined ? {} : { VersionId: put(content, tokenOf(input), value) };
      content.description = optionalText(input, "Description") ?? content.description;
      secret.kmsKeyId = optionalText(input, "KmsKeyId") ?? secret.kmsKeyId;
      content.changedAt = now();
      return { ...identified(secret), ...version };
    },
    PutResourcePolicy: (input, scope) => {
      const secret = this.findPrimary(input, scope);
      const policy = text(input, "ResourcePolicy");
      const reason = whyMalformed(policy, "resource");
      if (reason !== undefined) {
        throw new AwsError(
          "MalformedPolicyDocumentException",
          `This resource policy contains a syntax error: ${reason}.`,
        );
      }
      secret.policy = policy;
      return identified(secret);
    },
    GetResourcePolicy: (input, scope) => {
      const secret = this.find(input, scope);
      return { ...identified(secret), ResourcePolicy: secret.policy };
    },
    ...tagging("TagResource", "UntagResource", (input, scope) => {
      const { content } = this.findPrimary(input, scope);
      content.changedAt = now();
      return content;
    }),
    PutSecretValue: (input, scope) => {
      const secret = this.findPrimary(input, scope);
      if (input["VersionStages"] !== undefined) {
        throw new AwsError("InvalidParameterException", "Stages other than AWSCURRENT are not kept here");
      }
      const id = put(secret.content, tokenOf(input), text(input, "SecretString"));
      secret.content.changedAt = now();
      return { ...identified(secret), VersionId: id, VersionStages: stages(secret, id) };
    },
    GetSecretValue: (input, scope) => {
      const secret = this.find(input, scope);
      const stage = optionalText(input, "VersionStage") ?? "AWSCURRENT";
      const { current, previous, versions } = secret.content;
      const id = optionalText(input, "VersionId") ?? (stage === "AWSPREVIOUS" ? previous : current) ?? "";
      const value = versions.get(id);
      if (value === undefined) {
        throw new AwsError(
          "ResourceNotFoundException",
          `Secrets Manager can't find the specified secret value for staging label: ${stage}`,
        );
      }
      // AWS keeps the day of the last use, and not its time.
      secret.accessedOn = now() - (now() % DAY);
      return { ...identified(secret), VersionId: id, VersionStages: stages(secret, id), SecretString: value };
    },
    DeleteSecret: (input, scope) => {
      const forced = input["ForceDeleteWithoutRecovery"] === true;
      const id = secretIdIn(input);
      if (forced && this.tryFind(id, scope) === undefined) {
        return { Name: id, DeletionDate: now() };
      }
      const secret = this.findPrimary(input, scope, forced);
      if (secret.replicas.size > 0) {
        const regions = [...secret.replicas.keys()].join(", ");
        throw new AwsError(
          "InvalidParameterException",
          `You can't delete secret ${secret.arn} that still has replica regions [${regions}].`,
        );
      }
      const days = input["RecoveryWindowInDays"];
      if (forced) {
        if (days !== undefined) {
          throw new AwsError(
            "InvalidParameterException",
            "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
          );
        }
        this.secrets.in(scope).delete(secret.name);
        return { ...identified(secret), DeletionDate: now() };
      }
      if (days !== undefined && !(Number(days) >= 7 && Number(days) <= 30)) {
        throw new AwsError(
          "InvalidParameterException",
          "RecoveryWindowInDays must be between 7 and 30 days (inclusive).",
        );
      }
      secret.deletedAt = now() + Number(days ?? 30) * DAY;
      secret.content.changedAt = now();
      return { ...identified(secret), DeletionDate: secret.deletedAt };
    },
    RestoreSecret: (input, scope) => {
      const secret = this.findPrimary(input, scope, true);
      secret.deletedAt = undefined;
      secret.content.changedAt = now();
      return identified(secret);
    },
  };

  public contents(): string[] {
    return this.secrets.contents();
  }

  /** What ECR finds when it reads a secret on a caller's behalf, or the error it answers where it cannot. */
  public readForEcr(secretArn: string, scope: Scope): string {
    // AWS does not document that ECR takes an ARN without its suffix, so ECR takes none here.
    const secret = [...this.secrets.in(scope).values()].find(({ arn }) => arn === secretArn);
    if (secret === undefined || secret.deletedAt !== undefined || secret.content.current === undefined) {
      throw new AwsError("SecretNotFoundException", `The ARN of the secret ${secretArn} does not exist.`);
    }
    if (secret.policy !== undefined && deniesEveryone(secret.policy)) {
      throw new AwsError("UnableToAccessSecretException", `The secret ${secretArn} cannot be accessed.`);
    }
    if (secret.kmsKeyId !== undefined && secret.kmsKeyId !== DEFAULT_KEY) {
      throw new AwsError(
        "UnableToDecryptSecretValueException",
        `The secret ${secretArn} is accessible but is unable to be decrypted.`,
      );
    }
    return secret.content.versions.get(secret.content.current) ?? "";
  }

  /**
   * Makes the replicas that a request asks for. A region that has a secret of this name keeps it unless the request says
   * otherwise, and the replica fails. A replica, or a secret with replicas, is never overwritten here.
   * https://docs.aws.amazon.com/secretsmanager/latest/userguide/replicate-secrets.html
   */
  private replicate(primary: Secret, input: Fields, scope: Scope): void {
    const regions = optionalList<ReplicaRegion>(input, "AddReplicaRegions") ?? [];
    if (regions.length === 0) {
      throw new AwsError("InvalidParameterException", "AddReplicaRegions must have at least one region");
    }
    for (const { Region = "" } of regions) {
      const isSamePartition = partitionOf(Region) === partitionOf(scope.region);
      if (!REGION.test(Region) || Region === scope.region || !isSamePartition) {
        throw new AwsError("InvalidParameterException", "Invalid replica region.");
      }
      if (primary.replicas.get(Region)?.Status === "InSync") {
        throw new AwsError(
          "InvalidParameterException",
          `${primary.name} has a replica in ${Region}, and keeps it here`,
        );
      }
    }
    for (const { Region = "", KmsKeyId = DEFAULT_KEY } of regions) {
      const secrets = this.secrets.in({ ...scope, region: Region });
      const existing = secrets.get(primary.name);
      const isReplicated = existing?.primary !== undefined || (existing?.replicas.size ?? 0) > 0;
      if (existing !== undefined && (isReplicated || input["ForceOverwriteReplicaSecret"] !== true)) {
        const StatusMessage = `Replication failed: Secret name ${primary.name} already exists in region ${Region}.`;
        primary.replicas.set(Region, { KmsKeyId, Status: "Failed", StatusMessage });
        continue;
      }
      this.useName(primary.name, { ...scope, region: Region });
      secrets.set(primary.name, {
        ...primary,
        arn: primary.arn.replace(`:${scope.region}:`, `:${Region}:`),
        region: Region,
        kmsKeyId: KmsKeyId,
        policy: undefined,
        createdAt: now(),
        primary,
        replicas: new Map(),
        accessedOn: undefined,
      });
      primary.replicas.set(Region, { KmsKeyId, Status: "InSync" });
    }
  }

  /** AWS chooses it anew for each secret; here the first of a name has one that examples can know. */
  private suffix(name: string, scope: Scope): string {
    return this.useName(name, scope) ? "AbCdEf" : randomBytes(3).toString("hex");
  }

  /** Whether a name is used for the first time. */
  private useName(name: string, { accountId, region }: Scope): boolean {
    const key = [accountId, region, name].join();
    const isFirst = !this.namesEverUsed.has(key);
    this.namesEverUsed.add(key);
    return isFirst;
  }

  private find(input: Fields, scope: Scope, evenDeleted = false): Secret {
    const secret = this.tryFind(secretIdIn(input), scope);
    if (secret === undefined) {
      throw new AwsError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
    }
    if (secret.deletedAt !== undefined && !evenDeleted) {
      throw new AwsError(
        "InvalidRequestException",
        "You can't perform this operation on the secret because it was marked for deletion.",
      );
    }
    return secret;
  }

  /** A secret to change, which a replica is not. */
  private findPrimary(input: Fields, scope: Scope, evenDeleted = false): Secret {
    const secret = this.find(input, scope, evenDeleted);
    if (secret.primary !== undefined) {
      throw new AwsError(
        "InvalidParameterException",
        "Operation not permitted on a replica secret. Call must be made in primary secret's region.",
      );
    }
    return secret;
  }

  /**
   * A secret by its name, by its ARN, or by its ARN without the suffix. A whole ARN goes first.
   * https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html#ARN_secretnamehyphen
   */
  private tryFind(id: string, scope: Scope): Secret | undefined {
    const secrets = [...this.secrets.in(scope).values()];
    return (
      secrets.find(({ arn, name }) => arn === id || name === id) ??
      secrets.find(({ arn }) => arn.slice(0, -SUFFIX_LENGTH) === id)
    );
  }
}

/** Whether a policy denies everybody to read, and with them ECR's service-linked role. Conditions are not looked at. */
function deniesEveryone(policy: string): boolean {
  const { Statement } = JSON.parse(policy) as { readonly Statement: PolicyStatement | readonly PolicyStatement[] };
  return [Statement].flat().some(({ Effect, Principal, Action = [] }) => {
    const reads = ["*", "secretsmanager:*", "secretsmanager:GetSecretValue"];
    return Effect === "Deny" && Principal === "*" && [Action].flat().some((action) => reads.includes(action));
  });
}

/** The time, in seconds. */
function now(): number {
  return Math.floor(Date.now() / 1000);
}

function secretIdIn(input: Fields): string {
  const id = optionalText(input, "SecretId") ?? "";
  if (id.length === 0 || id.length > MAX_ID) {
    const message = `Value '${id}' at 'secretId' failed to satisfy constraint: Member must have length between 1 and ${MAX_ID}`;
    throw new AwsError("ValidationException", message);
  }
  if (!SECRET_ID.test(id)) {
    throw new AwsError(
      "ValidationException",
      "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!",
    );
  }
  return id;
}

function identified(secret: Secret): { readonly ARN: string; readonly Name: string } {
  return { ARN: secret.arn, Name: secret.name };
}

/** What an answer about a secret has, whether it is about one or about many. */
function described(secret: Secret): Fields {
  return {
    ...identified(secret),
    Description: secret.content.description,
    // AWS leaves out its own key.
    KmsKeyId: secret.kmsKeyId === DEFAULT_KEY ? undefined : secret.kmsKeyId,
    Tags: secret.content.tags,
    CreatedDate: secret.createdAt,
    LastChangedDate: secret.content.changedAt,
    LastAccessedDate: secret.accessedOn,
    DeletedDate: secret.deletedAt,
    PrimaryRegion: secret.primary?.region ?? (secret.replicas.size > 0 ? secret.region : undefined),
  };
}

/** What an answer about a replicated secret has beside, where it is not about many. */
function replicationOf({ replicas }: Secret): Fields {
  const ReplicationStatus = [...replicas].map(([Region, replication]) => ({ Region, ...replication }));
  return replicas.size === 0 ? {} : { ReplicationStatus };
}

function versionsOf(secret: Secret): Fields {
  const ids = [secret.content.current, secret.content.previous].flatMap((id) => (id === undefined ? [] : [id]));
  return Object.fromEntries(ids.map((id) => [id, stages(secret, id)]));
}

/** Whether a secret is in a list: its name begins with one of the values, upper and lower case being different. */
function filterOf(filters: readonly Filter[]): (secret: Secret) => boolean {
  const others = filters.filter(({ Key }) => Key !== "name");
  if (others.length > 0) {
    throw new AwsError(
      "InvalidParameterException",
      `Filters other than name are not kept here: ${others.map(({ Key }) => Key).join()}`,
    );
  }
  return ({ name }) => filters.every(({ Values = [] }) => Values.some((value) => name.startsWith(value)));
}

function tokenOf(input: Fields): string {
  const token = text(input, "ClientRequestToken");
  if (token.length < 32 || token.length > 64) {
    throw new AwsError("InvalidParameterException", "ClientRequestToken must be 32-64 characters long.");
  }
  return token;
}

/** Writes a version; the same one written again is no error, another value under its id is. */
function put(content: Content, id: string, value: string): string {
  if (Buffer.byteLength(value) > MAX_VALUE_BYTES) {
    throw new AwsError("ValidationException", `SecretString must have length less than or equal to ${MAX_VALUE_BYTES}`);
  }
  const existing = content.versions.get(id);
  if (existing !== undefined && existing !== value) {
    throw new AwsError("ResourceExistsException", "A version with this client request token has another value.");
  }
  if (existing === undefined) {
    content.versions.set(id, value);
    content.previous = content.current;
    content.current = id;
  }
  return id;
}

function stages({ content: { current, previous } }: Secret, id: string): string[] {
  return [...(id === current ? ["AWSCURRENT"] : []), ...(id === previous ? ["AWSPREVIOUS"] : [])];
}
