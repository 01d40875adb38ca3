import { TerraformStack, TerraformResource } from "cdktf";
import type { IConstruct } from "constructs";

/** The stacks of an app with a resource of a type and name: addresses are unique within one stack only. */
export function stacksWith(scope: IConstruct, type: string, name: string | undefined): TerraformStack[] {
  return scope.node.root.node
    .findAll()
    .filter((construct) => TerraformResource.isTerraformResource(construct))
    .filter((resource) => resource.terraformResourceType === type && resource.friendlyUniqueId === name)
    .map((resource) => TerraformStack.of(resource));
}

/** Whether several stacks have a resource at the address in an expression. */
export function isAmbiguous(scope: IConstruct, expression: string): boolean {
  const [, type = "", name] = /^(\w+)\.([\w-]+)\.\w+$/.exec(expression) ?? [];
  return stacksWith(scope, type, name).length > 1;
}
