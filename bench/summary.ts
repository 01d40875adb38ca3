import type { Results } from "./results";
import { isMet, unitOf } from "./rows";
import type { Row } from "./rows";
import { PARTS, TEXTS } from "./texts";
import type { PartName } from "./texts";

/** Sentences for a reader who wants to know whether the package is fast. A part without results has no sentence. */
export function summary(results: Results): string {
  const sentences = [
    ofSynthesis(results),
    ofOutput(results),
    ofPlans(results),
    ofLayouts(results),
    ofDeploy(results),
    "All figures come from one machine, and a stand-in for AWS on it answers within milliseconds: with AWS, deployments take longer.",
  ];
  return sentences
    .filter((sentence) => sentence !== undefined)
    .map((sentence) => `- ${sentence}`)
    .join("\n");
}

/** The missed targets of each measure and what grows, with a reason. */
export function missedTargets(results: Results): string {
  return PARTS.flatMap((part) => {
    const missed = (results[part]?.rows ?? []).filter((row) => isMet(row) === false);
    const seriesOf = (row: Row): string => JSON.stringify([row.measure, unitOf(row), row.target]);
    return [...new Set(missed.map(seriesOf))].map((series) => {
      const rows = missed.filter((row) => seriesOf(row) === series);
      const values = rows.map(
        ({ size, pack, ratio, targetOf }) =>
          `${size === "–" ? "" : `${size} `}${(targetOf === "pack" ? pack : ratio).toFixed(3)}`,
      );
      const { measure = "", target = NaN } = rows[0] ?? {};
      return `- ${TEXTS[part].name}, ${measure}: ${values.join(", ")} (target ${target.toFixed(2)}). ${reasonOf(results, part, rows)}`;
    });
  }).join("\n");
}

function ofSynthesis(results: Results): string | undefined {
  const cpu = (against: string): Row | undefined => find(results, "synthesis", "Whole process, CPU ms", against);
  const [byHand, awsCdk, unchecked] = ["cdktf by hand", "aws-cdk-lib", "aws-cdk-lib, validation off"].map(cpu);
  const wall = find(results, "synthesis", "Whole process, wall ms", "cdktf by hand");
  return byHand && awsCdk && unchecked && wall
    ? `Synthesis of a fleet in ${byHand.size} takes ${seconds(byHand.pack)} of CPU time and ${seconds(wall.pack)} of wall time: ` +
        `${times(byHand)} the CPU time of the same resources by hand, ${times(awsCdk)} that of aws-cdk-lib, ` +
        `and ${times(unchecked)} that of aws-cdk-lib without its validation.`
    : undefined;
}

function ofOutput(results: Results): string | undefined {
  const [byHand, hcl] = ["cdktf by hand", "plain HCL"].map((against) =>
    find(results, "synthesis", "Output, KiB", against),
  );
  return byHand && hcl
    ? `The JSON of these ${byHand.size} has ${byHand.pack.toFixed(0)} KiB: ${times(byHand)} the bytes of the same resources by hand, and ${times(hcl)} those of plain HCL.`
    : undefined;
}

function ofPlans(results: Results): string | undefined {
  const rows = results.plans?.rows ?? [];
  const [fewest, most] = [rows[0], rows.at(-1)];
  return fewest && most
    ? `\`terraform plan\` of the module takes ${times(fewest)} the CPU time of the same resources in HCL by hand with ${fewest.size}, and ${times(most)} with ${most.size}.`
    : undefined;
}

function ofLayouts(results: Results): string | undefined {
  const [cpu, memory] = ["CPU s", "peak memory, MiB"].map((measure) =>
    find(results, "layouts", `Plan of one stack, ${measure}`, "a stack per region"),
  );
  return cpu && memory
    ? `A plan of one stack for ${cpu.size} takes ${times(cpu)} the CPU time of a plan of each region's stack in turn, and ${times(memory)} the memory of one of those plans.`
    : undefined;
}

/** The plugin cache with the most stacks at once for which the machine had the memory. */
function ofDeploy(results: Results): string | undefined {
  const rows = results.deploy?.rows ?? [];
  const wall = rows.find(({ measure }) => /^plugin cache, .*, wall s$/.test(measure));
  const setting = wall?.measure.replace(/, wall s$/, "");
  const memory = rows.find(({ measure }) => measure === `${setting}, peak memory, GiB`);
  return wall && setting !== undefined && memory
    ? `\`cdktf deploy\` of ${wall.size} with the setting "${setting}" takes ${wall.pack.toFixed(0)} s and ${memory.pack.toFixed(1)} GiB of memory, ` +
        `instead of ${wall.other.toFixed(0)} s and ${memory.other.toFixed(1)} GiB with "${wall.against}".`
    : undefined;
}

function reasonOf(results: Results, part: PartName, rows: readonly Row[]): string {
  const { measure = "" } = rows[0] ?? {};
  if (part === "plans") {
    return planReason(results);
  }
  if (measure.startsWith("Import")) {
    const room = find(results, "synthesis", "Import with room in the heap, CPU ms", "cdktf by hand");
    return room
      ? `This package loads the same files as by hand, and its own. With room in the heap the ratio is ${room.ratio.toFixed(3)}: the difference between the two ratios is the work of V8's garbage collector.`
      : NOT_PROFILED;
  }
  const hasProfile = ["Whole process, CPU ms", "Construct and synth, CPU ms"].includes(measure);
  return hasProfile ? processReason(results, rows) : NOT_PROFILED;
}

const NOT_PROFILED = "There is no profile of this measure.";

/** The places with the largest differences, in the profile whose number of regions is nearest. */
function processReason({ profile }: Results, missed: readonly Row[]): string {
  const counts = (profile?.rows ?? []).map(({ regions }) => regions);
  const hasManyRegions = missed.some(({ size }) => size.endsWith(" regions"));
  const regions = hasManyRegions ? Math.max(...counts) : Math.min(...counts);
  const places = (profile?.rows ?? [])
    .filter((row) => row.regions === regions && row.pack > row.byHand)
    .slice(0, 3)
    .map(({ place, pack, byHand }) => `${place} (${(pack - byHand).toFixed(0)} ms)`);
  return places.length === 0
    ? NOT_PROFILED
    : `The largest differences in the profile with ${regions} ${regions === 1 ? "region" : "regions"}: ${places.join(", ")}.`;
}

function planReason({ profile }: Results): string {
  const cpu = (name: string): number | undefined => profile?.plans.find(({ variant }) => variant === name)?.cpu;
  const [byHand, module, withoutBoth] = ["by hand", "the module", "without both"].map(cpu);
  return byHand === undefined || module === undefined || withoutBoth === undefined
    ? NOT_PROFILED
    : `In the profile with ${String(profile?.plans[0]?.upstreams)} upstreams, validations and preconditions take ${module - withoutBoth} ms of the difference of ${module - byHand} ms; the rest is expressions, more resources and the call of the module.`;
}

function find(results: Results, part: PartName, measure: string, against: string): Row | undefined {
  return results[part]?.rows.find((row) => row.measure === measure && row.against === against);
}

function times({ ratio }: Row): string {
  return `${ratio < 0.1 ? ratio.toPrecision(2) : ratio.toFixed(2)} ×`;
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1e3).toFixed(2)} s`;
}
