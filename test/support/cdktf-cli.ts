import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";

const TERMINAL = "@cdktf/node-pty-prebuilt-multiarch";

/** Why the CLI of cdktf does not run on this version of Node.js, if so: it needs a binary that fits the version. */
export function cdktfCliObstacle(): string | undefined {
  const library = createRequire(require.resolve("cdktf-cli/package.json")).resolve(TERMINAL);
  const { status } = spawnSync("node", ["-e", `require(${JSON.stringify(library)})`], { stdio: "ignore" });
  return status === 0 ? undefined : `cdktf-cli does not run on Node.js ${process.version}: ${TERMINAL} does not load`;
}
