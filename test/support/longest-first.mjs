import path from "node:path";
import Sequencer from "@jest/test-sequencer";

/** The files that take longest, and are not the largest. */
const LONG = [
  "terraform/stack-override/override-harms",
  "terraform/modules/modules",
  "terraform/examples/lifecycle",
  "terraform/modules/registry-endpoints-module",
  "terraform/examples/demo",
  "terraform/fleet/deploy",
  "terraform/examples/pipeline",
  "project/consumer",
].map((name) => `test/${name}.test.ts`);

/**
 * Starts the longest files first, then the others that run Terraform; the rest fills the time in which those wait. Jest
 * orders files by their last time, which a new clone does not have.
 */
export default class LongestFirst extends Sequencer {
  sort(tests) {
    const rank = ({ path: file, context }) => {
      const index = LONG.indexOf(path.relative(context.config.rootDir, file));
      return index >= 0 ? index : LONG.length + (file.includes("/test/terraform/") ? 0 : 1);
    };
    return super.sort(tests).sort((one, other) => rank(one) - rank(other));
  }
}
