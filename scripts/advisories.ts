// Compares the packages in package-lock.json with npm's advisories. Fails for every advisory about code that is shipped, and for
// malware anywhere. It only reports the others: they concern tests and tools, and CDKTF, which is archived, fixes none.
import { spawnSync } from "node:child_process";
import * as path from "node:path";
import { bundledPackages, readLock } from "./licenses";

/** An advisory about a package. */
interface Advisory {
  readonly title: string;
  readonly url: string;
  readonly severity: string;
  readonly cwe?: readonly string[];
}

/** What `npm audit --json` prints. */
export interface AuditReport {
  readonly vulnerabilities: {
    readonly [name: string]: {
      /** The advisories, and the names of vulnerable packages that this one depends on. */
      readonly via: readonly (Advisory | string)[];
      /** The folders of the package. */
      readonly nodes: readonly string[];
    };
  };
}

/** The lines about the advisories that fail, and about those that do not. */
export interface Verdict {
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
}

/** https://cwe.mitre.org/data/definitions/506.html */
const MALICIOUS_CODE = "CWE-506";

/** Judges a report, if the folders are those of the packages whose code is shipped. */
export function judge({ vulnerabilities }: AuditReport, shipped: readonly string[]): Verdict {
  const errors: string[] = [];
  const warnings: string[] = [];
  for (const [name, { via, nodes }] of Object.entries(vulnerabilities)) {
    const isShipped = nodes.some((folder) => shipped.includes(folder));
    for (const advisory of via) {
      if (typeof advisory === "string") {
        continue; // A report has this package, too.
      }
      const line = `${name}: ${advisory.severity}: ${advisory.title} (${advisory.url})`;
      const fails = isShipped || advisory.cwe?.includes(MALICIOUS_CODE) === true;
      (fails ? errors : warnings).push(line);
    }
  }
  return { errors, warnings };
}

/** The report in the output of `npm audit --json`. */
export function reportIn(output: string): AuditReport {
  const report = JSON.parse(output) as Partial<AuditReport>;
  if (report.vulnerabilities === undefined) {
    const { message = output.slice(0, 500) } = report as { readonly message?: string };
    throw new Error(`npm audit gave no report, so nothing was compared: ${message}`);
  }
  return { vulnerabilities: report.vulnerabilities };
}

function main(): void {
  const { stdout, error } = spawnSync("npm", ["audit", "--json"], {
    cwd: path.join(__dirname, ".."),
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  if (error !== undefined) {
    throw error;
  }
  const installed = Object.entries(readLock().packages).filter(([folder, { dev }]) => folder !== "" && dev !== true);
  const shipped = [...Object.values(bundledPackages()).flat(), ...installed.map(([folder]) => folder)];
  const { errors, warnings } = judge(reportIn(stdout), shipped);
  // GitHub shows these lines on the page of the run.
  for (const line of [...warnings.map((text) => `::warning::${text}`), ...errors.map((text) => `::error::${text}`)]) {
    process.stdout.write(`${line}\n`);
  }
  console.log(`${errors.length} errors, ${warnings.length} warnings`);
  process.exitCode = errors.length === 0 ? 0 : 1;
}

if (require.main === module) {
  try {
    main();
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 2;
  }
}
