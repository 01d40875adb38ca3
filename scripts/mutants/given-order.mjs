import process from "node:process";
import Sequencer from "@jest/test-sequencer";

/** Runs the files in the order of the variable, so that those that most likely notice a fault come first. */
export default class GivenOrder extends Sequencer {
  sort(tests) {
    const order = (process.env["MUTANTS_TESTS"] ?? "").split(":");
    const rank = ({ path: file, context }) => order.indexOf(file.slice(context.config.rootDir.length + 1));
    return [...tests].sort((one, other) => rank(one) - rank(other));
  }
}
