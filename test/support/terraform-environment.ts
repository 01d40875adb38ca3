import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

const PROVIDER = path.join("registry.terraform.io", "hashicorp", "aws");

/**
 * An environment in which Terraform finds the AWS provider, and no settings and no credentials of this machine but the
 * given ones.
 */
export function terraformEnvironment(added: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const rest = Object.entries(process.env).filter(([name]) => !/^(TF_|AWS_)/.test(name));
  const mirror = findMirror();
  return {
    ...Object.fromEntries(rest),
    ...(mirror === undefined
      ? {}
      : { TF_CLI_ARGS_init: `-plugin-dir=${mirror}`, TF_CLI_ARGS_providers_lock: `-fs-mirror=${mirror}` }),
    TF_CLI_CONFIG_FILE: os.devNull,
    TF_IN_AUTOMATION: "1",
    CHECKPOINT_DISABLE: "1",
    // Garbage collection is a fifth of the time that a plan takes.
    GOGC: "400",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: os.devNull,
    AWS_SHARED_CREDENTIALS_FILE: os.devNull,
    ...added,
  };
}

/** A folder with the provider; undefined when Terraform's own mirrors have it or it has to be downloaded. */
function findMirror(): string | undefined {
  const holds = (folder: string): boolean => fs.existsSync(path.join(folder, PROVIDER));
  const named = process.env["TF_PLUGIN_MIRROR"];
  if (named !== undefined && holds(named)) {
    return named;
  }
  const implied = [
    path.join(os.homedir(), ".terraform.d", "plugins"),
    "/usr/local/share/terraform/plugins",
    "/usr/share/terraform/plugins",
  ];
  if (implied.some(holds) || !fs.existsSync("/opt")) {
    return undefined;
  }
  return fs
    .readdirSync("/opt")
    .map((name) => path.join("/opt", name))
    .find(holds);
}
