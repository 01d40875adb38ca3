import type { RoleOptions } from "../aws/role-options";
import type { PullThroughCache } from "../cache/pull-through-cache";

/** The images that a warmer pulls, its schedule and its network. */
export interface CacheWarmerProps {
  /** The cache to pull through, in the same stack. */
  readonly cache: PullThroughCache;
  /**
   * The names of 1 to 500 images as for `docker pull`: `nginx:1.27`, `quay.io/prometheus/node-exporter:v1.8.2`. The
   * default tag is `latest`. A digest is an error, since ECR does not cache a first pull by digest. The build pulls all
   * architectures. The names must be literals, and each image must come from an upstream of the cache.
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-working-pulling.html
   */
  readonly images: string[];
  /**
   * The schedule expression of EventBridge Scheduler, of at most 256 characters and in UTC, like `rate(6 hours)` or
   * `cron(0 6 * * ? *)`. ECR checks a tag at the upstream at most once in 24 hours, on the first pull after that: the
   * longer the time between two runs, the more likely a client makes that pull.
   * @default "rate(1 hour)"
   * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
   */
  readonly schedule?: string;
  /**
   * Whether a run also starts about five minutes after the apply that creates the warmer, and after each apply that
   * changes what it pulls. Without it, a schedule with a rate starts its first run at once, a schedule with `cron`
   * waits for its next time, and both pull a new image on their next run.
   *
   * It adds a second, one-time schedule. AWS keeps that schedule after its run, and a change replaces it. The apply
   * neither waits for the run nor fails with it: set `alarmTopicArn`. CodeBuild refuses the run while another one is
   * running; EventBridge Scheduler tries again at most twice within 15 minutes and then drops the run. The project
   * name has at most 54 characters, and the app needs JSON output, the default of cdktf.
   * @default false
   * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
   * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-delete.html
   */
  readonly runOnChange?: boolean;
  /**
   * Whether a run also pulls the OCI referrers of each image: signatures, SBOMs and attestations whose `subject` is a
   * manifest of the image. ECR looks for referrers at the upstream when a client lists them, and not when a client
   * pulls the image. The build lists the referrers of all manifests and pulls them, which takes one more request for
   * each manifest. The next run pulls referrers that ECR does not list yet, for example because it still stores the
   * image. Cosign also stores signatures as tags, like `sha256-<digest>.sig`, which are no referrers: add these tags to
   * `images`.
   * @default false
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html
   * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ListImageReferrers.html
   */
  readonly includeReferrers?: boolean;
  /**
   * Name of the CodeBuild project, its schedule and its log group: 2 to 64 letters, digits, hyphens and underscores
   * that begin with a letter or digit. It must be unique in the account and region, and a literal.
   * @default - the ids of the stack and of the constructs in it, joined by hyphens
   */
  readonly projectName?: string;
  /**
   * The time limit of a run in minutes, an integer from 5 to 720: the authorization token of a run is valid for 12
   * hours. A run fails with the names of the images that it had no time for.
   * @default 60
   * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html
   */
  readonly timeoutInMinutes?: number;
  /**
   * The retention of the logs in days: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192,
   * 2557, 2922, 3288 or 3653.
   * @default 30
   * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
   */
  readonly logRetentionInDays?: number;
  /**
   * ARN of a standard SNS topic in the region of the cache. A CloudWatch alarm notifies it when a run fails. The
   * topic's policy, and the key policy of an encrypted topic, must allow CloudWatch to publish.
   * @default - no alarm
   */
  readonly alarmTopicArn?: string;
  /**
   * ID of the VPC of the builds. It needs `subnetIds` and `securityGroupIds`.
   * @default - no VPC: the network of CodeBuild, which has a route to the internet
   */
  readonly vpcId?: string;
  /**
   * IDs of subnets of that VPC, at most 16, with a route to the internet, for example through a NAT gateway. A public
   * subnet does not work, since builds have no public address.
   * @default - none; required with `vpcId`
   * @see https://docs.aws.amazon.com/codebuild/latest/userguide/vpc-support.html
   */
  readonly subnetIds?: string[];
  /**
   * IDs of the security groups of the builds, at most 5, which allow outbound port 443.
   * @default - none; required with `vpcId`
   */
  readonly securityGroupIds?: string[];
  /**
   * Permissions boundary, path and start of the names of both roles: that of the builds and that of the schedule. They
   * are not those of the cache: give them here as well.
   * @default - no permissions boundary, the path `/`, and names that begin with `ecr-cache-warmer-`
   */
  readonly roleOptions?: RoleOptions;
}
