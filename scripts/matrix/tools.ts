// The programs that the matrix needs beside the packages of a project, each in a folder of its own.
import * as fs from "node:fs";
import * as path from "node:path";
import { execute, run } from "../../test/support/commands";

/** Installed programs. */
export interface Tools {
  /** Where packages come from. */
  readonly registry: string;
  /** The folder of a program's package. */
  readonly folder: (name: string) => string;
  /** Why a program cannot run on this machine. */
  readonly missing: (name: string) => string | undefined;
}

/** Installs programs below a folder; `packages` has their packages by their names. */
export async function installTools(root: string, packages: { readonly [name: string]: string }): Promise<Tools> {
  fs.mkdirSync(root, { recursive: true });
  const registry = (await run("npm", ["config", "get", "registry", "--loglevel=error"], root)).trim();
  const reasons = new Map<string, string>();
  const folder = (name: string): string => {
    const spec = packages[name] ?? "";
    return path.join(root, name, "node_modules", spec.slice(0, spec.lastIndexOf("@")));
  };
  await Promise.all(
    Object.entries(packages).map(async ([name, spec]) => {
      const prefix = path.join(root, name);
      fs.mkdirSync(prefix);
      const options = ["--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"];
      const { status } = await execute("npm", ["install", "--prefix", prefix, ...options, spec], { cwd: prefix });
      if (status !== 0) {
        reasons.set(name, `${spec} cannot be installed on ${process.platform}-${process.arch}`);
      }
    }),
  );
  return { registry, folder, missing: (name) => reasons.get(name) };
}
