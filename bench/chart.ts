import type { Results } from "./results";
import { isMet, unitOf } from "./rows";
import type { Row } from "./rows";
import { PARTS, headingOf } from "./texts";
import type { PartName } from "./texts";

/** Rows of a part against the same other side, which share an axis. */
interface Panel {
  readonly title: string;
  readonly rows: readonly Row[];
}

const WIDTH = 960;
const LEFT = 420;
const RIGHT = 70;
/** Half of the width of a dot. */
const DOT = 4;
const ROW = 18;
const TITLE = 34;
const AXIS = 30;

/** What an axis shows at least, so that noise does not look like a difference. */
const NARROWEST = [0.9, 1.2] as const;

/** GitHub shows the file as an image, in which the scheme of the reader's system decides. */
const STYLE = `
text { font: 12px system-ui, sans-serif; fill: #1f2328 }
.title { font-weight: 600; font-size: 14px }
.tick { font-size: 11px; fill: #59636e }
.grid { stroke: #d1d9e0 }
.one { stroke: #59636e }
.half { stroke: #0969da; stroke-width: 5; stroke-linecap: round; opacity: .35 }
.dot { fill: #0969da }
.missed .half { stroke: #cf222e }
.missed .dot { fill: #cf222e }
.target { stroke: #1a7f37; stroke-width: 2 }
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc }
.tick { fill: #9198a1 }
.grid { stroke: #3d444d }
.one { stroke: #9198a1 }
.half { stroke: #4493f8 }
.dot { fill: #4493f8 }
.missed .half { stroke: #f85149 }
.missed .dot { fill: #f85149 }
.target { stroke: #3fb950 }
}`;

/** Draws the ratios of the main rows as dots on logarithmic axes, one for each part and other side. */
export function chart(results: Results): string {
  const panels = PARTS.flatMap((part): Panel[] => {
    const rows = mainRows(part, results[part]?.rows ?? []);
    return [...new Set(rows.map(({ against }) => against))].map((against) => ({
      title: `${headingOf(part)}, against ${against}`,
      rows: rows.filter((row) => row.against === against),
    }));
  });
  let top = 60;
  const drawn = panels.map((panel) => {
    const text = drawPanel(panel, top);
    top += TITLE + panel.rows.length * ROW + AXIS;
    return text;
  });
  const all = PARTS.flatMap((part) => results[part]?.rows ?? []);
  const count = panels.reduce((sum, { rows }) => sum + rows.length, 0);
  const targets = all.map(isMet).filter((met) => met !== undefined);
  const summary = `${count} of ${all.length} ratios; ${targets.filter(Boolean).length} of all ${targets.length} targets are met. The table of RESULTS.md has all values.`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${top}" viewBox="0 0 ${WIDTH} ${top}" role="img" aria-labelledby="title description">
<title id="title">This package against other ways to get the same resources</title>
<desc id="description">${escaped(summary)}</desc>
<style>${STYLE}
</style>
<text class="title" x="16" y="24">Ratio of this package, or of a setting of it, to the other side: less is better</text>
${dot(24, 42, false)}<text x="34" y="46">median</text>
<g class="missed">${dot(112, 42, true)}</g><text x="124" y="46">median, target missed</text>
<line class="half" x1="280" x2="310" y1="42" y2="42"/><text x="320" y="46">middle half of the pairs</text>
<line class="target" x1="500" x2="500" y1="35" y2="49"/><text x="510" y="46">target</text>
<line class="one" x1="590" x2="590" y1="35" y2="49"/><text x="600" y="46">1: equal</text>
<text class="tick" x="640" y="24">each axis is logarithmic and has its own range</text>
${drawn.join("\n")}
</svg>
`;
}

/** The rows of the picture: ratios with a target, and the times of parts that have no target. */
function mainRows(part: PartName, rows: readonly Row[]): Row[] {
  if (part === "layouts" || part === "deploy") {
    return rows.filter(({ measure }) => /, (CPU|wall) s$/.test(measure));
  }
  const targeted = rows.filter((row) => targetRatio(row) !== undefined);
  return part === "growth" ? targeted.filter(isEndOfGrowth) : targeted;
}

/** Whether a row has the smallest or the largest size of a time. The bytes grow exactly as on the other side. */
function isEndOfGrowth({ measure, size }: Row, index: number, rows: readonly Row[]): boolean {
  const isSameSeries = (row: Row | undefined): boolean => row?.measure === measure && unitOf(row) === unitOf({ size });
  return measure.endsWith("CPU ms") && !(isSameSeries(rows[index - 1]) && isSameSeries(rows[index + 1]));
}

/** A circle; a diamond for a missed target, so that a reader need not see the color. */
function dot(x: number, y: number, isMissed: boolean): string {
  return isMissed
    ? `<path class="dot" d="M${x} ${y - DOT - 2}l${DOT + 2} ${DOT + 2}l${-DOT - 2} ${DOT + 2}l${-DOT - 2} ${-DOT - 2}z"/>`
    : `<circle class="dot" cx="${x}" cy="${y}" r="${DOT}"/>`;
}

function drawPanel({ title, rows }: Panel, top: number): string {
  const values = rows.flatMap((row) => [row.ratio, ...row.spread, ...(targetRatio(row) ?? [])]);
  const from = Math.log(Math.min(NARROWEST[0], ...values.map((value) => value / 1.05)));
  const to = Math.log(Math.max(NARROWEST[1], ...values.map((value) => value * 1.05)));
  const x = (value: number): string =>
    (LEFT + ((Math.log(value) - from) / (to - from)) * (WIDTH - LEFT - RIGHT)).toFixed(1);
  const first = top + TITLE;
  const bottom = first + rows.length * ROW;
  const ticks = ticksBetween(Math.exp(from), Math.exp(to)).map(
    (value) =>
      `<line class="${value === 1 ? "one" : "grid"}" x1="${x(value)}" x2="${x(value)}" y1="${first - 6}" y2="${bottom}"/>` +
      `<text class="tick" text-anchor="middle" x="${x(value)}" y="${bottom + 14}">${value}</text>`,
  );
  const dots = rows.map((row, index) => {
    const y = first + index * ROW + ROW / 2;
    const [low, high] = row.spread;
    const [target] = targetRatio(row) ?? [];
    const mark =
      target === undefined
        ? ""
        : `<line class="target" x1="${x(target)}" x2="${x(target)}" y1="${y - 7}" y2="${y + 7}"/>`;
    return (
      `<g${isMet(row) === false ? ' class="missed"' : ""}>` +
      `<text text-anchor="end" x="${LEFT - 12}" y="${y + 4}">${escaped(`${row.measure}, ${row.size}`.replace(/, –$/, ""))}</text>` +
      `${mark}<line class="half" x1="${x(low)}" x2="${x(high)}" y1="${y}" y2="${y}"/>` +
      dot(Number(x(row.ratio)), y, isMet(row) === false) +
      `<text class="tick" x="${WIDTH - RIGHT + 10}" y="${y + 4}">${shown(row)}</text></g>`
    );
  });
  return [`<text class="title" x="16" y="${top + 16}">${escaped(title)}</text>`, ...ticks, ...dots].join("\n");
}

/** The target on the axis of ratios; that of an exponent is not there. */
function targetRatio({ target, targetOf }: Row): readonly [number] | undefined {
  return target === undefined || targetOf === "pack" ? undefined : [target];
}

/** Round values, as many as an axis has room for; 1 is always one of them. */
function ticksBetween(from: number, to: number): number[] {
  const decades = Array.from({ length: 9 }, (_, index) => 10 ** (index - 4));
  const candidates = [
    decades.flatMap((decade) =>
      [1, 1.05, 1.1, 1.15, 1.2, 1.3, 1.5, 2, 3, 5, 7, 8, 9, 9.5].map((step) => step * decade),
    ),
    decades.flatMap((decade) => [1, 2, 5].map((step) => step * decade)),
    decades,
  ].map((values) =>
    values.map((value) => Number(value.toPrecision(3))).filter((value) => value >= from && value <= to),
  );
  return candidates.find((values) => values.length <= 9) ?? candidates.at(-1) ?? [];
}

/** Three decimals where two would look equal to the target. */
function shown({ ratio, target }: Row): string {
  if (ratio < 0.9 || ratio >= 10) {
    return ratio.toPrecision(2);
  }
  return ratio.toFixed(target !== undefined && ratio.toFixed(2) === target.toFixed(2) ? 3 : 2);
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
