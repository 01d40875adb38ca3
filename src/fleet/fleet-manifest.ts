/** What a pipeline has to know of one stack. */
export interface FleetManifestStack {
  /** Name of the stack. */
  readonly name: string;
  /** The folder that Terraform runs in, within the output folder of the app: `stacks/<name>`. */
  readonly folder: string;
  /**
   * The region of the stack's AWS provider; absent where only Terraform knows it, and for a stack that is not the
   * fleet's.
   */
  readonly region?: string;
  /** Whether the stack holds the caches of its region. */
  readonly regional: boolean;
  /** Names of the stacks that have to be applied before this one; all of them are in earlier stages. */
  readonly waitsFor: string[];
  /**
   * Names of the input variables that Terraform asks for, which have no default: set `TF_VAR_<name>` for every plan. One
   * that is ephemeral has to be set again for the apply of a saved plan.
   */
  readonly variables: string[];
}

/** The stacks of a fleet, for pipelines that apply them without Node.js: plain data to write into a JSON file. */
export interface FleetManifest {
  /**
   * The stacks in stages, to be applied one after the other. Those of one stage do not wait for each other: they can be
   * planned and applied side by side.
   */
  readonly stages: FleetManifestStack[][];
}
