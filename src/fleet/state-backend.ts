import {
  CloudBackend,
  LocalBackend,
  NamedCloudWorkspace,
  S3Backend,
  TerraformBackend,
  TerraformStack,
  Token,
} from "cdktf";
import type { TerraformRemoteState } from "cdktf";
import type { Construct } from "constructs";
import { BUCKET } from "../aws/bucket-names";
import { REGION_NAME } from "../aws/partitions";
import { ROLE_ARN } from "../aws/role-arn";
import { requireTerraform } from "../terraform/required-version";
import type { AllKeys, Rule } from "../validation/rule";
import type { ValidationErrors } from "../validation/validation-errors";
import { HOSTNAME, KEY_PREFIX, NAME, TEXT, WORKSPACE } from "./rules";

/** Where in S3 the states are kept. */
export interface S3StateOptions {
  /** Name of the bucket, which must exist; turn its versioning on. */
  readonly bucket: string;
  /** Region of the bucket. */
  readonly region: string;
  /**
   * What the keys of the states begin with; `<stack>.tfstate` follows.
   * @default "ecr-pull-through-cache/"
   */
  readonly keyPrefix?: string;
  /**
   * KMS key that encrypts the states.
   * @default - the bucket's default encryption
   */
  readonly kmsKeyId?: string;
  /**
   * ARN of an IAM role to reach the bucket with.
   * @default - the credentials Terraform runs with
   */
  readonly roleArn?: string;
}

/** Where in HCP Terraform, or Terraform Enterprise, the states are kept. */
export interface HcpTerraformStateOptions {
  /** Name of the organization. */
  readonly organization: string;
  /**
   * What the names of the workspaces begin with; the stack's name follows.
   * @default - no prefix
   */
  readonly workspacePrefix?: string;
  /**
   * Project that new workspaces are put in.
   * @default - the organization's default project
   */
  readonly project?: string;
  /**
   * Host of a Terraform Enterprise of your own.
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

/** Where each stack of a fleet keeps its state: every stack has one of its own, named after it. */
export class StateBackend {
  /**
   * A file `terraform.<stack>.tfstate` beside the output folder `cdktf.out`, by a relative path, so that the JSON is
   * the same on every machine.
   */
  public static local(): StateBackend {
    return new StateBackend(
      () => undefined,
      // Terraform runs in <output folder>/stacks/<stack>, and the output folder may be deleted at any time.
      (stack) => new LocalBackend(stack, { path: `../../../terraform.${stack.node.id}.tfstate` }),
    );
  }

  /** An object in S3, encrypted, with S3's own lock, which needs Terraform 1.11 and no DynamoDB table. */
  public static s3(options: S3StateOptions): StateBackend {
    const { bucket, region, keyPrefix = "ecr-pull-through-cache/", kmsKeyId, roleArn, ...unknown } = { ...options };
    return new StateBackend(
      (errors) => {
        errors.checkKeys("backend", unknown, S3_OPTIONS, "an option of StateBackend.s3");
        checkLiteral(errors, "bucket", bucket, BUCKET, "give the name, not the ARN");
        checkLiteral(errors, "region", region, REGION_NAME, "give the bucket's region");
        checkLiteral(errors, "keyPrefix", keyPrefix, KEY_PREFIX, "for example platform/registries/");
        if (kmsKeyId !== undefined) {
          checkLiteral(errors, "kmsKeyId", kmsKeyId, TEXT, "give the key's ID, ARN or alias");
        }
        if (roleArn !== undefined) {
          checkLiteral(errors, "roleArn", roleArn, ROLE_ARN, "leave it out to use Terraform's own credentials");
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

  /** A workspace of HCP Terraform or Terraform Enterprise, named after the stack. */
  public static hcpTerraform(options: HcpTerraformStateOptions): StateBackend {
    const { organization, workspacePrefix = "", project, hostname, ...unknown } = { ...options };
    return new StateBackend(
      (errors) => {
        errors.checkKeys("backend", unknown, HCP_OPTIONS, "an option of StateBackend.hcpTerraform");
        checkLiteral(errors, "organization", organization, NAME, "give the organization's name");
        if (project !== undefined) {
          checkLiteral(errors, "project", project, TEXT, "give the project's name");
        }
        if (hostname !== undefined) {
          checkLiteral(errors, "hostname", hostname, HOSTNAME, "leave it out for HCP Terraform");
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
          errors.checkString(prop, name, WORKSPACE, "choose an id that HCP Terraform can name a workspace after");
        } else {
          const hint = `shorten or change \`${prop}\` or \`workspacePrefix\``;
          checkLiteral(errors, "workspacePrefix", `${workspacePrefix}${name}`, WORKSPACE, hint);
        }
      },
    );
  }

  /** No backend in the JSON, for pipelines that add one of their own. */
  public static none(): StateBackend {
    return new StateBackend(
      () => undefined,
      (stack) => new NoBackend(stack),
    );
  }

  private constructor(
    /** @internal */
    public readonly _check: (errors: ValidationErrors) => void,
    /** @internal */
    public readonly _attach: (stack: TerraformStack) => void,
    /** @internal */
    public readonly _checkStack?: (errors: ValidationErrors, prop: string, name: string) => void,
  ) {}
}

/** Stands where cdktf would otherwise put a local backend with an absolute path, and writes nothing. */
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
    throw new Error(
      `${TerraformStack.of(scope).node.path}: a reference to ${TerraformStack.of(this).node.path} needs to know where that stack keeps its state, and it has StateBackend.none(); give the fleet a backend`,
    );
  }
}

/** Terraform takes a backend's arguments as they stand in the JSON: a reference would be read as its own text. */
function checkLiteral(errors: ValidationErrors, name: string, value: unknown, rule: Rule, hint: string): void {
  if (Token.isUnresolved(value) || (typeof value === "string" && value.includes("${"))) {
    const hint = "give a literal: Terraform evaluates nothing in a backend";
    errors.add(`backend.${name}`, "be known at synth", value, hint);
  } else {
    errors.checkString(`backend.${name}`, value, rule, hint);
  }
}
