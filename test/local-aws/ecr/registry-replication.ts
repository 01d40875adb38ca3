import { Store, optionalList, partitionOf } from "../service";
import type { Fields, Scope, Service } from "../service";
import { invalid, unsatisfied } from "./parameters";

interface Destination {
  readonly region: string;
  readonly registryId: string;
}

interface Rule {
  readonly destinations: readonly Destination[];
  readonly repositoryFilters?: readonly { readonly filter: string; readonly filterType: string }[];
}

const KEY = "configuration";
const REGION = /^[0-9a-z-]{2,25}$/;
const ACCOUNT_ID = /^\d{12}$/;
// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_RepositoryFilter.html
const PREFIX = /^(?:[a-z0-9]+(?:[._-][a-z0-9]*)*\/)*[a-z0-9]*(?:[._-][a-z0-9]*)*$/;
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html
const MAX_RULES = 10;
const MAX_DESTINATIONS = 25;
const MAX_FILTERS = 100;

/** The one replication configuration of a registry, which always has one. */
export class RegistryReplication {
  private readonly rules = new Store<readonly Rule[]>("replication configuration");

  public readonly operations: Service["operations"] = {
    DescribeRegistry: (_, scope) => ({
      registryId: scope.accountId,
      replicationConfiguration: { rules: this.rules.in(scope).get(KEY) ?? [] },
    }),
    PutReplicationConfiguration: (input, scope) => {
      const rules = rulesOf(input, scope);
      if (rules.length === 0) {
        this.rules.in(scope).delete(KEY);
      } else {
        this.rules.in(scope).set(KEY, rules);
      }
      return { replicationConfiguration: { rules } };
    },
  };

  public contents(): string[] {
    return this.rules.contents();
  }
}

function rulesOf(input: Fields, scope: Scope): readonly Rule[] {
  const rules = optionalList<Rule>((input.replicationConfiguration ?? {}) as Fields, "rules");
  if (rules === undefined) {
    throw invalid("replicationConfiguration is missing");
  }
  checkMax("rules", rules.length, MAX_RULES);
  const destinations = new Set<string>();
  for (const rule of rules) {
    for (const { region, registryId } of rule.destinations) {
      checkDestination(region, registryId, scope);
      destinations.add(`${registryId}/${region}`);
    }
    const filters = rule.repositoryFilters ?? [];
    checkMax("repositoryFilters", filters.length, MAX_FILTERS);
    for (const { filter, filterType } of filters) {
      if (filterType !== "PREFIX_MATCH") {
        throw unsatisfied("filterType", "Member must satisfy enum value set: [PREFIX_MATCH]");
      }
      if (filter.length < 2 || filter.length > 256 || !PREFIX.test(filter)) {
        throw unsatisfied("filter", `Member must satisfy regular expression pattern: ${PREFIX.source}`);
      }
    }
  }
  checkMax("destinations", destinations.size, MAX_DESTINATIONS);
  return rules;
}

function checkMax(parameter: string, length: number, largest: number): void {
  if (length > largest) {
    throw unsatisfied(parameter, `Member must have length less than or equal to ${largest}`);
  }
}

function checkDestination(region: string, registryId: string, scope: Scope): void {
  if (!REGION.test(region)) {
    throw unsatisfied("region", `Member must satisfy regular expression pattern: ${REGION.source}`);
  }
  if (!ACCOUNT_ID.test(registryId)) {
    throw unsatisfied("registryId", "Member must satisfy regular expression pattern: [0-9]{12}");
  }
  if (partitionOf(region) !== partitionOf(scope.region)) {
    throw invalid(`The region ${region} is not in the partition of the registry`);
  }
  if (region === scope.region && registryId === scope.accountId) {
    throw invalid("The destination of a replication rule cannot be the source registry");
  }
}
