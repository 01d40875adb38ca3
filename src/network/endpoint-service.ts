import { serviceNameOf } from "../aws/endpoint-service-names";
import { matches } from "../validation/rule";
import type { ValidationErrors } from "../validation/validation-errors";
import { EXISTING_ENDPOINTS, SERVICE_NAME, SHORT_NAME, madeAnyway, ofVpcRegion } from "./rules";

/**
 * A service of AWS that clients in private subnets reach through an interface endpoint.
 * @see https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
 */
export class EndpointService {
  /** CloudWatch Logs: CodeBuild, and ECS and Fargate tasks with the `awslogs` driver. */
  public static readonly CLOUDWATCH_LOGS = new EndpointService("logs");
  /** CodeBuild: builds, and what starts or reads them. */
  public static readonly CODEBUILD = new EndpointService("codebuild");
  /** Secrets Manager: tasks and builds with secrets. */
  public static readonly SECRETS_MANAGER = new EndpointService("secretsmanager");
  /** Systems Manager: tasks and builds with parameters. */
  public static readonly SSM = new EndpointService("ssm");
  /** Key Management Service: what reads encrypted secrets and parameters by itself. */
  public static readonly KMS = new EndpointService("kms");
  /** ECS, for tasks on EC2 instances; with `ECS_AGENT` and `ECS_TELEMETRY`. */
  public static readonly ECS = new EndpointService("ecs");
  /** The agent of ECS on EC2 instances. */
  public static readonly ECS_AGENT = new EndpointService("ecs-agent");
  /** What the agent of ECS on EC2 instances reports. */
  public static readonly ECS_TELEMETRY = new EndpointService("ecs-telemetry");
  /** EC2: nodes of EKS. */
  public static readonly EC2 = new EndpointService("ec2");
  /** Security Token Service: nodes of EKS, and roles for service accounts. */
  public static readonly STS = new EndpointService("sts");
  /** EKS: nodes that ask for their cluster. */
  public static readonly EKS = new EndpointService("eks");
  /** EKS Pod Identity: pods that get their credentials by it, in place of roles for service accounts. */
  public static readonly EKS_AUTH = new EndpointService("eks-auth");

  /**
   * Any other service, in the region of the VPC.
   * @param shortName the last part of the endpoint service's name: `kinesis-streams` of
   * `com.amazonaws.eu-west-1.kinesis-streams`
   */
  public static named(shortName: string): EndpointService {
    return new EndpointService(shortName);
  }

  /**
   * A service by the whole name of its endpoint service: for one whose name begins with something else than
   * `com.amazonaws`, as some do in China and in isolated regions.
   * @param serviceName the name, like `cn.com.amazonaws.cn-north-1.monitoring`
   */
  public static fromServiceName(serviceName: string): EndpointService {
    return new EndpointService(serviceName, true);
  }

  private constructor(
    /** What tells the service from others: the last part of its endpoint service's name, or all of it. */
    public readonly name: string,
    private readonly isWhole = false,
  ) {}

  /** @internal */
  public _check(errors: ValidationErrors, prop: string, region: string | undefined): void {
    const rule = this.isWhole ? SERVICE_NAME : SHORT_NAME;
    if (!matches(this.name, rule)) {
      const existing = EXISTING_ENDPOINTS[this.name];
      const hint = this.isWhole
        ? "use EndpointService.named for its last part alone"
        : existing === undefined
          ? "use EndpointService.fromServiceName for a whole name"
          : madeAnyway(existing);
      errors.add(prop, rule.requirement, this.name, hint);
    } else if (this.isWhole && region !== undefined && !this.name.includes(`.${region}.`)) {
      errors.add(prop, ofVpcRegion(region), this.name, "endpoints lead to their own region");
    }
  }

  /** @internal */
  public _serviceName(region: string, reverseDnsPrefix: () => string): string {
    return this.isWhole ? this.name : serviceNameOf(this.name, region, reverseDnsPrefix);
  }
}
