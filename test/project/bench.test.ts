import * as fs from "node:fs";
import * as path from "node:path";
import { App } from "cdktf";
import { XMLValidator } from "fast-xml-parser";
import { chart } from "../../bench/chart";
import { readResults, rendered } from "../../bench/results";
import { compare, isMet } from "../../bench/rows";
import { comparableStacks } from "../../bench/same-resources";
import { growthExponent } from "../../bench/statistics";
import { REGIONS } from "../../bench/workloads/declaration";
import { declare as declareByHand } from "../../bench/workloads/hand-written";
import { declare } from "../../bench/workloads/pack";
import { ROOT } from "../support/examples";
import { temporaryFolder } from "../support/temporary-folder";

const LABELS = { measure: "Import, CPU ms", size: "–", against: "a < b" };

test.each(Object.entries(rendered(readResults())))(
  "bench/%s is what bench/results.json gives: npm run bench renews both",
  (file, text) => {
    expect(fs.readFileSync(path.join(ROOT, "bench", file), "utf8")).toBe(text);
  },
);

test.each([undefined, 1, 5])(
  "the benchmark's programs declare the same by hand as with the pack (upstreams: %s)",
  (count) => {
    const [pack, byHand] = [declare, declareByHand].map((program) => {
      const app = new App({ outdir: temporaryFolder() });
      program(app, REGIONS.slice(0, 2), count);
      app.synth();
      return comparableStacks(app.outdir);
    });
    expect(byHand).toEqual(pack);
    expect([...(pack ?? [])].map(([, { resources }]) => resources.length > 3)).toEqual([true, true]);
  },
);

test("a row has medians, and the median and the middle half of the ratios", () => {
  const pairs = [10, 11, 12, 13, 14].map((pack) => [pack, 10] as const);
  expect(compare(LABELS, pairs)).toEqual({ ...LABELS, pack: 12, other: 10, ratio: 1.2, spread: [1.1, 1.3] });
  expect(compare(LABELS, pairs.slice(0, 3))).toMatchObject({ ratio: 1.1, spread: [1, 1.2] });
});

test("a target is a limit of the ratio, or of the value of the pack if the row says so", () => {
  const met = (target: object): boolean | undefined => isMet(compare({ ...LABELS, ...target }, [[12, 10]]));
  expect([met({ target: 1.2 }), met({ target: 1.19 })]).toEqual([true, false]);
  expect([met({ target: 12, targetOf: "pack" }), met({ target: 11.9, targetOf: "pack" })]).toEqual([true, false]);
  expect(met({})).toBeUndefined();
});

test("the exponent of a growth is that of the power which it follows", () => {
  expect(growthExponent([1, 4, 17, 34].map((x) => ({ x, y: 3 * x ** 0.75 })))).toBeCloseTo(0.75, 10);
});

test("the chart has a dot for each row, and shows which targets are missed", () => {
  const rows = [compare({ ...LABELS, target: 1.1 }, [[12, 10]]), compare(LABELS, [[1, 100]])];
  const svg = chart({ rewrite: { date: "2026-01-31", cpus: 2, memoryGiB: 8, nodeVersion: "20.9.0", pairs: 1, rows } });
  expect(XMLValidator.validate(svg)).toBe(true);
  expect(svg).toContain("2 ratios; 0 of 1 targets are met.");
  expect(svg).toContain("against a &lt; b");
  const drawn = svg.slice(svg.indexOf("Rewriting"));
  expect(drawn.match(/<circle/g)).toHaveLength(2);
  expect(drawn.match(/class="missed"/g)).toHaveLength(1);
  const places = [...drawn.matchAll(/<circle class="dot" cx="([\d.]+)"/g)].map(([, x]) => Number(x));
  expect(places.every((x) => x > 420 && x < 890)).toBe(true);
});
