import { Manifest, TerraformStack } from "cdktf";
import type { App } from "cdktf";
import type { Construct } from "constructs";
import { isUnresolved, resolved } from "../terraform/tokens";
import { fail } from "../validation/validation-errors";
import type { FleetManifestStack } from "./fleet-manifest";
import { FLEET_METHOD_RULES } from "./rules";

/** What a fleet knows about one of its stacks. */
export interface FleetStackInfo {
  readonly region: string;
  readonly regional: boolean;
}

/** The stacks of a fleet and the stacks that they wait for, in the stages in which they can be applied. */
export function stagesOf(
  place: string,
  app: App,
  own: ReadonlyMap<TerraformStack, FleetStackInfo>,
): FleetManifestStack[][] {
  const stages: FleetManifestStack[][] = [];
  const indices = new Map<TerraformStack, number>();
  [...own.keys()].forEach((stack) => indexOf(stack, indices));
  // In the order of the app, so that the order of `addDependency` calls has no effect.
  for (const stack of app.node.findAll().filter((construct) => TerraformStack.isStack(construct))) {
    const index = indices.get(stack);
    if (index !== undefined) {
      (stages[index] ??= []).push(describe(place, app, stack, own.get(stack)));
    }
  }
  return stages;
}

/**
 * The index of a stack's stage, which is the one after the last stage that the stack waits for; adds the indices of all
 * stacks on the way to `indices`. cdktf refuses cycles.
 */
function indexOf(stack: TerraformStack, indices: Map<TerraformStack, number>): number {
  const index = indices.get(stack) ?? Math.max(0, ...stack.dependencies.map((other) => indexOf(other, indices) + 1));
  indices.set(stack, index);
  return index;
}

function describe(place: string, app: App, stack: TerraformStack, own: FleetStackInfo | undefined): FleetManifestStack {
  const name = stack.node.id;
  // cdktf turns references between stacks into dependencies when it synthesizes the app.
  if (app.manifest.stacks[name] === undefined) {
    const { requirement, hint } = FLEET_METHOD_RULES.writtenStacks;
    fail(place, "manifest()", requirement, name, hint);
  }
  const region = own === undefined ? undefined : resolved(stack, own.region);
  return {
    name,
    folder: `${Manifest.stacksFolder}/${name}`,
    ...(region === undefined || isUnresolved(region) ? {} : { region }),
    regional: own?.regional ?? false,
    waitsFor: stack.dependencies.map(({ node }) => node.id).sort(),
    variables: variablesOf(stack),
  };
}

function variablesOf(stack: TerraformStack): string[] {
  const { variable = {} } = stack.toTerraform() as { readonly variable?: { readonly [name: string]: object } };
  return Object.entries(variable)
    .filter(([, config]) => !("default" in config))
    .map(([name]) => name)
    .sort();
}

// Ids of the constructs in each stack of a fleet beside the cache.
export const PROVIDER_ID = "aws";
export const BACKEND_ID = "backend";

/** Last part of the name of the stack for IAM policies, which belong to no region. */
export const POLICY_STACK = "iam";

/** Last part of the name of the stack of all regions. */
export const ALL_REGIONS_STACK = "regions";

/** The name of a stack of a fleet. */
export function stackName(fleet: Construct, suffix: string): string {
  return `${fleet.node.id}-${suffix}`;
}
