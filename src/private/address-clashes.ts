import { TerraformResource, TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";

/**
 * Resources of a stack that have the address of one below `owner`. cdktf leaves the id `Default` and some characters
 * out of addresses, and of two resources with one address it keeps the one that comes last, without a word.
 */
export function addressClashes(owner: IConstruct): string[] {
  const own = new Map<string, IConstruct>();
  const others: IConstruct[] = [];
  for (const construct of TerraformStack.of(owner).node.findAll()) {
    if (construct.node.scopes.includes(owner)) {
      own.set(addressOf(construct) ?? construct.node.path, construct);
    } else {
      others.push(construct);
    }
  }
  return others.flatMap((other) => {
    const mine = own.get(addressOf(other) ?? "");
    return mine === undefined
      ? []
      : [
          `\`${other.node.path}\` must not have the address of \`${mine.node.path}\`, got ${addressOf(other) ?? ""}; choose another id`,
        ];
  });
}

function addressOf(construct: IConstruct): string | undefined {
  return TerraformResource.isTerraformResource(construct)
    ? `${construct.terraformResourceType}.${construct.friendlyUniqueId}`
    : undefined;
}
