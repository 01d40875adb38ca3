import { isIPv6 } from "node:net";
import { parsed } from "../ec2/network";
import type { RouteTable, Subnet } from "../ec2/network";
import type { Caller } from "../ec2/security-groups";
import type { VpcEndpoint } from "../ec2/vpc-endpoints";
import { whyDenied } from "../iam/policy-evaluation";
import type { LocalAws } from "../server";
import { partitionOf } from "../service";
import type { Scope } from "../service";

/** A client that signs in to a registry and uses a repository of it. */
export interface Push extends Scope {
  /** @default - none: the client is outside of a VPC and has a route to the internet */
  readonly subnetId?: string;
  /** An address of either family; the one that the client opens its connections from. @default - one of the subnet */
  readonly clientIp?: string;
  /** @default - none */
  readonly clientSecurityGroupIds?: readonly string[];
  /** The account of the client. @default - that of the registry */
  readonly callerAccountId?: string;
  /** The role that the client acts as. @default "puller" */
  readonly roleName?: string;
  /** Documents. @default - the policies that the role has in IAM */
  readonly identityPolicies?: readonly object[];
  /** The organization of the client's account. @default - that of the stand-in, if it knows one */
  readonly organizationId?: string;
  /** The name of the repository in the registry, such as `docker-hub/library/nginx`. */
  readonly repository: string;
}

/** Who pulls which image, from where. */
export interface Pull extends Push {
  /** Whether the image was pulled before, so that ECR has it. */
  readonly cached: boolean;
}

// https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html
const PUSH_ACTIONS = [
  "ecr:BatchCheckLayerAvailability",
  "ecr:InitiateLayerUpload",
  "ecr:UploadLayerPart",
  "ecr:CompleteLayerUpload",
  "ecr:BatchGetImage",
  "ecr:PutImage",
];
const HTTPS = 443;
const EVERYWHERE = "0.0.0.0/0";
/** A port that clients of all systems open connections from, and an address outside of every VPC. */
const CLIENT_PORT = 50_000;
const OUTSIDE = "52.216.0.1";
/** The account of AWS that signs the URLs of layers, and its organization: never the caller's. */
const LAYERS = { accountId: "000000000000", organizationId: "o-0000000000" };

/**
 * Why a client cannot pull an image through what there is; undefined when it can. The image's registry is that of the
 * account and region of the scope, and the client is in that region. Whether a cache rule stands for the repository is not asked.
 */
export async function whyNoPull(aws: LocalAws, pull: Pull): Promise<string | undefined> {
  const client = new Client(aws, pull);
  return (
    (await client.whyNoRequests("ecr.api", ["ecr:GetAuthorizationToken"], "*")) ??
    (await client.whyNoRequests("ecr.dkr", registryActions(aws, pull), repositoryArn(pull))) ??
    (await client.whyNoLayers()) ??
    (pull.cached ? undefined : client.whyNoUpstream())
  );
}

/** Why a client cannot push an image; undefined when it can. A client uploads layers to the registry, and not to S3. */
export async function whyNoPush(aws: LocalAws, push: Push): Promise<string | undefined> {
  const client = new Client(aws, push);
  return (
    (await client.whyNoRequests("ecr.api", ["ecr:GetAuthorizationToken"], "*")) ??
    client.whyNoRequests("ecr.dkr", PUSH_ACTIONS, repositoryArn(push))
  );
}

function registryActions(aws: LocalAws, pull: Pull): string[] {
  const isOwn = (pull.callerAccountId ?? pull.accountId) === pull.accountId;
  return aws.ecr.resourcePolicies.actionsOf(pull.repository, pull.cached, isOwn, pull);
}

function repositoryArn({ region, accountId, repository }: Push): string {
  return `arn:${partitionOf(region)}:ecr:${region}:${accountId}:repository/${repository}`;
}

/** The client in its network. */
class Client {
  private readonly subnet: Subnet | undefined;
  private readonly routeTable: RouteTable | undefined;
  private readonly caller: Caller;

  public constructor(
    private readonly aws: LocalAws,
    private readonly pull: Push,
  ) {
    const { network } = aws.ec2;
    this.subnet = pull.subnetId === undefined ? undefined : network.subnet(pull.subnetId, pull);
    this.routeTable = this.subnet && network.routeTableOf(this.subnet, pull);
    this.caller = {
      address: pull.clientIp ?? (this.subnet === undefined ? "" : parsed(this.subnet.cidrBlock).address(4)),
      groupIds: pull.clientSecurityGroupIds ?? [],
    };
  }

  /** Why a service of the registry cannot be asked for these things. */
  public async whyNoRequests(name: string, actions: readonly string[], resource: string): Promise<string | undefined> {
    const {
      region,
      organizationId,
      roleName = "puller",
      repository,
      callerAccountId = this.pull.accountId,
    } = this.pull;
    // A token to sign in is one of the client's account.
    const accountId = resource === "*" ? callerAccountId : this.pull.accountId;
    const { resourcePolicies } = this.aws.ecr;
    const endpoint = this.subnet && this.byPrivateDns(name, this.subnet);
    const blocked = endpoint === undefined ? this.whyNoDefaultRoute(name) : this.whyNoConnection(endpoint);
    if (blocked !== undefined) {
      return blocked;
    }
    const principalArn = `arn:${partitionOf(region)}:iam::${callerAccountId}:role/${roleName}`;
    const identityPolicies =
      this.pull.identityPolicies ?? this.aws.iam.policiesOf({ region, accountId: callerAccountId }, roleName);
    for (const action of actions) {
      const context = {
        "aws:PrincipalArn": principalArn,
        ...resourcePolicies.contextOf(callerAccountId),
        "aws:ResourceAccount": accountId,
        ...(organizationId && { "aws:PrincipalOrgID": organizationId, "aws:ResourceOrgID": organizationId }),
        ...this.networkContext(endpoint),
      };
      const access = { principalArn, action, resource, accountId, identityPolicies, context };
      const resourcePolicy = resource === "*" ? undefined : resourcePolicies.documentFor(action, repository, this.pull);
      const denied = await whyDenied({ ...access, resourcePolicy, endpointPolicy: policyOf(endpoint) });
      if (denied !== undefined) {
        return `${name}${endpoint === undefined ? "" : ` (${endpoint.vpcEndpointId})`}: ${denied}`;
      }
    }
    return undefined;
  }

  /** Why the layers cannot be fetched: by URLs that AWS signs, from a bucket of its own. */
  public async whyNoLayers(): Promise<string | undefined> {
    const { region } = this.pull;
    const endpoint = this.routeTable && this.aws.ec2.vpcEndpoints.byRoute(this.routeTable, "s3", this.pull);
    if (endpoint === undefined) {
      return this.whyNoDefaultRoute("s3");
    }
    const otherFamily = this.whyOtherFamily(endpoint);
    const blocked = otherFamily ?? this.whyBlocked("s3", OUTSIDE);
    if (blocked !== undefined) {
      return blocked;
    }
    const { accountId, organizationId } = LAYERS;
    const principalArn = `arn:${partitionOf(region)}:iam::${accountId}:role/ecr`;
    const denied = await whyDenied({
      principalArn,
      accountId,
      action: "s3:GetObject",
      resource: `arn:${partitionOf(region)}:s3:::prod-${region}-starport-layer-bucket/layer`,
      endpointPolicy: policyOf(endpoint),
      context: {
        "aws:PrincipalArn": principalArn,
        "aws:PrincipalAccount": accountId,
        "aws:PrincipalOrgID": organizationId,
        "aws:ResourceAccount": accountId,
        "aws:ResourceOrgID": organizationId,
        ...this.networkContext(endpoint),
      },
    });
    return denied && `s3 (${endpoint.vpcEndpointId}): ${denied}`;
  }

  /** Why what ECR has not cached cannot be fetched where ECR redirects to. */
  public whyNoUpstream(): string | undefined {
    return this.hasDefaultRoute
      ? this.whyBlocked("the upstream", OUTSIDE)
      : `hangs: no route from ${this.place} to the upstream's blob host`;
  }

  /** The endpoint that the name of a service resolves to. */
  private byPrivateDns(name: string, { vpcId }: Subnet): VpcEndpoint | undefined {
    const { network, vpcEndpoints } = this.aws.ec2;
    const { enableDnsSupport, enableDnsHostnames } = network.vpc(vpcId, this.pull);
    return enableDnsSupport && enableDnsHostnames ? vpcEndpoints.byPrivateDns(vpcId, name, this.pull) : undefined;
  }

  private get hasDefaultRoute(): boolean {
    return (
      this.routeTable?.routes.some((route) => route.destination === EVERYWHERE && route.isBlackhole !== true) ?? true
    );
  }

  private get place(): string {
    return this.subnet?.subnetId ?? "outside of a VPC";
  }

  private whyNoDefaultRoute(name: string): string | undefined {
    return this.hasDefaultRoute
      ? this.whyBlocked(name, OUTSIDE)
      : `${name}: no route from ${this.place}, neither through an endpoint nor by default`;
  }

  private whyNoConnection(endpoint: VpcEndpoint): string | undefined {
    const { vpcEndpointId, service, groupIds, interfaces } = endpoint;
    if (interfaces.length === 0) {
      return `${service.name} (${vpcEndpointId}): the endpoint has no network interface`;
    }
    const admits = this.aws.ec2.securityGroups.admit(groupIds, this.caller, HTTPS, this.pull);
    const refused = admits
      ? undefined
      : `${service.name} (${vpcEndpointId}): ${groupIds.join(", ")} does not admit ${this.caller.address} to port 443`;
    return (
      this.whyOtherFamily(endpoint) ??
      refused ??
      interfaces
        .map(({ privateIpAddress, subnetId }) =>
          this.whyBlocked(service.name, privateIpAddress, this.aws.ec2.network.subnet(subnetId, this.pull)),
        )
        .find((reason) => reason !== undefined)
    );
  }

  /** Why network ACLs let a connection or its answers not pass; within a subnet they are not asked. */
  private whyBlocked(name: string, address: string, peer?: Subnet): string | undefined {
    const { subnet, caller } = this;
    if (subnet === undefined || subnet.subnetId === peer?.subnetId || isIPv6(caller.address)) {
      return undefined;
    }
    const asked = [
      [subnet, true, address, HTTPS],
      [subnet, false, address, CLIENT_PORT],
      [peer, false, caller.address, HTTPS],
      [peer, true, caller.address, CLIENT_PORT],
    ] as const;
    const blocked = asked.find(
      ([of, egress, other, port]) => of && !this.aws.ec2.networkAcls.allows(of, egress, other, port, this.pull),
    );
    return blocked && `${name}: the network ACL of ${blocked[0]?.subnetId} blocks port ${blocked[3]}`;
  }

  private whyOtherFamily({ vpcEndpointId, service, settings }: VpcEndpoint): string | undefined {
    const family = isIPv6(this.caller.address) ? "ipv6" : "ipv4";
    return [family, "dualstack"].includes(settings.ipAddressType)
      ? undefined
      : `${service.name} (${vpcEndpointId}): the endpoint is ${settings.ipAddressType} only, and ${this.caller.address} is not`;
  }

  private networkContext(endpoint: VpcEndpoint | undefined): { readonly [key: string]: string } {
    const general = { "aws:RequestedRegion": this.pull.region, "aws:SecureTransport": "true" };
    return endpoint === undefined
      ? general
      : {
          ...general,
          "aws:SourceVpc": endpoint.vpcId,
          "aws:SourceVpce": endpoint.vpcEndpointId,
          "aws:VpcSourceIp": this.caller.address,
        };
  }
}

function policyOf(endpoint: VpcEndpoint | undefined): object | undefined {
  return endpoint && (JSON.parse(endpoint.settings.policyDocument) as object);
}
