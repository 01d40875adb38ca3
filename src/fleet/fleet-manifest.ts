/** One stack of a fleet, as a pipeline needs it. */
export interface FleetManifestStack {
  /** Name of the stack. */
  readonly name: string;
  /** The folder that Terraform runs in, relative to the output folder of the app: `stacks/<name>`. */
  readonly folder: string;
  /**
   * The region of the stack's AWS provider; undefined if only Terraform knows it, and for a stack of another part of
   * the app.
   */
  readonly region?: string;
  /** Whether the stack contains the cache of its region, or with FleetLayout.ONE_STACK the caches of all regions. */
  readonly regional: boolean;
  /** Names of the stacks that must be applied before this one; all of them are in earlier stages. */
  readonly waitsFor: string[];
  /**
   * Names of the input variables without a default: set `TF_VAR_<name>` for every plan. An ephemeral variable must be
   * set again for the apply of a saved plan.
   */
  readonly variables: string[];
}

/** The stacks of a fleet as plain data for a JSON file, for pipelines that apply them without Node.js. */
export interface FleetManifest {
  /**
   * The stacks in stages, to be applied one stage after the other. Stacks of one stage do not wait for each other: they
   * can be planned and applied in parallel.
   */
  readonly stages: FleetManifestStack[][];
}
