import { Redacted } from "../validation/redaction";
import type { ValidationErrors } from "../validation/validation-errors";
import type { RepositorySettings } from "./repository-settings";
import { checkRepositorySettings } from "./repository-settings-checks";
import { atLeastOneUpstream } from "./rules";
import type { Upstream } from "./upstream";
import { checkUpstream } from "./upstream-checks";
import type { UpstreamContext } from "./upstream-spec";

/** What a cache and a fleet declare alike. */
export interface Declaration {
  readonly upstreams: Upstream[];
  readonly repositories?: RepositorySettings;
}

/** Records all that is wrong with a declaration, before anything is made of it. */
export function checkCache(errors: ValidationErrors, declaration: Declaration, context: UpstreamContext): void {
  const { upstreams, repositories } = declaration;
  if (!Array.isArray(upstreams) || upstreams.length === 0) {
    const got = Array.isArray(upstreams) ? upstreams : Redacted.of(upstreams);
    errors.add("upstreams", atLeastOneUpstream("list"), got, "say what to cache, for example Upstream.ecrPublic()");
  } else {
    // Not forEach, which passes over the holes of a list.
    for (const [index, upstream] of upstreams.entries()) {
      checkUpstream(errors, `upstreams[${index}]`, upstream, context);
    }
  }
  if (repositories !== undefined) {
    checkRepositorySettings(errors, "repositories", repositories, context.location);
  }
}
