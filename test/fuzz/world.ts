import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { TerraformStack, Testing } from "cdktf";
import * as library from "cdktf-ecr-pull-through-cache";
import { resolved } from "../../src/terraform/tokens";
import { isPlainObject } from "../../src/validation/plain-object";
import { temporaryFolder } from "../support/temporary-folder";
import type { Case, Recipe } from "./recipe";
import { noteOutcome } from "./summary";

/** What a world does with the objects and lists that it passes to the library. */
export interface Handling {
  /** Freezes them. */
  readonly freezes?: boolean;
  /** Changes them once the call has returned. */
  readonly changes?: boolean;
}

/** How a case ended. */
export interface Outcome {
  /** What was thrown by the call, or when the app was synthesized. */
  readonly error?: unknown;
  readonly isThrownByCall: boolean;
  /** What the call returned, if it is data, with its tokens resolved. */
  readonly result?: unknown;
  /** The Terraform JSON of every stack of the app, by the path of the stack. */
  readonly stacks: { readonly [path: string]: string };
}

type Callable = (...args: readonly unknown[]) => unknown;
type Class = (new (...args: readonly unknown[]) => object) & { readonly [member: string]: Callable };

const CLASSES = library as unknown as { readonly [name: string]: Class };
const UPSTREAMS = [
  library.Upstream.ecrPublic(),
  library.Upstream.quay(),
  library.Upstream.dockerHub(
    library.RegistryCredential.managed({ usernameVariable: "hub_user", accessTokenVariable: "hub_token", version: 1 }),
  ),
];
const ACCOUNT = "111122223333";
const STATEMENT = {
  Sid: "Other",
  Effect: "Allow",
  Principal: { AWS: "999988887777" },
  Action: "ecr:BatchImportUpstreamImage",
  Resource: "*",
};

/** An app with a stack in us-east-1, in which a case runs once. */
export class World {
  public readonly stack: TerraformStack;
  /** The objects and lists that the library got, with a copy of their members. */
  private readonly inputs: { readonly input: object; readonly copy: [PropertyKey, unknown][] }[] = [];
  private readonly things = new Map<string, unknown>();

  public constructor(private readonly handling: Handling = {}) {
    this.stack = new TerraformStack(Testing.app({ outdir: outdir() }), "stack");
    new AwsProvider(this.stack, "aws", { region: "us-east-1" });
  }

  /** Makes what the case needs, calls its entry, and synthesizes the app. */
  public run(one: Case): Outcome {
    const outcome = this.outcomeOf(one);
    noteOutcome(one, outcome.error === undefined);
    return outcome;
  }

  /** Makes the receiver and the arguments of a case; the function calls the entry. */
  public prepare({ entry, args, receiver }: Case): () => unknown {
    const owner = CLASSES[entry.className] as Class;
    this.makeNeededBy(entry.name);
    const target = receiver === undefined ? owner : (this.build(receiver) as { readonly [method: string]: Callable });
    const method = entry.name.split(/[.#]/)[1] ?? "";
    const values = args.map((arg) => this.build(arg));
    return () => {
      const result = entry.kind === "constructor" ? new owner(...values) : target[method]?.(...values);
      this.changeInputs(0);
      return result;
    };
  }

  public synthesize(): { readonly [path: string]: string } {
    const stacks = this.stack.node.root.node.findAll().filter((construct) => TerraformStack.isStack(construct));
    return Object.fromEntries(stacks.map((stack) => [stack.node.path, Testing.synth(stack, true)]));
  }

  /** The objects and lists that are no longer what was passed. */
  public changedInputs(): object[] {
    return this.inputs
      .filter(({ input, copy }) => {
        const now = membersOf(input);
        return (
          now.length !== copy.length ||
          now.some(([key, value], at) => copy[at]?.[0] !== key || !Object.is(copy[at][1], value))
        );
      })
      .map(({ input }) => input);
  }

  /** The paths of all constructs of the app. */
  public tree(): string[] {
    return this.stack.node.root.node.findAll().map(({ node }) => node.path);
  }

  private outcomeOf(one: Case): Outcome {
    let result: unknown;
    try {
      result = this.prepare(one)();
    } catch (error) {
      return { error, isThrownByCall: true, stacks: {} };
    }
    try {
      const stacks = this.synthesize();
      const isData = typeof result === "string" || Array.isArray(result) || isPlainObject(result);
      return { result: isData ? resolved(this.stack, result) : undefined, isThrownByCall: false, stacks };
    } catch (error) {
      return { error, isThrownByCall: false, stacks: {} };
    }
  }

  private build(recipe: Recipe): unknown {
    switch (recipe.is) {
      case "literal":
        return recipe.value;
      case "hostile":
        return recipe.make();
      case "list":
        return this.input(
          repeated(
            recipe.items.map((item) => this.build(item)),
            recipe.times,
          ),
        );
      case "object": {
        const object = {};
        // A key may be `__proto__`, which an assignment would take for the prototype.
        recipe.entries.forEach(([key, value]) =>
          Object.defineProperty(object, key, {
            value: this.build(value),
            enumerable: true,
            configurable: true,
            writable: true,
          }),
        );
        return this.input(object);
      }
      case "call": {
        const [, method = ""] = recipe.entry.name.split(".");
        const first = this.inputs.length;
        const args = recipe.args.map((arg) => this.build(arg));
        const result = CLASSES[recipe.entry.className]?.[method]?.(...args);
        this.changeInputs(first);
        return result;
      }
      case "constant":
        return CLASSES[recipe.className]?.[recipe.member];
      case "thing":
        return this.thing(recipe.name);
    }
  }

  private input<T extends object>(input: T): T {
    this.inputs.push({ input, copy: membersOf(input) });
    return this.handling.freezes === true ? Object.freeze(input) : input;
  }

  /** Changes what the library got for a call, from the first of its inputs. */
  private changeInputs(first: number): void {
    for (const { input } of this.handling.changes === true ? this.inputs.splice(first) : []) {
      if (Array.isArray(input)) {
        input.fill("changed").push("added");
      } else {
        Object.keys(input).forEach((key) => Object.defineProperty(input, key, { value: "changed" }));
        Object.assign(input, { added: "added" });
      }
    }
  }

  /** What a program has: one of each kind. */
  private thing(name: string): unknown {
    const made = this.things.get(name) ?? this.makeThing(name);
    this.things.set(name, made);
    return made;
  }

  /** Makes what some entries need beside them, as a program does. */
  private makeNeededBy(entry: string): void {
    if (entry === "PullThroughCache#allowPullFrom") {
      this.thing("RegistryPolicy");
    } else if (entry === "new RegistryScanning") {
      this.thing("PullThroughCache");
    } else if (entry === "new RegistryPolicy") {
      const cache = this.thing("PullThroughCache") as library.PullThroughCache;
      cache.allowPullFrom({ accountIds: ["999988887777"] });
    } else if (entry === "PullThroughCacheFleet#allowPullFrom") {
      const fleet = this.thing("PullThroughCacheFleet") as library.PullThroughCacheFleet;
      fleet.regions.forEach((region) => policyIn(fleet.stackIn(region)));
    }
  }

  private makeThing(name: string): unknown {
    const { stack } = this;
    const cache = (): library.PullThroughCache => this.thing("PullThroughCache") as library.PullThroughCache;
    switch (name) {
      case "App":
        return stack.node.root;
      case "Construct":
        return stack;
      case "TerraformProvider":
        return new AwsProvider(stack, "other", { region: "us-east-1", alias: "other" });
      case "IamRole":
        return new IamRole(stack, "role", { assumeRolePolicy: "{}" });
      case "PullThroughCache":
        return new library.PullThroughCache(stack, "the-cache", { upstreams: UPSTREAMS, accountId: ACCOUNT });
      case "RegistryEndpoints":
        return new library.RegistryEndpoints(stack, "the-endpoints", {
          vpcId: "vpc-0123456789abcdef0",
          subnetIds: ["subnet-0123456789abcdef0"],
          clientCidrs: ["10.0.0.0/16"],
          routeTableIds: ["rtb-0123456789abcdef0"],
          firstPull: library.FirstPull.INTERNET_ROUTE,
          caches: [cache()],
        });
      case "RegistryPolicy":
        return policyIn(stack);
      case "PullThroughCache of another account": {
        const other = new TerraformStack(stack.node.root, "other");
        new AwsProvider(other, "aws", { region: "us-east-1" });
        return new library.PullThroughCache(other, "cache", {
          upstreams: [library.Upstream.privateEcr({ region: "us-east-1", accountId: ACCOUNT })],
          accountId: "222233334444",
        });
      }
      case "PullThroughCacheFleet":
        return new library.PullThroughCacheFleet(stack.node.root, "the-fleet", {
          regions: ["us-east-1", "eu-west-1"],
          upstreams: UPSTREAMS,
          accountId: ACCOUNT,
        });
      case "StackParameterOverride":
        return new library.StackParameterOverride(stack, "the-override", {
          stackName: "vendor",
          parameters: { Names: "short" },
        });
      default:
        throw new Error(`a ${name} cannot be made: add it here`);
    }
  }
}

function policyIn(stack: TerraformStack): library.RegistryPolicy {
  const policy = new library.RegistryPolicy(stack, "the-policy", {
    existing: library.ExistingSettings.NONE,
    accountId: ACCOUNT,
  });
  policy.addPolicy(JSON.stringify({ Version: "2012-10-17", Statement: [STATEMENT] }));
  return policy;
}

let folder: string | undefined;

/** One folder for all apps: they write nothing. */
function outdir(): string {
  folder ??= temporaryFolder();
  return folder;
}

function repeated(items: readonly unknown[], times = 1): unknown[] {
  return Array<readonly unknown[]>(times).fill(items).flat();
}

function membersOf(input: object): [PropertyKey, unknown][] {
  return Reflect.ownKeys(input).map((key) => [key, Object.getOwnPropertyDescriptor(input, key)?.value as unknown]);
}
