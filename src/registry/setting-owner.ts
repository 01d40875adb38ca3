import type { Construct } from "constructs";
import type { Registry } from "../aws/registry";
import { NamesInUse, namesInUse } from "../cache/names-in-use";
import type { RegistrySetting } from "../cache/names-in-use";
import type { ValidationErrors } from "../validation/validation-errors";
import { ownedOnce } from "./rules";

/** Makes a construct the owner of a setting of its registry; adds an error if the setting has an owner. */
export function ownSetting(
  errors: ValidationErrors,
  scope: Construct,
  registry: Registry,
  setting: RegistrySetting,
): void {
  const names = namesInUse(scope, registry);
  const owner = NamesInUse.copyOf(names).settings.get(setting);
  if (owner !== undefined) {
    const { requirement, hint } = ownedOnce(setting, owner);
    errors.add(scope.node.id, requirement, scope.node.path, hint);
    return;
  }
  names.forEach(({ settings }) => settings.set(setting, scope.node.path));
}
