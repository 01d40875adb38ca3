import type { RepositorySettings } from "../repository-settings";
import type { Upstream } from "../upstream";
import { checkUpstream } from "./check-upstream";
import type { UpstreamContext } from "./check-upstream";
import type { Faults } from "./faults";
import { checkRepositorySettings } from "./repository-template";

/** What a cache and a fleet declare alike. */
export interface Declaration {
  readonly upstreams: Upstream[];
  readonly repositories?: RepositorySettings;
}

/** Records all that is wrong with a declaration, before anything is made of it. */
export function checkDeclaration(faults: Faults, declaration: Declaration, context: UpstreamContext): void {
  const { upstreams, repositories } = declaration;
  if (!Array.isArray(upstreams) || upstreams.length === 0) {
    faults.add(
      "upstreams",
      "be a list of at least one Upstream",
      upstreams,
      "say what to cache, for example Upstream.ecrPublic()",
    );
  } else {
    upstreams.forEach((upstream, index) => checkUpstream(faults, `upstreams[${index}]`, upstream, context));
  }
  if (repositories !== undefined) {
    checkRepositorySettings(faults, "repositories", repositories, context.facts);
  }
}
