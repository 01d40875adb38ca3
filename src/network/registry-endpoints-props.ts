import type { TerraformProvider } from "cdktf";
import type { PullThroughCache } from "../cache/pull-through-cache";
import type { EndpointService } from "./endpoint-service";
import type { FirstPull } from "./first-pull";

/** How clients in one VPC reach one registry. */
export interface RegistryEndpointsProps {
  /** The VPC; its DNS support and DNS hostnames must be on. May be a token. */
  readonly vpcId: string;
  /**
   * The subnets that get the network interfaces of the interface endpoints, at most one in each availability zone. Each
   * endpoint costs by the hour for every subnet. Clients in other subnets of the VPC reach them as well.
   * @default - none; required unless both endpoints of ECR exist already and there are no `services`
   */
  readonly subnetIds?: string[];
  /**
   * The route tables of the clients' subnets: layers of images come from S3, and these get the route to it. With an
   * `s3EndpointId` they are those that its endpoint does not have yet, and whoever owns that endpoint must not list its
   * tables in it, or each of the two takes away what the other has added.
   * @default - none; required unless `s3EndpointId` is given
   */
  readonly routeTableIds?: string[];
  /**
   * Blocks of IPv4 addresses that clients are in, which may use the interface endpoints on port 443.
   * @default - none; without `clientSecurityGroupIds`, these or `clientIpv6Cidrs` are required
   */
  readonly clientCidrs?: string[];
  /**
   * Blocks of IPv6 addresses that clients are in. Needs `dualStack`.
   * @default - none; required with `dualStack` and without `clientSecurityGroupIds`
   */
  readonly clientIpv6Cidrs?: string[];
  /**
   * Security groups of clients, which may use the interface endpoints on port 443.
   * @default - none; required without `clientCidrs`
   */
  readonly clientSecurityGroupIds?: string[];
  /**
   * How an image that is not cached yet gets its first pull: ECR sends the client to the upstream's own host for it, which
   * no endpoint leads to. It has no default, since either way costs something, and pulls hang without.
   */
  readonly firstPull: FirstPull;
  /**
   * Other services of AWS that the clients call, each of which gets an interface endpoint with private DNS. It lets
   * everything through that its callers may do.
   * @default - none
   */
  readonly services?: EndpointService[];
  /**
   * The caches that may be pulled through these endpoints, of this app and of the region of the VPC.
   * @default - all of the stack with the same provider and region, which have to be made before
   */
  readonly caches?: PullThroughCache[];
  /**
   * ARNs of other repositories that may be pulled through the endpoints of ECR, with wildcards if you like: the images of
   * your own, or those of AWS's accounts that nodes of EKS start with.
   * @default - none
   */
  readonly repositoryArns?: string[];
  /**
   * ARNs of repositories that clients may push to through the endpoints of ECR, with wildcards if you like. A push needs
   * no more of the S3 endpoint than a pull does. Pulls of what was pushed need `repositoryArns`.
   * @default - none
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html
   */
  readonly pushRepositoryArns?: string[];
  /**
   * Names of buckets that may be reached through the endpoint of S3, beside that of the layers.
   * @default - none
   */
  readonly bucketNames?: string[];
  /**
   * Lets everything through the endpoints of ECR and S3, for clients that push to any repository, or use any bucket.
   * @default false
   */
  readonly fullAccess?: boolean;
  /**
   * A policy of your own for the endpoints of ECR, as JSON text, in place of the one made of caches and repositories. It
   * has to allow `ecr:BatchImportUpstreamImage` and `ecr:CreateRepository` beside what other pulls need, and
   * `ecr:TagResource` where a creation template sets tags.
   * @default - pulls through the caches, pulls from `repositoryArns`, pushes to `pushRepositoryArns`, and nothing else
   */
  readonly ecrEndpointPolicy?: string;
  /**
   * A policy of your own for the endpoint of S3, as JSON text. It has to allow `s3:GetObject` on
   * `prod-<region>-starport-layer-bucket/*` without conditions on an account or an organization.
   * @default - layers, `bucketNames`, and nothing else
   */
  readonly s3EndpointPolicy?: string;
  /**
   * Has all endpoints that are made here, S3's and those of `services` included, take IPv4 and IPv6, and the URIs of these
   * endpoints name the host that clients can reach over both. The subnets need an IPv6 block, and endpoints that exist
   * have to be dual-stack already. Set back to false, it leaves S3's as it is.
   * @default false
   */
  readonly dualStack?: boolean;
  /**
   * An endpoint of `ecr.api` that the VPC has already, or reaches. Its policy, security groups and subnets stay as they
   * are: its policy has to allow what `ecrEndpointPolicy` has to.
   * @default - one is made
   */
  readonly ecrApiEndpointId?: string;
  /**
   * An endpoint of `ecr.dkr` that the VPC has already, or reaches; as for `ecrApiEndpointId`.
   * @default - one is made
   */
  readonly ecrDkrEndpointId?: string;
  /**
   * A gateway endpoint of S3 that the VPC has already. Its policy stays as it is, and has to allow what `s3EndpointPolicy` has to;
   * `routeTableIds` are added to it.
   * @default - one is made
   */
  readonly s3EndpointId?: string;
  /**
   * The AWS provider of the account and region of the VPC.
   * @default - the stack's AWS provider without an alias
   */
  readonly provider?: TerraformProvider;
  /**
   * The region of the VPC, as for `PullThroughCache`. Needs @cdktf/provider-aws 21.
   * @default - the region of the provider
   */
  readonly region?: string;
}

/** Whether any interface endpoint is made. */
export function makesInterfaces(props: RegistryEndpointsProps): boolean {
  return makesRegistryEndpoint(props) || (props.services ?? []).length > 0;
}

/** Whether an endpoint of ECR is made. */
export function makesRegistryEndpoint({ ecrApiEndpointId, ecrDkrEndpointId }: RegistryEndpointsProps): boolean {
  return ecrApiEndpointId === undefined || ecrDkrEndpointId === undefined;
}
