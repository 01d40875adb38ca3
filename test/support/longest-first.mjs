import Sequencer from "@jest/test-sequencer";

/** Starts the files that run Terraform first: the others fill the time in which those wait. */
export default class LongestFirst extends Sequencer {
  sort(tests) {
    const runsTerraform = ({ path }) => path.includes("/test/terraform/");
    const sorted = super.sort(tests);
    return [...sorted.filter(runsTerraform), ...sorted.filter((test) => !runsTerraform(test))];
  }
}
