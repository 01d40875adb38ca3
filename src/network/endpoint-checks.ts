import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { parseCidr } from "../aws/cidr";
import { serviceNameOf } from "../aws/endpoint-service-names";
import { dualStackSuffixOf, reverseDnsPrefixOf } from "../aws/partitions";
import type { KnownLocation } from "../aws/registry";
import { PullThroughCache } from "../cache/pull-through-cache";
import { IS_CACHE } from "../cache/rules";
import { isAmbiguous } from "../terraform/addresses";
import { stableKey, isUnresolved, literalPrefix } from "../terraform/tokens";
import type { AllKeys } from "../validation/rule";
import { GIVEN_ONCE, atLeastOne } from "../validation/rule";
import type { ValidationErrors } from "../validation/validation-errors";
import { IS_REQUIRED } from "../validation/wording";
import type { ClientBlock } from "./client-block";
import { checkEndpointPolicy } from "./endpoint-policy-checks";
import type { EndpointService } from "./endpoint-service";
import { FirstPull } from "./first-pull";
import type { RegistryEndpointsProps } from "./registry-endpoints-props";
import { makesInterfaces, makesRegistryEndpoint } from "./registry-endpoints-props";
import {
  CLIENT_BLOCK,
  CONSTRUCT_RULES,
  CREATED_ANYWAY,
  ENDPOINTS_RULES,
  EXCLUDED,
  EXISTING_ENDPOINTS,
  ID_RULES,
  REACHABLE_BUCKET,
  REPOSITORY_ARN,
  excludedBy,
  firstPullHint,
  onlyWithPrivateDns,
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

/** Adds the errors in the props of endpoints, and returns the CIDR blocks of the clients. */
export function checkEndpoints(
  errors: ValidationErrors,
  scope: Construct,
  props: RegistryEndpointsProps,
  location: KnownLocation,
): ClientBlock[] {
  errors.checkKeys("", props, PROPS, "a property of endpoints");
  checkFirstPull(errors, props.firstPull);
  errors.checkString("vpcId", props.vpcId, ID_RULES.vpc);
  for (const flag of ["fullAccess", "dualStack"] as const) {
    errors.checkBoolean(flag, props[flag], "leave it out for false");
  }
  for (const prop of Object.values(EXISTING_ENDPOINTS)) {
    if (props[prop] !== undefined) {
      errors.checkString(prop, props[prop], ID_RULES.endpoint);
    }
  }
  checkServices(errors, props, location);
  checkPlaces(errors, props);
  const blocks = checkClients(errors, props);
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
    const hint = "leave it out, or give the provider a literal region in another partition";
    errors.addBroken(
      "dualStack",
      { ...ENDPOINTS_RULES.dualStackHost, hint },
      location.partition ?? "an unknown partition",
    );
  }
  return blocks;
}

/** Adds the errors in the caches that endpoints are for: those of `props`, or `found` beside the endpoints. */
export function checkCaches(
  errors: ValidationErrors,
  scope: Construct,
  props: RegistryEndpointsProps,
  found: readonly PullThroughCache[],
  location: KnownLocation,
): void {
  if (props.caches !== undefined) {
    errors.checkList("caches", props.caches, CONSTRUCT_RULES.caches, (place, cache) =>
      checkCache(errors, scope, place, cache, location),
    );
    return;
  }
  const needsNone = props.fullAccess === true || props.ecrEndpointPolicy !== undefined;
  if (found.length === 0 && makesRegistryEndpoint(props) && !needsNone) {
    errors.addBroken("caches", CONSTRUCT_RULES.cacheBeside, undefined);
  }
}

/** Returns the cache, for comparison with the others; undefined for anything else. */
function checkCache(
  errors: ValidationErrors,
  scope: Construct,
  place: string,
  cache: unknown,
  location: KnownLocation,
): unknown {
  if (!PullThroughCache.isPullThroughCache(cache)) {
    errors.addBroken(place, IS_CACHE, cache);
    return undefined;
  }
  const { location: own } = cache._internals.registry;
  if (own.region !== undefined && location.region !== undefined && own.region !== location.region) {
    errors.addBroken(place, ENDPOINTS_RULES.region(location.region), own.region);
  }
  const isKnown = own.accountId !== undefined && own.region !== undefined;
  if (TerraformStack.of(cache) !== TerraformStack.of(scope) && !isKnown) {
    errors.addBroken(place, CONSTRUCT_RULES.cacheOfAnotherStack, cache.node.path);
  }
  return cache;
}

function checkFirstPull(errors: ValidationErrors, firstPull: unknown): void {
  const hint = firstPullHint("FirstPull.", "a CacheWarmer");
  if (firstPull === undefined) {
    errors.addBroken("firstPull", { requirement: IS_REQUIRED, hint }, undefined);
  }
  errors.checkEnum("firstPull", firstPull, Object.values(FirstPull), hint);
}

/** Adds an error for a list that is a token as a whole, and returns whether it is none: each element becomes a resource. */
function checkLength(errors: ValidationErrors, prop: string, list: unknown): boolean {
  if (isUnresolved(list)) {
    errors.addBroken(prop, CONSTRUCT_RULES.knownLength, list);
  }
  return !isUnresolved(list);
}

/** Adds errors for tokens with the value of an earlier element; literals are compared where they are checked. */
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

function checkServices(errors: ValidationErrors, props: RegistryEndpointsProps, location: KnownLocation): void {
  if (props.services === undefined || isEmpty(props.services)) {
    return;
  }
  const created = createdServiceNames(props, location);
  const names = new Set<string>();
  errors.checkList("services", props.services, CONSTRUCT_RULES.services, (place, element) => {
    const service = element as Partial<EndpointService> | null | undefined;
    if (typeof service?._check !== "function" || typeof service._serviceName !== "function") {
      errors.addBroken(place, CONSTRUCT_RULES.service, element);
      return undefined;
    }
    const { name = "" } = service;
    service._check(errors, place, location.region);
    if (created.includes(name)) {
      errors.addBroken(place, onlyWithPrivateDns(name, CREATED_ANYWAY), name);
    }
    if (names.has(name)) {
      errors.addBroken(place, ENDPOINTS_RULES.serviceOnce, name);
    }
    names.add(name);
    return undefined;
  });
}

/** The whole names of the services of ECR for which an endpoint is created, if they are known at synth. */
function createdServiceNames(props: RegistryEndpointsProps, { partition, region }: KnownLocation): string[] {
  const prefix = partition === undefined ? undefined : reverseDnsPrefixOf(partition);
  if (region === undefined || prefix === undefined) {
    return [];
  }
  return (["ecr.api", "ecr.dkr"] as const)
    .filter((name) => props[EXISTING_ENDPOINTS[name]] === undefined)
    .map((name) => serviceNameOf(name, region, () => prefix));
}

function checkPlaces(errors: ValidationErrors, props: RegistryEndpointsProps): void {
  if (makesInterfaces(props)) {
    errors.checkStrings("subnetIds", props.subnetIds, ID_RULES.subnet);
  } else if (props.subnetIds !== undefined) {
    errors.addBroken("subnetIds", ENDPOINTS_RULES.noInterface, props.subnetIds);
  }
  if (props.s3EndpointId !== undefined) {
    checkLength(errors, "routeTableIds", props.routeTableIds);
  }
  if (props.s3EndpointId === undefined || props.routeTableIds !== undefined) {
    errors.checkStrings("routeTableIds", props.routeTableIds, ID_RULES.routeTable);
  }
}

/** Adds the errors in the clients, and returns their CIDR blocks. */
function checkClients(errors: ValidationErrors, props: RegistryEndpointsProps): ClientBlock[] {
  const { clientCidrs, clientIpv6Cidrs, clientSecurityGroupIds, dualStack } = props;
  if (!makesInterfaces(props)) {
    for (const prop of ["clientCidrs", "clientIpv6Cidrs", "clientSecurityGroupIds"] as const) {
      if (props[prop] !== undefined) {
        errors.addBroken(prop, ENDPOINTS_RULES.noInterface, props[prop]);
      }
    }
    return [];
  }
  if (clientCidrs === undefined && clientIpv6Cidrs === undefined && clientSecurityGroupIds === undefined) {
    errors.addBroken("clientCidrs", ENDPOINTS_RULES.clients, undefined);
  }
  if (clientSecurityGroupIds !== undefined && checkLength(errors, "clientSecurityGroupIds", clientSecurityGroupIds)) {
    errors.checkStrings("clientSecurityGroupIds", clientSecurityGroupIds, ID_RULES.clientGroup);
  }
  const blocks = [
    ...checkBlocks(errors, "clientCidrs", clientCidrs, 4),
    ...checkBlocks(errors, "clientIpv6Cidrs", clientIpv6Cidrs, 6),
  ];
  if (clientIpv6Cidrs !== undefined && !isUnresolved(clientIpv6Cidrs) && dualStack !== true) {
    errors.addBroken("clientIpv6Cidrs", ENDPOINTS_RULES.ipv6WithoutDualStack, clientIpv6Cidrs);
  }
  if (dualStack === true && clientIpv6Cidrs === undefined && clientSecurityGroupIds === undefined) {
    errors.addBroken("clientIpv6Cidrs", ENDPOINTS_RULES.ipv6WithDualStack, undefined);
  }
  return blocks;
}

/** Adds the errors in a list of CIDR blocks, and returns the others. */
function checkBlocks(errors: ValidationErrors, prop: string, list: unknown, version: 4 | 6): ClientBlock[] {
  const blocks: ClientBlock[] = [];
  if (list === undefined || !checkLength(errors, prop, list)) {
    return blocks;
  }
  const rule = CLIENT_BLOCK[version];
  const requirement = { requirement: atLeastOne("list", "CIDR block"), hint: rule.hint };
  errors.checkList(prop, list, requirement, (place, given) => {
    if (isUnresolved(given)) {
      blocks.push({ version, text: given as string });
      return undefined;
    }
    const cidr = typeof given === "string" ? parseCidr(given) : undefined;
    if (cidr?.version !== version) {
      errors.addBroken(place, rule, given);
      return undefined;
    }
    blocks.push(cidr);
    return cidr.text;
  });
  return blocks;
}

function checkPolicies(errors: ValidationErrors, props: RegistryEndpointsProps, location: KnownLocation): void {
  const { ecrEndpointPolicy, s3EndpointPolicy, bucketNames } = props;
  for (const [prop, others] of EXCLUDED) {
    const allGiven = others.every((other) => props[other] !== undefined && props[other] !== false);
    if (allGiven && props[prop] !== undefined && !isEmpty(props[prop])) {
      errors.addBroken(prop, excludedBy(others), props[prop]);
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
    // An empty list means none, as a loop may produce it.
    if (repositoryArns !== undefined && !isEmpty(repositoryArns)) {
      errors.checkStrings(prop, repositoryArns, REPOSITORY_ARN);
      checkLocation(errors, prop, repositoryArns, location);
    }
  }
  if (bucketNames !== undefined && checkLength(errors, "bucketNames", bucketNames) && !isEmpty(bucketNames)) {
    errors.checkStrings("bucketNames", bucketNames, REACHABLE_BUCKET);
  }
}

function isEmpty(list: unknown): boolean {
  return Array.isArray(list) && list.length === 0;
}

/** Adds errors for ARNs of another partition or region, which endpoints never reach. */
function checkLocation(
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
      const rule = ENDPOINTS_RULES.location(location.partition ?? "", location.region ?? "");
      errors.addBroken(`${prop}[${index}]`, rule, arn);
    }
  }
}
