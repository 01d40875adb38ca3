import * as fs from "node:fs";
import * as path from "node:path";
import { LocalAws } from "../local-aws/server";
import { writeAnsweredCommand } from "../local-commands/answered-command";
import { loadServices, runAwsCli } from "../local-commands/aws-cli";
import { docker } from "../local-commands/docker";
import { kubectl } from "../local-commands/kubectl";
import { limitsOf } from "../local-commands/puller";
import type { Puller } from "../local-commands/puller";
import { execute } from "./commands";
import { readDocument, readersTerraform } from "./documents";
import type { CodeBlock } from "./documents";
import { ROOT } from "./examples";
import { packedPackage } from "./packed-package";
import { pathWithAttachedTerraform } from "./path-with-attached-terraform";
import { temporaryFolder } from "./temporary-folder";
import { terraformEnvironment } from "./terraform-environment";

/** What a guide takes for given. */
export interface GuideSetup {
  /** The files and folders that the reader has when the guide begins, by their names there, from the project's folder. */
  readonly files: { readonly [name: string]: string };
  /** Fills AWS with what the reader has there. */
  readonly prepare?: (aws: LocalAws) => Promise<void> | void;
  /**
   * The accounts of the reader's profiles, by the names of these; AWS_PROFILE selects one, and else it is `default`.
   * @default - credentials of one account in the environment
   */
  readonly profiles?: { readonly [name: string]: string };
  /** What the reader types where a command reads a line without showing it. */
  readonly typed?: readonly string[];
  /**
   * Whether commands install packages with npm. The reader then has the packed package as PACKAGE_FILE, and the test
   * needs the npm registry.
   */
  readonly installs?: boolean;
  /** The nodes of the reader's cluster. */
  readonly nodes?: Puller;
  /** The machine that the reader runs Docker on. @default - one with a route to the internet and all permissions */
  readonly machine?: Puller;
}

/** Commands, and the lines that the guide shows of their output. */
interface Step {
  readonly block: CodeBlock;
  readonly expected: string | undefined;
}

/** The packed package, as the files of a reader name it. */
const PACKAGE_FILE = "cdktf-ecr-pull-through-cache.tgz";

const MARK = "=== step";
const TSX = require.resolve("tsx");

// Guides are followed at the same time.
loadServices();

/**
 * Follows a guide: runs all its `sh` blocks in one shell, in their order, and compares what they print with the `text`
 * block behind each. Throws with the block that fails or prints something else.
 */
export async function followGuide(name: string, setup: GuideSetup): Promise<void> {
  const { files, prepare, typed = [] } = setup;
  const steps = stepsOf(readDocument(name).blocks);
  if (steps.length === 0) {
    throw new Error(`${name} has no commands to run`);
  }
  const aws = await LocalAws.start();
  try {
    await prepare?.(aws);
    const folder = readersFolder(files);
    if (setup.installs === true) {
      fs.copyFileSync(await packedPackage(), path.join(folder, PACKAGE_FILE));
    }
    const script = steps.map(({ block }, index) => `echo "${MARK} ${index}"\n${block.text}`).join("\n");
    const file = path.join(temporaryFolder(), "guide.sh");
    const input = typed.map((line) => `${line}\n`).join("");
    fs.writeFileSync(file, `set -euo pipefail\nexec 2>&1 <<'TYPED'\n${input}TYPED\n${script}\n`);
    const { status, output } = await execute("bash", [file], { cwd: folder, env: environment(aws, setup) });
    const outputs = output.split(new RegExp(`^${MARK} \\d+$`, "m")).slice(1);
    steps.forEach(({ block, expected }, index) => {
      const printed = outputs[index] ?? "";
      const place = `${name}:${block.line}`;
      // A script that bash cannot read ends before its first step.
      if (index === Math.max(outputs.length - 1, 0) && status !== 0) {
        throw new Error(`${place} ends with ${String(status)}:\n${outputs.length === 0 ? output : printed}`);
      }
      const missing = firstMissing(expected ?? "", printed);
      if (missing !== undefined) {
        throw new Error(`${place} must print this, in its place: ${missing}\nbut prints:\n${printed}`);
      }
    });
  } finally {
    await aws.stop();
  }
}

function stepsOf(blocks: readonly CodeBlock[]): Step[] {
  return blocks.flatMap((block, index) => {
    const next = blocks[index + 1];
    return block.language === "sh" ? [{ block, expected: next?.language === "text" ? next.text : undefined }] : [];
  });
}

/** The first expected line that the output does not have behind the ones before; `…` in it stands for any text. */
function firstMissing(expected: string, printed: string): string | undefined {
  const lines = printed.split("\n").map(condensed);
  let from = 0;
  return expected
    .split("\n")
    .filter((line) => condensed(line) !== "" && condensed(line) !== "…")
    .find((line) => {
      const pattern = new RegExp(`^${condensed(line).split("…").map(escaped).join(".*")}$`);
      const found = lines.findIndex((candidate, index) => index >= from && pattern.test(candidate));
      from = found + 1;
      return found < 0;
    });
}

function condensed(line: string): string {
  return line.trim().replace(/\s+/g, " ");
}

/**
 * The folder that the reader works in: programs find the packages above it, where npm changes nothing, and a clone is
 * beside it and beside its folders.
 */
function readersFolder(files: GuideSetup["files"]): string {
  const parent = temporaryFolder();
  const folder = path.join(parent, "caches");
  for (const [name, source] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    if (source.endsWith(".tf")) {
      fs.writeFileSync(path.join(folder, name), readersTerraform(source));
    } else {
      fs.cpSync(path.join(ROOT, source), path.join(folder, name), { recursive: true });
    }
  }
  fs.symlinkSync(path.join(ROOT, "node_modules"), path.join(parent, "node_modules"));
  for (const beside of [parent, folder]) {
    fs.mkdirSync(path.join(beside, "cdktf-ecr-pull-through-cache"));
    fs.symlinkSync(path.join(ROOT, "modules"), path.join(beside, "cdktf-ecr-pull-through-cache", "modules"));
  }
  return folder;
}

/** Terraform is the real one; AWS, the AWS CLI, Docker and kubectl are stood in for, and `sleep` wakes early. */
function environment(aws: LocalAws, { nodes, machine, profiles }: GuideSetup): NodeJS.ProcessEnv {
  const commands = temporaryFolder();
  writeAnsweredCommand(commands, "aws", runAwsCli);
  writeAnsweredCommand(commands, "docker", docker(aws, machine && limitsOf(aws, machine)));
  // The real npx and the command tsx take as long to start as a program takes to run.
  const node = `exec '${process.execPath}' --import '${TSX}'`;
  const program = path.join(ROOT, "cli", "main.ts");
  writeScript(
    commands,
    "npx",
    `command=$1; shift
case $command in
tsx) ${node} "$@" ;;
ecr-pull-through-cache) ${node} '${program}' "$@" ;;
*) echo "npx $command is not known here"; exit 1 ;;
esac`,
  );
  writeScript(commands, "sleep", "exec /bin/sleep 0.5");
  if (nodes !== undefined) {
    writeAnsweredCommand(commands, "kubectl", kubectl(aws, nodes));
  }
  return terraformEnvironment({
    ...(profiles === undefined ? aws.environment() : environmentWith(aws, profiles)),
    PATH: [commands, pathWithAttachedTerraform()].join(path.delimiter),
    TSX_TSCONFIG_PATH: path.join(ROOT, "tsconfig.json"),
    TF_CLI_ARGS: "-no-color",
    TF_CLI_ARGS_apply: "-auto-approve",
    TF_CLI_ARGS_destroy: "-auto-approve",
    TF_INPUT: "0",
    npm_config_loglevel: "error",
    npm_config_audit: "false",
    npm_config_fund: "false",
    npm_config_prefer_offline: "true",
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
  });
}

/** Credentials of several accounts, of which AWS_PROFILE selects one. */
function environmentWith(aws: LocalAws, profiles: NonNullable<GuideSetup["profiles"]>): NodeJS.ProcessEnv {
  const file = path.join(temporaryFolder(), "credentials");
  const sections = Object.entries(profiles).map(([name, accountId]) => {
    const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret } = aws.environment(accountId);
    return `[${name}]\naws_access_key_id = ${String(id)}\naws_secret_access_key = ${String(secret)}\n`;
  });
  fs.writeFileSync(file, sections.join("\n"));
  return { AWS_ENDPOINT_URL: aws.url, AWS_SHARED_CREDENTIALS_FILE: file };
}

function writeScript(folder: string, name: string, text: string): void {
  fs.writeFileSync(path.join(folder, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
