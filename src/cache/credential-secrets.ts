import { DataAwsSecretsmanagerSecret } from "@cdktf/provider-aws/lib/data-aws-secretsmanager-secret";
import { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import { SecretsmanagerSecretVersion } from "@cdktf/provider-aws/lib/secretsmanager-secret-version";
import { Fn, Token } from "cdktf";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import type { Registry } from "../aws/registry";
import { constructIdIn } from "../terraform/construct-id";
import { requireTerraform } from "../terraform/required-version";
import { CredentialVariable } from "./credential-variable";
import type { ManagedCredentialOptions, RegistryCredential } from "./registry-credential";
import { withoutTrailingSlash } from "./repository-path";
import { SECRET_DESCRIPTION, SECRET_PREFIX } from "./rules";

/** What a rule needs to know of its credential. */
export interface CredentialReference {
  readonly secretArn: string;
  /** What must exist before ECR can read the secret. */
  readonly dependsOn: ITerraformDependable[];
}

// Ends of the ids of a secret that is written, and of one that is looked up.
const WRITTEN = "-secret";
const LOOKED_UP = "-secret-lookup";

// Without it Terraform deletes a secret first and then gives the rule another credential. If AWS refuses that one, the
// rule is left with a secret that is gone. https://developer.hashicorp.com/terraform/language/resources/behavior
const REPLACED_FIRST = { createBeforeDestroy: true } as const;

/** The name of the secret that variables are written to, for an upstream of a prefix. */
export function managedSecretName(variables: ManagedCredentialOptions, prefix: string): string {
  return variables.secretName ?? `${SECRET_PREFIX}${withoutTrailingSlash(prefix)}`;
}

/** The secrets of one cache: each is made or looked up once, for all upstreams that share it. */
export class CredentialSecrets {
  // By name; a name that Terraform computes is one token wherever the caller repeats it.
  private readonly written = new Map<string, CredentialReference>();
  private readonly lookedUp = new Map<string, CredentialReference>();

  public constructor(
    private readonly scope: Construct,
    private readonly registry: Registry,
  ) {}

  /** What the rule of a prefix needs to know of its credential; creates what is not there yet. */
  public refer(credential: RegistryCredential, prefix: string): CredentialReference {
    const spec = credential._spec;
    switch (spec.source) {
      case "variables": {
        const name = managedSecretName(spec.variables, prefix);
        const reference = this.written.get(name) ?? this.write(spec.variables, name, this.idOf(name, prefix, WRITTEN));
        this.written.set(name, reference);
        return reference;
      }
      case "secret-arn":
        return { secretArn: spec.secretArn, dependsOn: [] };
      case "secret-name": {
        const name = spec.secretName;
        const reference = this.lookedUp.get(name) ?? this.lookUp(name, this.idOf(name, prefix, LOOKED_UP));
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
    return { secretArn: secret.arn, dependsOn: [version] };
  }

  private lookUp(name: string, id: string): CredentialReference {
    const data = new DataAwsSecretsmanagerSecret(this.scope, `${id}${LOOKED_UP}`, {
      ...this.registry.regional,
      name,
    });
    return { secretArn: data.arn, dependsOn: [] };
  }

  /**
   * The id of a secret: its name behind SECRET_PREFIX. Where only Terraform knows the name, or another expression is cut
   * to the same text, it is the prefix of the upstream behind a character that no name of a secret has.
   */
  private idOf(name: string, prefix: string, end: string): string {
    const ofPrefix = `~${withoutTrailingSlash(prefix)}`;
    const text = Token.isUnresolved(name) ? "" : name.slice(SECRET_PREFIX.length);
    const id = constructIdIn(this.scope, text === "" ? ofPrefix : text);
    return this.scope.node.tryFindChild(`${id}${end}`) === undefined ? id : constructIdIn(this.scope, ofPrefix);
  }
}
