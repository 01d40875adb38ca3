import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { writeAnsweredCommand } from "../local-commands/answered-command";
import { temporaryFolder } from "./temporary-folder";
import { attachment } from "./terraform";

/**
 * A PATH on which `terraform` is attached to the kept providers, for programs that run Terraform themselves. `init`
 * installs the provider only if a lock file decides which. With STARTS_PROVIDERS Terraform installs and starts it itself.
 */
export function pathWithAttachedTerraform(): string {
  const folder = temporaryFolder();
  const real = spawnSync("/bin/sh", ["-c", "command -v terraform"], { encoding: "utf8" }).stdout.trim();
  writeAnsweredCommand(folder, "attachment", async (_, env) => {
    const { TF_REATTACH_PROVIDERS: stdout = "" } = await attachment(env);
    return { stdout, stderr: "", exitCode: 0 };
  });
  fs.writeFileSync(
    path.join(folder, "terraform"),
    `#!/bin/sh
for word; do case $word in -*) ;; *) break ;; esac; done
case "$word $*" in
  init*-lockfile=*) ;;
  init* | plan* | apply* | destroy* | output* | show*)
    : "\${TF_REATTACH_PROVIDERS=$('${path.join(folder, "attachment")}')}"
    export TF_REATTACH_PROVIDERS
    ;;
esac
exec '${real}' "$@"
`,
    { mode: 0o755 },
  );
  return [folder, process.env["PATH"]].join(path.delimiter);
}
