import type { WarningId } from "../../src/terraform/warnings";
import type { Input } from "./definition";
import { oneOf } from "./rules";

/** The input that acknowledges warnings of a module. */
export function acknowledgedWarnings(...ids: WarningId[]): Input {
  return {
    type: "set(string)",
    default: [],
    description: "Ids of acknowledged warnings, which are not shown; a warning ends with its id.",
    elementRules: [oneOf(ids, "leave it out: the module has no such warning")],
  };
}
