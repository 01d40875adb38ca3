import { CloudBackend, LocalBackend, NamedCloudWorkspace, S3Backend, TerraformBackend, TerraformStack } from "cdktf";
import type { TerraformRemoteState } from "cdktf";
import type { Construct } from "constructs";
import { BUCKET } from "../aws/bucket-names";
import { ROLE_ARN } from "../aws/role-arn";
import { OWN_FRAMEWORK } from "../terraform/framework";
import { requireTerraform } from "../terraform/required-version";
import { isUnresolved } from "../terraform/tokens";
import type { AllKeys, Rule } from "../validation/rule";
import { fail } from "../validation/validation-errors";
import type { ValidationErrors } from "../validation/validation-errors";
import {
  BUCKET_REGION,
  HOSTNAME,
  KEY_PREFIX,
  LITERAL_IN_BACKEND,
  ORGANIZATION,
  PROJECT,
  STATE_KEY,
  WORKSPACE,
} from "./rules";

/** The place of the states in S3. All values must be literals: Terraform evaluates no expression in a backend. */
export interface S3StateOptions {
  /** Name of the bucket. It must exist; turn its versioning on, so that you can restore an earlier state. */
  readonly bucket: string;
  /** Region of the bucket. */
  readonly region: string;
  /**
   * First part of the keys of the states; `<stack>.tfstate` follows. It ends with a slash, or is empty.
   * @default "ecr-pull-through-cache/"
   */
  readonly keyPrefix?: string;
  /**
   * ID, ARN or alias of the KMS key that encrypts the states.
   * @default - the bucket's default encryption
   */
  readonly kmsKeyId?: string;
  /**
   * ARN of an IAM role that Terraform assumes to access the bucket.
   * @default - the credentials that Terraform runs with
   */
  readonly roleArn?: string;
}

/** The place of the states in HCP Terraform or Terraform Enterprise. All values must be literals. */
export interface HcpTerraformStateOptions {
  /** Name of the organization. */
  readonly organization: string;
  /**
   * First part of the names of the workspaces; the stack's name follows. Both together have at most 90 letters, digits,
   * underscores and hyphens.
   * @default - no prefix
   */
  readonly workspacePrefix?: string;
  /**
   * Project of new workspaces.
   * @default - the organization's default project
   */
  readonly project?: string;
  /**
   * Host of a Terraform Enterprise installation.
   * @default "app.terraform.io"
   */
  readonly hostname?: string;
}

const S3_OPTIONS = Object.keys({
  bucket: true,
  region: true,
  keyPrefix: true,
  kmsKeyId: true,
  roleArn: true,
} satisfies AllKeys<S3StateOptions>);

const HCP_OPTIONS = Object.keys({
  organization: true,
  workspacePrefix: true,
  project: true,
  hostname: true,
} satisfies AllKeys<HcpTerraformStateOptions>);

/**
 * The place where a fleet keeps its states: each stack has its own state, named after the stack. The factories throw no
 * errors: the fleet reports mistakes in their options, together with all others.
 */
export class StateBackend {
  /**
   * A file `terraform.<stack>.tfstate` beside the output folder `cdktf.out`. The path is relative, so that the JSON is
   * the same on every machine.
   */
  public static local(): StateBackend {
    return new StateBackend(
      () => undefined,
      // Terraform runs in <output folder>/stacks/<stack>. Users may delete the output folder at any time.
      (stack) => new LocalBackend(stack, { path: `../../../terraform.${stack.node.id}.tfstate` }),
    );
  }

  /**
   * An encrypted object in S3 with S3's own state lock, which needs Terraform 1.11 and no DynamoDB table.
   *
   * @param options the bucket and its region, the keys and the encryption
   * @see https://developer.hashicorp.com/terraform/language/backend/s3
   */
  public static s3(options: S3StateOptions): StateBackend {
    const { bucket, region, keyPrefix = "ecr-pull-through-cache/", kmsKeyId, roleArn, ...unknown } = { ...options };
    return new StateBackend(
      (errors) => {
        if (!errors.checkObject("backend", options, `use ${S3_OPTIONS.join(", ")}`)) {
          return;
        }
        errors.checkKeys("backend", unknown, S3_OPTIONS, "an option of StateBackend.s3");
        checkLiteral(errors, "bucket", bucket, BUCKET);
        checkLiteral(errors, "region", region, BUCKET_REGION);
        checkLiteral(errors, "keyPrefix", keyPrefix, KEY_PREFIX);
        if (kmsKeyId !== undefined) {
          checkLiteral(errors, "kmsKeyId", kmsKeyId, STATE_KEY);
        }
        if (roleArn !== undefined) {
          checkLiteral(errors, "roleArn", roleArn, ROLE_ARN);
        }
      },
      (stack) => {
        requireTerraform(stack, 11);
        new S3Backend(stack, {
          bucket,
          region,
          key: `${keyPrefix}${stack.node.id}.tfstate`,
          encrypt: true,
          kmsKeyId,
          assumeRole: roleArn === undefined ? undefined : { roleArn },
        }).addOverride("use_lockfile", true);
      },
    );
  }

  /**
   * A workspace of HCP Terraform or Terraform Enterprise, named after the stack.
   *
   * @param options the organization, and the names of the workspaces
   * @see https://developer.hashicorp.com/terraform/cli/cloud/settings
   */
  public static hcpTerraform(options: HcpTerraformStateOptions): StateBackend {
    const { organization, workspacePrefix = "", project, hostname, ...unknown } = { ...options };
    return new StateBackend(
      (errors) => {
        if (!errors.checkObject("backend", options, `use ${HCP_OPTIONS.join(", ")}`)) {
          return;
        }
        errors.checkKeys("backend", unknown, HCP_OPTIONS, "an option of StateBackend.hcpTerraform");
        checkLiteral(errors, "organization", organization, ORGANIZATION);
        if (project !== undefined) {
          checkLiteral(errors, "project", project, PROJECT);
        }
        if (hostname !== undefined) {
          checkLiteral(errors, "hostname", hostname, HOSTNAME);
        }
      },
      (stack) =>
        new CloudBackend(stack, {
          organization,
          hostname,
          workspaces: new NamedCloudWorkspace(`${workspacePrefix}${stack.node.id}`, project),
        }),
      (errors, prop, name) => {
        if (workspacePrefix === "") {
          errors.checkString(prop, name, WORKSPACE);
        } else {
          const hint = `shorten or change \`${prop}\` or \`workspacePrefix\``;
          checkLiteral(errors, "workspacePrefix", `${workspacePrefix}${name}`, WORKSPACE, hint);
        }
      },
    );
  }

  /** No backend in the JSON, for pipelines that add a backend themselves. */
  public static none(): StateBackend {
    return new StateBackend(
      () => undefined,
      (stack) => new NoBackend(stack),
    );
  }

  /**
   * The package of the framework whose backends this class creates: both entry points of this package have the class.
   * @internal
   */
  public readonly _framework = OWN_FRAMEWORK.package;

  private constructor(
    /** @internal */
    public readonly _check: (errors: ValidationErrors) => void,
    /** @internal */
    public readonly _attach: (stack: TerraformStack) => void,
    /** @internal */
    public readonly _checkStack?: (errors: ValidationErrors, prop: string, name: string) => void,
  ) {}
}

/** Writes nothing. Without a backend, cdktf would add a local one with an absolute path. */
class NoBackend extends TerraformBackend {
  public constructor(scope: Construct) {
    super(scope, "backend", "none");
  }

  public override toTerraform(): object {
    return {};
  }

  public override toHclTerraform(): object {
    return {};
  }

  public override getRemoteStateDataSource(scope: Construct): TerraformRemoteState {
    fail(
      TerraformStack.of(scope).node.path,
      "backend",
      `be known for a reference to the stack ${TerraformStack.of(this).node.path}`,
      "StateBackend.none()",
      "give the fleet another backend",
    );
  }
}

/** Terraform evaluates no expression in a backend: it would read a reference as text. */
function checkLiteral(errors: ValidationErrors, name: string, value: unknown, rule: Rule, hint = rule.hint): void {
  if (isUnresolved(value)) {
    errors.addBroken(`backend.${name}`, LITERAL_IN_BACKEND, value);
  } else {
    errors.checkString(`backend.${name}`, value, rule, hint);
  }
}
