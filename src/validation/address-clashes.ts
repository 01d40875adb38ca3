import { TerraformDataSource, TerraformResource, TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";

/**
 * Resources and data sources of a stack that have the address of one below `owner`. cdktf leaves the id `Default` and
 * some characters out of addresses, and of two with one address it keeps the one that comes last, without a word.
 */
export function addressClashes(owner: IConstruct): string[] {
  const own = new Map<string, IConstruct>();
  const clashes: string[] = [];
  for (const construct of [...owner.node.findAll(), ...TerraformStack.of(owner).node.findAll()]) {
    const address = addressOf(construct);
    if (address === undefined) {
      continue;
    }
    const mine = own.get(address);
    if (mine === undefined && construct.node.scopes.includes(owner)) {
      own.set(address, construct);
    } else if (mine !== undefined && mine !== construct) {
      const paths = [construct.node.path, mine.node.path];
      clashes.push(`\`${paths[0]}\` must not have the address of \`${paths[1]}\`, got ${address}; choose another id`);
    }
  }
  return [...new Set(clashes)];
}

function addressOf(construct: IConstruct): string | undefined {
  if (TerraformResource.isTerraformResource(construct)) {
    return `${construct.terraformResourceType}.${construct.friendlyUniqueId}`;
  }
  return TerraformDataSource.isTerraformDataSource(construct)
    ? `data.${construct.terraformResourceType}.${construct.friendlyUniqueId}`
    : undefined;
}
