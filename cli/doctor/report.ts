import { linkTo } from "./step";
import type { Remark, Step } from "./step";

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

function statusOf({ remarks }: Step): Status {
  return STATUSES.find((status) => remarks.some(({ kind }) => kind === status)) ?? "skipped";
}

/** The report as data. */
export function reportAsData(image: string, name: string | undefined, steps: readonly Step[]): object {
  return {
    image,
    name: name ?? null,
    steps: steps.map((step) => ({
      step: step.name,
      status: statusOf(step),
      remarks: step.remarks.map((remark) => ("cause" in remark ? { ...remark, link: linkTo(remark.cause) } : remark)),
    })),
  };
}

/** The report as text: a line for each step, and the causes with their solutions. */
export function reportAsText(steps: readonly Step[]): string {
  const markWidth = Math.max(...Object.values(MARKS).map(({ length }) => length));
  const nameWidth = Math.max(...steps.map(({ name }) => name.length));
  const lines = steps.map((step) => {
    const status = statusOf(step);
    const details = step.remarks
      .filter(({ kind }) => kind === status || (status === "cause" && kind === "unchecked"))
      .map(({ detail }) => detail);
    return `${MARKS[status].padEnd(markWidth)}  ${step.name.padEnd(nameWidth)}  ${details.join("; ")}`;
  });
  return [...lines, ...findings("cause", "Causes", steps), ...findings("hint", "Good to know", steps)]
    .map((line) => `${line.trimEnd()}\n`)
    .join("");
}

function findings(kind: "cause" | "hint", title: string, steps: readonly Step[]): string[] {
  const found = steps.flatMap(({ remarks }) => remarks.flatMap((remark) => (remark.kind === kind ? [remark] : [])));
  return found.length === 0
    ? []
    : [
        "",
        `${title}:`,
        ...found.flatMap(({ cause, detail, solution }) => [
          "",
          `  ${cause}`,
          `  ${detail}`,
          `  Solution: ${solution}`,
          `  ${linkTo(cause)}`,
        ]),
      ];
}
