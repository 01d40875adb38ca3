import type { RegistrySetting } from "../cache/names-in-use";
import type { Requirement } from "../validation/rule";

/** The requirement that a setting of a registry has one owner in the app. */
export function ownedOnce(setting: RegistrySetting, owner: string): Requirement {
  return {
    requirement: `be the only owner of the ${setting} of its account and region, but ${owner} owns it`,
    hint: "AWS has one per account and region, and the last apply would win: declare it once",
  };
}
