import type { TerraformProvider } from "cdktf";
import type { PullThroughCache } from "../cache/pull-through-cache";
import type { EndpointService } from "./endpoint-service";
import type { FirstPull } from "./first-pull";

/** The network of clients in one VPC, and the repositories and buckets that they may use through its endpoints. */
export interface RegistryEndpointsProps {
  /** ID of the VPC, whose DNS support and DNS hostnames must be on; may be a token. */
  readonly vpcId: string;
  /**
   * IDs of the subnets for the network interfaces of the interface endpoints, at most one per availability zone; may be
   * a token. Each endpoint costs by the hour for every subnet. Clients in other subnets of the VPC reach the endpoints
   * as well.
   * @default - none; required unless both ECR endpoints exist and there are no `services`
   * @see https://aws.amazon.com/privatelink/pricing/
   */
  readonly subnetIds?: string[];
  /**
   * IDs of the route tables of the clients' subnets. They get the route to S3, which serves the layers of images. With
   * `s3EndpointId`, give only the tables that the existing endpoint does not have yet; the configuration of that
   * endpoint must not list its route tables, since each of the two would remove the tables of the other.
   * @default - none; required unless `s3EndpointId` is given
   */
  readonly routeTableIds?: string[];
  /**
   * IPv4 CIDR blocks of the clients that may use the interface endpoints on port 443.
   * @default - none; one of `clientCidrs`, `clientIpv6Cidrs` and `clientSecurityGroupIds` is required
   */
  readonly clientCidrs?: string[];
  /**
   * IPv6 CIDR blocks of the clients that may use the interface endpoints on port 443. Needs `dualStack`.
   * @default - none; required with `dualStack` and without `clientSecurityGroupIds`
   */
  readonly clientIpv6Cidrs?: string[];
  /**
   * IDs of the security groups of the clients that may use the interface endpoints on port 443.
   * @default - none; one of `clientCidrs`, `clientIpv6Cidrs` and `clientSecurityGroupIds` is required
   */
  readonly clientSecurityGroupIds?: string[];
  /**
   * How clients reach the upstream for the first pull of an image, which ECR redirects to the upstream's own host. It
   * has no default, since each choice costs something, and without either one pulls hang.
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
   */
  readonly firstPull: FirstPull;
  /**
   * Other AWS services that the clients call. Each gets an interface endpoint with private DNS and no endpoint policy,
   * which allows all requests.
   * @default - none
   */
  readonly services?: EndpointService[];
  /**
   * The caches of this app whose images clients may pull through these endpoints, in the region of the VPC. A cache of
   * another stack needs an `accountId` and a region that are literals.
   * @default - all caches of the stack with the same provider and region; create them before the endpoints
   */
  readonly caches?: PullThroughCache[];
  /**
   * ARNs of other repositories that clients may pull from through the ECR endpoints, wildcards allowed: your own, or
   * those of AWS's accounts with the images that EKS nodes start with.
   * @default - none
   */
  readonly repositoryArns?: string[];
  /**
   * ARNs of repositories that clients may push to through the ECR endpoints, wildcards allowed. A push needs no more
   * access to S3 than a pull. To pull the pushed images, give the repositories in `repositoryArns` as well.
   * @default - none
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html
   */
  readonly pushRepositoryArns?: string[];
  /**
   * Names of buckets that clients may use through the S3 endpoint, wildcards allowed, beside the bucket of the layers.
   * Excludes `s3EndpointId`, `s3EndpointPolicy` and `fullAccess`.
   * @default - none
   */
  readonly bucketNames?: string[];
  /**
   * Whether the policies of the ECR and S3 endpoints allow all requests, for clients that push to any repository or use
   * any bucket. Excludes `ecrEndpointPolicy`, `s3EndpointPolicy`, `repositoryArns`, `pushRepositoryArns` and
   * `bucketNames`.
   * @default false
   */
  readonly fullAccess?: boolean;
  /**
   * The policy of the ECR endpoints as JSON text of at most 20,480 characters, in place of the generated one. Beside
   * the actions of other pulls it must allow `ecr:BatchImportUpstreamImage` and `ecr:CreateRepository`, and
   * `ecr:TagResource` if a creation template sets tags. Excludes `repositoryArns`, `pushRepositoryArns` and
   * `fullAccess`, and IDs of both ECR endpoints.
   * @default - pulls through the caches, pulls from `repositoryArns`, pushes to `pushRepositoryArns`, and nothing else
   */
  readonly ecrEndpointPolicy?: string;
  /**
   * The policy of the S3 endpoint as JSON text of at most 20,480 characters, in place of the generated one. It must
   * allow `s3:GetObject` on `prod-<region>-starport-layer-bucket/*` without conditions on an account or an
   * organization. Excludes `bucketNames`, `s3EndpointId` and `fullAccess`.
   * @default - layers, `bucketNames`, and nothing else
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
   */
  readonly s3EndpointPolicy?: string;
  /**
   * Whether all created endpoints, those of S3 and of `services` included, have IPv4 and IPv6 addresses. `registryUri`
   * and `repositoryUri` then return the dual-stack host. The subnets need an IPv6 block, and existing endpoints must be
   * dual-stack. If you change it back to false, the S3 endpoint remains dual-stack.
   * @default false
   */
  readonly dualStack?: boolean;
  /**
   * The ID of an existing `ecr.api` endpoint that the clients reach. Its security groups, subnets and policy are not
   * changed; the policy must allow the actions that `ecrEndpointPolicy` must allow.
   * @default - a new endpoint
   */
  readonly ecrApiEndpointId?: string;
  /**
   * The ID of an existing `ecr.dkr` endpoint that the clients reach; as for `ecrApiEndpointId`.
   * @default - a new endpoint
   */
  readonly ecrDkrEndpointId?: string;
  /**
   * The ID of an existing S3 gateway endpoint of the VPC. `routeTableIds` are added to it. Its policy is not changed,
   * and must allow the actions that `s3EndpointPolicy` must allow.
   * @default - a new endpoint
   */
  readonly s3EndpointId?: string;
  /**
   * The AWS provider of the account and region of the VPC.
   * @default - the stack's AWS provider without an alias
   */
  readonly provider?: TerraformProvider;
  /**
   * The region of the VPC; may be a token. It needs `@cdktf/provider-aws` 21: the resources of version 20 have no such
   * argument.
   * Required if the caches of the stack are in several regions and `caches` is left out.
   * @default - the region of the provider
   */
  readonly region?: string;
}

/** Whether any interface endpoint is created. */
export function makesInterfaces(props: RegistryEndpointsProps): boolean {
  return makesRegistryEndpoint(props) || (props.services ?? []).length > 0;
}

/** Whether an ECR endpoint is created. */
export function makesRegistryEndpoint({ ecrApiEndpointId, ecrDkrEndpointId }: RegistryEndpointsProps): boolean {
  return ecrApiEndpointId === undefined || ecrDkrEndpointId === undefined;
}
