import { REPOSITORY_PREFIX } from "../../src/cache/rules";
import {
  DEFAULT_SCAN_TYPE,
  MAX_SCAN_FILTERS,
  SCANNING_RULES,
  SCAN_FILTER,
  SCAN_FREQUENCIES,
} from "../../src/registry/rules";
import type { Input, ModuleDefinition } from "../generator/definition";
import { expression } from "../generator/hcl";
import { existingInput } from "../generator/registry";
import { following, givenOnce, oneOf } from "../generator/rules";

/** The input for the filters of a frequency, which is the default one of a scan type. */
function filters(name: string, scanType: string, description: string): Input {
  const { requirement, hint } = SCANNING_RULES.filterCount;
  const count = `length(var.${name}) + (var.scan_type == "${scanType}" ? length(var.prefixes) : 0)`;
  return {
    type: "list(string)",
    default: [],
    description: `Filters for the names of repositories that are scanned ${description}, in which \`*\` is any text. A filter without \`*\` matches every name that contains it.`,
    elementRules: [following(SCAN_FILTER)],
    validations: [
      givenOnce(name, "list"),
      { holds: `${count} <= ${MAX_SCAN_FILTERS}`, place: name, requirement, got: count, hint },
    ],
  };
}

const CONTINUOUS = filters(
  "continuous_scan",
  "ENHANCED",
  "on push, and again when new vulnerabilities are published; with ENHANCED only",
);

/** The inputs of the module registry-scanning. */
export const registryScanning: ModuleDefinition = {
  name: "registry-scanning",
  inputs: {
    scan_type: {
      type: "string",
      default: DEFAULT_SCAN_TYPE,
      description:
        "How images are scanned, in the whole registry: BASIC by Amazon ECR, ENHANCED by Amazon Inspector, which bills each scan.",
      rules: [oneOf(Object.keys(SCAN_FREQUENCIES), SCANNING_RULES.scanType.hint)],
    },
    prefixes: {
      type: "list(string)",
      default: [],
      description:
        "The prefixes of caches whose repositories are scanned: the output `prefixes` of pull-through-cache. With BASIC they are scanned on push, with ENHANCED continuously.",
      elementRules: [following(REPOSITORY_PREFIX, "use a prefix of a cache")],
    },
    scan_on_push: filters("scan_on_push", "BASIC", "when an image is pushed"),
    continuous_scan: {
      ...CONTINUOUS,
      validations: [
        ...(CONTINUOUS.validations ?? []),
        {
          holds: 'length(var.continuous_scan) == 0 || var.scan_type != "BASIC"',
          place: "continuous_scan",
          requirement: "be empty with BASIC",
          // Filters may be known only after apply; a message may not.
          gotText: `a list of ${expression("length(var.continuous_scan)")}`,
          hint: SCANNING_RULES.frequencyOf("BASIC", SCAN_FREQUENCIES.BASIC).hint,
        },
      ],
    },
    existing: existingInput(
      "Whether the registry has a scanning configuration already, which `aws ecr get-registry-scanning-configuration` prints. With NONE, Terraform replaces it without showing it. With OVERWRITE, the plan fails without the import block that shows it.",
      "run `aws ecr get-registry-scanning-configuration` in the region: NONE if it prints BASIC without rules, OVERWRITE if it prints anything else",
    ),
  },
  facts: {
    default_frequencies: {
      comment:
        "The frequency of each scan type for the repositories of caches. https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_RegistryScanningRule.html",
      value: Object.fromEntries(Object.entries(SCAN_FREQUENCIES).map(([type, [first]]) => [type, first])),
    },
  },
};
