import { TerraformElement } from "cdktf";
import type { IConstruct } from "constructs";

/** CDKTF, or its fork CDK Terrain, for which the build replaces the imports of this package. */
export interface Framework {
  readonly name: string;
  /** Its npm package, and the start of the versions that this package is tested with. */
  readonly package: string;
  readonly testedVersion: string;
  /** The entry point of this package that works with the framework. */
  readonly entryPoint: string;
}

const CDKTF: Framework = {
  name: "CDKTF",
  package: "cdktf",
  testedVersion: "0.21",
  entryPoint: "cdktf-ecr-pull-through-cache",
};
const CDK_TERRAIN: Framework = {
  name: "CDK Terrain",
  package: "cdktn",
  testedVersion: "0.24",
  entryPoint: "cdktf-ecr-pull-through-cache/cdktn",
};

/** The frameworks that this package has an entry point for. */
export const FRAMEWORKS: readonly Framework[] = [CDKTF, CDK_TERRAIN];

/** Where jsii keeps the full name of a class, which begins with the npm package. */
const RUNTIME_TYPE = Symbol.for("jsii.rtti");

/** The framework that this build of the package imports. */
export const OWN_FRAMEWORK = frameworkOfClass(TerraformElement) ?? CDKTF;

/**
 * The installed version of the framework, unless this package is tested with it. npm checks only the version of cdktf:
 * with a range for cdktn, which admits fewer versions of constructs, npm refuses some programs that have cdktf-cli.
 */
export function untestedVersion(): string | undefined {
  const { version } = runtimeTypeOf(TerraformElement);
  return version === undefined || version.startsWith(`${OWN_FRAMEWORK.testedVersion}.`) ? undefined : version;
}

/** The framework of a construct; undefined for a construct that belongs to neither, as most do that contain others. */
export function frameworkOf(construct: IConstruct): Framework | undefined {
  return frameworkOfClass(construct.constructor);
}

/** The framework of a class or of its nearest base class that has one. */
function frameworkOfClass(constructor: unknown): Framework | undefined {
  for (let type = constructor; typeof type === "function"; type = Object.getPrototypeOf(type) as unknown) {
    const { fqn } = runtimeTypeOf(type);
    const framework = FRAMEWORKS.find(({ package: name }) => String(fqn).startsWith(`${name}.`));
    if (framework !== undefined) {
      return framework;
    }
  }
  return undefined;
}

function runtimeTypeOf(type: object): { readonly fqn?: string; readonly version?: string } {
  return (type as { readonly [RUNTIME_TYPE]?: object })[RUNTIME_TYPE] ?? {};
}
