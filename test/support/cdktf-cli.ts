import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { describeUnless, describeWherePossible } from "./describe-unless";

const TERMINAL = "@cdktf/node-pty-prebuilt-multiarch";

/** The first version of Node.js for which the README does not promise the CLI. */
const FIRST_WITHOUT_PROMISE = 24;

/** Tests that need the CLI of cdktf. Where it does not run they are skipped; in CI that fails on the promised versions. */
export function describeWithCdktfCli(name: string, tests: () => void): void {
  const isPromised = Number(process.versions.node.split(".")[0]) < FIRST_WITHOUT_PROMISE;
  (isPromised ? describeUnless : describeWherePossible)(cdktfCliObstacle(), name, tests);
}

/** Why the CLI does not run on this version of Node.js, if so: it needs a binary that fits the version. */
function cdktfCliObstacle(): string | undefined {
  const library = createRequire(require.resolve("cdktf-cli/package.json")).resolve(TERMINAL);
  const { status } = spawnSync("node", ["-e", `require(${JSON.stringify(library)})`], { stdio: "ignore" });
  return status === 0 ? undefined : `cdktf-cli does not run on Node.js ${process.version}: ${TERMINAL} does not load`;
}
