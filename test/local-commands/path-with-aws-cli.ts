import * as fs from "node:fs";
import * as path from "node:path";
import { temporaryFolder } from "../support/temporary-folder";
import { writeAnsweredCommand } from "./answered-command";
import { runAwsCli } from "./aws-cli";

/** A PATH on which `aws` is what stands in for the AWS CLI, run by this process. */
export function pathWithAwsCli(): string {
  const folder = temporaryFolder();
  writeAnsweredCommand(folder, "aws", runAwsCli);
  // Who waits for AWS waits for what takes no time here, unless SLEEP says how many seconds.
  fs.writeFileSync(path.join(folder, "sleep"), '#!/bin/sh\nexec /bin/sleep "${SLEEP:-0.2}"\n', { mode: 0o755 });
  return [folder, process.env["PATH"]].join(path.delimiter);
}
