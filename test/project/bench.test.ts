import * as fs from "node:fs";
import * as path from "node:path";
import { App } from "cdktf";
import { XMLValidator } from "fast-xml-parser";
import { chart } from "../../bench/chart";
import { CONFIGURATIONS, deployRows, nameOf } from "../../bench/parts/deploy";
import { growthRows } from "../../bench/parts/growth";
import { layoutRows } from "../../bench/parts/layouts";
import { planRows } from "../../bench/parts/plans";
import { rewriteRows } from "../../bench/parts/rewrite";
import { synthesisRows } from "../../bench/parts/synthesis";
import { readResults, rendered } from "../../bench/results";
import { compare, isMet } from "../../bench/rows";
import type { Row } from "../../bench/rows";
import { comparableStacks } from "../../bench/same-resources";
import { growthExponent } from "../../bench/statistics";
import { missedTargets, summary } from "../../bench/summary";
import { PARTS } from "../../bench/texts";
import type { PartName } from "../../bench/texts";
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

/** The rows that a part would measure, without values. */
const UNMEASURED: { readonly [part in PartName]: () => Row[] } = {
  synthesis: () =>
    synthesisRows(
      () => [],
      () => [],
    ),
  growth: () => growthRows(() => []),
  plans: () => planRows(() => []),
  layouts: () => layoutRows([]),
  deploy: () => {
    // A machine with little memory leaves configurations out.
    const rows = readResults().deploy?.rows ?? [];
    const names = rows.flatMap(({ measure, against }) => [measure, against]);
    const deployed = CONFIGURATIONS.filter((each) => names.some((name) => name.startsWith(nameOf(each))));
    // The option --regions sets the size.
    const regionCount = Number.parseInt(rows[0]?.size ?? "", 10);
    return deployRows(new Map(deployed.map((each) => [each, []])), regionCount);
  },
  rewrite: () => rewriteRows([]),
};

test.each(PARTS)("bench/results.json has the rows and targets that the code measures today (part: %s)", (part) => {
  const labels = ({ measure, size, against, target, targetOf }: Row): object => ({
    ...{ measure, size, against, target, targetOf },
  });
  expect(readResults()[part]?.rows.map(labels)).toEqual(UNMEASURED[part]().map(labels));
});

test("bench/RESULTS.md begins with a sentence for each question, and one on AWS", () => {
  expect(summary(readResults()).match(/^- .*\.$/gm)).toHaveLength(6);
});

test("a missed target has the ratio, the target and the largest differences of the profile", () => {
  const measured = { date: "2026-01-31", cpus: 2, memoryGiB: 8, nodeVersion: "20.9.0" };
  const labels = { measure: "Whole process, CPU ms", against: "cdktf by hand", target: 1.05 };
  const rows = [
    compare({ ...labels, size: "1 region" }, [[104, 100]]),
    compare({ ...labels, size: "34 regions" }, [[120, 100]]),
  ];
  const places = [
    { place: "cdktf", regions: 34, pack: 30, byHand: 10 },
    { place: "semver", regions: 34, pack: 1, byHand: 2 },
    { place: "constructs", regions: 1, pack: 9, byHand: 1 },
  ];
  const profile = { ...measured, rows: places, plans: [] };
  expect(missedTargets({ growth: { ...measured, pairs: 1, rows }, profile })).toBe(
    "- Growth, Whole process, CPU ms: 34 regions 1.200 (target 1.05). The largest differences in the profile with 34 regions: cdktf (20 ms).",
  );
});

test.each([undefined, 1, 5])(
  "the benchmark's programs declare the same by hand as with the package (upstreams: %s)",
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

test("a target is a limit of the ratio, or of the measured value if the row says so", () => {
  const met = (target: object): boolean | undefined => isMet(compare({ ...LABELS, ...target }, [[12, 10]]));
  expect([met({ target: 1.2 }), met({ target: 1.19 })]).toEqual([true, false]);
  expect([met({ target: 12, targetOf: "pack" }), met({ target: 11.9, targetOf: "pack" })]).toEqual([true, false]);
  expect(met({})).toBeUndefined();
});

test("the exponent of a growth is that of the power which it follows", () => {
  expect(growthExponent([1, 4, 17, 34].map((x) => ({ x, y: 3 * x ** 0.75 })))).toBeCloseTo(0.75, 10);
});

test("the chart has a dot for each ratio with a target, and a diamond where the target is missed", () => {
  const rows = [
    compare({ ...LABELS, target: 1.1 }, [[1.104, 1]]),
    compare({ ...LABELS, target: 1.1 }, [[1, 100]]),
    compare({ ...LABELS, target: 1.1, targetOf: "pack" }, [[1, 1]]),
    compare(LABELS, [[1, 1]]),
  ];
  const svg = chart({ rewrite: { date: "2026-01-31", cpus: 2, memoryGiB: 8, nodeVersion: "20.9.0", pairs: 1, rows } });
  expect(XMLValidator.validate(svg)).toBe(true);
  expect(svg).toContain("2 of 4 ratios; 2 of all 3 targets are met.");
  expect(svg).toContain("against a &lt; b");
  const drawn = svg.slice(svg.indexOf("Rewrite: names"));
  expect(drawn.match(/<circle class="dot"/g)).toHaveLength(1);
  expect(drawn).toMatch(/<g class="missed">.*<path class="dot"/);
  expect(drawn).toContain(">1.104<");
  expect(drawn.match(/class="missed"/g)).toHaveLength(1);
  const places = [...drawn.matchAll(/<circle class="dot" cx="([\d.]+)"/g)].map(([, x]) => Number(x));
  expect(places.every((x) => x > 420 && x < 890)).toBe(true);
});

test("the chart has the smallest and the largest size of a growth, and the times of deployments", () => {
  const measured = { date: "2026-01-31", cpus: 2, memoryGiB: 8, nodeVersion: "20.9.0", pairs: 1 };
  const drawn = (measure: string, size: string, target?: number): Row =>
    compare({ measure, size, against: "by hand", target }, [[1, 1]]);
  const growth = ["1 region", "4 regions", "34 regions", "1 upstream", "2 upstreams", "50 upstreams"].map((size) =>
    drawn("Whole process, CPU ms", size, 1.05),
  );
  const svg = chart({
    growth: { ...measured, rows: [...growth, drawn("Output, KiB", "34 regions", 1.05)] },
    deploy: { ...measured, rows: ["wall s", "disk, GiB"].map((unit) => drawn(`plugin cache, ${unit}`, "34 regions")) },
  });
  expect([...svg.matchAll(/text-anchor="end"[^>]*>([^<]+)</g)].map(([, label]) => label)).toEqual([
    "Whole process, CPU ms, 1 region",
    "Whole process, CPU ms, 34 regions",
    "Whole process, CPU ms, 1 upstream",
    "Whole process, CPU ms, 50 upstreams",
    "plugin cache, wall s, 34 regions",
  ]);
});
