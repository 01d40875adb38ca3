import fs from "node:fs";
import path from "node:path";
import process from "node:process";

const SHOWN = 10;

/** Says at the end which files took longest, and how often Terraform ran. */
export default class RunSummary {
  onRunComplete(_contexts, { testResults }) {
    const files = testResults
      .map(({ testFilePath, perfStats }) => [path.relative(process.cwd(), testFilePath), perfStats.runtime])
      .sort(([, one], [, other]) => other - one)
      .slice(0, SHOWN);
    const lines = files.map(([file, time]) => `${(time / 1000).toFixed(0).padStart(6)} s  ${file}`);
    process.stderr.write(`\nSlowest files:\n${lines.join("\n")}\n${terraformRuns()}`);
  }
}

function terraformRuns() {
  const setup = process.env["TERRAFORM_SETUP"];
  if (setup === undefined) {
    return "";
  }
  const commands = fs.readFileSync(JSON.parse(setup).log, "utf8").split("\n").filter(Boolean);
  const counts = new Map();
  commands.forEach((command) => counts.set(command, (counts.get(command) ?? 0) + 1));
  const listed = [...counts].sort(([, one], [, other]) => other - one).map(([command, count]) => `${count} ${command}`);
  return `Terraform runs: ${[commands.length, ...listed].join(", ")}\n`;
}
