import { randomBytes } from "node:crypto";
import { AwsError, Store, text } from "./service";
import type { Fields, Scope, Service } from "./service";

interface Secret {
  readonly arn: string;
  readonly name: string;
  description: string;
  readonly tags: unknown;
  current?: { readonly id: string; readonly value: string };
  readonly versions: Map<string, string>;
}

/** AWS Secrets Manager, as far as a credential of a cache needs it. */
export class SecretsManager {
  private readonly secrets = new Store<Secret>();

  public readonly operations: Service = {
    CreateSecret: (input, scope) => {
      const name = text(input, "Name");
      if (this.secrets.in(scope).has(name)) {
        throw new AwsError("ResourceExistsException", `A secret named ${name} exists already.`);
      }
      const suffix = randomBytes(3).toString("hex");
      const secret: Secret = {
        arn: `arn:aws:secretsmanager:${scope.region}:${scope.accountId}:secret:${name}-${suffix}`,
        name,
        description: (input["Description"] as string | undefined) ?? "",
        tags: input["Tags"] ?? [],
        versions: new Map(),
      };
      this.secrets.in(scope).set(name, secret);
      return { ARN: secret.arn, Name: name };
    },
    DescribeSecret: (input, scope) => {
      const secret = this.find(input, scope);
      return {
        ARN: secret.arn,
        Name: secret.name,
        Description: secret.description,
        Tags: secret.tags,
        VersionIdsToStages: secret.current === undefined ? {} : { [secret.current.id]: ["AWSCURRENT"] },
      };
    },
    GetResourcePolicy: (input, scope) => {
      const secret = this.find(input, scope);
      return { ARN: secret.arn, Name: secret.name };
    },
    PutSecretValue: (input, scope) => {
      const secret = this.find(input, scope);
      const id = text(input, "ClientRequestToken");
      const value = text(input, "SecretString");
      secret.versions.set(id, value);
      secret.current = { id, value };
      return { ARN: secret.arn, Name: secret.name, VersionId: id, VersionStages: ["AWSCURRENT"] };
    },
    GetSecretValue: (input, scope) => {
      const secret = this.find(input, scope);
      const id = (input["VersionId"] as string | undefined) ?? secret.current?.id ?? "";
      const value = secret.versions.get(id);
      if (value === undefined) {
        throw new AwsError("ResourceNotFoundException", "Secrets Manager can't find the specified secret value.");
      }
      return {
        ARN: secret.arn,
        Name: secret.name,
        VersionId: id,
        VersionStages: id === secret.current?.id ? ["AWSCURRENT"] : [],
        SecretString: value,
      };
    },
    UpdateSecretVersionStage: (input, scope) => {
      const secret = this.find(input, scope);
      return { ARN: secret.arn, Name: secret.name };
    },
    DeleteSecret: (input, scope) => {
      const secret = this.find(input, scope);
      this.secrets.in(scope).delete(secret.name);
      return { ARN: secret.arn, Name: secret.name };
    },
  };

  /** What a secret holds now, for services that read it on a caller's behalf. */
  public currentValue(secretArn: string, scope: Scope): string | undefined {
    return this.tryFind(secretArn, scope)?.current?.value;
  }

  private find(input: Fields, scope: Scope): Secret {
    const secret = this.tryFind(text(input, "SecretId"), scope);
    if (secret === undefined) {
      throw new AwsError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
    }
    return secret;
  }

  private tryFind(id: string, scope: Scope): Secret | undefined {
    return [...this.secrets.in(scope).values()].find((secret) => secret.arn === id || secret.name === id);
  }
}
