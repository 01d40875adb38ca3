import { TerraformDataSource, TerraformResource, TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";
import { ValidationErrors } from "./validation-errors";

/**
 * Errors for the elements of a stack that have the address of an element below `owner`. cdktf omits the id `Default` and
 * some characters from addresses, and of two elements with one address it writes only the last one. `addressesOf` returns
 * the addresses to compare, by default those of resources and data sources.
 */
export function addressClashes(
  owner: IConstruct,
  addressesOf: (construct: IConstruct) => readonly string[] = resourceAddress,
): string[] {
  const own = new Map<string, IConstruct>();
  const errors = new ValidationErrors();
  for (const construct of [...owner.node.findAll(), ...TerraformStack.of(owner).node.findAll()]) {
    for (const address of addressesOf(construct)) {
      const mine = own.get(address);
      if (mine === undefined && construct.node.scopes.includes(owner)) {
        own.set(address, construct);
      } else if (mine !== undefined && mine !== construct) {
        errors.add(construct.node.path, `not have the address of \`${mine.node.path}\``, address, "choose another id");
      }
    }
  }
  return errors.list();
}

function resourceAddress(construct: IConstruct): string[] {
  if (TerraformResource.isTerraformResource(construct)) {
    return [`${construct.terraformResourceType}.${construct.friendlyUniqueId}`];
  }
  return TerraformDataSource.isTerraformDataSource(construct)
    ? [`data.${construct.terraformResourceType}.${construct.friendlyUniqueId}`]
    : [];
}
