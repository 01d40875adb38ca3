/**
 * Services whose endpoint names begin with the reverse DNS name of the partition, and not with `com.amazonaws`.
 * https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
 */
export const NAMED_AFTER_PARTITION: readonly string[] = ["ecr.api", "ecr.dkr", "ec2", "sts", "eks"];

/** The prefix of the other endpoint services in all partitions. */
export const COMMON_PREFIX = "com.amazonaws";

/**
 * The last parts of endpoint services' names, by these parts and by the names of the services, both without hyphens:
 * people write `cloudwatch-logs` or `eks_auth`.
 * https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
 */
export const KNOWN_SERVICES: { readonly [plainName: string]: string } = {
  cloudwatchlogs: "logs",
  codebuild: "codebuild",
  ec2: "ec2",
  ecs: "ecs",
  ecsagent: "ecs-agent",
  ecstelemetry: "ecs-telemetry",
  eks: "eks",
  eksauth: "eks-auth",
  keymanagementservice: "kms",
  kms: "kms",
  logs: "logs",
  secretsmanager: "secretsmanager",
  securitytokenservice: "sts",
  ssm: "ssm",
  sts: "sts",
  systemsmanager: "ssm",
};

/** The last part of the endpoint service's name that a service has, however its name is written; undefined if unknown. */
export function knownServiceOf(name: string): string | undefined {
  const plainName = name.toLowerCase().replace(/[_-]/g, "");
  return Object.hasOwn(KNOWN_SERVICES, plainName) ? KNOWN_SERVICES[plainName] : undefined;
}

/** The full name of an endpoint service in a region, given its last part. */
export function serviceNameOf(name: string, region: string, reverseDnsPrefix: () => string): string {
  return `${NAMED_AFTER_PARTITION.includes(name) ? reverseDnsPrefix() : COMMON_PREFIX}.${region}.${name}`;
}
