import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { Workspace, configuration } from "./terraform";
import { terraformEnvironment } from "./terraform-environment";

/**
 * The AWS provider in a process of its own, for Terraform to talk to. `terraform test` starts one for every run, which
 * takes longer than all else that it does with mocks; there the provider gives its schema only, and one does for all.
 */
export class ProviderProcess {
  /** Starts the provider that Terraform installs. */
  public static async start(): Promise<ProviderProcess> {
    const workspace = new Workspace(configuration());
    await workspace.init();
    const installed = path.join(workspace.folder, ".terraform", "providers");
    // Plugins may be links, which are not followed when a folder is read.
    const folders = fs.readdirSync(installed, { recursive: true, encoding: "utf8" });
    const binary = folders
      .map((folder) => path.join(installed, folder))
      .filter((folder) => fs.statSync(folder).isDirectory())
      .flatMap((folder) => fs.readdirSync(folder).map((file) => path.join(folder, file)))
      .find((file) => path.basename(file).startsWith("terraform-provider-aws"));
    if (binary === undefined) {
      throw new Error(`no provider is installed in ${installed}`);
    }
    const child = spawn(binary, ["-debug"], { env: terraformEnvironment(), stdio: ["ignore", "pipe", "ignore"] });
    const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    const attachment = await new Promise<string>((resolve, reject) => {
      let output = "";
      child.once("error", reject);
      child.once("exit", (status) => reject(new Error(`the provider ended with ${String(status)}:\n${output}`)));
      child.stdout.on("data", (chunk: Buffer) => {
        output += chunk.toString();
        const [, found] = /TF_REATTACH_PROVIDERS='(.*)'/.exec(output) ?? [];
        if (found !== undefined) {
          resolve(found);
        }
      });
    });
    return new ProviderProcess({ TF_REATTACH_PROVIDERS: attachment }, async () => {
      child.kill("SIGINT");
      await ended;
    });
  }

  private constructor(
    /** What Terraform needs to talk to it. */
    public readonly environment: NodeJS.ProcessEnv,
    public readonly stop: () => Promise<void>,
  ) {}
}
