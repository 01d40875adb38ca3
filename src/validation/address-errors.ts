import { TerraformDataSource, TerraformResource, TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";
import { ValidationErrors } from "./validation-errors";

/** An address with a name that Terraform refuses. */
const INVALID = /\.[0-9-][^.]*$/;

/**
 * Errors for the elements of a stack that have the address of an element below `owner`, and for the first element below
 * `owner` with an address that Terraform refuses. cdktf omits the id `Default` and some characters from addresses, and of
 * two elements with one address it writes only the last one. It writes ids that begin with a digit as they are.
 * `addressesOf` returns the addresses to check, by default those of resources and data sources.
 */
export function addressErrors(
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
  for (const [address, { node }] of own) {
    if (INVALID.test(address)) {
      const hint = "begin the id of the construct, or of the first one that contains it in the stack, with a letter";
      errors.add(node.path, "have a name that begins with a letter or an underscore", address, hint);
      break;
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
