import * as os from "node:os";
import {
  ExistingSettings,
  PullThroughCache,
  PullThroughCacheFleet,
  RegistryReplication,
  RegistryScanning,
  ScanFrequency,
  Upstream,
} from "cdktf-ecr-pull-through-cache";
import * as fc from "fast-check";
import { messageOf, warnings } from "../support/synthesis";
import type { TerraformJson } from "../support/synthesis";
import { API, ENTRIES, MANY, callsOf, hostileCase, plausibleCase, runs } from "./cases";
import { MAX_MESSAGE, flawOf } from "./error-form";
import { ErrorOfGetter, hostileText } from "./hostile";
import type { Case, Recipe } from "./recipe";
import { secret } from "./secrets";
import { noteOutcome, printSummary } from "./summary";
import { World } from "./world";
import type { Handling, Outcome } from "./world";

beforeEach(() => jest.spyOn(console, "warn").mockImplementation());
afterAll(printSummary);

/** Runs a case in a world of its own. */
function run(one: Case, handling?: Handling): Outcome {
  return new World(handling).run(one);
}

/** An outcome as text that is the same for the same outcome; errors by their messages. */
function textOf({ error, result, stacks }: Outcome): string {
  return JSON.stringify([error instanceof Error ? error.message : undefined, stacks, result]);
}

test("a call is accepted, or refused with an error of the common form", () => {
  fc.assert(
    fc.property(hostileCase, (one) => {
      const { error, isThrownByCall } = run(one);
      // What a getter of the caller throws is the caller's error.
      const flaw = error === undefined || error instanceof ErrorOfGetter ? undefined : flawOf(error, isThrownByCall);
      expect(flaw).toBeUndefined();
    }),
    runs(220),
  );
});

test("a call that is refused leaves no construct in the tree", () => {
  fc.assert(
    fc.property(hostileCase, (one) => {
      const world = new World();
      const call = world.prepare(one);
      const before = world.tree();
      try {
        call();
        noteOutcome(one, true);
      } catch {
        noteOutcome(one, false);
        expect(world.tree()).toEqual(before);
      }
    }),
    runs(80),
  );
});

test("a declaration gives the same bytes twice, also from another working directory", () => {
  const folder = process.cwd();
  try {
    fc.assert(
      fc.property(hostileCase, (one) => {
        process.chdir(folder);
        const first = textOf(run(one));
        process.chdir(os.tmpdir());
        expect(textOf(run(one))).toBe(first);
      }),
      runs(40),
    );
  } finally {
    process.chdir(folder);
  }
});

test("no call changes the objects and lists that it gets", () => {
  fc.assert(
    fc.property(hostileCase, (one) => {
      const world = new World();
      world.run(one);
      expect(world.changedInputs()).toEqual([]);
    }),
    runs(80),
  );
});

test("objects and lists may be frozen", () => {
  fc.assert(
    fc.property(plausibleCase, (one) => {
      expect(textOf(run(one, { freezes: true }))).toBe(textOf(run(one)));
    }),
    runs(40),
  );
});

test("changes of objects and lists after the call have no effect", () => {
  fc.assert(
    fc.property(plausibleCase, (one) => {
      expect(textOf(run(one, { changes: true }))).toBe(textOf(run(one)));
    }),
    runs(40),
  );
});

/** Members that may have no password either; in the others, such text is what people have typed, like a tag. */
const WITHOUT_PASSWORD = new Set([
  ...["credential", "secretArn", "secretName", "usernameVariable", "accessTokenVariable", "version"],
  ...["registryName", "upstreamRegistryUrl", "parameters", "templateUrl", "region", "accountId"],
]);

test("a secret in any place comes out in no message and no warning, and in no JSON unless it is a password where no credential or host is meant", () => {
  fc.assert(
    fc.property(
      plausibleCase,
      fc.nat(),
      secret,
      fc.boolean(),
      (plausible, choice, { text, marker, isAccessToken }, isKey) => {
        const places = plausible.places().filter((at) => plausible.at(at).is === (isKey ? "object" : "literal"));
        const at = places[choice % places.length];
        fc.pre(at !== undefined);
        const one = isKey
          ? plausible.with({ at, value: { is: "literal", value: "x" }, key: text })
          : plausible.typed(at, text);
        const world = new World();
        const { error, stacks } = world.run(one);
        expect(String((error as Error | undefined)?.message)).not.toContain(marker);
        expect(JSON.stringify(warnings(world.stack))).not.toContain(marker);
        const name = plausible.nameOf(at);
        const isRefused = isAccessToken || WITHOUT_PASSWORD.has(name);
        expect([name, isRefused && JSON.stringify(stacks).includes(marker)]).toEqual([name, false]);
      },
    ),
    runs(80),
  );
});

test.each(ENTRIES.filter(({ parameters }) => JSON.stringify(parameters).includes('"list"')).map(({ name }) => name))(
  "%s accepts long lists, or refuses them with a short message",
  (name) => {
    const entry = ENTRIES.find((candidate) => candidate.name === name);
    const cases = entry === undefined ? [] : fc.sample(callsOf(entry), { seed: 1, numRuns: 60 });
    // One list of each name.
    const lists = new Map(
      cases.flatMap((one) =>
        one
          .places()
          .filter((at) => one.at(at).is === "list")
          .map((at) => [one.nameOf(at), [one, at]] as const),
      ),
    );
    expect(lists.size).toBeGreaterThan(0);
    for (const [one, at] of lists.values()) {
      const list = one.at(at) as Recipe & { readonly is: "list" };
      const { error, isThrownByCall } = run(
        one.with({ at, value: { ...list, items: list.items.slice(0, 1), times: MANY } }),
      );
      expect(error === undefined ? undefined : flawOf(error, isThrownByCall)).toBeUndefined();
    }
  },
);

/** How many calls of an entry have a value from each factory. */
const RUNS = new Map([
  ["new PullThroughCache", 60],
  ["new PullThroughCacheFleet", 40],
  ["new RegistryEndpoints", 60],
  ["new SyncFailureAlert", 12],
]);

describe("programs", () => {
  /** The number of accepted cases of each entry, also where a case makes a value of another one with it. */
  const accepted = new Map<string, number>();

  beforeAll(() => {
    jest.spyOn(console, "warn").mockImplementation();
    for (const entry of ENTRIES) {
      const cases = fc.sample(callsOf(entry), { seed: 1, numRuns: RUNS.get(entry.name) ?? 8 });
      for (const one of cases.filter((candidate) => run(candidate).error === undefined)) {
        new Set(one.calls()).forEach((name) => accepted.set(name, (accepted.get(name) ?? 0) + 1));
      }
    }
  });

  test.each(API.entries.filter(({ parameters }) => parameters.length > 0).map(({ name }) => name))(
    "%s accepts calls as programs make them",
    (name) => {
      expect(accepted.get(name)).toBeGreaterThan(0);
    },
  );
});

const upstreams = [Upstream.quay()];

test.each<[string, (world: World) => unknown, RegExp]>([
  [
    "1,000 upstreams",
    ({ stack }) =>
      new PullThroughCache(stack, "cache", { upstreams: distinct(1_000, (at) => Upstream.quay({ prefix: `p${at}` })) }),
    /`upstreams` must have at most 50 upstreams/,
  ],
  [
    "10,000 tags",
    ({ stack }) =>
      new PullThroughCache(stack, "cache", {
        upstreams,
        repositorySettings: { tags: Object.fromEntries(distinct(10_000, (at) => [`t${at}`, "x"])) },
      }),
    /`repositorySettings.tags` must have at most 50 entries/,
  ],
  [
    "10,000 regions",
    ({ stack }) =>
      new PullThroughCacheFleet(stack.node.root, "fleet", {
        regions: distinct(10_000, (at) => `eu-west-${at}`),
        upstreams,
      }),
    /`regions` must have at most 100 regions/,
  ],
  [
    "10,000 prefixes",
    ({ stack }) =>
      new RegistryReplication(stack, "replication", {
        destinations: [{ region: "eu-west-1" }],
        repositoryPrefixes: distinct(10_000, (at) => `p${at}/`),
        existing: ExistingSettings.NONE,
      }),
    /`repositoryPrefixes` must have at most 100 /,
  ],
  [
    "10,000 accounts",
    ({ stack }) =>
      new PullThroughCache(stack, "cache", { upstreams, accountId: "111122223333" }).allowPullFrom({
        accountIds: distinct(10_000, (at) => String(222_200_000_000 + at)),
      }),
    /`allowPullFrom for quay` must make a repository policy of at most 10240 characters/,
  ],
  [
    "10,000 filters",
    ({ stack }) =>
      new RegistryScanning(stack, "scanning", {
        existing: ExistingSettings.NONE,
        rules: [{ frequency: ScanFrequency.SCAN_ON_PUSH, filters: distinct(10_000, (at) => `p${at}`) }],
      }),
    /`rules\[0\].filters` must have at most 100 /,
  ],
])("fails by a rule with %s, each of them different", (_, make, rule) => {
  const world = new World();
  const message = messageOf(() => {
    make(world);
    world.synthesize();
  });
  expect(message).toMatch(rule);
  expect(message.length).toBeLessThan(MAX_MESSAGE);
});

test("a construct id is refused, or gives names that Terraform accepts", () => {
  const constructors = plausibleCase.filter(({ entry }) => entry.kind === "constructor");
  fc.assert(
    fc.property(constructors, hostileText, (plausible, id) => {
      const one = plausible.with({ at: [1], value: { is: "literal", value: id } });
      const { error, stacks } = run(one);
      // cdktf and constructs refuse some ids themselves.
      expect(error === undefined || Object.getPrototypeOf(error) === Error.prototype).toBe(true);
      const names = Object.values(stacks).flatMap((json) => namesIn(JSON.parse(json) as TerraformJson));
      expect(names.filter((name) => !/^[A-Za-z_][\w-]*$/.test(name))).toEqual([]);
    }),
    runs(80),
  );
});

/** The names of all resources and data sources. */
function namesIn({ resource = {}, data = {} }: TerraformJson): string[] {
  return [...Object.values(resource), ...Object.values(data)].flatMap((named) => Object.keys(named));
}

function distinct<T>(length: number, make: (at: number) => T): T[] {
  return Array.from({ length }, (_, at) => make(at));
}
