import * as fc from "fast-check";
import { hostileKey, hostileValue } from "./hostile";
import { Plausible } from "./plausible";
import { readPublicApi } from "./public-api";
import type { Entry } from "./public-api";
import type { Case } from "./recipe";

export const API = readPublicApi();
const PLAUSIBLE = new Plausible(API);

/** The entries that cases call. */
export const ENTRIES: readonly Entry[] = PLAUSIBLE.outermost();

export const callsOf = (entry: Entry): fc.Arbitrary<Case> => PLAUSIBLE.callsOf(entry);

// It takes a value of most other classes.
const WEIGHT_OF_CACHE = 8;

/** Calls of all entries as programs make them. */
export const plausibleCase: fc.Arbitrary<Case> = fc.oneof(
  ...ENTRIES.map((entry) => ({
    weight: entry.name === "new PullThroughCache" ? WEIGHT_OF_CACHE : 1,
    arbitrary: callsOf(entry),
  })),
);

const change = fc.record({
  place: fc.nat(),
  value: hostileValue,
  key: fc.option(hostileKey, { freq: 5, nil: undefined }),
});

/** The same with up to two values or keys that are hostile. */
export const hostileCase: fc.Arbitrary<Case> = fc
  .tuple(plausibleCase, fc.array(change, { maxLength: 2 }))
  .map(([plausible, changes]) =>
    changes.reduce((one, { place, value, key }) => {
      const places = one.places().filter((at) => key === undefined || one.at(at).is === "object");
      const at = places[place % places.length];
      return at === undefined ? one : one.with({ at, value, key });
    }, plausible),
  );

const SEED = 20_251_210;
const { FUZZ_SEED, FUZZ_SECONDS } = process.env;

/** The seed of all cases of a run. */
export function seed(): number {
  return FUZZ_SEED === undefined ? SEED : Number(FUZZ_SEED);
}

/** The length of long lists. */
export const MANY = FUZZ_SECONDS === undefined ? 10_000 : 100_000;

/** How a law is tested: the same cases in each run of the tests, or new ones for some time with `npm run fuzz`. */
export function runs<T>(numRuns: number): fc.Parameters<T> {
  return FUZZ_SECONDS === undefined
    ? { seed: seed(), numRuns }
    : { seed: seed(), numRuns: Number.MAX_SAFE_INTEGER, interruptAfterTimeLimit: Number(FUZZ_SECONDS) * 1_000 };
}
