import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { BUCKET_NAME } from "../aws/bucket-names";
import { BLOCK, parseCidr } from "../aws/cidr";
import type { Cidr } from "../aws/cidr";
import { CLIENT_GROUP_ID, ENDPOINT_ID, ROUTE_TABLE_ID, SUBNET_ID, VPC_ID } from "../aws/ec2-ids";
import { dualStackSuffixOf } from "../aws/partitions";
import type { KnownLocation } from "../aws/registry";
import { PullThroughCache } from "../cache/pull-through-cache";
import { isAmbiguous } from "../terraform/addresses";
import { stableKey, isUnresolved, literalPrefix } from "../terraform/tokens";
import { warn } from "../terraform/warnings";
import type { AllKeys } from "../validation/rule";
import { GIVEN_ONCE } from "../validation/rule";
import type { ValidationErrors } from "../validation/validation-errors";
import { checkEndpointPolicy } from "./endpoint-policy-checks";
import type { EndpointService } from "./endpoint-service";
import { FirstPull } from "./first-pull";
import type { RegistryEndpointsProps } from "./registry-endpoints-props";
import { makesInterfaces, makesRegistryEndpoint } from "./registry-endpoints-props";
import {
  BESIDE_BOTH,
  ENDPOINTS_REQUIREMENTS,
  EXCLUDED,
  firstPullRequirement,
  REPOSITORY_ARN,
  whyFirstPull,
  widerThanPrivate,
  WIDEST,
} from "./rules";

const PROPS = Object.keys({
  vpcId: true,
  subnetIds: true,
  routeTableIds: true,
  clientCidrs: true,
  clientIpv6Cidrs: true,
  clientSecurityGroupIds: true,
  firstPull: true,
  services: true,
  caches: true,
  repositoryArns: true,
  pushRepositoryArns: true,
  bucketNames: true,
  fullAccess: true,
  ecrEndpointPolicy: true,
  s3EndpointPolicy: true,
  dualStack: true,
  ecrApiEndpointId: true,
  ecrDkrEndpointId: true,
  s3EndpointId: true,
  provider: true,
  region: true,
} satisfies AllKeys<RegistryEndpointsProps>);

/** Records what is wrong with the props of endpoints, as far as they say it themselves. */
export function checkEndpoints(
  errors: ValidationErrors,
  scope: Construct,
  props: RegistryEndpointsProps,
  location: KnownLocation,
): void {
  errors.checkKeys("", props, PROPS, "a property of endpoints");
  checkFirstPull(errors, props.firstPull);
  errors.checkString("vpcId", props.vpcId, VPC_ID, "give the VPC that the clients are in");
  checkFlags(errors, props);
  checkExisting(errors, props);
  checkServices(errors, props.services, location);
  checkPlaces(errors, props);
  checkClients(errors, props);
  for (const prop of [
    "subnetIds",
    "routeTableIds",
    "clientCidrs",
    "clientIpv6Cidrs",
    "clientSecurityGroupIds",
  ] as const) {
    checkExpressions(errors, scope, prop, props[prop]);
  }
  checkPolicies(errors, props, location);
  const suffix = location.partition === undefined ? undefined : dualStackSuffixOf(location.partition);
  if (props.dualStack === true && suffix === undefined) {
    const hint = "give the provider a literal region of a partition in which AWS documents dual-stack registries";
    errors.add("dualStack", ENDPOINTS_REQUIREMENTS.dualStackHost, location.partition ?? "a region not known", hint);
  }
}

/** Records what is wrong with the caches that endpoints are for, given or found. */
export function checkCaches(
  errors: ValidationErrors,
  scope: Construct,
  props: RegistryEndpointsProps,
  caches: readonly PullThroughCache[],
  location: KnownLocation,
): void {
  if (!Array.isArray(caches) || (caches.length === 0 && props.caches !== undefined)) {
    const hint = "leave it out for those of the stack";
    errors.add("caches", "be a list of at least one PullThroughCache", props.caches, hint);
    return;
  }
  const saysOtherwise = props.fullAccess === true || props.ecrEndpointPolicy !== undefined;
  if (caches.length === 0 && makesRegistryEndpoint(props) && !saysOtherwise) {
    const hint = "create the cache before its endpoints, or give `ecrEndpointPolicy` or `fullAccess`";
    errors.add("caches", "name a cache where the stack has none with the same provider and region", undefined, hint);
  }
  for (const [index, cache] of caches.entries()) {
    const prop = `caches[${index}]`;
    if (!PullThroughCache.isPullThroughCache(cache)) {
      errors.add(prop, "be a PullThroughCache", cache, "give the construct, for example fleet.cacheIn(region)");
      continue;
    }
    const { location: own } = cache._registry;
    if (own.region !== undefined && location.region !== undefined && own.region !== location.region) {
      errors.add(
        prop,
        `be in the region of the VPC, ${location.region}`,
        own.region,
        "endpoints lead to their own region",
      );
    }
    if (caches.indexOf(cache) < index) {
      errors.add(prop, "be a cache given once", cache.node.path, "leave out the second one");
    }
    const isKnown = own.accountId !== undefined && own.region !== undefined;
    if (TerraformStack.of(cache) !== TerraformStack.of(scope) && !isKnown) {
      const hint =
        "give that cache an `accountId` and a region as literals: this stack cannot look them up for another";
      errors.add(prop, "have a known account and region, being of another stack", cache.node.path, hint);
    }
  }
}

/** Warns of blocks that hold more than any private network does. */
export function warnOfWideCidrs(scope: Construct, clientCidrs: readonly string[]): void {
  for (const text of clientCidrs) {
    const cidr = isUnresolved(text) ? undefined : parseCidr(text);
    if (cidr !== undefined && cidr.prefixLength < WIDEST[cidr.version]) {
      warn(scope, "wide-client-cidr", widerThanPrivate(text, String(WIDEST[cidr.version])));
    }
  }
}

function checkFirstPull(errors: ValidationErrors, firstPull: unknown): void {
  if (!Object.values<unknown>(FirstPull).includes(firstPull)) {
    const names = Object.values(FirstPull).map((name) => `FirstPull.${name}`);
    errors.add("firstPull", firstPullRequirement(names), firstPull, whyFirstPull("a CacheWarmer"));
  }
}

function checkFlags(errors: ValidationErrors, props: RegistryEndpointsProps): void {
  for (const flag of ["fullAccess", "dualStack"] as const) {
    if (props[flag] !== undefined && typeof props[flag] !== "boolean") {
      errors.add(flag, "be true or false", props[flag], "leave it out for false");
    }
  }
}

function checkExisting(errors: ValidationErrors, props: RegistryEndpointsProps): void {
  for (const prop of ["ecrApiEndpointId", "ecrDkrEndpointId", "s3EndpointId"] as const) {
    if (props[prop] !== undefined) {
      errors.checkString(prop, props[prop], ENDPOINT_ID, "leave it out to have one made");
    }
  }
}

/** Records that a list, of each element of which something is made at synth, is known to Terraform only. */
function checkLength(errors: ValidationErrors, prop: string, list: unknown): boolean {
  if (isUnresolved(list)) {
    const hint = "give a list, whose elements may be tokens: what is made of each is written at synth";
    errors.add(prop, "be a list whose length is known at synth", list, hint);
  }
  return !isUnresolved(list);
}

/** Records elements that are tokens and come to what another element is; literals are compared where they are checked. */
function checkExpressions(errors: ValidationErrors, scope: Construct, prop: string, list: unknown): void {
  if (!Array.isArray(list) || isUnresolved(list)) {
    return;
  }
  const identities = (list as unknown[]).map((element) => stableKey(scope, element));
  for (const [index, identity] of identities.entries()) {
    const isRepeated = identity !== undefined && identities.indexOf(identity) < index;
    const hasToken = [list[index], list[identities.indexOf(identity)]].some(isUnresolved);
    if (isRepeated && hasToken && !isAmbiguous(scope, identity)) {
      errors.addBroken(`${prop}[${index}]`, GIVEN_ONCE, identity);
    }
  }
}

function checkServices(errors: ValidationErrors, services: unknown, location: KnownLocation): void {
  if (services === undefined) {
    return;
  }
  if (!Array.isArray(services)) {
    errors.add("services", "be a list of services", services, "for example [EndpointService.CLOUDWATCH_LOGS]");
    return;
  }
  const names: string[] = [];
  for (const [index, service] of (services as (Partial<EndpointService> | undefined)[]).entries()) {
    const prop = `services[${index}]`;
    if (typeof service?._check !== "function") {
      errors.add(
        prop,
        "be an EndpointService",
        service,
        'use EndpointService.CLOUDWATCH_LOGS or the like, or EndpointService.named("kms")',
      );
      continue;
    }
    const { name = "" } = service;
    service._check(errors, prop, location.region);
    if (names.includes(name)) {
      errors.add(prop, ENDPOINTS_REQUIREMENTS.serviceOnce, name, "a VPC takes one private DNS name of a service");
    }
    names.push(name);
  }
}

function checkPlaces(errors: ValidationErrors, props: RegistryEndpointsProps): void {
  if (makesInterfaces(props)) {
    errors.checkStrings("subnetIds", props.subnetIds, SUBNET_ID, "give one private subnet of each availability zone");
  } else if (props.subnetIds !== undefined) {
    errors.add("subnetIds", ENDPOINTS_REQUIREMENTS.noInterface, props.subnetIds, "leave it out");
  }
  if (props.s3EndpointId !== undefined) {
    checkLength(errors, "routeTableIds", props.routeTableIds);
  }
  if (props.s3EndpointId === undefined || props.routeTableIds !== undefined) {
    errors.checkStrings("routeTableIds", props.routeTableIds, ROUTE_TABLE_ID, "give those of the clients' subnets");
  }
}

function checkClients(errors: ValidationErrors, props: RegistryEndpointsProps): void {
  const { clientCidrs, clientIpv6Cidrs, clientSecurityGroupIds, dualStack } = props;
  if (!makesInterfaces(props)) {
    for (const prop of ["clientCidrs", "clientIpv6Cidrs", "clientSecurityGroupIds"] as const) {
      if (props[prop] !== undefined) {
        errors.add(prop, ENDPOINTS_REQUIREMENTS.noInterface, props[prop], "leave it out");
      }
    }
    return;
  }
  if (clientCidrs === undefined && clientIpv6Cidrs === undefined && clientSecurityGroupIds === undefined) {
    const hint = "say who may use the endpoints, for example with the VPC's own block";
    errors.add("clientCidrs", ENDPOINTS_REQUIREMENTS.clients, undefined, hint);
  }
  if (clientSecurityGroupIds !== undefined && checkLength(errors, "clientSecurityGroupIds", clientSecurityGroupIds)) {
    const hint = "give the groups that the clients are in";
    errors.checkStrings("clientSecurityGroupIds", clientSecurityGroupIds, CLIENT_GROUP_ID, hint);
  }
  if (clientCidrs !== undefined && checkLength(errors, "clientCidrs", clientCidrs)) {
    checkCidrs(errors, "clientCidrs", clientCidrs, 4, "give blocks like 10.0.0.0/16, and IPv6 in `clientIpv6Cidrs`");
  }
  if (clientIpv6Cidrs !== undefined && checkLength(errors, "clientIpv6Cidrs", clientIpv6Cidrs)) {
    checkCidrs(errors, "clientIpv6Cidrs", clientIpv6Cidrs, 6, "give blocks like 2001:db8::/56");
    if (dualStack !== true) {
      const hint = "set it to have endpoints with IPv6";
      errors.add("clientIpv6Cidrs", ENDPOINTS_REQUIREMENTS.ipv6WithoutDualStack, clientIpv6Cidrs, hint);
    }
  }
  if (dualStack === true && clientIpv6Cidrs === undefined && clientSecurityGroupIds === undefined) {
    const hint = "add the IPv6 block of the VPC: clients that have IPv6 use it first";
    errors.add("clientIpv6Cidrs", ENDPOINTS_REQUIREMENTS.ipv6WithDualStack, undefined, hint);
  }
}

function checkCidrs(errors: ValidationErrors, prop: string, list: unknown, version: 4 | 6, hint: string): void {
  if (!Array.isArray(list) || list.length === 0) {
    errors.add(prop, "be a list of at least one block of addresses", list, hint);
    return;
  }
  const cidrs: Cidr[] = [];
  for (const [index, text] of (list as unknown[]).entries()) {
    if (isUnresolved(text)) {
      continue;
    }
    const cidr = typeof text === "string" ? parseCidr(text) : undefined;
    if (cidr?.version !== version) {
      errors.add(`${prop}[${index}]`, BLOCK[version].requirement, text, hint);
    } else if (cidrs.some((other) => other.text === cidr.text)) {
      errors.add(`${prop}[${index}]`, ENDPOINTS_REQUIREMENTS.blockOnce, text, "leave out the second one");
    } else {
      cidrs.push(cidr);
    }
  }
}

function checkPolicies(errors: ValidationErrors, props: RegistryEndpointsProps, location: KnownLocation): void {
  const { ecrEndpointPolicy: ecrEndpointPolicy, s3EndpointPolicy: s3EndpointPolicy, bucketNames } = props;
  for (const [prop, others] of EXCLUDED) {
    const allGiven = others.every((other) => props[other] !== undefined && props[other] !== false);
    if (allGiven && props[prop] !== undefined && !isEmpty(props[prop])) {
      errors.add(prop, ENDPOINTS_REQUIREMENTS.beside(others.join(BESIDE_BOTH)), props[prop], "leave one of them out");
    }
  }
  if (ecrEndpointPolicy !== undefined) {
    checkEndpointPolicy(errors, "ecrEndpointPolicy", ecrEndpointPolicy);
  }
  if (s3EndpointPolicy !== undefined) {
    checkEndpointPolicy(errors, "s3EndpointPolicy", s3EndpointPolicy);
  }
  for (const prop of ["repositoryArns", "pushRepositoryArns"] as const) {
    const repositoryArns = props[prop];
    // An empty list is none, as it is for a loop.
    if (repositoryArns !== undefined && !isEmpty(repositoryArns)) {
      errors.checkStrings(prop, repositoryArns, REPOSITORY_ARN, "give ARNs, wildcards allowed");
      checkPlace(errors, prop, repositoryArns, location);
    }
  }
  if (bucketNames !== undefined && checkLength(errors, "bucketNames", bucketNames) && !isEmpty(bucketNames)) {
    errors.checkStrings("bucketNames", bucketNames, BUCKET_NAME, "give names, not ARNs");
  }
}

function isEmpty(list: unknown): boolean {
  return Array.isArray(list) && list.length === 0;
}

/** Endpoints lead to the registry of one partition and region: what names another could never match. */
function checkPlace(
  errors: ValidationErrors,
  prop: string,
  repositoryArns: readonly unknown[],
  location: KnownLocation,
): void {
  for (const [index, arn] of (Array.isArray(repositoryArns) ? repositoryArns : []).entries()) {
    const [, partition, , region] = literalPrefix(arn).split(":");
    const differs = (got: string | undefined, own: string | undefined): boolean =>
      got !== undefined && own !== undefined && got !== own && !/[*?]/.test(got);
    if (!isUnresolved(arn) && (differs(partition, location.partition) || differs(region, location.region))) {
      const rule = ENDPOINTS_REQUIREMENTS.place(location.partition ?? "", location.region ?? "");
      errors.add(`${prop}[${index}]`, rule, arn, "endpoints lead to their own region");
    }
  }
}
