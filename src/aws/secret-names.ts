/**
 * The start of the names of secrets that ECR may read.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-creating-secret.html
 */
export const SECRET_PREFIX = "ecr-pullthroughcache/";
