import type { ValidationErrors } from "../validation/validation-errors";
import { IS_REQUIRED } from "../validation/wording";
import { ExistingSettings } from "./existing-settings";

/** The props of a setting that say what happens to what the registry has. */
interface ExistingProps {
  readonly existing?: ExistingSettings;
  readonly forget?: boolean;
}

/** Adds the errors in these props. `existing` is required if it has a hint that says how to find the value. */
export function checkExisting(errors: ValidationErrors, { existing, forget }: ExistingProps, required?: string): void {
  if (required !== undefined && existing === undefined && forget !== true) {
    errors.add("existing", IS_REQUIRED, undefined, required);
  }
  errors.checkEnum("existing", existing, Object.values(ExistingSettings), required ?? "leave it out for NONE");
  errors.checkBoolean("forget", forget, "leave it out for false");
}
