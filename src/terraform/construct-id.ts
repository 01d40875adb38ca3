import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";

/** The ids that cdktf leaves out of addresses. */
const HIDDEN_IDS = ["Default", "Resource"];

/**
 * A construct id for an ASCII name of AWS with characters that addresses of Terraform cannot have.
 *
 * cdktf drops these characters, so "docker.io" and "dockerio" could get one address, and one resource would silently
 * replace the other. Each of them, and each underscore, becomes `_` and two hexadecimal digits: different names have
 * different ids.
 */
export function constructId(name: string): string {
  return name.replace(/[^A-Za-z0-9-]/g, encoded);
}

/**
 * A construct id for such a name in a scope. If addresses begin with the id, a digit or a hyphen at its start is encoded,
 * too: an address begins with a letter or an underscore.
 */
export function constructIdIn(scope: Construct, name: string): string {
  const id = constructId(name);
  return beginsAddresses(scope) ? id.replace(/^[0-9-]/, encoded) : id;
}

function encoded(character: string): string {
  return `_${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
}

/** Whether addresses of children of a scope begin with the id of the child: all scopes above have a hidden id. */
function beginsAddresses(scope: Construct): boolean {
  const { scopes } = scope.node;
  const stack = scopes.findIndex((candidate) => TerraformStack.isStack(candidate));
  return scopes.slice(stack + 1).every(({ node }) => HIDDEN_IDS.includes(node.id));
}
