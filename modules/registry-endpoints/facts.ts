import { COMMON_PREFIX, KNOWN_SERVICES, NAMED_AFTER_PARTITION } from "../../src/aws/endpoint-service-names";
import { PARTITION_NAMES, dualStackSuffixOf } from "../../src/aws/partitions";
import { readStatement } from "../../src/cache/policy-statements";
import { FULL_ACCESS, layersStatement, pushStatement } from "../../src/network/policy-statements";
import { WIDEST } from "../../src/network/rules";
import type { Fact } from "../generator/definition";
import { expression, hcl } from "../generator/hcl";
import { PULL_ACTIONS } from "../generator/registry";

/** What AWS and the rules of the constructs determine for the module registry-endpoints. */
export const FACTS: { readonly [name: string]: Fact } = {
  dual_stack_suffixes: {
    comment:
      "The ends of dual-stack hosts of registries, by partition. AWS documents none for the other partitions. https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-requests.html",
    value: Object.fromEntries(
      PARTITION_NAMES.flatMap((name) => {
        const suffix = dualStackSuffixOf(name);
        return suffix === undefined ? [] : [[name, suffix]];
      }),
    ),
  },
  common_service_prefix: {
    comment:
      "The start of the names of most endpoint services, in all partitions. https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html",
    value: COMMON_PREFIX,
  },
  services_named_after_partition: {
    comment: "The services whose names start with the reverse DNS name of the partition.",
    value: NAMED_AFTER_PARTITION,
  },
  known_services: {
    comment:
      "The last parts of endpoint services' names, by these parts and by the names of the services, both without hyphens. https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html",
    value: KNOWN_SERVICES,
  },
  first_pull_actions: PULL_ACTIONS.first,
  tagging_first_pull_actions: PULL_ACTIONS.taggingFirst,
  read_actions: {
    comment: "The actions of pulls from other repositories.",
    value: readStatement("").Action,
  },
  push_actions: {
    comment:
      "The actions of pushes. Clients upload layers to ECR itself, and not to S3. https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html",
    value: pushStatement("").Action,
  },
  layers_arn: {
    comment:
      "The objects from which ECR serves layers. https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html",
    value: layersStatement("${local.partition}", "${local.region}").Resource,
  },
  full_access_policy: {
    comment:
      "The endpoint policy that allows everything. It is written out, since AWS keeps the former policy when none is given.",
    value: expression(`jsonencode(${hcl(JSON.parse(FULL_ACCESS))})`),
  },
  widest_client_blocks: {
    comment:
      "The prefix lengths of the largest private IPv4 network, and of the IPv6 block that a regional internet registry allocates to one network.",
    value: { ipv4: WIDEST[4], ipv6: WIDEST[6] },
  },
};
