/** First part of the names of the stacks. */
export const FLEET = "registries";

/** The regions that AWS sells to everybody; the workloads take the first of them. */
export const REGIONS = [
  "us-east-1",
  "us-east-2",
  "us-west-1",
  "us-west-2",
  "af-south-1",
  "ap-east-1",
  "ap-east-2",
  "ap-northeast-1",
  "ap-northeast-2",
  "ap-northeast-3",
  "ap-south-1",
  "ap-south-2",
  "ap-southeast-1",
  "ap-southeast-2",
  "ap-southeast-3",
  "ap-southeast-4",
  "ap-southeast-5",
  "ap-southeast-6",
  "ap-southeast-7",
  "ca-central-1",
  "ca-west-1",
  "eu-central-1",
  "eu-central-2",
  "eu-north-1",
  "eu-south-1",
  "eu-south-2",
  "eu-west-1",
  "eu-west-2",
  "eu-west-3",
  "il-central-1",
  "me-central-1",
  "me-south-1",
  "mx-central-1",
  "sa-east-1",
];

/** The variables that hold the credential of Docker Hub. */
export const DOCKER_HUB_CREDENTIAL = {
  usernameVariable: "docker_hub_username",
  accessTokenVariable: "docker_hub_access_token",
  version: 1,
};

/** The secret, made elsewhere, that holds the credential of GitHub. */
export const GITHUB_SECRET = "ecr-pullthroughcache/github";

/** How the repositories look that ECR creates. */
export const REPOSITORIES = {
  untaggedExpirationInDays: 14,
  keepLastImages: 50,
  tags: { team: "platform", "cost-center": "1234" },
};
