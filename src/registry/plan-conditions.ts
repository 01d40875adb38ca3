import type { PlanCondition } from "../terraform/plan-condition";

/** AWS's default, as `recordOfScanning` writes it. https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning.html */
const DEFAULT_SCANNING = '{ scan_type = "BASIC", rules = [] }';

/**
 * A scanning configuration as text that can be compared and read, as an expression. `path` is the address of a resource,
 * or of an object with the same attributes.
 */
export function recordOfScanning(path: string): string {
  const filters = 'join(", ", sort([for filter in rule.repository_filter : filter.filter]))';
  const rules = `[for rule in ${path}.rule : "\${rule.scan_frequency}: \${${filters}}"]`;
  return `{ scan_type = ${path}.scan_type, rules = sort(${rules}) }`;
}

/** The condition that a registry had no scanning configuration, or the declared one, before the first apply. */
export function hadNoOtherScanning(before: string, declared: string): PlanCondition {
  const accepted = [DEFAULT_SCANNING, recordOfScanning(declared)];
  return {
    condition: `\${contains([${accepted.map((one) => `jsonencode(${one})`).join(", ")}], jsonencode(${before}))}`,
    errorMessage: `\`existing\` must be OVERWRITE, since the registry has a scanning configuration already, \${jsonencode(${before})}; set ExistingSettings.OVERWRITE to replace that configuration, or leave out the construct`,
  };
}
