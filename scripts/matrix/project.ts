// A project of a cell: a folder that the cell's package manager installs into, with the cell's Node.js.
import * as fs from "node:fs";
import * as path from "node:path";
import { execute, run } from "../../test/support/commands";
import type { Outcome } from "../../test/support/commands";
import { PACKAGE, peersOf } from "../../test/support/consumer-project";
import type { ConsumerProject } from "../../test/support/consumer-project";
import { managerTool, nodeTool } from "./cells";
import type { Cell } from "./cells";
import type { Tools } from "./tools";

/** A project of a cell before and after its installation. */
export interface CellProject extends ConsumerProject {
  /** Installs the package and what it needs, and returns the output. */
  readonly install: () => Promise<Outcome>;
  /** Has npm decide whether the command line interface of the framework can be installed as well. */
  readonly resolveCli?: () => Promise<Outcome>;
}

/** How a package manager is run. */
interface Commands {
  /** The script of the package manager, from the folder of its package. */
  readonly script: string;
  readonly install: readonly string[];
  /** Whether there is no node_modules, so that only the package manager can run programs. */
  readonly runsPrograms?: true;
}

const YARN: Commands = { script: "bin/yarn.js", install: ["install"] };

/** How the package managers install. npm is told here to refuse unmet peers, pnpm in its settings; Yarn only warns. */
const COMMANDS: { readonly [manager in Cell["manager"]]: Commands } = {
  "npm 10": { script: "bin/npm-cli.js", install: npmInstall() },
  "npm 11": { script: "bin/npm-cli.js", install: npmInstall() },
  pnpm: { script: "bin/pnpm.mjs", install: ["install", "--prefer-offline"] },
  Yarn: YARN,
  "Yarn PnP": { ...YARN, runsPrograms: true },
};

/** Output of an installation that nobody may see: refused or unmet peers, and every warning that names the package. */
const REFUSAL = /ERESOLVE|\b(unmet|missing|invalid) peer|YN00(02|60|86)\b/i;
const WARNING = new RegExp(`\\bwarn\\b.*${PACKAGE}`, "i");

/** The lines of an installation's output that a user of the package must not see. */
export function complaints(output: string): string[] {
  return output.split("\n").filter((line) => REFUSAL.test(line) || WARNING.test(line));
}

/** Writes a project into a folder; `tarball` is the packed package, `shared` where package managers keep what they load. */
export function cellProject(cell: Cell, folder: string, tarball: string, shared: string, tools: Tools): CellProject {
  const { framework, constructs, typescript, manager } = cell;
  const { script, install, runsPrograms } = COMMANDS[manager];
  const node = path.join(tools.folder(nodeTool(cell.node)), "bin", "node");
  const managerScript = path.join(tools.folder(managerTool(manager)), script);
  const env = environment(path.dirname(node));
  const manage = (args: readonly string[]): Promise<Outcome> =>
    execute(node, [managerScript, ...args], { cwd: folder, env });
  const cli = [...install, "--package-lock-only", `${framework.name}-cli@${framework.version}`];
  fs.writeFileSync(
    path.join(folder, "package.json"),
    JSON.stringify({
      name: "consumer",
      private: true,
      dependencies: {
        [PACKAGE]: `file:${tarball}`,
        ...versions([...peersOf(framework), `constructs@${constructs}`]),
      },
      devDependencies: versions([`typescript@${typescript}`, "@types/node@20.19.43"]),
    }),
  );
  if (manager === "pnpm") {
    writeSettings(path.join(folder, "pnpm-workspace.yaml"), {
      strictPeerDependencies: true,
      storeDir: path.join(shared, "pnpm"),
    });
  }
  if (manager.startsWith("Yarn")) {
    writeSettings(path.join(folder, ".yarnrc.yml"), {
      nodeLinker: manager === "Yarn PnP" ? "pnp" : "node-modules",
      // Else ES modules find packages only if an installed package is one.
      pnpEnableEsmLoader: true,
      npmRegistryServer: tools.registry,
      globalFolder: path.join(shared, "yarn"),
      enableTelemetry: false,
      enableScripts: false,
    });
    // Makes the folder the root of a project, whatever is above it.
    fs.writeFileSync(path.join(folder, "yarn.lock"), "");
  }
  return {
    folder,
    framework,
    install: () => manage(install),
    ...(manager.startsWith("npm") && { resolveCli: () => manage(cli) }),
    node: (args, more) =>
      run(node, runsPrograms ? [managerScript, "node", ...args] : args, folder, { ...env, ...more }),
    command: (name, args) =>
      runsPrograms
        ? run(node, [managerScript, name, ...args], folder, env)
        : run(path.join(folder, "node_modules", ".bin", name), args, folder, env),
  };
}

function npmInstall(): string[] {
  return ["install", "--strict-peer-deps", "--prefer-offline", "--no-audit", "--no-fund"];
}

/** The environment of a project's commands: without what `npm run` has set, and with the project's Node.js on PATH. */
function environment(bin: string): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^npm_(?!config_registry$)/i.test(name));
  return {
    ...Object.fromEntries(own),
    PATH: `${bin}${path.delimiter}${process.env["PATH"] ?? ""}`,
    npm_config_update_notifier: "false",
  };
}

/** Packages with their versions, as package.json has them. */
function versions(packages: readonly string[]): { [name: string]: string } {
  return Object.fromEntries(
    packages.map((spec) => [spec.slice(0, spec.lastIndexOf("@")), spec.slice(spec.lastIndexOf("@") + 1)]),
  );
}

/** Writes settings as YAML. */
function writeSettings(file: string, settings: { readonly [name: string]: string | boolean }): void {
  const lines = Object.entries(settings).map(([name, value]) => `${name}: ${JSON.stringify(value)}\n`);
  fs.writeFileSync(file, lines.join(""));
}
