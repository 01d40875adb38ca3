import { TerraformElement } from "cdktf";
import type { IConstruct } from "constructs";

/** CDKTF, or its fork CDK Terrain, for which the build replaces the imports of this package. */
export interface Framework {
  readonly name: string;
  /** Its npm package. */
  readonly package: string;
  /** The entry point of this package that works with the framework. */
  readonly entryPoint: string;
}

const CDKTF: Framework = { name: "CDKTF", package: "cdktf", entryPoint: "cdktf-ecr-pull-through-cache" };
const CDK_TERRAIN: Framework = {
  name: "CDK Terrain",
  package: "cdktn",
  entryPoint: "cdktf-ecr-pull-through-cache/cdktn",
};

/** Where jsii keeps the full name of a class, which begins with the npm package. */
const RUNTIME_TYPE = Symbol.for("jsii.rtti");

/** The framework that this build of the package imports. */
export const OWN_FRAMEWORK = frameworkOfClass(TerraformElement) ?? CDKTF;

/** The framework of a construct; undefined for a construct that belongs to neither, as most do that contain others. */
export function frameworkOf(construct: IConstruct): Framework | undefined {
  return frameworkOfClass(construct.constructor);
}

/** The framework of a class or of its nearest base class that has one. */
function frameworkOfClass(constructor: unknown): Framework | undefined {
  for (let type = constructor; typeof type === "function"; type = Object.getPrototypeOf(type) as unknown) {
    const { fqn } = (type as { readonly [RUNTIME_TYPE]?: { readonly fqn?: string } })[RUNTIME_TYPE] ?? {};
    const framework = [CDKTF, CDK_TERRAIN].find(({ package: name }) => fqn?.startsWith(`${name}.`));
    if (framework !== undefined) {
      return framework;
    }
  }
  return undefined;
}
