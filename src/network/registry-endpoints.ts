import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint";
import { VpcEndpointRouteTableAssociation } from "@cdktf/provider-aws/lib/vpc-endpoint-route-table-association";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { Aspects, Lazy, Token } from "cdktf";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { serviceNameOf } from "../aws/endpoint-service-names";
import { literalJson } from "../aws/policy-document";
import { missingProvider } from "../aws/provider";
import { Registry, checkRegistryProps } from "../aws/registry";
import { cachesBeside, missingRegion } from "../cache/caches-beside";
import type { PullThroughCache } from "../cache/pull-through-cache";
import { constructId } from "../terraform/construct-id";
import { requireTerraform } from "../terraform/required-version";
import { stableKey, isUnresolved, resolved } from "../terraform/tokens";
import { warn } from "../terraform/warnings";
import { addressErrors } from "../validation/address-errors";
import { checkInStack } from "../validation/in-stack";
import { JsonOnly } from "../validation/json-only";
import { propsOf } from "../validation/props-of";
import { textOf } from "../validation/text-of";
import { ValidationErrors, fail } from "../validation/validation-errors";
import type { ClientBlock } from "./client-block";
import { checkCaches, checkEndpoints } from "./endpoint-checks";
import { endpointClashes } from "./endpoint-clashes";
import { ecrPolicyDocument, s3PolicyDocument } from "./endpoint-policies";
import { FirstPull } from "./first-pull";
import { lookUpNetwork, vpcErrors } from "./network-lookups";
import { FULL_ACCESS } from "./policy-statements";
import { makesInterfaces, makesRegistryEndpoint } from "./registry-endpoints-props";
import type { RegistryEndpointsProps } from "./registry-endpoints-props";
import { CONSTRUCT_RULES, MAX_ENDPOINT_POLICY, POLICY_RULES, WIDEST, widerThanPrivate } from "./rules";
import { ENDPOINTS_GROUP, HTTPS, httpsFrom } from "./security-group";

/**
 * The VPC endpoints through which clients in private subnets of one VPC pull from Amazon ECR.
 *
 * It creates interface endpoints of `ecr.api` and `ecr.dkr` with private DNS, a gateway endpoint of S3, which serves
 * the layers, and a security group that allows the clients on port 443. The endpoint policies allow pulls through the
 * caches and the requests that the props name, and nothing else.
 *
 * Private DNS directs all clients in the VPC to these endpoints, and the route tables direct all of their subnets to
 * the S3 endpoint: requests that the policies do not allow stop working there. Interface endpoints cost by the hour for
 * every subnet, and by the GB; the gateway endpoint is free. No endpoint reaches an upstream: the first pull of an
 * image, and a refresh that finds new layers, depends on `firstPull`.
 *
 * If IDs are literals, the plan fails before any resource is created when the VPC has no DNS support or hostnames, when
 * a subnet or route table is in another VPC, when two subnets are in one zone, or when an existing endpoint is of
 * another service or type. This needs Terraform 1.5 and JSON output, since the HCL output has no such conditions.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
 */
export class RegistryEndpoints extends Construct {
  /**
   * ID of the `ecr.api` endpoint, created or given: for another `RegistryEndpoints`, or for policies with conditions.
   */
  public readonly ecrApiEndpointId: string;
  /** ID of the `ecr.dkr` endpoint, created or given. */
  public readonly ecrDkrEndpointId: string;
  /** ID of the S3 gateway endpoint, created or given. */
  public readonly s3EndpointId: string;
  /** ID of the security group of the interface endpoints; undefined if no interface endpoint is created. */
  public readonly securityGroupId: string | undefined;
  private readonly props: RegistryEndpointsProps;
  private readonly registry: Registry;
  private readonly caches: readonly PullThroughCache[];
  private readonly clientBlocks: readonly ClientBlock[];
  private readonly ingressRules: VpcSecurityGroupIngressRule[] = [];
  private readonly neededByPulls: ITerraformDependable[] = [];

  /**
   * @param scope a stack with an AWS provider of the VPC's account and region, for example `fleet.stackIn(region)`
   * @param id part of the address of every resource: changing it replaces them all
   * @param props the VPC, its clients, and the repositories and buckets that they may use
   * @throws before it creates a resource, if the props have mistakes. One error lists all of them: unknown props;
   * values that break a rule of their prop; props that exclude each other; no cache in the stack, unless
   * `caches`, `ecrEndpointPolicy` or `fullAccess` is given or both ECR endpoints exist
   * @throws at once, if no scope is a TerraformStack
   * @throws from `app.synth()`, if `provider` is left out and every AWS provider of the stack has an alias
   * @throws from `app.synth()`, if another element of the stack has an address of the endpoints
   * @throws from `app.synth()`, if another endpoint of the app has private DNS for the same service in the VPC, or is
   * an S3 gateway endpoint in one of the route tables
   * @throws from `app.synth()`, if the stack declares the VPC without DNS support or without DNS hostnames
   * @throws from `app.synth()`, if `caches` is left out and a cache of the stack follows the endpoints
   * @throws from `app.synth()`, if a generated policy exceeds the 20,480 characters that AWS allows
   * @throws from `app.synth()`, if the app has HCL output
   */
  public constructor(scope: Construct, id: string, props: RegistryEndpointsProps) {
    super(scope, id);
    const errors = new ValidationErrors();
    this.props = propsOf(this, props);
    const { provider, region } = this.props;
    checkInStack(errors, this, "give a stack that has an AWS provider of the VPC's region");
    checkRegistryProps(errors, this, { provider, region });
    this.registry = new Registry(this, { provider, region });
    this.caches = this.props.caches === undefined ? cachesBeside(this, this.props) : this.props.caches;
    this.clientBlocks = checkEndpoints(errors, this, this.props, this.registry.location);
    checkCaches(errors, this, this.props, this.caches, this.registry.location);
    errors.throwAndRemove(this);

    requireTerraform(this, 5);
    new JsonOnly(
      this,
      "json-only",
      "the HCL output has no conditions, which make a plan fail on a network that AWS refuses",
    );
    lookUpNetwork(this, this.props, this.registry);
    // The getter may declare data sources, which is not possible during synthesis.
    this.caches.forEach((cache) => cache._internals.registry.arn);
    this.securityGroupId = makesInterfaces(this.props) ? this.createSecurityGroup() : undefined;
    this.ecrApiEndpointId = this.props.ecrApiEndpointId ?? this.createRegistryEndpoint("ecr-api", "ecr.api");
    this.ecrDkrEndpointId = this.props.ecrDkrEndpointId ?? this.createRegistryEndpoint("ecr-dkr", "ecr.dkr");
    this.s3EndpointId = this.props.s3EndpointId ?? this.createS3Endpoint();
    this.addRoutesToS3();
    this.createServiceEndpoints();
    this.warnOfWideBlocks();
    Aspects.of(this).add({ visit: (node) => node === this && this.warnOfColdCaches() });
    this.node.addValidation({
      validate: () => [
        ...missingProvider(this, provider),
        ...(this.props.caches === undefined ? missingRegion(this, this.props) : []),
        ...addressErrors(this),
        ...endpointClashes(this),
        ...vpcErrors(this, this.props.vpcId),
        ...this.lateCaches(),
        ...this.policyErrors(),
      ],
    });
  }

  /** The endpoints and routes that this construct creates, for the `dependsOn` of resources that pull. */
  public get dependables(): ITerraformDependable[] {
    return [...this.neededByPulls];
  }

  /**
   * The host that clients of these endpoints sign in to and pull from: the dual-stack host with `dualStack`.
   *
   * @throws if the endpoints have no cache, or caches in several accounts or regions
   */
  public get registryUri(): string {
    const [host, ...others] = this.caches.map((cache) => this.uriOf(cache));
    if (host === undefined || others.some((other) => !this.isSame(host, other))) {
      const got = this.caches.map(({ node }) => node.path);
      const { requirement, hint } = CONSTRUCT_RULES.oneHost;
      fail(this.node.path, "caches", requirement, got, hint);
    }
    return host;
  }

  /**
   * The name that clients of these endpoints pull in place of a repository of an upstream, without tag: the result of
   * `PullThroughCache.repositoryUri`, at the dual-stack host with `dualStack`.
   *
   * @param prefix the prefix of the upstream, with or without a slash at its end
   * @param repository the repository as the upstream names it, like `library/nginx`; may be a token
   * @throws if no cache of the endpoints has an upstream with that prefix, or caches of several accounts or regions
   * have one
   * @throws if `PullThroughCache.repositoryUri` rejects the repository
   */
  public repositoryUri(prefix: string, repository: string): string {
    const having = this.caches.filter((cache) => cache._internals.tryFindUpstream(prefix) !== undefined);
    const [cache = this.caches[0], ...others] = having;
    if (cache === undefined || others.some((other) => !this.isSame(this.uriOf(other), this.uriOf(cache)))) {
      const got = having.map(({ node }) => node.path);
      const { requirement, hint } = CONSTRUCT_RULES.onePrefix(textOf(prefix));
      fail(this.node.path, "caches", requirement, got, hint);
    }
    return `${this.uriOf(cache)}/${cache._internals.repositoryPath(prefix, repository)}`;
  }

  private uriOf({ _internals: { registry } }: PullThroughCache): string {
    return (this.props.dualStack === true ? registry.dualStackUri : undefined) ?? registry.uri;
  }

  /** Compares resolved values, since two references to one data source are two different tokens. */
  private isSame(one: string, other: string): boolean {
    return resolved(this, one) === resolved(this, other);
  }

  /**
   * Caches that were created after the endpoints: the policies do not contain them, so that pulls through them would
   * fail.
   */
  private lateCaches(): string[] {
    const errors = new ValidationErrors();
    const { caches, fullAccess, ecrEndpointPolicy } = this.props;
    const isGenerated = makesRegistryEndpoint(this.props) && fullAccess !== true && ecrEndpointPolicy === undefined;
    const late =
      isGenerated && caches === undefined ? cachesBeside(this, this.props).filter((c) => !this.caches.includes(c)) : [];
    if (late.length > 0) {
      errors.addBroken("caches", CONSTRUCT_RULES.cacheCreatedBefore, late.map(({ node }) => node.path).join());
    }
    return errors.list();
  }

  private policyErrors(): string[] {
    const errors = new ValidationErrors();
    const { ecrEndpointPolicy, s3EndpointPolicy } = this.props;
    const generated = [
      ["repositoryArns", "caches", ecrEndpointPolicy, this.ecrEndpointPolicy([])],
      ["pushRepositoryArns", "caches", ecrEndpointPolicy, this.ecrEndpointPolicy()],
      ["bucketNames", "layers", s3EndpointPolicy, this.s3EndpointPolicy()],
    ] as const;
    const tooLong = generated.filter(
      // A policy of the caller has been checked with the props.
      ([, , own, policy]) => own === undefined && !Token.isUnresolved(policy) && policy.length > MAX_ENDPOINT_POLICY,
    );
    for (const [index, [prop, beside, , policy]] of tooLong.entries()) {
      // If the pulls alone are too long, so are the pulls with the pushes.
      if (tooLong[index - 1]?.[1] !== beside) {
        errors.addBroken(prop, POLICY_RULES.generatedLength(beside), policy.length);
      }
    }
    return errors.list();
  }

  private createSecurityGroup(): string {
    const { vpcId, clientSecurityGroupIds = [] } = this.props;
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
    for (const { version, text } of this.clientBlocks) {
      if (version === 4) {
        admit(text, "cidr", { cidrIpv4: text });
      } else {
        admit(text, "ipv6-cidr", { cidrIpv6: text });
      }
    }
    clientSecurityGroupIds.forEach((id) => admit(id, "group", { referencedSecurityGroupId: id }));
    return group.id;
  }

  /** An id that does not depend on the order of a list or on its other elements, since it is part of an address. */
  private idFor(start: string, value: string, kind: string): string {
    const identity = stableKey(this, value);
    // A Lazy value, and an expression that may be of one of two stacks, have no stable key: these ids depend on the order.
    const id = identity === undefined ? `${start}${kind}-0` : `${start}${constructId(identity)}`;
    let unique = id;
    for (let index = 1; this.node.tryFindChild(unique) !== undefined; index++) {
      unique = `${id.replace(/-0$/, "")}-${index}`;
    }
    return unique;
  }

  private createRegistryEndpoint(id: string, service: string): string {
    // Generated at synth, since upstreams may still be added.
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
      this.caches.map((cache) => cache._internals.pullGrant()),
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
      // Names resolve to an endpoint as long as it exists: ingress rules are created before it and deleted after it.
      dependsOn: this.ingressRules,
    });
    this.neededByPulls.push(endpoint);
    return endpoint.id;
  }

  private createS3Endpoint(): string {
    const { vpcId, routeTableIds, dualStack } = this.props;
    const endpoint = new VpcEndpoint(this, "s3", {
      ...this.registry.regional,
      vpcId,
      serviceName: this.serviceName("s3"),
      vpcEndpointType: "Gateway",
      // Only a list that is a token: other tables are associated one by one, so that other configurations can add theirs.
      routeTableIds: isUnresolved(routeTableIds) ? routeTableIds : undefined,
      policy: this.s3EndpointPolicy(),
      ipAddressType: dualStack === true ? "dualstack" : undefined,
    });
    this.neededByPulls.push(endpoint);
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
      this.neededByPulls.push(association);
    }
  }

  private createServiceEndpoints(): void {
    for (const service of this.props.services ?? []) {
      const serviceName = service._serviceName(this.registry.region, () => this.registry.reverseDnsPrefix);
      this.createInterface(`service-${constructId(service.name)}`, serviceName);
    }
  }

  private warnOfWideBlocks(): void {
    for (const { version, text, prefixLength } of this.clientBlocks) {
      if (prefixLength !== undefined && prefixLength < WIDEST[version]) {
        warn(this, "wide-client-cidr", widerThanPrivate(text, String(WIDEST[version])));
      }
    }
  }

  /** Runs at synth, since a warmer may be created after the endpoints. */
  private warnOfColdCaches(): void {
    if (this.props.firstPull !== FirstPull.PREWARMED) {
      return;
    }
    const cold = this.caches.flatMap((cache) =>
      cache.upstreams
        .filter(({ _spec: { prefixKey } }) => !cache._internals.warmedPrefixes.has(prefixKey))
        .map(({ prefix }) => `${prefix} of ${cache.node.path}`),
    );
    if (cold.length > 0 || this.caches.length === 0) {
      const names = cold.length > 0 ? cold.join(", ") : "any cache";
      const message = `\`firstPull\` is PREWARMED but no CacheWarmer of this app covers ${names}: clients can pull only images that something else has pulled before`;
      warn(this, "nothing-warms", message);
    }
  }
}
