import type { Rule } from "./faults";

/** How a service is named by its last part, in the region that is asked for. */
export const SHORT_NAME: Rule = {
  pattern: /^[a-z0-9][a-z0-9-]*(\.[a-z0-9-]+)*$/,
  except: /^(ecr\.(api|dkr)$|s3$|([a-z-]+\.)*amazonaws\.)/,
  words:
    "be the last part of an endpoint service's name, like kms, and not of ecr.api, ecr.dkr or s3, which are made anyway",
};

/** How a service is named in whole. */
export const SERVICE_NAME: Rule = {
  pattern: /^[a-z]+(\.[a-z0-9-]+){3,}$/,
  words: "be the whole name of an endpoint service, like com.amazonaws.eu-west-1.kms",
};

/** The words of the rule that something is where the VPC is. */
export function ofVpcRegion(region: string): string {
  return `be of the region of the VPC, ${region}`;
}
