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

/** The name of the secret that holds the credential of Docker Hub. */
export const DOCKER_HUB_SECRET = "ecr-pullthroughcache/docker-hub";

/** The secret, made elsewhere, that holds the credential of GitHub. */
export const GITHUB_SECRET = "ecr-pullthroughcache/github";

/** How the repositories look that ECR creates. */
export const REPOSITORIES = {
  untaggedExpirationInDays: 14,
  keepLastImages: 50,
  tags: { team: "platform", "cost-center": "1234" },
};

/** The hosts of the upstreams, by their prefixes. */
export const HOSTS = {
  "ecr-public": "public.ecr.aws",
  kubernetes: "registry.k8s.io",
  quay: "quay.io",
  "docker-hub": "registry-1.docker.io",
  github: "ghcr.io",
};

/** What the settings of the repositories mean in the language of ECR. */
export const LIFECYCLE_POLICY = {
  rules: [
    {
      rulePriority: 1,
      description: "Delete untagged images by age",
      selection: {
        tagStatus: "untagged",
        countType: "sinceImagePushed",
        countUnit: "days",
        countNumber: REPOSITORIES.untaggedExpirationInDays,
      },
      action: { type: "expire" },
    },
    {
      rulePriority: 2,
      description: "Keep the newest images",
      selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: REPOSITORIES.keepLastImages },
      action: { type: "expire" },
    },
  ],
};

/** Who assumes the role that creates repositories. */
export const TRUST_POLICY = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "ecr.amazonaws.com" }, Action: "sts:AssumeRole" }],
};

/** What the role may do. */
export const CREATION_POLICY = {
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Action: ["ecr:CreateRepository", "ecr:ReplicateImage", "ecr:TagResource"], Resource: "*" },
  ],
};

/** Texts that both sides give to AWS, so that they have as many bytes. */
export const ROLE_DESCRIPTION = "Amazon ECR assumes this role to create repositories of a pull-through cache";
export const VARIABLE_DESCRIPTION =
  "Credential with which Amazon ECR signs in to an upstream registry. Terraform does not store it in the state.";
export const CREDENTIAL_DESCRIPTION = "Credential of an ECR pull-through cache";

/** Prefixes of some number of caches of ECR Public, which need no credential. */
export function prefixesOfEcrPublic(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `ecr-public-${index}`);
}
