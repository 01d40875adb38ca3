import { spawnSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";

// npm run fuzz -- [--minutes 60] [--seed 1]: runs the fuzz tests with new cases for some time, in equal parts for the
// constructs alone, for the constructs with Terraform, and for the modules.

const PARTS = 3;
const LAWS_WITH_A_TIME_LIMIT = 8;

const { values } = parseArgs({ options: { minutes: { type: "string" }, seed: { type: "string" } } });
const minutes = Number(values.minutes ?? "10");
const seed = Number(values.seed ?? randomInt(2 ** 31));
if (!(minutes > 0) || !Number.isInteger(seed)) {
  throw new Error("give a number of minutes, and an integer as the seed");
}
process.stderr.write(`Seed ${seed}: to run the same cases, npm run fuzz -- --minutes ${minutes} --seed ${seed}\n`);
const minutesOfPart = minutes / PARTS;
const { status } = spawnSync("npx", ["jest", "--coverage=false", "--runInBand", "--testPathPatterns", "/fuzz/"], {
  stdio: "inherit",
  env: {
    ...process.env,
    FUZZ_SEED: String(seed),
    FUZZ_SECONDS: String(Math.ceil((minutesOfPart * 60) / LAWS_WITH_A_TIME_LIMIT)),
    FUZZ_MINUTES: String(minutesOfPart),
  },
});
process.exitCode = status ?? 1;
