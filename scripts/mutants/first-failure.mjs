import { TestEnvironment } from "jest-environment-node";

/** Skips what comes after the first test of a file that fails: one is enough to notice a fault. */
export default class FirstFailure extends TestEnvironment {
  #failed = false;

  handleTestEvent({ name, test }) {
    if (name === "test_fn_failure" || name === "hook_failure") {
      this.#failed = true;
    }
    if (name === "test_start" && this.#failed) {
      test.mode = "skip";
    }
  }
}
