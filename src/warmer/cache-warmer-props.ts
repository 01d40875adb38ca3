import type { PullThroughCache } from "../cache/pull-through-cache";

/** Which images are pulled again and again, and how. */
export interface CacheWarmerProps {
  /** The cache to pull through; it has to be in the same stack. */
  readonly cache: PullThroughCache;
  /**
   * The images, as people write them: `nginx:1.27`, `quay.io/prometheus/node-exporter:v1.8.2`. Without a tag it is
   * `latest`; a digest is refused, since ECR does not cache a first pull by digest. All architectures are pulled. Must be
   * known at synth, and each has to be of an upstream of the cache.
   */
  readonly images: string[];
  /**
   * When to pull, as EventBridge Scheduler writes it: `rate(6 hours)` or `cron(0 6 * * ? *)`, in UTC. ECR asks an upstream
   * for a tag at most once in 24 hours, on the first pull after that: the longer the time between two runs, the more likely
   * that pull is a client's.
   * @default "rate(1 hour)"
   */
  readonly schedule?: string;
  /**
   * Name of the CodeBuild project, its schedule and its log group: up to 64 letters, digits, hyphens and underscores,
   * once in the account and region.
   * @default - the ids of the stack and of the constructs in it, with hyphens between them
   */
  readonly projectName?: string;
  /**
   * How long a run may take, from 5 to 720 minutes: the token that a run signs in with is valid for 12 hours. Images for which no time is left fail it, by name.
   * @default 60
   */
  readonly timeoutInMinutes?: number;
  /**
   * How many days logs are kept, one of the numbers that CloudWatch Logs knows.
   * @default 30
   */
  readonly logRetentionInDays?: number;
  /**
   * ARN of a standard SNS topic in the region of the cache, which is told when a run fails. Its policy, and the key of one that is
   * encrypted, have to let CloudWatch publish.
   * @default - no alarm
   */
  readonly alarmTopicArn?: string;
  /**
   * A VPC to run in, with `subnetIds` and `securityGroupIds`. Its subnets need a route to the internet.
   * @default - no VPC: CodeBuild's own network, which reaches the internet
   */
  readonly vpcId?: string;
  /**
   * Subnets of that VPC, at most 16, whose route tables lead to the internet through a NAT gateway or the like: builds have no public
   * address, so that a public subnet does not do.
   * @default - none; required with `vpcId`
   */
  readonly subnetIds?: string[];
  /**
   * Security groups of the runs, which must let out port 443.
   * @default - none; required with `vpcId`
   */
  readonly securityGroupIds?: string[];
}
