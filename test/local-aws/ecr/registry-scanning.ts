import { Store, optionalList, optionalText } from "../service";
import type { Fields, Scope, Service } from "../service";
import { invalid, unsatisfied } from "./parameters";

interface Filter {
  readonly filter: string;
  readonly filterType: string;
}

interface Rule {
  readonly scanFrequency: string;
  readonly repositoryFilters: readonly Filter[];
}

interface ScanningConfiguration {
  readonly scanType: string;
  readonly rules: readonly Rule[];
}

const KEY = "configuration";

/** The configuration of a registry that nobody has configured. */
const DEFAULT: ScanningConfiguration = { scanType: "BASIC", rules: [] };

// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_RegistryScanningRule.html
const FREQUENCIES: { readonly [scanType: string]: readonly string[] } = {
  BASIC: ["SCAN_ON_PUSH", "MANUAL"],
  ENHANCED: ["SCAN_ON_PUSH", "CONTINUOUS_SCAN"],
};

// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ScanningRepositoryFilter.html
const FILTER = /^[a-z0-9*](?:[._\-/a-z0-9*]?[a-z0-9*]+)*$/;
const MAX_FILTER = 255;
const MAX_FILTERS = 100;
// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutRegistryScanningConfiguration.html
const MAX_RULES = 2;

/** The one scanning configuration of a registry, which always has one. */
export class RegistryScanning {
  private readonly configurations = new Store<ScanningConfiguration>("scanning configuration");

  public readonly operations: Service["operations"] = {
    GetRegistryScanningConfiguration: (_, scope) => ({
      registryId: scope.accountId,
      scanningConfiguration: this.configurationIn(scope),
    }),
    PutRegistryScanningConfiguration: (input, scope) => {
      const configuration = configurationOf(input);
      if (configuration.scanType === DEFAULT.scanType && configuration.rules.length === 0) {
        this.configurations.in(scope).delete(KEY);
      } else {
        this.configurations.in(scope).set(KEY, configuration);
      }
      return { registryScanningConfiguration: configuration };
    },
  };

  public contents(): string[] {
    return this.configurations.contents();
  }

  private configurationIn(scope: Scope): ScanningConfiguration {
    return this.configurations.in(scope).get(KEY) ?? DEFAULT;
  }
}

function configurationOf(input: Fields): ScanningConfiguration {
  const scanType = optionalText(input, "scanType") ?? DEFAULT.scanType;
  const rules = optionalList<Rule>(input, "rules") ?? [];
  const frequencies = FREQUENCIES[scanType];
  if (frequencies === undefined) {
    throw unsatisfied("scanType", "Member must satisfy enum value set: [BASIC, ENHANCED]");
  }
  if (rules.length > MAX_RULES) {
    throw unsatisfied("rules", `Member must have length less than or equal to ${MAX_RULES}`);
  }
  for (const { scanFrequency, repositoryFilters } of rules) {
    if (!frequencies.includes(scanFrequency)) {
      throw invalid(`The scan frequency ${scanFrequency} is not supported for the scan type ${scanType}`);
    }
    checkFilters(repositoryFilters);
  }
  return { scanType, rules };
}

function checkFilters(filters: readonly Filter[]): void {
  if (filters.length > MAX_FILTERS) {
    throw unsatisfied("repositoryFilters", `Member must have length less than or equal to ${MAX_FILTERS}`);
  }
  for (const { filter, filterType } of filters) {
    if (filterType !== "WILDCARD") {
      throw unsatisfied("filterType", "Member must satisfy enum value set: [WILDCARD]");
    }
    if (filter.length > MAX_FILTER || !FILTER.test(filter)) {
      throw unsatisfied("filter", `Member must satisfy regular expression pattern: ${FILTER.source}`);
    }
  }
}
