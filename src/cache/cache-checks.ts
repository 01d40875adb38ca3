import { checkRoleOptions } from "../aws/role-options";
import type { RoleOptions } from "../aws/role-options";
import { Redacted } from "../validation/redaction";
import type { ValidationErrors } from "../validation/validation-errors";
import type { RepositorySettings } from "./repository-settings";
import { checkRepositorySettings, checkSettingsInRegion } from "./repository-settings-checks";
import { atLeastOneUpstream } from "./rules";
import type { Upstream } from "./upstream";
import { checkUpstream, checkUpstreamInRegion } from "./upstream-checks";
import type { UpstreamContext } from "./upstream-spec";

/** The props that a cache and a fleet have in common. */
export interface Declaration {
  readonly upstreams: Upstream[];
  readonly repositorySettings?: RepositorySettings;
  readonly roleOptions?: RoleOptions;
}

/** Adds the errors of a declaration, and reserves its prefixes and secrets, before the first resource is created. */
export function checkCache(errors: ValidationErrors, declaration: Declaration, context: UpstreamContext): void {
  const { upstreams, repositorySettings, roleOptions } = declaration;
  const list = Array.isArray(upstreams) || upstreams === undefined ? upstreams : Redacted.of(upstreams);
  errors.checkList("upstreams", list, atLeastOneUpstream("list"), (place, upstream) => {
    checkUpstream(errors, place, upstream as Upstream, context);
  });
  if (repositorySettings !== undefined) {
    checkRepositorySettings(errors, "repositorySettings", repositorySettings, context.location);
  }
  checkRoleOptions(errors, "roleOptions", roleOptions, context.location);
}

/**
 * Adds the errors of a declaration that depend on the account and region of a cache, and reserves its names. A fleet
 * checks the rest once for all of its regions.
 */
export function checkCacheInRegion(errors: ValidationErrors, declaration: Declaration, context: UpstreamContext): void {
  const { upstreams, repositorySettings, roleOptions } = declaration;
  for (const [index, upstream] of Array.isArray(upstreams) ? upstreams.entries() : []) {
    checkUpstreamInRegion(errors, `upstreams[${index}]`, upstream, context);
  }
  checkSettingsInRegion(errors, "repositorySettings", repositorySettings, context.location);
  checkRoleOptions(errors, "roleOptions", roleOptions, context.location);
}

// Props of caches that a fleet has checked before it created its first stack.
const CHECKED_PROPS = new WeakSet<object>();

/** Marks the props of a cache as checked: the cache then reserves its names and does not check its props again. */
export function markAsChecked<T extends object>(props: T): T {
  CHECKED_PROPS.add(props);
  return props;
}

/** Whether a fleet has checked the props of a cache. */
export function areChecked(props: object): boolean {
  return CHECKED_PROPS.has(props);
}
