import { Annotations } from "cdktf";
import type { Construct } from "constructs";

/** The context key that lists the ids of warnings somebody has read and accepts. */
export const ACKNOWLEDGED_WARNINGS = "cdktf-ecr-pull-through-cache:acknowledgedWarnings";

/** What may be right in someone's environment and is a trap in most. */
export type WarningId =
  "region-without-pull-through-cache" | "immutable-tags" | "unlisted-registry" | "wide-client-cidr" | "nothing-warms";

/** Adds a warning to a construct, once, unless its context says that the warning is acknowledged. */
export function warn(scope: Construct, id: WarningId, message: string): void {
  const acknowledged: unknown = scope.node.tryGetContext(ACKNOWLEDGED_WARNINGS);
  const text = `${message} (if this is meant, add "${id}" to the list "${ACKNOWLEDGED_WARNINGS}" in the app's context)`;
  const isKnown = Array.isArray(acknowledged) && acknowledged.includes(id);
  if (!isKnown && scope.node.metadata.every(({ data }) => data !== text)) {
    Annotations.of(scope).addWarning(text);
  }
}
