import type { Construct } from "constructs";
import { deepCopy } from "./plain-object";
import { ValidationErrors } from "./validation-errors";

/**
 * A copy of the props of a construct, with all objects and lists in it, so that later changes have no effect. Throws at
 * once if the props are no object. The construct leaves the tree also if a getter of the caller throws.
 */
export function propsOf<T extends object>(construct: Construct, props: T): T {
  const errors = new ValidationErrors();
  errors.checkObject("props", props, "give the props in braces");
  errors.throwAndRemove(construct);
  let copy: T | undefined;
  try {
    copy = deepCopy({ ...props });
    return copy;
  } finally {
    if (copy === undefined) {
      construct.node.scope?.node.tryRemoveChild(construct.node.id);
    }
  }
}
