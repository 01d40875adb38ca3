import { TerraformElement, TerraformResource, TerraformStack } from "cdktf";
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

/** The addresses of the named blocks that a construct writes itself, like `data.aws_vpc.main` or `local.names`. */
export function writtenAddresses(construct: IConstruct): string[] {
  if (!TerraformElement.isTerraformElement(construct)) {
    return [];
  }
  const written = construct.toTerraform() as { readonly [kind: string]: object };
  return Object.entries(written).flatMap(([kind, named]) => {
    switch (kind) {
      case "resource":
      case "data":
        return Object.entries(named).flatMap(([type, blocks]) =>
          Object.keys(blocks as object).map((name) => `${kind === "data" ? "data." : ""}${type}.${name}`),
        );
      case "locals":
        return Object.keys(named).map((name) => `local.${name}`);
      case "module":
      case "check":
        return Object.keys(named).map((name) => `${kind}.${name}`);
      default:
        return [];
    }
  });
}
