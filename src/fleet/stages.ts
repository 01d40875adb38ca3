import { Manifest, TerraformStack } from "cdktf";
import type { App } from "cdktf";
import type { Construct } from "constructs";
import { isUnresolved, resolved } from "../terraform/tokens";
import { fail } from "../validation/validation-errors";
import type { FleetManifestStack } from "./fleet-manifest";

/** What a fleet knows of a stack of its own. */
export interface FleetStackInfo {
  readonly region: string;
  readonly regional: boolean;
}

/** The stacks of a fleet, and those that they wait for, in the stages that they can be applied in. */
export function stagesOf(
  place: string,
  app: App,
  own: ReadonlyMap<TerraformStack, FleetStackInfo>,
): FleetManifestStack[][] {
  const stages: FleetManifestStack[][] = [];
  const indices = new Map<TerraformStack, number>();
  [...own.keys()].forEach((stack) => indexOf(stack, indices));
  // In the order of the app, whatever the order in which they came to wait for each other.
  for (const stack of app.node.findAll().filter((construct) => TerraformStack.isStack(construct))) {
    const index = indices.get(stack);
    if (index !== undefined) {
      (stages[index] ??= []).push(describe(place, app, stack, own.get(stack)));
    }
  }
  return stages;
}

/**
 * A stack is in the stage after the last of those that it waits for; no stack waits for itself, cdktf sees to that. Notes
 * the stages of all of them.
 */
function indexOf(stack: TerraformStack, indices: Map<TerraformStack, number>): number {
  const index = indices.get(stack) ?? Math.max(0, ...stack.dependencies.map((other) => indexOf(other, indices) + 1));
  indices.set(stack, index);
  return index;
}

function describe(place: string, app: App, stack: TerraformStack, own: FleetStackInfo | undefined): FleetManifestStack {
  const name = stack.node.id;
  // References between stacks become dependencies when the app is synthesized, and nothing tells of them before.
  if (app.manifest.stacks[name] === undefined) {
    fail(place, "manifest()", "be called after app.synth()", name, "that stack is not written yet: call it later");
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

// What each stack of a fleet holds beside the cache.
export const PROVIDER_ID = "aws";
export const BACKEND_ID = "backend";

/** Last part of the name of the stack that holds what is of no region. */
export const POLICY_STACK = "iam";

/** The name of a stack of a fleet. */
export function stackName(fleet: Construct, suffix: string): string {
  return `${fleet.node.id}-${suffix}`;
}
