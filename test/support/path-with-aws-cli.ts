import * as fs from "node:fs";
import * as path from "node:path";
import { temporaryFolder } from "./temporary-folder";

/** A PATH on which `aws` is what stands in for the AWS CLI. */
export function pathWithAwsCli(): string {
  const folder = temporaryFolder();
  const program = [process.execPath, "--import", require.resolve("tsx"), path.join(__dirname, "aws-cli.ts")];
  const quoted = program.map((word) => `'${word}'`).join(" ");
  fs.writeFileSync(
    path.join(folder, "aws"),
    `#!/bin/sh\nAWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED=true exec ${quoted} "$@"\n`,
    { mode: 0o755 },
  );
  // Who waits for AWS waits for what takes no time here, unless SLEEP says how many seconds.
  fs.writeFileSync(path.join(folder, "sleep"), '#!/bin/sh\nexec /bin/sleep "${SLEEP:-0.2}"\n', { mode: 0o755 });
  return [folder, process.env["PATH"]].join(path.delimiter);
}
