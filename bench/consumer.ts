import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, parse } from "node:path";
import { transformFileSync } from "@swc/core";
import { run } from "../test/support/commands";
import { PACKAGE, packTarball } from "../test/support/consumer-project";
import { cost } from "./processes";
import type { Cost } from "./processes";
import { synthesizedFiles } from "./synthesized-files";
import { AWS_CDK } from "./versions";
import type { Usage } from "./workloads/usage";

/** Who declares the resources: this package, somebody by hand, or a program of aws-cdk-lib. */
export type Workload = "pack" | "hand-written" | "aws-cdk";

/** What one process took. */
export interface Sample extends Usage {
  /** From spawn to exit, in milliseconds. */
  readonly wall: number;
  /** Size of what was synthesized; 0 where nothing but loading is done. */
  readonly bytes: number;
}

/** The sizes of a workload, as its arguments. */
export type Sizes = readonly (number | string)[];

const NODE_MODULES = join(__dirname, "..", "node_modules");
const FROM_REPOSITORY = ["cdktf", "constructs", "@cdktf/provider-aws", "@types/node", "typescript", "tsx"];

/**
 * The projects of users: the packed package with the workloads, as TypeScript and compiled. Its peers are links to the
 * packages of the repository. A project of aws-cdk-lib is installed beside it when it is asked for.
 */
export class Consumer {
  /** Packs and installs the package. */
  public static async create({ awsCdk }: { readonly awsCdk: boolean }): Promise<Consumer> {
    const consumer = new Consumer();
    const installed = join(consumer.folderOf("pack"), "node_modules", PACKAGE);
    mkdirSync(installed, { recursive: true });
    const tarball = await packTarball(consumer.root);
    await run("tar", ["-xzf", tarball, "--strip-components=1", "-C", installed], consumer.root);
    FROM_REPOSITORY.forEach((name) => consumer.link(name, "pack"));
    consumer.writeWorkloads("pack", (name) => !name.includes("aws-cdk"));
    if (awsCdk) {
      const folder = consumer.folderOf("aws-cdk");
      mkdirSync(folder);
      writeFileSync(join(folder, "package.json"), "{}");
      const packages = Object.entries(AWS_CDK).map(([name, version]) => `${name}@${version}`);
      await run(
        "npm",
        ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error", ...packages],
        folder,
      );
      ["@types/node", "typescript"].forEach((name) => consumer.link(name, "aws-cdk"));
      consumer.writeWorkloads("aws-cdk", (name) => /^(measure-)?aws-cdk|^declaration|^usage/.test(name));
    }
    return consumer;
  }

  private readonly root = mkdtempSync(join(tmpdir(), "ecr-cache-bench-"));

  private constructor() {}

  /** Removes the projects. */
  public remove(): void {
    rmSync(this.root, { recursive: true });
  }

  /** The command of the packed package. */
  public get command(): string {
    return join(this.folderOf("pack"), "node_modules", PACKAGE, "lib", "cli.js");
  }

  /** Runs a compiled workload in a process of its own; `inspect` gets the output folder before it is removed. */
  public synthesize(workload: Workload, sizes: Sizes, inspect?: (outdir: string) => void): Sample {
    return this.withOutdir((outdir) => {
      const sample = this.runNode(workload, [this.script(workload), outdir, ...sizes.map(String)]);
      inspect?.(outdir);
      return { ...sample, bytes: synthesizedFiles(outdir).reduce((sum, file) => sum + statSync(file).size, 0) };
    });
  }

  /** Loads all that a workload needs, and does nothing with it, in a process that is started with `flags`. */
  public load(workload: Workload, flags: string[] = []): Sample {
    return { ...this.runNode(workload, [...flags, this.script(workload)]), bytes: 0 };
  }

  /** Runs a workload with `tsx`, as the README runs a program; tsx has a process of its own. */
  public async runTypeScript(workload: Workload, sizes: Sizes): Promise<Cost> {
    const outdir = mkdtempSync(join(this.root, "out-"));
    const tsx = join(NODE_MODULES, "tsx", "dist", "cli.mjs");
    try {
      const program = [process.execPath, tsx, `measure-${workload}.ts`, outdir, ...sizes.map(String)];
      return await cost(program, { cwd: this.folderOf(workload), env: environment() });
    } finally {
      rmSync(outdir, { recursive: true });
    }
  }

  /** Checks the types of a workload, without those of its packages. */
  public async typeCheck(workload: Workload): Promise<Cost> {
    const tsc = join(NODE_MODULES, "typescript", "bin", "tsc");
    const project = [process.execPath, tsc, "-p", `tsconfig.${workload}.json`];
    return cost(project, { cwd: this.folderOf(workload), env: environment() });
  }

  /** Writes the profile of a compiled workload into a folder. */
  public profile(workload: Workload, sizes: Sizes, folder: string): void {
    const flags = ["--cpu-prof", "--cpu-prof-interval=200", `--cpu-prof-dir=${folder}`];
    this.withOutdir((outdir) =>
      this.runNode(workload, [...flags, this.script(workload), outdir, ...sizes.map(String)]),
    );
  }

  private withOutdir<T>(task: (outdir: string) => T): T {
    const outdir = mkdtempSync(join(this.root, "out-"));
    try {
      return task(outdir);
    } finally {
      rmSync(outdir, { recursive: true });
    }
  }

  private folderOf(workload: Workload): string {
    return join(this.root, workload === "aws-cdk" ? "aws-cdk" : "cdktf");
  }

  private link(name: string, workload: Workload): void {
    const path = join(this.folderOf(workload), "node_modules", name);
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(join(NODE_MODULES, name), path);
  }

  /** Writes the sources, what they compile to, and a configuration of TypeScript for each workload. */
  private writeWorkloads(workload: Workload, isNeeded: (name: string) => boolean): void {
    const folder = this.folderOf(workload);
    mkdirSync(join(folder, "build"));
    const sources = join(__dirname, "workloads");
    for (const source of readdirSync(sources).filter((name) => name.endsWith(".ts") && isNeeded(name))) {
      const { name } = parse(source);
      // No measured process of a compiled program spends time on TypeScript.
      const { code } = transformFileSync(join(sources, source), {
        module: { type: "commonjs" },
        jsc: { parser: { syntax: "typescript" }, target: "es2022" },
      });
      writeFileSync(join(folder, "build", `${name}.js`), code);
      copyFileSync(join(sources, source), join(folder, source));
      if (source === "aws-cdk.ts") {
        const text = readFileSync(join(sources, source), "utf8");
        writeFileSync(join(folder, source), text.replace(/^\/\/ @ts-nocheck.*\n/, ""));
      }
      writeFileSync(join(folder, `tsconfig.${name}.json`), JSON.stringify(tsconfig(source)));
    }
  }

  private script(workload: Workload): string {
    return join(this.folderOf(workload), "build", `measure-${workload}.js`);
  }

  private runNode(workload: Workload, args: string[]): Usage & { readonly wall: number } {
    const start = performance.now();
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      cwd: this.folderOf(workload),
      env: environment(),
      encoding: "utf8",
    });
    const wall = performance.now() - start;
    if (status !== 0) {
      throw new Error(`node ${args.join(" ")} failed:\n${stderr}`);
    }
    return { ...(JSON.parse(stdout) as Usage), wall };
  }
}

/** A loader or a profiler that the caller runs with must not be measured. */
function environment(): NodeJS.ProcessEnv {
  return { ...process.env, NODE_OPTIONS: "" };
}

function tsconfig(source: string): object {
  const compilerOptions = {
    target: "ES2022",
    module: "commonjs",
    strict: true,
    skipLibCheck: true,
    types: ["node"],
    noEmit: true,
  };
  return { compilerOptions, files: [source] };
}
