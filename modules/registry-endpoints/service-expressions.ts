import { COMMON_PREFIX, NAMED_AFTER_PARTITION, serviceNameOf } from "../../src/aws/endpoint-service-names";
import { expression, hcl } from "../generator/hcl";
import { REGION_EXPRESSION } from "../generator/registry";

/** The existing ECR endpoints by service; null for one that is created. */
export const REGISTRY_ENDPOINTS = '{ "ecr.api" = var.ecr_api_endpoint, "ecr.dkr" = var.ecr_dkr_endpoint }';

/** Whether an ECR endpoint is created. */
export const MAKES_REGISTRY = "var.ecr_api_endpoint == null || var.ecr_dkr_endpoint == null";

/** Whether any interface endpoint is created. */
export const MAKES_INTERFACES = `${MAKES_REGISTRY} || length(var.services) > 0 || length(var.service_names) > 0`;

/** The whole names of the endpoint services of ECR, by their last parts. */
export const REGISTRY_SERVICE_NAMES = { "ecr.api": nameOf("ecr.api"), "ecr.dkr": nameOf("ecr.dkr") } as const;

/** The whole names of the services in `services`, by their last parts. */
export const NAMED_SERVICES = `{ for name in var.services : name => "\${contains(${hcl(NAMED_AFTER_PARTITION)}, name) ? data.aws_partition.current.reverse_dns_prefix : "${COMMON_PREFIX}"}.\${${REGION_EXPRESSION}}.\${name}" }`;

/** The whole names of the services of ECR whose endpoints are created, by their last parts. */
export const REGISTRY_SERVICES = `{ for name, whole in ${hcl(REGISTRY_SERVICE_NAMES)} : name => whole if nonsensitive(${REGISTRY_ENDPOINTS}[name] == null) }`;

/** The whole name of the endpoint service with this last part. */
export function nameOf(service: string): string {
  return serviceNameOf(
    service,
    expression(REGION_EXPRESSION),
    () => "${data.aws_partition.current.reverse_dns_prefix}",
  );
}
