import { CloudBackend, LocalBackend, NamedCloudWorkspace, S3Backend, TerraformBackend, TerraformStack } from "cdktf";
import type { TerraformRemoteState } from "cdktf";
import type { Construct } from "constructs";
import { REGION } from "./private/aws-geography";
import type { Faults, Rule } from "./private/faults";
import { ROLE_ARN } from "./private/repository-template";
import { requireTerraform111 } from "./private/terraform-version";

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

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
const BUCKET: Rule = {
  pattern: /^[a-z0-9][a-z0-9.-]+[a-z0-9]$/,
  minLength: 3,
  maxLength: 63,
  words: "be a bucket's name: 3 to 63 lower-case letters, digits, dots and hyphens",
};
const KEY_PREFIX: Rule = { pattern: /^$|^[^/].*\/$/, words: "end with a slash and not begin with one" };
const NAME: Rule = { pattern: /^[A-Za-z0-9_-]+$/, words: "be letters, digits, underscores and hyphens" };

/** Where each stack of a fleet keeps its state: every stack has one of its own, named after it. */
export class StateBackend {
  /**
   * A file `terraform.<stack>.tfstate` beside the output folder `cdktf.out`, by a relative path, so that the JSON is the
   * same on every machine.
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
    return new StateBackend(
      (faults) => checkS3(faults, options),
      (stack) => {
        const { keyPrefix = "ecr-pull-through-cache/", roleArn, ...location } = options;
        requireTerraform111(stack);
        new S3Backend(stack, {
          ...location,
          key: `${keyPrefix}${stack.node.id}.tfstate`,
          encrypt: true,
          assumeRole: roleArn === undefined ? undefined : { roleArn },
        }).addOverride("use_lockfile", true);
      },
    );
  }

  /** A workspace of HCP Terraform or Terraform Enterprise, named after the stack. */
  public static hcpTerraform(options: HcpTerraformStateOptions): StateBackend {
    return new StateBackend(
      (faults) => {
        faults.checkString("backend.organization", options.organization, NAME, "give the organization's name");
        faults.checkString("backend.workspacePrefix", options.workspacePrefix ?? "x", NAME, "leave it out for none");
      },
      (stack) =>
        new CloudBackend(stack, {
          organization: options.organization,
          hostname: options.hostname,
          workspaces: new NamedCloudWorkspace(`${options.workspacePrefix ?? ""}${stack.node.id}`, options.project),
        }),
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
    public readonly _check: (faults: Faults) => void,
    /** @internal */
    public readonly _attach: (stack: TerraformStack) => void,
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

function checkS3(faults: Faults, options: S3StateOptions): void {
  faults.checkString("backend.bucket", options.bucket, BUCKET, "give the name, not the ARN");
  faults.checkString("backend.region", options.region, REGION, "give the bucket's region");
  if (options.keyPrefix !== undefined) {
    faults.checkString("backend.keyPrefix", options.keyPrefix, KEY_PREFIX, "for example platform/registries/");
  }
  if (options.roleArn !== undefined) {
    faults.checkString("backend.roleArn", options.roleArn, ROLE_ARN, "leave it out to use Terraform's own credentials");
  }
}
