import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint";
import { VpcEndpointRouteTableAssociation } from "@cdktf/provider-aws/lib/vpc-endpoint-route-table-association";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { Aspects, Lazy, TerraformStack, Token } from "cdktf";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { parseCidr } from "../aws/cidr";
import { serviceNameOf } from "../aws/endpoint-service-names";
import { literalJson } from "../aws/policy-document";
import { missingProvider, providerOf } from "../aws/provider";
import { Registry, checkRegistryProps } from "../aws/registry";
import { PullThroughCache } from "../cache/pull-through-cache";
import { withoutTrailingSlash } from "../cache/repository-path";
import { constructId } from "../terraform/construct-id";
import { requireTerraform } from "../terraform/required-version";
import { stableKey, isUnresolved, resolved } from "../terraform/tokens";
import { warn } from "../terraform/warnings";
import { addressClashes } from "../validation/address-clashes";
import { checkInStack } from "../validation/in-stack";
import { JsonOnly } from "../validation/json-only";
import { ValidationErrors, fail } from "../validation/validation-errors";
import { checkCaches, checkEndpoints, warnOfWideCidrs } from "./endpoint-checks";
import { endpointClashes } from "./endpoint-clashes";
import { ecrPolicyDocument, s3PolicyDocument } from "./endpoint-policies";
import { FirstPull } from "./first-pull";
import { lookUpNetwork, vpcErrors } from "./network-lookups";
import { FULL_ACCESS } from "./policy-statements";
import { makesInterfaces, makesRegistryEndpoint } from "./registry-endpoints-props";
import type { RegistryEndpointsProps } from "./registry-endpoints-props";
import { ENDPOINTS_GROUP, HTTPS, MAX_ENDPOINT_POLICY, POLICY_REQUIREMENTS, httpsFrom } from "./rules";

/**
 * What clients in private subnets of one VPC need to pull from an Amazon ECR registry: interface endpoints of `ecr.api`
 * and `ecr.dkr` with private DNS, a gateway endpoint of S3, where layers come from, and a security group that admits the
 * clients on port 443. Endpoint policies let through pulls of the caches, and nothing else that the props do not name.
 *
 * Private DNS leads everybody in the VPC to these endpoints, and the route tables all of their subnets to S3's: what the
 * policies do not let through stops working there. Interface endpoints cost by the hour for every subnet, and by the GB;
 * the gateway endpoint costs nothing. No endpoint leads to an upstream: the first pull of an image, and a refresh that
 * finds new layers, also needs what `firstPull` says.
 *
 * Where ids are known at synth, the plan fails before anything is made if the VPC has no DNS support or hostnames, if a
 * subnet or a route table is of another VPC, if two subnets are in one zone, or if an endpoint that exists is no such
 * endpoint. It needs Terraform 1.5 and JSON output, since cdktf's HCL has no such conditions.
 *
 * Everything that is wrong with the props is reported by one error before the first resource is created.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
 */
export class RegistryEndpoints extends Construct {
  /** The endpoint of `ecr.api`, made here or given: for another `RegistryEndpoints`, or for conditions on it. */
  public readonly ecrApiEndpointId: string;
  /** The endpoint of `ecr.dkr`, made here or given. */
  public readonly ecrDkrEndpointId: string;
  /** The gateway endpoint of S3, made here or given. */
  public readonly s3EndpointId: string;
  /** The security group of the interface endpoints; undefined where none was made. */
  public readonly securityGroupId: string | undefined;
  /** All that is made here and that a pull needs, for `dependsOn`. */
  public readonly dependables: ITerraformDependable[] = [];

  private readonly props: RegistryEndpointsProps;
  private readonly registry: Registry;
  private readonly caches: readonly PullThroughCache[];
  private readonly ingressRules: VpcSecurityGroupIngressRule[] = [];

  /**
   * @param scope a stack with an AWS provider of the VPC's account and region, for example `fleet.stackIn(region)`
   * @param id part of the address of every resource: changing it replaces them all
   * @param props the VPC, and who pulls what
   */
  public constructor(scope: Construct, id: string, props: RegistryEndpointsProps) {
    super(scope, id);
    const errors = new ValidationErrors();
    // Lists of the caller's, which the caller may go on to change, are copied.
    this.props = copyLists({ ...props });
    const { provider, region } = this.props;
    checkInStack(errors, this, "give a stack that has an AWS provider of the VPC's region");
    checkRegistryProps(errors, this, { provider, region });
    this.registry = new Registry(this, { provider, region });
    this.caches = this.props.caches === undefined ? this.cachesBeside() : this.props.caches;
    checkEndpoints(errors, this, this.props, this.registry.location);
    checkCaches(errors, this, this.props, this.caches, this.registry.location);
    errors.throwAndRemove(this);

    requireTerraform(this, 5);
    new JsonOnly(this, "json-only", "cdktf's HCL has no conditions, which tell when a plan is made what AWS refuses");
    lookUpNetwork(this, this.props, this.registry);
    // Asked for now: it may declare data sources.
    this.caches.forEach((cache) => cache._registry.arn);
    this.securityGroupId = makesInterfaces(this.props) ? this.createSecurityGroup() : undefined;
    this.ecrApiEndpointId = this.props.ecrApiEndpointId ?? this.createRegistryEndpoint("ecr-api", "ecr.api");
    this.ecrDkrEndpointId = this.props.ecrDkrEndpointId ?? this.createRegistryEndpoint("ecr-dkr", "ecr.dkr");
    this.s3EndpointId = this.props.s3EndpointId ?? this.createS3Endpoint();
    this.addRoutesToS3();
    this.createServiceEndpoints();
    warnOfWideCidrs(this, [...(this.props.clientCidrs ?? []), ...(this.props.clientIpv6Cidrs ?? [])]);
    Aspects.of(this).add({ visit: (node) => node === this && this.warnOfNothingWarming() });
    this.node.addValidation({
      validate: () => [
        ...missingProvider(this, provider),
        ...addressClashes(this),
        ...endpointClashes(this),
        ...vpcErrors(this, this.props.vpcId),
        ...this.lateCaches(),
        ...this.policyErrors(),
      ],
    });
  }

  /** The host that clients behind these endpoints sign in to and pull from, of the cache that they are for. */
  public get registryUri(): string {
    const [host, ...others] = this.caches.map((cache) => this.uriOf(cache));
    if (host === undefined || others.some((other) => !this.isSame(host, other))) {
      const got = this.caches.map(({ node }) => node.path);
      fail(this.node.path, "caches", "be of one registry for there to be one host", got, "use `repositoryUri`");
    }
    return host;
  }

  /**
   * What clients behind these endpoints pull in place of a repository of an upstream, as `PullThroughCache.repositoryUri`
   * says it, at the host for both IPv4 and IPv6 where the endpoints are dual-stack.
   *
   * @param prefix the prefix of the upstream
   * @param repository the repository as the upstream names it, like `library/nginx`; may be a token
   */
  public repositoryUri(prefix: string, repository: string): string {
    const having = this.caches.filter(({ upstreams }) =>
      upstreams.some((upstream) => withoutTrailingSlash(upstream.prefix) === withoutTrailingSlash(String(prefix))),
    );
    const [cache = this.caches[0], ...others] = having;
    if (cache === undefined || others.some((other) => !this.isSame(this.uriOf(other), this.uriOf(cache)))) {
      const got = having.map(({ node }) => node.path);
      fail(this.node.path, "caches", `have one upstream of the prefix ${String(prefix)}`, got, "ask the cache itself");
    }
    return `${this.uriOf(cache)}/${cache._repositoryPath(prefix, repository)}`;
  }

  private uriOf({ _registry: registry }: PullThroughCache): string {
    return (this.props.dualStack === true ? registry.dualStackUri : undefined) ?? registry.uri;
  }

  /** Every reference is a token of its own, also those to one look-up. */
  private isSame(one: string, other: string): boolean {
    return resolved(this, one) === resolved(this, other);
  }

  /** Endpoints lead to the registry of their own region, which is that of the caches with the same provider. */
  private cachesBeside(): PullThroughCache[] {
    const { provider, region } = this.props;
    const own = providerOf(this, provider);
    return TerraformStack.of(this)
      .node.findAll()
      .filter((construct) => PullThroughCache.isPullThroughCache(construct))
      .filter(
        ({ _registry: { regional } }) => providerOf(this, regional.provider) === own && regional.region === region,
      );
  }

  /** What is found once is what the policies are for: a cache that comes later would be blocked without a word. */
  private lateCaches(): string[] {
    const errors = new ValidationErrors();
    const { caches, fullAccess, ecrEndpointPolicy: ecrEndpointPolicy } = this.props;
    const isMade = makesRegistryEndpoint(this.props) && fullAccess !== true && ecrEndpointPolicy === undefined;
    const late = isMade && caches === undefined ? this.cachesBeside().filter((c) => !this.caches.includes(c)) : [];
    if (late.length > 0) {
      const hint = "create it before the endpoints, or say which caches they are for";
      errors.add("caches", "be made before their endpoints", late.map(({ node }) => node.path).join(), hint);
    }
    return errors.list();
  }

  private policyErrors(): string[] {
    const errors = new ValidationErrors();
    const { ecrEndpointPolicy: ecrEndpointPolicy, s3EndpointPolicy: s3EndpointPolicy } = this.props;
    const made = [
      ["repositoryArns", "caches", ecrEndpointPolicy, this.ecrEndpointPolicy([])],
      ["pushRepositoryArns", "caches", ecrEndpointPolicy, this.ecrEndpointPolicy()],
      ["bucketNames", "layers", s3EndpointPolicy, this.s3EndpointPolicy()],
    ] as const;
    const tooLong = made.filter(
      // A policy of the caller's own has been checked as it was given.
      ([, , own, policy]) => own === undefined && !Token.isUnresolved(policy) && policy.length > MAX_ENDPOINT_POLICY,
    );
    for (const [index, [prop, beside, , policy]] of tooLong.entries()) {
      // Pulls that are too many by themselves are so with pushes, too.
      if (tooLong[index - 1]?.[1] !== beside) {
        const rule = POLICY_REQUIREMENTS.madeLength(beside);
        errors.add(prop, rule, policy.length, "name fewer, with wildcards, or use `fullAccess`");
      }
    }
    return errors.list();
  }

  private createSecurityGroup(): string {
    const { vpcId, clientCidrs = [], clientIpv6Cidrs = [], clientSecurityGroupIds = [] } = this.props;
    const group = new SecurityGroup(this, "security-group", {
      ...this.registry.regional,
      ...ENDPOINTS_GROUP,
      vpcId,
    });
    const admit = (client: string, kind: string, peer: object): void => {
      const rule = new VpcSecurityGroupIngressRule(this, this.idFor(`client-`, client, kind), {
        ...this.registry.regional,
        securityGroupId: group.id,
        description: httpsFrom(isUnresolved(client) ? "clients" : client),
        ...HTTPS,
        ...peer,
      });
      this.ingressRules.push(rule);
    };
    clientCidrs.forEach((cidr) => admit(cidr, "cidr", { cidrIpv4: cidr }));
    for (const cidr of clientIpv6Cidrs) {
      // AWS answers with the one spelling that is canonical, and any other would be a change in every plan.
      const canonical = parseCidr(cidr)?.text ?? cidr;
      admit(canonical, "ipv6-cidr", { cidrIpv6: canonical });
    }
    clientSecurityGroupIds.forEach((id) => admit(id, "group", { referencedSecurityGroupId: id }));
    return group.id;
  }

  /** An id that neither the place in a list changes nor an element before it: it is part of an address. */
  private idFor(start: string, value: string, kind: string): string {
    const identity = stableKey(this, value);
    // Nothing tells what a Lazy value will be, or which of two stacks an expression is of: the place has to do.
    const id = identity === undefined ? `${start}${kind}-0` : `${start}${constructId(identity)}`;
    let unique = id;
    for (let index = 1; this.node.tryFindChild(unique) !== undefined; index++) {
      unique = `${id.replace(/-0$/, "")}-${index}`;
    }
    return unique;
  }

  private createRegistryEndpoint(id: string, service: string): string {
    // Written at synth, since upstreams may still be added.
    const policy = Lazy.stringValue({ produce: () => this.ecrEndpointPolicy() });
    return this.createInterface(id, this.serviceName(service), policy);
  }

  private serviceName(service: string): string {
    return serviceNameOf(service, this.registry.region, () => this.registry.reverseDnsPrefix);
  }

  private ecrEndpointPolicy(pushRepositoryArns = this.props.pushRepositoryArns ?? []): string {
    const { ecrEndpointPolicy: own, fullAccess, repositoryArns = [] } = this.props;
    if (own !== undefined || fullAccess === true) {
      return own === undefined ? FULL_ACCESS : literalJson(own);
    }
    return ecrPolicyDocument(
      this.caches.map((cache) => cache._pullGrant()),
      { pulled: repositoryArns, pushed: pushRepositoryArns },
    );
  }

  private s3EndpointPolicy(): string {
    const { s3EndpointPolicy: own, fullAccess, bucketNames = [] } = this.props;
    if (own !== undefined || fullAccess === true) {
      return own === undefined ? FULL_ACCESS : literalJson(own);
    }
    return s3PolicyDocument(this.registry.partition, this.registry.region, bucketNames);
  }

  private createInterface(id: string, serviceName: string, policy?: string): string {
    const { vpcId, subnetIds, dualStack } = this.props;
    const ipAddressType = dualStack === true ? "dualstack" : "ipv4";
    const endpoint = new VpcEndpoint(this, id, {
      ...this.registry.regional,
      vpcId,
      serviceName,
      vpcEndpointType: "Interface",
      privateDnsEnabled: true,
      subnetIds,
      securityGroupIds: this.securityGroupId === undefined ? [] : [this.securityGroupId],
      policy,
      ipAddressType,
      dnsOptions: { dnsRecordIpType: ipAddressType },
      // Names lead to an endpoint as long as it is there: what admits clients comes before it, and goes after it.
      dependsOn: this.ingressRules,
    });
    this.dependables.push(endpoint);
    return endpoint.id;
  }

  private createS3Endpoint(): string {
    const { vpcId, routeTableIds, dualStack } = this.props;
    const endpoint = new VpcEndpoint(this, "s3", {
      ...this.registry.regional,
      vpcId,
      serviceName: this.serviceName("s3"),
      vpcEndpointType: "Gateway",
      // A list that only Terraform knows stands here; all others are associated, so that others can add theirs.
      routeTableIds: isUnresolved(routeTableIds) ? routeTableIds : undefined,
      policy: this.s3EndpointPolicy(),
      ipAddressType: dualStack === true ? "dualstack" : undefined,
    });
    this.dependables.push(endpoint);
    return endpoint.id;
  }

  private addRoutesToS3(): void {
    const { routeTableIds = [] } = this.props;
    if (isUnresolved(routeTableIds)) {
      return;
    }
    for (const routeTableId of routeTableIds) {
      const association = new VpcEndpointRouteTableAssociation(this, this.idFor("s3-", routeTableId, "table"), {
        ...this.registry.regional,
        vpcEndpointId: this.s3EndpointId,
        routeTableId,
      });
      this.dependables.push(association);
    }
  }

  private createServiceEndpoints(): void {
    for (const service of this.props.services ?? []) {
      const serviceName = service._serviceName(this.registry.region, () => this.registry.reverseDnsPrefix);
      this.createInterface(`service-${constructId(service.name)}`, serviceName);
    }
  }

  /** Told at synth: the warmer comes after the endpoints, or beside them. */
  private warnOfNothingWarming(): void {
    if (this.props.firstPull !== FirstPull.PREWARMED) {
      return;
    }
    const cold = this.caches.flatMap((cache) =>
      cache.upstreams
        .filter(({ prefix }) => !cache._warmedPrefixes.has(prefix))
        .map(({ prefix }) => `${prefix} of ${cache.node.path}`),
    );
    if (cold.length > 0 || this.caches.length === 0) {
      const what = cold.length > 0 ? cold.join(", ") : "any cache";
      const message = `\`firstPull\` is PREWARMED and no CacheWarmer of this app pulls from ${what}: unless something else does, no image of it can be pulled`;
      warn(this, "nothing-warms", message);
    }
  }
}

function copyLists(props: RegistryEndpointsProps): RegistryEndpointsProps {
  const copied = Object.entries(props).map(([name, value]: [string, unknown]) => [
    name,
    Array.isArray(value) ? Array.from<unknown>(value) : value,
  ]);
  return Object.fromEntries(copied) as RegistryEndpointsProps;
}
