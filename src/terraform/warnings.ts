import { Annotations } from "cdktf";
import type { Construct } from "constructs";

/** The context key that lists the ids of acknowledged warnings. */
export const ACKNOWLEDGED_WARNINGS = "cdktf-ecr-pull-through-cache:acknowledgedWarnings";

/** The id of a warning: each warns of a declaration that is wrong in most environments. */
export type WarningId =
  | "region-without-pull-through-cache"
  | "immutable-tags"
  | "unlisted-registry"
  | "wide-client-cidr"
  | "nothing-warms"
  | "secret-value-not-awaited"
  | "first-pull-by-digest"
  | "replicates-to-cache"
  | "framework-version";

/**
 * Adds a warning to a construct once, unless the app's context acknowledges it.
 * @param isSynthesizing whether cdktf is synthesizing the app already, so that the warning is printed at once
 */
export function warn(scope: Construct, id: WarningId, message: string, isSynthesizing = false): void {
  const acknowledged: unknown = scope.node.tryGetContext(ACKNOWLEDGED_WARNINGS);
  const text = `${message} (if this is meant, add "${id}" to the list "${ACKNOWLEDGED_WARNINGS}" in the app's context)`;
  const isKnown = Array.isArray(acknowledged) && acknowledged.includes(id);
  if (!isKnown && scope.node.metadata.every(({ data }) => data !== text)) {
    Annotations.of(scope).addWarning(text);
    print(scope, text, isSynthesizing);
  }
}

/**
 * Prints a warning once, when the app is synthesized. Only the CLI of CDKTF prints annotations itself; it sets the context
 * key `cdktfRelativeModules` in every program that it runs.
 */
function print(scope: Construct, text: string, isSynthesizing: boolean): void {
  let isPrinted = scope.node.tryGetContext("cdktfRelativeModules") !== undefined;
  const printOnce = (): string[] => {
    if (!isPrinted) {
      isPrinted = true;
      console.warn(`Warning: ${scope.node.path}: ${text}`);
    }
    return [];
  };
  if (isSynthesizing) {
    printOnce();
  } else {
    scope.node.addValidation({ validate: printOnce });
  }
}
