import { follows } from "./private/faults";
import type { Faults } from "./private/faults";
import { SERVICE_NAME, SHORT_NAME, ofVpcRegion } from "./private/service-names";

/** Where a service's endpoints are named after the partition, and not `com.amazonaws` as everywhere. */
type Naming = "common" | "partition" | "whole";

/**
 * A service of AWS that clients in private subnets reach through an interface endpoint.
 * @see https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
 */
export class AwsService {
  /** CloudWatch Logs: CodeBuild, and ECS and Fargate tasks with the `awslogs` driver. */
  public static readonly LOGS = new AwsService("logs", "common");
  /** CodeBuild: builds, and what starts or reads them. */
  public static readonly CODEBUILD = new AwsService("codebuild", "common");
  /** Secrets Manager: tasks and builds with secrets. */
  public static readonly SECRETS_MANAGER = new AwsService("secretsmanager", "common");
  /** Systems Manager: tasks and builds with parameters. */
  public static readonly SSM = new AwsService("ssm", "common");
  /** Key Management Service: what reads encrypted secrets and parameters by itself. */
  public static readonly KMS = new AwsService("kms", "common");
  /** ECS, for tasks on EC2 instances; with `ECS_AGENT` and `ECS_TELEMETRY`. */
  public static readonly ECS = new AwsService("ecs", "common");
  /** The agent of ECS on EC2 instances. */
  public static readonly ECS_AGENT = new AwsService("ecs-agent", "common");
  /** What the agent of ECS on EC2 instances reports. */
  public static readonly ECS_TELEMETRY = new AwsService("ecs-telemetry", "common");
  /** EC2: nodes of EKS. */
  public static readonly EC2 = new AwsService("ec2", "partition");
  /** Security Token Service: nodes of EKS, and roles for service accounts. */
  public static readonly STS = new AwsService("sts", "partition");
  /** EKS: nodes that ask for their cluster. */
  public static readonly EKS = new AwsService("eks", "partition");
  /** EKS Pod Identity: pods that get their credentials by it, in place of roles for service accounts. */
  public static readonly EKS_AUTH = new AwsService("eks-auth", "common");

  /**
   * Any other service, in the region of the VPC.
   * @param shortName the last part of the endpoint service's name: `kinesis-streams` of
   * `com.amazonaws.eu-west-1.kinesis-streams`
   */
  public static named(shortName: string): AwsService {
    return new AwsService(shortName, "common");
  }

  /**
   * A service by the whole name of its endpoint service: for one whose name begins with something else than
   * `com.amazonaws`, as some do in China and in isolated regions.
   * @param serviceName the name, like `cn.com.amazonaws.cn-north-1.monitoring`
   */
  public static fromServiceName(serviceName: string): AwsService {
    return new AwsService(serviceName, "whole");
  }

  private constructor(
    /** What tells the service from others: the last part of its endpoint service's name, or all of it. */
    public readonly name: string,
    private readonly naming: Naming,
  ) {}

  /** @internal */
  public _check(faults: Faults, prop: string, region: string | undefined): void {
    const whole = this.naming === "whole";
    const rule = whole ? SERVICE_NAME : SHORT_NAME;
    if (!follows(this.name, rule)) {
      const way = whole
        ? "use AwsService.named for its last part alone"
        : "use AwsService.fromServiceName for a whole name";
      faults.add(prop, rule.words, this.name, way);
    } else if (whole && region !== undefined && !this.name.includes(`.${region}.`)) {
      faults.add(prop, ofVpcRegion(region), this.name, "endpoints lead to their own region");
    }
  }

  /** @internal */
  public _serviceName(region: string, reverseDnsPrefix: () => string): string {
    switch (this.naming) {
      case "whole":
        return this.name;
      case "partition":
        return `${reverseDnsPrefix()}.${region}.${this.name}`;
      case "common":
        return `com.amazonaws.${region}.${this.name}`;
    }
  }
}
