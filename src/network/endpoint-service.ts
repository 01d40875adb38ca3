import { knownServiceOf, serviceNameOf } from "../aws/endpoint-service-names";
import { didYouMean } from "../validation/nearest-name";
import { matches } from "../validation/rule";
import type { ValidationErrors } from "../validation/validation-errors";
import { CREATED_ANYWAY, ENDPOINTS_RULES, EXISTING_ENDPOINTS, SERVICE_NAME, SHORT_NAME } from "./rules";

/**
 * An AWS service that clients in private subnets reach through an interface endpoint. The factories throw no errors:
 * `RegistryEndpoints` reports a name that is not valid.
 * @see https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
 */
export class EndpointService {
  /** CloudWatch Logs: CodeBuild, and ECS and Fargate tasks with the `awslogs` driver. */
  public static readonly CLOUDWATCH_LOGS = new EndpointService("logs");
  /** CodeBuild: builds, and programs that start or read them. */
  public static readonly CODEBUILD = new EndpointService("codebuild");
  /** Secrets Manager: tasks and builds with secrets. */
  public static readonly SECRETS_MANAGER = new EndpointService("secretsmanager");
  /** Systems Manager: tasks and builds with parameters. */
  public static readonly SSM = new EndpointService("ssm");
  /** Key Management Service: programs that decrypt secrets and parameters themselves. */
  public static readonly KMS = new EndpointService("kms");
  /** ECS: tasks on EC2 instances, together with `ECS_AGENT` and `ECS_TELEMETRY`. */
  public static readonly ECS = new EndpointService("ecs");
  /** The ECS agent on EC2 instances. */
  public static readonly ECS_AGENT = new EndpointService("ecs-agent");
  /** The metrics of the ECS agent on EC2 instances. */
  public static readonly ECS_TELEMETRY = new EndpointService("ecs-telemetry");
  /** EC2: EKS nodes. */
  public static readonly EC2 = new EndpointService("ec2");
  /** Security Token Service: EKS nodes, and IAM roles for service accounts. */
  public static readonly STS = new EndpointService("sts");
  /** EKS: nodes that describe their cluster. */
  public static readonly EKS = new EndpointService("eks");
  /** EKS Pod Identity: pods that use it in place of IAM roles for service accounts. */
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
   * A service by the whole name of its endpoint service, for names that do not begin with `com.amazonaws`: some do not
   * in China and in isolated regions.
   * @param serviceName the name, like `cn.com.amazonaws.cn-north-1.monitoring`
   */
  public static fromServiceName(serviceName: string): EndpointService {
    return new EndpointService(serviceName, true);
  }

  private constructor(
    /** The last part of the endpoint service's name, or the whole name. */
    public readonly name: string,
    private readonly isWhole = false,
  ) {}

  /** @internal */
  public _check(errors: ValidationErrors, prop: string, region: string | undefined): void {
    const rule = this.isWhole ? SERVICE_NAME : SHORT_NAME;
    const given: unknown = this.name;
    const known = this.isWhole || typeof given !== "string" ? undefined : knownServiceOf(given);
    if (known !== undefined && known !== given) {
      errors.addBroken(prop, { ...rule, hint: didYouMean(known) }, given);
    } else if (!matches(this.name, rule)) {
      const isCreatedAnyway = Object.keys(EXISTING_ENDPOINTS).includes(this.name);
      errors.addBroken(prop, isCreatedAnyway ? { ...rule, hint: CREATED_ANYWAY } : rule, this.name);
    } else if (this.isWhole && region !== undefined && !this.name.includes(`.${region}.`)) {
      errors.addBroken(prop, ENDPOINTS_RULES.region(region), this.name);
    }
  }

  /** @internal */
  public _serviceName(region: string, reverseDnsPrefix: () => string): string {
    return this.isWhole ? this.name : serviceNameOf(this.name, region, reverseDnsPrefix);
  }
}
