import { randomBytes } from "node:crypto";
import { AwsError, Store, optionalList, optionalText, text } from "./service";
import type { Fields, Scope, Service } from "./service";

interface Secret {
  readonly arn: string;
  readonly name: string;
  description: string;
  kmsKeyId: string | undefined;
  tags: Tag[];
  deletedAt: number | undefined;
  current: string | undefined;
  previous: string | undefined;
  readonly versions: Map<string, string>;
}

interface Tag {
  readonly Key: string;
  readonly Value?: string;
}

const DEFAULT_KEY = "alias/aws/secretsmanager";
const MAX_VALUE_LENGTH = 65_536;
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
        arn: `arn:aws:secretsmanager:${scope.region}:${scope.accountId}:secret:${name}-${this.suffix(name, scope)}`,
        name,
        description: optionalText(input, "Description") ?? "",
        kmsKeyId: optionalText(input, "KmsKeyId"),
        tags: optionalList<Tag>(input, "Tags") ?? [],
        deletedAt: undefined,
        current: undefined,
        previous: undefined,
        versions: new Map(),
      };
      this.secrets.in(scope).set(name, secret);
      const value = optionalText(input, "SecretString");
      return value === undefined
        ? { ARN: secret.arn, Name: name }
        : { ...identified(secret), VersionId: put(secret, tokenOf(input), value) };
    },
    DescribeSecret: (input, scope) => {
      const secret = this.find(input, scope, true);
      return {
        ...identified(secret),
        Description: secret.description,
        KmsKeyId: secret.kmsKeyId,
        Tags: secret.tags,
        DeletedDate: secret.deletedAt,
        VersionIdsToStages: Object.fromEntries([...secret.versions.keys()].map((id) => [id, stages(secret, id)])),
      };
    },
    UpdateSecret: (input, scope) => {
      const secret = this.find(input, scope);
      secret.description = optionalText(input, "Description") ?? secret.description;
      secret.kmsKeyId = optionalText(input, "KmsKeyId") ?? secret.kmsKeyId;
      const value = optionalText(input, "SecretString");
      return value === undefined
        ? identified(secret)
        : { ...identified(secret), VersionId: put(secret, tokenOf(input), value) };
    },
    GetResourcePolicy: (input, scope) => identified(this.find(input, scope)),
    TagResource: (input, scope) => {
      const secret = this.find(input, scope);
      const tags = optionalList<Tag>(input, "Tags") ?? [];
      secret.tags = [...secret.tags.filter(({ Key }) => tags.every((tag) => tag.Key !== Key)), ...tags];
      return {};
    },
    UntagResource: (input, scope) => {
      const secret = this.find(input, scope);
      const keys = optionalList<string>(input, "TagKeys") ?? [];
      secret.tags = secret.tags.filter(({ Key }) => !keys.includes(Key));
      return {};
    },
    PutSecretValue: (input, scope) => {
      const secret = this.find(input, scope);
      const id = put(secret, tokenOf(input), text(input, "SecretString"));
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
      return { ...identified(secret), VersionId: id, VersionStages: stages(secret, id), SecretString: value };
    },
    DeleteSecret: (input, scope) => {
      const secret = this.find(input, scope);
      const days = input["RecoveryWindowInDays"];
      const now = Math.floor(Date.now() / 1000);
      if (input["ForceDeleteWithoutRecovery"] === true) {
        if (days !== undefined) {
          throw new AwsError(
            "InvalidParameterException",
            "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
          );
        }
        this.secrets.in(scope).delete(secret.name);
        return { ...identified(secret), DeletionDate: now };
      }
      if (days !== undefined && !(Number(days) >= 7 && Number(days) <= 30)) {
        throw new AwsError(
          "InvalidParameterException",
          "RecoveryWindowInDays must be between 7 and 30 days (inclusive).",
        );
      }
      secret.deletedAt = now;
      return { ...identified(secret), DeletionDate: now + Number(days ?? 30) * DAY };
    },
    RestoreSecret: (input, scope) => {
      const secret = this.find(input, scope, true);
      secret.deletedAt = undefined;
      return identified(secret);
    },
  };

  public contents(): string[] {
    return this.secrets.contents();
  }

  /** What ECR finds when it reads a secret on a caller's behalf, or the error it answers where it cannot. */
  public readForEcr(secretArn: string, scope: Scope): string {
    const secret = this.tryFind(secretArn, scope);
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
    const secret = this.tryFind(text(input, "SecretId"), scope);
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

  private tryFind(id: string, scope: Scope): Secret | undefined {
    return [...this.secrets.in(scope).values()].find((secret) => secret.arn === id || secret.name === id);
  }
}

function identified(secret: Secret): { readonly ARN: string; readonly Name: string } {
  return { ARN: secret.arn, Name: secret.name };
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
  if (value.length > MAX_VALUE_LENGTH) {
    throw new AwsError(
      "ValidationException",
      `SecretString must have length less than or equal to ${MAX_VALUE_LENGTH}`,
    );
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
