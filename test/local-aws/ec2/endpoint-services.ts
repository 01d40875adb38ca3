import { createHash } from "node:crypto";
import { AwsError, optionalText, partitionOf } from "../service";
import type { Fields, Scope } from "../service";
import { invalidParameter, required } from "./requests";

/** A service of AWS that has VPC endpoints. */
export interface EndpointService {
  /** Without the prefix and the region, such as `ecr.api`. */
  readonly name: string;
  readonly serviceName: string;
  readonly type: "Interface" | "Gateway";
  /** The host that private DNS leads to an interface endpoint. */
  readonly privateDnsName: string;
  /** The addresses that a gateway endpoint's route is for. */
  readonly prefixListId: string;
}

/** What the interface endpoint services are called, and where that differs, how their hosts start. */
const INTERFACE: { readonly [name: string]: string } = {
  codebuild: "codebuild",
  ec2: "ec2",
  "ecr.api": "api.ecr",
  "ecr.dkr": "dkr.ecr",
  ecs: "ecs",
  "ecs-agent": "ecs-a",
  "ecs-telemetry": "ecs-t",
  eks: "eks",
  "eks-auth": "eks-auth",
  kms: "kms",
  logs: "logs",
  monitoring: "monitoring",
  secretsmanager: "secretsmanager",
  ssm: "ssm",
  sts: "sts",
};
const GATEWAY = ["dynamodb", "s3"];
// https://github.com/aws/aws-cdk/blob/main/packages/aws-cdk-lib/aws-ec2/lib/vpc-endpoint.ts
const PREFIXED_IN_CHINA = ["ec2", "ecr.api", "ecr.dkr", "eks", "monitoring", "sts"];

/** The endpoint services of a region. */
export function endpointServices(region: string): EndpointService[] {
  const isChina = partitionOf(region) === "aws-cn";
  const service = (name: string, type: EndpointService["type"], host: string): EndpointService => {
    const serviceName = `${isChina && PREFIXED_IN_CHINA.includes(name) ? "cn." : ""}com.amazonaws.${region}.${name}`;
    return {
      name,
      serviceName,
      type,
      privateDnsName: name === "eks-auth" ? `${host}.${region}.api.aws` : `${host}.${region}.${suffixOf(region)}`,
      prefixListId: `pl-${createHash("sha256").update(serviceName).digest("hex").slice(0, 8)}`,
    };
  };
  return [
    ...Object.entries(INTERFACE).map(([name, host]) => service(name, "Interface", host)),
    ...GATEWAY.map((name) => service(name, "Gateway", name)),
  ];
}

/** The endpoint service that a request names, in the type that it asks for. */
export function serviceOf(input: Fields, { region }: Scope): EndpointService {
  const name = required(input, "ServiceName");
  const type = optionalText(input, "VpcEndpointType") ?? "Gateway";
  const service = endpointServices(region).find(({ serviceName }) => serviceName === name);
  if (service === undefined) {
    throw new AwsError("InvalidServiceName", `The Vpc Endpoint Service '${name}' does not exist`);
  }
  if (service.type !== type) {
    throw invalidParameter(`Endpoint type (${type}) does not match available service types ([${service.type}]).`);
  }
  return service;
}

export function suffixOf(region: string): string {
  return partitionOf(region) === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com";
}
