import * as os from "node:os";
import * as fc from "fast-check";
import { warnings } from "../support/synthesis";
import { ENTRIES, MANY, callsOf, hostileCase, noteOutcome, plausibleCase, runs, printSummary } from "./cases";
import { flawOf } from "./error-form";
import { ErrorOfGetter } from "./hostile";
import type { Case, Recipe } from "./recipe";
import { secret } from "./secrets";
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
      noteOutcome(one, error === undefined);
      // What a getter of the caller throws is the caller's error.
      const flaw = error === undefined || error instanceof ErrorOfGetter ? undefined : flawOf(error, isThrownByCall);
      expect(flaw).toBeUndefined();
    }),
    runs(250),
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
      } catch (error) {
        if (!(error instanceof ErrorOfGetter)) {
          expect(world.tree()).toEqual(before);
        }
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
      runs(60),
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
    runs(60),
  );
});

test("changes of objects and lists after the call have no effect", () => {
  fc.assert(
    fc.property(plausibleCase, (one) => {
      expect(textOf(run(one, { changes: true }))).toBe(textOf(run(one)));
    }),
    runs(60),
  );
});

/** Members that may never have a secret; in the others, such text is what people have typed, like a name. */
const NEVER_SECRET = new Set([
  ...["credential", "secretArn", "secretName", "usernameVariable", "accessTokenVariable", "version"],
  ...["registryName", "upstreamRegistryUrl", "parameters", "templateUrl", "region", "accountId"],
]);

test("a secret in any place comes out in no message and no warning, and in no JSON where a credential or a host is meant", () => {
  fc.assert(
    fc.property(plausibleCase, fc.nat(), secret, fc.boolean(), (plausible, choice, { text, marker }, isKey) => {
      const places = plausible.places().filter((at) => plausible.at(at).is === (isKey ? "object" : "literal"));
      const at = places[choice % places.length];
      fc.pre(at !== undefined);
      const value: Recipe = { is: "literal", value: isKey ? "x" : text };
      const one = plausible.with({ at: at, value, ...(isKey && { key: text }) });
      const world = new World();
      const { error, stacks } = world.run(one);
      expect(String((error as Error | undefined)?.message)).not.toContain(marker);
      expect(JSON.stringify(warnings(world.stack))).not.toContain(marker);
      const name = plausible.nameOf(at);
      expect([name, NEVER_SECRET.has(name) && JSON.stringify(stacks).includes(marker)]).toEqual([name, false]);
    }),
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

test.each(ENTRIES.map(({ name }) => name))("%s accepts calls as programs make them", (name) => {
  const entry = ENTRIES.find((candidate) => candidate.name === name);
  const cases = entry === undefined ? [] : fc.sample(callsOf(entry), { seed: 1, numRuns: 8 });
  const accepted = cases.filter((one) => run(one).error === undefined);
  expect(accepted.length).toBeGreaterThan(1);
});
