import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { judge, reportIn } from "../../scripts/advisories";
import { ROOT } from "../support/examples";

interface Step {
  readonly run?: string;
  readonly uses?: string;
}

interface Workflow {
  readonly on: { readonly [event: string]: unknown };
  readonly jobs: { readonly [name: string]: { readonly steps: readonly Step[] } };
}

const FILE = path.join(ROOT, ".github", "workflows", "advisories.yml");
const TEXT = fs.readFileSync(FILE, "utf8");

const COMMANDS = ["npm ci --ignore-scripts", "npm audit signatures", "npm run advisories"];

/** Why a workflow would not report an advisory of what is shipped. */
function weaknessesOf(text: string): string[] {
  const { on, jobs } = parse(text) as Workflow;
  const events = ["schedule", "push", "pull_request"].filter((event) => !(event in on));
  const commands = Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []));
  return [
    ...events.map((event) => `it does not run on ${event}`),
    ...COMMANDS.filter((command) => !commands.includes(command)).map((command) => `it does not run ${command}`),
    ...["continue-on-error", "if", "shell"].filter((key) => new RegExp(`^ *(- )?${key}:`, "m").test(text)),
  ];
}

test("the workflow of advisories runs npm's checks every week and for each change of the lock file", () => {
  expect(weaknessesOf(TEXT)).toEqual([]);
  expect((parse(TEXT) as Workflow).on).toMatchObject({
    schedule: [{ cron: "17 5 * * 1" }],
    push: { paths: ["package-lock.json"] },
    pull_request: { paths: ["package-lock.json"] },
  });
  const { scripts } = JSON.parse(fs.readFileSync(path.join(ROOT, "package.json"), "utf8")) as {
    readonly scripts: { readonly [name: string]: string };
  };
  expect(scripts["advisories"]).toBe("tsx scripts/advisories.ts");
});

test.each([
  ["the step is removed", "      - run: npm run advisories\n", "", "it does not run npm run advisories"],
  ["its failure is ignored", "npm run advisories", "npm run advisories || true", "it does not run npm run advisories"],
  ["no failure counts", "npm audit signatures", "npm audit signatures; true", "it does not run npm audit signatures"],
  ["a step may fail", "- run: npm run", "- continue-on-error: true\n        run: npm run", "continue-on-error"],
  ["the job may fail", "timeout-minutes: 10", "continue-on-error: true", "continue-on-error"],
  ["a step is conditional", "- run: npm run", "- if: false\n        run: npm run", "if"],
  ["the shell ignores failures", "- run: npm run", "- shell: bash {0}\n        run: npm run", "shell"],
  ["the schedule is removed", "  schedule:\n    - cron: 17 5 * * 1\n", "", "it does not run on schedule"],
])("fails for a workflow of advisories in which %s", (_, from, to, weakness) => {
  const changed = TEXT.replace(from, to);
  expect(changed).not.toBe(TEXT);
  expect(weaknessesOf(changed)).toEqual([weakness]);
});

describe("npm's report", () => {
  const advisory = { title: "Slow regular expression", url: "https://github.com/advisories/GHSA-1", severity: "low" };
  const malware = { ...advisory, title: "Malware", severity: "critical", cwe: ["CWE-506"] };
  const shipped = ["node_modules/yaml"];

  test("fails for each advisory of a bundled package, whatever its severity", () => {
    const report = { vulnerabilities: { yaml: { via: [advisory], nodes: ["node_modules/yaml"] } } };
    expect(judge(report, shipped)).toEqual({
      errors: ["yaml: low: Slow regular expression (https://github.com/advisories/GHSA-1)"],
      warnings: [],
    });
  });

  test("only tells of an advisory of a development dependency, once for all that depend on it", () => {
    const report = {
      vulnerabilities: {
        "cdktf-cli": { via: ["yargs"], nodes: ["node_modules/cdktf-cli"] },
        yargs: { via: [{ ...advisory, severity: "critical" }], nodes: ["node_modules/yargs"] },
        yaml: { via: [advisory], nodes: ["node_modules/cdktf-cli/node_modules/yaml"] },
      },
    };
    expect(judge(report, shipped)).toEqual({
      errors: [],
      warnings: [
        "yargs: critical: Slow regular expression (https://github.com/advisories/GHSA-1)",
        "yaml: low: Slow regular expression (https://github.com/advisories/GHSA-1)",
      ],
    });
  });

  test("fails for malware in a development dependency", () => {
    const report = { vulnerabilities: { jest: { via: [malware], nodes: ["node_modules/jest"] } } };
    expect(judge(report, shipped).errors).toEqual(["jest: critical: Malware (https://github.com/advisories/GHSA-1)"]);
  });

  test("fails if npm reports an error in place of vulnerabilities", () => {
    expect(() => reportIn('{"message": "405 Method Not Allowed"}')).toThrow(
      "npm audit gave no report, so nothing was compared: 405 Method Not Allowed",
    );
  });
});
