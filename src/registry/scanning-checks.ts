import type { Construct } from "constructs";
import { checkRegistryProps } from "../aws/registry";
import { isPlainObject } from "../validation/plain-object";
import type { AllKeys } from "../validation/rule";
import type { ValidationErrors } from "../validation/validation-errors";
import { checkExisting } from "./existing-checks";
import { checkBlocks, checkStringBlocks } from "./list-checks";
import type { RegistryScanningProps, ScanRule } from "./registry-scanning-props";
import { DEFAULT_SCAN_TYPE, MAX_SCAN_FILTERS, SCANNING_RULES, SCAN_FILTER, SCAN_FREQUENCIES } from "./rules";
import { ScanType } from "./scan-type";

const PROPS = Object.keys({
  scanType: true,
  rules: true,
  existing: true,
  forget: true,
  provider: true,
  region: true,
  accountId: true,
} satisfies AllKeys<RegistryScanningProps>);

const FILTERS = {
  notEmpty: SCANNING_RULES.filters,
  max: { length: MAX_SCAN_FILTERS, rule: SCANNING_RULES.filterCount },
};

const RULE = Object.keys({ frequency: true, filters: true } satisfies AllKeys<ScanRule>);

/** Adds the errors in the props of a scanning configuration. */
export function checkScanning(errors: ValidationErrors, scope: Construct, props: RegistryScanningProps): void {
  errors.checkKeys("", props, PROPS, "a property of RegistryScanning");
  const { scanType = DEFAULT_SCAN_TYPE, rules } = props;
  errors.checkEnum("scanType", scanType, Object.values(ScanType), SCANNING_RULES.scanType.hint);
  if (rules !== undefined) {
    checkRules(errors, scanType, rules);
  }
  checkExisting(errors, props);
  checkRegistryProps(errors, scope, props);
}

function checkRules(errors: ValidationErrors, scanType: string, rules: readonly unknown[]): void {
  // Undefined for another scan type, which is an error itself.
  const frequencies = (SCAN_FREQUENCIES as { readonly [type: string]: readonly string[] | undefined })[scanType];
  const seen = new Set<unknown>();
  checkBlocks(errors, "rules", rules, { notEmpty: SCANNING_RULES.rules }, (place, rule) => {
    if (!isPlainObject(rule)) {
      errors.addBroken(place, SCANNING_RULES.rule, rule);
      return;
    }
    errors.checkKeys(place, rule, RULE, "a property of a scan rule");
    const { frequency, filters } = rule as { readonly frequency?: unknown; readonly filters?: unknown };
    if (frequencies !== undefined && !frequencies.includes(frequency as string)) {
      errors.addBroken(`${place}.frequency`, SCANNING_RULES.frequencyOf(scanType, frequencies), frequency);
    } else if (seen.has(frequency)) {
      errors.addBroken(`${place}.frequency`, SCANNING_RULES.frequencyOnce, frequency);
    }
    seen.add(frequency);
    if (filters !== undefined) {
      checkStringBlocks(errors, `${place}.filters`, filters, FILTERS, SCAN_FILTER);
    }
  });
}
