import { TerraformStack, TerraformResource } from "cdktf";
import type { IConstruct } from "constructs";

/** The stacks of an app that hold a resource of a type at an address, which is unique in each of them only. */
export function stacksWith(scope: IConstruct, type: string, name: string | undefined): TerraformStack[] {
  return scope.node.root.node
    .findAll()
    .filter((construct) => TerraformResource.isTerraformResource(construct))
    .filter((resource) => resource.terraformResourceType === type && resource.friendlyUniqueId === name)
    .map((resource) => TerraformStack.of(resource));
}

/** Whether resources of several stacks have the address that an expression begins with. */
export function isAmbiguous(scope: IConstruct, expression: string): boolean {
  const [, type = "", name] = /^(\w+)\.([\w-]+)\.\w+$/.exec(expression) ?? [];
  return stacksWith(scope, type, name).length > 1;
}
