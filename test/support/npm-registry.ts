import { spawnSync } from "node:child_process";

/** Why the npm registry cannot be used here. In CI it must be: nothing is asked, and an install that fails is a failure. */
export function registryMissing(): string | undefined {
  const reached =
    process.env["CI"] !== undefined || spawnSync("npm", ["ping", "--loglevel=error"], { timeout: 20_000 }).status === 0;
  return reached ? undefined : "the npm registry is out of reach";
}
