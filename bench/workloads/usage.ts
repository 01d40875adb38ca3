import { writeSync } from "node:fs";

/** What a measured process reports of itself on its standard output. */
export interface Usage {
  /** CPU time of the whole process, start-up included, in microseconds. */
  readonly cpu: number;
  /** The most memory that was resident, in kibibytes. */
  readonly maxRss: number;
  /** CPU time from the first construct to the end of synth, in microseconds. */
  readonly constructAndSynth: number;
}

let constructAndSynth = 0;

/** Runs construct and synth, and reports what they took alone. */
export function measure(task: () => void): void {
  const start = process.cpuUsage();
  task();
  const { user, system } = process.cpuUsage(start);
  constructAndSynth = user + system;
}

process.on("exit", () => {
  const { user, system } = process.cpuUsage();
  const usage: Usage = { cpu: user + system, maxRss: process.resourceUsage().maxRSS, constructAndSynth };
  // Asynchronous output may be lost at exit.
  writeSync(1, JSON.stringify(usage));
});
