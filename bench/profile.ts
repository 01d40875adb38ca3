import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Consumer } from "./consumer";
import { median } from "./statistics";
import { PROFILES, SMALLEST_DIFFERENCE } from "./texts";

/** Where the time of a whole process goes, in milliseconds: medians of several processes. */
export interface ProfileRow {
  readonly place: string;
  readonly regions: number;
  readonly pack: number;
  readonly byHand: number;
}

interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

const REGION_COUNTS = [1, 34];

/** Profiles whole processes of both sides, and returns the places where they differ. */
export async function profile(): Promise<ProfileRow[]> {
  const consumer = await Consumer.create({ awsCdk: false });
  const root = mkdtempSync(join(tmpdir(), "ecr-cache-bench-"));
  try {
    return REGION_COUNTS.flatMap((regions) => {
      const runs = Array.from({ length: PROFILES }, () =>
        (["pack", "hand-written"] as const).map((workload) => {
          const folder = mkdtempSync(join(root, "profile-"));
          consumer.profile(workload, [regions], folder);
          return selfTimes(join(folder, readdirSync(folder)[0] ?? ""));
        }),
      );
      const places = [...new Set(runs.flat().flatMap((times) => [...times.keys()]))];
      const typical = (place: string, side: number): number =>
        Number(median(runs.map((run) => run[side]?.get(place) ?? 0)).toFixed(1));
      return places
        .map((place) => ({ place, regions, pack: typical(place, 0), byHand: typical(place, 1) }))
        .filter(({ pack, byHand }) => Math.abs(pack - byHand) >= SMALLEST_DIFFERENCE)
        .sort((a, b) => b.pack - b.byHand - (a.pack - a.byHand));
    });
  } finally {
    consumer.remove();
    rmSync(root, { recursive: true });
  }
}

/** The self time of each place, in milliseconds. */
function selfTimes(file: string): ReadonlyMap<string, number> {
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(file, "utf8")) as CpuProfile;
  const places = new Map(nodes.map(({ id, callFrame }) => [id, placeOf(callFrame.functionName, callFrame.url)]));
  const times = new Map<string, number>();
  samples.forEach((id, index) => {
    const place = places.get(id) ?? "unknown";
    times.set(place, (times.get(place) ?? 0) + (timeDeltas[index] ?? 0) / 1e3);
  });
  return times;
}

function placeOf(name: string, url: string): string {
  const [, installed] = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? [];
  if (installed !== undefined) {
    return installed;
  }
  if (url.startsWith("file:")) {
    return "the program";
  }
  if (name.startsWith("(")) {
    return `V8: ${name.slice(1, -1)}`;
  }
  const isCompilation = /^(wrapSafe|compileFunction\w*)$/.test(name);
  const isReading = /^(read\w*|open\w*|internalModuleStat|realpath\w*|lstat|stat)$/.test(name);
  return `Node.js: ${isCompilation ? "compiling files" : isReading ? "finding and reading files" : "everything else"}`;
}
