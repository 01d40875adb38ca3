import { DataAwsSecretsmanagerSecret } from "@cdktf/provider-aws/lib/data-aws-secretsmanager-secret";
import { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import { SecretsmanagerSecretVersion } from "@cdktf/provider-aws/lib/secretsmanager-secret-version";
import { Fn, Token } from "cdktf";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import type { Registry } from "../aws/registry";
import { SECRET_PREFIX } from "../aws/secret-names";
import { constructIdIn } from "../terraform/construct-id";
import { allowWriteOnlyArguments, requireTerraform } from "../terraform/required-version";
import { CredentialVariable } from "./credential-variable";
import type { ManagedCredentialOptions, RegistryCredential } from "./registry-credential";
import { SECRET_DESCRIPTION } from "./rules";

/** The credential of a rule. */
interface CredentialReference {
  readonly secretArn: string;
  /** The resources that must exist before ECR can read the secret. */
  readonly dependsOn: ITerraformDependable[];
  /** The secret itself, if this package creates it. */
  readonly secret?: SecretsmanagerSecret;
}

// The ends of the ids of a secret that is created, and of one that is looked up.
const WRITTEN = "-secret";
const LOOKED_UP = "-secret-lookup";

// Otherwise Terraform deletes a secret before the rule has its new credential. If AWS rejects that one, the rule keeps the
// ARN of a deleted secret. https://developer.hashicorp.com/terraform/language/resources/behavior
const REPLACED_FIRST = { createBeforeDestroy: true } as const;

/** The name of the secret of a managed credential, for an upstream with a prefix of that key. */
export function managedSecretName(variables: ManagedCredentialOptions, prefixKey: string): string {
  return variables.secretName ?? `${SECRET_PREFIX}${prefixKey}`;
}

/** The secrets of one cache. Each is created or looked up once, for all upstreams that share it. */
export class CredentialSecrets {
  // By name; a name that only Terraform knows is the same token each time.
  private readonly written = new Map<string, CredentialReference>();
  private readonly lookedUp = new Map<string, CredentialReference>();

  public constructor(
    private readonly scope: Construct,
    private readonly registry: Registry,
  ) {}

  /** The managed secret of an upstream that has been referred to; undefined for any other credential. */
  public tryFind({ _spec: spec }: RegistryCredential, prefixKey: string): SecretsmanagerSecret | undefined {
    return spec.source === "variables"
      ? this.written.get(managedSecretName(spec.variables, prefixKey))?.secret
      : undefined;
  }

  /** The credential of the rule of an upstream; creates or looks up its secret if this has not happened yet. */
  public refer(credential: RegistryCredential, prefixKey: string): CredentialReference {
    const spec = credential._spec;
    switch (spec.source) {
      case "variables": {
        const name = managedSecretName(spec.variables, prefixKey);
        const reference =
          this.written.get(name) ?? this.write(spec.variables, name, this.idOf(name, prefixKey, WRITTEN));
        this.written.set(name, reference);
        return reference;
      }
      case "secret-arn":
        return { secretArn: spec.secretArn, dependsOn: [] };
      case "secret-name": {
        const name = spec.secretName;
        const reference = this.lookedUp.get(name) ?? this.lookUp(name, this.idOf(name, prefixKey, LOOKED_UP));
        this.lookedUp.set(name, reference);
        return reference;
      }
    }
  }

  private write(variables: ManagedCredentialOptions, name: string, id: string): CredentialReference {
    requireTerraform(this.scope, 11);
    const secret = new SecretsmanagerSecret(this.scope, `${id}${WRITTEN}`, {
      ...this.registry.regional,
      name,
      description: SECRET_DESCRIPTION,
      recoveryWindowInDays: variables.recoveryWindowInDays ?? 0,
      lifecycle: REPLACED_FIRST,
    });
    const version = new SecretsmanagerSecretVersion(this.scope, `${id}${WRITTEN}-version`, {
      ...this.registry.regional,
      secretId: secret.id,
      secretStringWo: Fn.jsonencode({
        username: CredentialVariable.of(this.scope, variables.usernameVariable).stringValue,
        accessToken: CredentialVariable.of(this.scope, variables.accessTokenVariable).stringValue,
      }),
      secretStringWoVersion: variables.version,
      lifecycle: REPLACED_FIRST,
    });
    allowWriteOnlyArguments(version);
    return { secretArn: secret.arn, dependsOn: [version], secret };
  }

  private lookUp(name: string, id: string): CredentialReference {
    const data = new DataAwsSecretsmanagerSecret(this.scope, `${id}${LOOKED_UP}`, {
      ...this.registry.regional,
      name,
    });
    return { secretArn: data.arn, dependsOn: [] };
  }

  /**
   * The id of a secret: its name without SECRET_PREFIX. If only Terraform knows the name, or if the id is in use because
   * another expression results in the same text, it is the key of the prefix after a character that no name contains.
   */
  private idOf(name: string, prefixKey: string, end: string): string {
    const ofPrefix = `~${prefixKey}`;
    const text = Token.isUnresolved(name) ? "" : name.slice(SECRET_PREFIX.length);
    const id = constructIdIn(this.scope, text === "" ? ofPrefix : text);
    return this.scope.node.tryFindChild(`${id}${end}`) === undefined ? id : constructIdIn(this.scope, ofPrefix);
  }
}
