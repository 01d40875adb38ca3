import { STEP_NAMES, anchorOf, linkTo } from "./step";
import type { Cause, Remark, Step } from "./step";

type Status = Remark["kind"];

/** From the one that matters most. */
const STATUSES: readonly Status[] = ["cause", "unchecked", "hint", "ok", "skipped"];

const MARKS: { readonly [status in Status]: string } = {
  cause: "FAILED",
  unchecked: "?",
  hint: "ok",
  ok: "ok",
  skipped: "-",
};

const MARK_WIDTH = Math.max(...Object.values(MARKS).map(({ length }) => length));
const NAME_WIDTH = Math.max(...STEP_NAMES.map(({ length }) => length));

/** What the report says of the whole examination. */
export interface Summary {
  readonly image: string;
  /** The name that a client pulls; undefined if the image has none in the cache. */
  readonly name: string | undefined;
  readonly region: string;
  readonly exitCode: number;
}

/** Causes or hints with the same heading and the same solution. */
interface Finding {
  readonly cause: Cause;
  readonly details: string[];
  readonly solution: string;
}

function statusOf({ remarks }: Step): Status {
  return STATUSES.find((status) => remarks.some(({ kind }) => kind === status)) ?? "skipped";
}

/** The report as data. */
export function reportAsData({ image, name, region, exitCode }: Summary, steps: readonly Step[]): object {
  return {
    image,
    name: name ?? null,
    region,
    exitCode,
    steps: steps.map((step) => ({
      step: step.name,
      status: statusOf(step),
      remarks: step.remarks.map((remark) =>
        "cause" in remark ? { ...remark, anchor: anchorOf(remark.cause), link: linkTo(remark.cause) } : remark,
      ),
    })),
  };
}

/** The line of a step. Causes are short there, because the text after the steps explains them. */
export function lineOf(step: Step): string {
  const status = statusOf(step);
  const details = (kind: Status): string[] =>
    step.remarks.filter((remark) => remark.kind === kind).map(({ detail }) => detail);
  const words = status === "cause" ? [inShort(findingsIn("cause", [step])), ...details("unchecked")] : details(status);
  return `${MARKS[status].padEnd(MARK_WIDTH)}  ${step.name.padEnd(NAME_WIDTH)}  ${words.join("; ")}\n`;
}

function inShort(causes: readonly Finding[]): string {
  return causes.length === 1 ? `${causes[0]?.cause}, see below` : `${causes.length} causes, see below`;
}

/** The text after the steps: causes and hints with their solutions, and the steps that could not be checked. */
export function conclusionOf(steps: readonly Step[]): string {
  return [
    ...paragraphs("Causes", findingsIn("cause", steps)),
    ...paragraphs("Good to know", findingsIn("hint", steps)),
    ...notChecked(steps),
  ]
    .map((line) => `${line}\n`)
    .join("");
}

function findingsIn(kind: "cause" | "hint", steps: readonly Step[]): Finding[] {
  const found = new Map<string, Finding>();
  for (const remark of steps.flatMap(({ remarks }) => remarks)) {
    if (remark.kind === kind) {
      const { cause, detail, solution } = remark;
      const key = JSON.stringify([cause, solution]);
      const { details } = found.get(key) ?? { details: [] };
      found.set(key, { cause, details: [...details.filter((other) => other !== detail), detail], solution });
    }
  }
  return [...found.values()];
}

function paragraphs(title: string, findings: readonly Finding[]): string[] {
  const lines = findings.flatMap(({ cause, details, solution }) => [
    "",
    `  ${cause}`,
    ...details.map((detail) => `  ${detail}`),
    `  Solution: ${solution}`,
    `  ${linkTo(cause)}`,
  ]);
  return lines.length === 0 ? [] : ["", `${title}:`, ...lines];
}

/** The steps that could not be checked at all or in part, with a line for each solution. */
function notChecked(steps: readonly Step[]): string[] {
  const bySolution = new Map<string, Set<string>>();
  for (const { name, remarks } of steps) {
    for (const remark of remarks) {
      if (remark.kind === "unchecked") {
        const solution = remark.solution === undefined ? "" : `: ${remark.solution}`;
        bySolution.set(solution, (bySolution.get(solution) ?? new Set()).add(name));
      }
    }
  }
  const lines = [...bySolution].map(([solution, names]) => `Not checked: ${[...names].join(", ")}${solution}`);
  return lines.length === 0 ? [] : ["", ...lines];
}
