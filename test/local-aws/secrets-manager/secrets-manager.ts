import { randomBytes } from "node:crypto";
import { AwsError, Store, optionalList, optionalText, page, partitionOf, text, tagging } from "../service";
import type { Fields, Scope, Service, Tag } from "../service";

interface Secret {
  readonly arn: string;
  readonly name: string;
  readonly createdAt: number;
  changedAt: number;
  accessedOn: number | undefined;
  description: string;
  kmsKeyId: string | undefined;
  tags: Tag[];
  /** When the recovery window ends; undefined unless the secret is scheduled for deletion. */
  deletedAt: number | undefined;
  current: string | undefined;
  previous: string | undefined;
  readonly versions: Map<string, string>;
}

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_Filter.html */
interface Filter {
  readonly Key?: string;
  readonly Values?: readonly string[];
}

const DEFAULT_KEY = "alias/aws/secretsmanager";
const MAX_VALUE_BYTES = 65_536;
const MAX_ID = 2_048;
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html
const SECRET_ID = /^(?:arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:)?[A-Za-z0-9/_+=.@!-]+$/;
/** A hyphen and six characters, with which Secrets Manager ends the ARN of each secret. */
const SUFFIX_LENGTH = 7;
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
        description: optionalText(input, "Description") ?? "",
        kmsKeyId: optionalText(input, "KmsKeyId"),
        tags: optionalList<Tag>(input, "Tags") ?? [],
        createdAt: now(),
        changedAt: now(),
        accessedOn: undefined,
        deletedAt: undefined,
        current: undefined,
        previous: undefined,
        versions: new Map(),
      };
      const value = optionalText(input, "SecretString");
      const version = value === undefined ? {} : { VersionId: put(secret, tokenOf(input), value) };
      this.secrets.in(scope).set(name, secret);
      return { ...identified(secret), ...version };
    },
    DescribeSecret: (input, scope) => {
      const secret = this.find(input, scope, true);
      return { ...described(secret), VersionIdsToStages: versionsOf(secret) };
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
      const secret = this.find(input, scope);
      const value = optionalText(input, "SecretString");
      const version = value === undefined ? {} : { VersionId: put(secret, tokenOf(input), value) };
      secret.description = optionalText(input, "Description") ?? secret.description;
      secret.kmsKeyId = optionalText(input, "KmsKeyId") ?? secret.kmsKeyId;
      secret.changedAt = now();
      return { ...identified(secret), ...version };
    },
    GetResourcePolicy: (input, scope) => identified(this.find(input, scope)),
    ...tagging("TagResource", "UntagResource", (input, scope) => {
      const secret = this.find(input, scope);
      secret.changedAt = now();
      return secret;
    }),
    PutSecretValue: (input, scope) => {
      const secret = this.find(input, scope);
      if (input["VersionStages"] !== undefined) {
        throw new AwsError("InvalidParameterException", "Stages other than AWSCURRENT are not kept here");
      }
      const id = put(secret, tokenOf(input), text(input, "SecretString"));
      secret.changedAt = now();
      return { ...identified(secret), VersionId: id, VersionStages: stages(secret, id) };
    },
    GetSecretValue: (input, scope) => {
      const secret = this.find(input, scope);
      const stage = optionalText(input, "VersionStage") ?? "AWSCURRENT";
      const id = optionalText(input, "VersionId") ?? (stage === "AWSPREVIOUS" ? secret.previous : secret.current) ?? "";
      const value = secret.versions.get(id);
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
      const secret = this.find(input, scope, forced);
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
      secret.changedAt = now();
      return { ...identified(secret), DeletionDate: secret.deletedAt };
    },
    RestoreSecret: (input, scope) => {
      const secret = this.find(input, scope, true);
      secret.deletedAt = undefined;
      secret.changedAt = now();
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
    if (secret === undefined || secret.deletedAt !== undefined || secret.current === undefined) {
      throw new AwsError("SecretNotFoundException", `The ARN of the secret ${secretArn} does not exist.`);
    }
    if (secret.kmsKeyId !== undefined && secret.kmsKeyId !== DEFAULT_KEY) {
      throw new AwsError(
        "UnableToDecryptSecretValueException",
        `The secret ${secretArn} is accessible but is unable to be decrypted.`,
      );
    }
    return secret.versions.get(secret.current) ?? "";
  }

  /** AWS chooses it anew for each secret; here the first of a name has one that examples can know. */
  private suffix(name: string, scope: Scope): string {
    const key = [scope.accountId, scope.region, name].join();
    if (this.namesEverUsed.has(key)) {
      return randomBytes(3).toString("hex");
    }
    this.namesEverUsed.add(key);
    return "AbCdEf";
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
    Description: secret.description,
    // AWS leaves out its own key.
    KmsKeyId: secret.kmsKeyId === DEFAULT_KEY ? undefined : secret.kmsKeyId,
    Tags: secret.tags,
    CreatedDate: secret.createdAt,
    LastChangedDate: secret.changedAt,
    LastAccessedDate: secret.accessedOn,
    DeletedDate: secret.deletedAt,
  };
}

function versionsOf(secret: Secret): Fields {
  const ids = [secret.current, secret.previous].flatMap((id) => (id === undefined ? [] : [id]));
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
function put(secret: Secret, id: string, value: string): string {
  if (Buffer.byteLength(value) > MAX_VALUE_BYTES) {
    throw new AwsError("ValidationException", `SecretString must have length less than or equal to ${MAX_VALUE_BYTES}`);
  }
  const existing = secret.versions.get(id);
  if (existing !== undefined && existing !== value) {
    throw new AwsError("ResourceExistsException", "A version with this client request token has another value.");
  }
  if (existing === undefined) {
    secret.versions.set(id, value);
    secret.previous = secret.current;
    secret.current = id;
  }
  return id;
}

function stages(secret: Secret, id: string): string[] {
  return [...(id === secret.current ? ["AWSCURRENT"] : []), ...(id === secret.previous ? ["AWSPREVIOUS"] : [])];
}
