import type { WarningId } from "../../src/terraform/warnings";
import type { Condition, Input } from "./definition";
import { expression, quoted } from "./hcl";
import { asBlock, oneOf, withoutSecrets } from "./rules";

/** The input that acknowledges warnings of a module. */
export function acknowledgedWarnings(...ids: WarningId[]): Input {
  return {
    type: "set(string)",
    default: [],
    description: "Ids of acknowledged warnings, which are not shown; a warning ends with its id.",
    elementRules: [oneOf(ids, "leave it out: the module has no such warning")],
  };
}

/** A warning of every plan and apply unless it is acknowledged, with a sentence for each element that breaks the rule. */
export function warning(
  id: WarningId,
  { each, holds, message }: { readonly each: readonly [string]; readonly holds: string; readonly message: string },
): Condition {
  const [head] = each;
  const sentences = `[for ${head} : ${quoted(message)} if !(${holds})]`;
  const remedy = `If this is meant, add "${id}" to acknowledged_warnings.`;
  return asBlock({
    condition: expression(`contains(var.acknowledged_warnings, "${id}") || length(${sentences}) == 0`),
    errorMessage: expression(withoutSecrets(`join("\\n", concat(${sentences}, [${quoted(remedy)}]))`)),
  });
}
