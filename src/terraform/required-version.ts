import { TerraformElement, TerraformStack } from "cdktf";
import type { Construct } from "constructs";

const ID = "terraform-version-constraint";

/** The context of CDK Terrain for the versions that a program runs with. */
const TARGET_VERSIONS = "targetVersions";

/** Terraform 1.5 has `check` blocks, 1.7 `removed` blocks, 1.11 write-only arguments and S3's own state lock. */
export type TerraformMinor = 5 | 7 | 11;

/**
 * Sets the `required_version` of a stack, so that an older Terraform fails with a clear message. An override of the stack
 * takes precedence. HCL output has none, since cdktf cannot write it.
 */
export function requireTerraform(scope: Construct, minor: TerraformMinor): void {
  const stack = TerraformStack.of(scope);
  const existing = stack.node.children.find((child) => child instanceof TerraformVersionConstraint);
  // The caller may have used the id. It is not part of any address.
  const id = stack.node.tryFindChild(ID) === undefined ? ID : `${ID}-of-pull-through-caches`;
  (existing ?? new TerraformVersionConstraint(stack, id)).atLeast(minor);
}

/**
 * The versions that a program declares to CDK Terrain, if some have no write-only arguments; `cdktn init` declares such.
 * CDK Terrain reports the ranges that it cannot read. https://cdktn.io/docs/create-and-deploy/configuration-file
 */
export function declaredOlderVersions(scope: Construct): string | undefined {
  const declared: unknown = scope.node.tryGetContext(TARGET_VERSIONS);
  const entries: [string, unknown][] = typeof declared === "object" ? Object.entries(declared ?? {}) : [];
  const ranges = entries.filter((entry): entry is [string, string] => typeof entry[1] === "string");
  return ranges.some(([, range]) => range.split("||").some(allowsOlder))
    ? ranges.map((entry) => entry.join(" ")).join(", ")
    : undefined;
}

/** Whether a range of npm's form, without alternatives, begins before the versions with write-only arguments. */
function allowsOlder(range: string): boolean {
  const comparators = [...range.matchAll(/([<>=^~]*)\s*v?(\d+)(?:\.(\d+))?[\w.*+-]*/g)];
  const bounds = comparators.filter(([, operator = ""]) => !operator.startsWith("<"));
  return !bounds.some(([, , major, minor = 0]) => Number(major) > 1 || (Number(major) === 1 && Number(minor) >= 11));
}

/**
 * Declares to CDK Terrain the versions that have the write-only arguments of a resource, unless the program declares
 * versions itself: CDK Terrain otherwise refuses them, since it assumes that the program runs with Terraform 1.5.7.
 * CDKTF does not read the context.
 */
export function allowWriteOnlyArguments({ node }: TerraformElement): void {
  if (node.tryGetContext(TARGET_VERSIONS) === undefined) {
    node.setContext(TARGET_VERSIONS, { terraform: ">=1.11.0", opentofu: ">=1.11.0" });
  }
}

class TerraformVersionConstraint extends TerraformElement {
  private minor = 0;

  public atLeast(minor: number): void {
    this.minor = Math.max(this.minor, minor);
  }

  public override toTerraform(): object {
    return { terraform: { required_version: `>= 1.${this.minor}.0` } };
  }
}
