import type { WarningId } from "../../src/terraform/warnings";
import type { Condition, Input } from "./definition";
import { expression, quoted } from "./hcl";
import { oneOf, withoutSecrets } from "./rules";

/** The input that silences the warnings of a module. */
export function acknowledgedWarnings(...ids: WarningId[]): Input {
  return {
    type: "set(string)",
    default: [],
    description: "Ids of warnings, as they stand at their ends, that somebody has read and accepts.",
    elementRules: [oneOf(ids, "leave it out: there is no such warning here")],
  };
}

/** A warning of every plan and apply, unless it is acknowledged, with a sentence for each thing that does not hold. */
export function warning(
  id: WarningId,
  { each, holds, message }: { readonly each: readonly [string]; readonly holds: string; readonly message: string },
): Condition {
  const [head] = each;
  const sentences = `[for ${head} : ${quoted(message)} if !(${holds})]`;
  const remedy = `If this is meant, add "${id}" to acknowledged_warnings.`;
  return {
    condition: expression(`contains(var.acknowledged_warnings, "${id}") || length(${sentences}) == 0`),
    error_message: expression(withoutSecrets(`join("\\n", concat(${sentences}, [${quoted(remedy)}]))`)),
  };
}
