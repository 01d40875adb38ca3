/** The part of a pod that policies read and change. */
export interface Pod {
  readonly spec: { readonly [containers: string]: readonly Container[] };
}

export interface Container {
  readonly name: string;
  readonly image?: string;
}

/** The part of a MutatingAdmissionPolicy, or of a MutatingPolicy of Kyverno, that changes pods. */
export interface MutatingPolicy {
  readonly spec: {
    readonly variables: readonly { readonly name: string; readonly expression: string }[];
    readonly mutations: readonly { readonly jsonPatch: { readonly expression: string } }[];
  };
}

interface PatchOperation {
  readonly op: string;
  readonly path: string;
  readonly value: string;
}

// The fields of a JSONPatch: the evaluator has no objects with types.
const PATCH_FIELDS = /JSONPatch(\{)|(?<=^ *)(op|path|value)(?=: )/gm;

type Evaluate = (context: object) => unknown;

/**
 * Admission of pods by a policy, as the API server does it: it compiles the variables in their order, each with the types
 * of those before it, and the expression of each mutation; for a pod it evaluates them and applies the JSON patch.
 */
export async function admission(policy: MutatingPolicy): Promise<(pod: Pod, oldPod?: Pod) => Pod> {
  const types: { [variable: string]: string } = {};
  const variables: [string, Evaluate][] = [];
  for (const { name, expression } of policy.spec.variables) {
    const { type, evaluate } = await compiled(expression, types);
    variables.push([name, evaluate]);
    types[name] = type;
  }
  const patches: Evaluate[] = [];
  for (const { jsonPatch } of policy.spec.mutations) {
    const expression = jsonPatch.expression.replace(
      PATCH_FIELDS,
      (_, brace?: string, field = "") => brace ?? `'${field}'`,
    );
    patches.push((await compiled(expression, types)).evaluate);
  }
  return (pod, oldPod) => {
    const context = { object: pod, oldObject: oldPod ?? null, variables: {} as { [name: string]: unknown } };
    for (const [name, evaluate] of variables) {
      context.variables[name] = evaluate(context);
    }
    const patched = JSON.parse(JSON.stringify(pod)) as Pod;
    for (const evaluate of patches) {
      (evaluate(context) as PatchOperation[]).forEach((operation) => replace(patched, operation));
    }
    return patched;
  };
}

/** Compiles an expression; the functions beyond CEL's own are those of https://kubernetes.io/docs/reference/using-api/cel/ */
async function compiled(
  expression: string,
  variables: { readonly [name: string]: string },
): Promise<{ readonly type: string; readonly evaluate: Evaluate }> {
  const { Environment } = await import("@marcbachmann/cel-js");
  const environment = new Environment()
    .registerVariable("object", "dyn")
    .registerVariable("oldObject", "dyn")
    .registerVariable({ name: "variables", schema: variables })
    .registerFunction("string.find(string): string", (text: string, pattern: string) => found(text, pattern))
    .registerFunction("string.replace(string, string): string", (text: string, from: string, to: string) =>
      text.replaceAll(from, to),
    )
    .registerFunction("list.indexOf(dyn): int", (list: unknown[], item: unknown) => BigInt(list.indexOf(item)));
  const { valid, type, error } = environment.check(expression);
  if (!valid || type === undefined) {
    throw error ?? new Error(`no type: ${expression}`);
  }
  return { type, evaluate: environment.parse(expression) };
}

function found(text: string, pattern: string): string {
  return new RegExp(pattern).exec(text)?.[0] ?? "";
}

function replace(pod: Pod, { op, path, value }: PatchOperation): void {
  const [, list = "", index = ""] = /^\/spec\/(\w+)\/(\d+)\/image$/.exec(path) ?? [];
  const container = pod.spec[list]?.[Number(index)];
  if (op !== "replace" || container?.image === undefined) {
    throw new Error(`there is nothing to ${op} at ${path}`);
  }
  Object.assign(container, { image: value });
}
