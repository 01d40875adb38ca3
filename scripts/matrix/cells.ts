// The cells of the matrix. Every major version of Node.js, every version of TypeScript, the oldest and the newest
// constructs, and every package manager are there with each framework and provider. So are all pairs of a version of
// TypeScript with a module resolution, because every cell checks all resolutions. Other pairs are not complete.
import type { Framework } from "../../test/support/consumer-project";
import type { Combination } from "./page";

/** A combination of versions. */
export interface Cell {
  readonly framework: Framework;
  readonly constructs: string;
  readonly node: string;
  readonly typescript: string;
  readonly manager: Manager;
}

/** A package manager; Yarn once for each way to install that it has. */
export type Manager = "npm 10" | "npm 11" | "pnpm" | "Yarn" | "Yarn PnP";

/** The package on npm that has the binary of Node.js for this machine. */
const NODE_BINARY = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;

const NODE_20_9 = "20.9.0";
const NODE_20 = "20.20.2";
const NODE_22 = "22.23.3";
const NODE_24 = "24.21.0";
/** The oldest version that package.json admits, and the newest of each major version. */
export const NODE_VERSIONS = [NODE_20_9, NODE_20, NODE_22, NODE_24] as const;

export const TYPESCRIPT_5 = "5.9.3";
export const TYPESCRIPT_7 = "7.0.2";

export const MANAGERS: { readonly [manager in Manager]: { readonly package: string; readonly version: string } } = {
  "npm 10": { package: "npm", version: "10.9.9" },
  "npm 11": { package: "npm", version: "11.21.2" },
  pnpm: { package: "pnpm", version: "12.21.0" },
  Yarn: { package: "@yarnpkg/cli-dist", version: "4.18.1" },
  "Yarn PnP": { package: "@yarnpkg/cli-dist", version: "4.18.1" },
};

/** The oldest and the newest supported versions of each framework and its AWS provider package. */
export const CDKTF_5: Framework = { name: "cdktf", version: "0.21.0", providerVersion: "20.1.0" };
export const CDKTF_6: Framework = { name: "cdktf", version: "0.21.0", providerVersion: "21.22.1" };
export const CDKTN_OLDEST: Framework = { name: "cdktn", version: "0.24.0", providerVersion: "25.5.0" };
export const CDKTN: Framework = { name: "cdktn", version: "0.24.0", providerVersion: "25.7.0" };

/** The oldest and the newest version of constructs that each framework admits. */
export const OLDEST_CONSTRUCTS = { cdktf: "10.4.2", cdktn: "10.6.0" } as const;
export const NEWEST_CONSTRUCTS = { cdktf: "10.8.1", cdktn: "10.7.2" } as const;

type Row = readonly [Framework, "oldest" | "newest", node: string, typescript: string, Manager];

// TypeScript 7 finds no package that Yarn's Plug'n'Play keeps in an archive: it ends with TS2688.
const ROWS: readonly Row[] = [
  [CDKTF_5, "oldest", NODE_20_9, TYPESCRIPT_5, "npm 10"],
  [CDKTF_5, "newest", NODE_24, TYPESCRIPT_7, "npm 11"],
  [CDKTF_5, "oldest", NODE_22, TYPESCRIPT_7, "pnpm"],
  [CDKTF_5, "newest", NODE_20, TYPESCRIPT_7, "Yarn"],
  [CDKTF_5, "newest", NODE_22, TYPESCRIPT_5, "Yarn PnP"],
  [CDKTF_6, "newest", NODE_22, TYPESCRIPT_7, "npm 10"],
  [CDKTF_6, "oldest", NODE_24, TYPESCRIPT_5, "npm 11"],
  [CDKTF_6, "newest", NODE_24, TYPESCRIPT_5, "pnpm"],
  [CDKTF_6, "oldest", NODE_20, TYPESCRIPT_7, "Yarn"],
  [CDKTF_6, "newest", NODE_24, TYPESCRIPT_5, "Yarn PnP"],
  [CDKTN_OLDEST, "oldest", NODE_22, TYPESCRIPT_5, "npm 10"],
  [CDKTN, "oldest", NODE_20, TYPESCRIPT_5, "npm 10"],
  [CDKTN, "newest", NODE_24, TYPESCRIPT_7, "npm 11"],
  [CDKTN, "newest", NODE_22, TYPESCRIPT_5, "pnpm"],
  [CDKTN, "oldest", NODE_22, TYPESCRIPT_7, "Yarn"],
  [CDKTN, "newest", NODE_24, TYPESCRIPT_5, "Yarn PnP"],
];

export const CELLS: readonly Cell[] = ROWS.map(([framework, constructs, node, typescript, manager]) => ({
  framework,
  constructs: (constructs === "oldest" ? OLDEST_CONSTRUCTS : NEWEST_CONSTRUCTS)[framework.name],
  node,
  typescript,
  manager,
}));

/** Programs that run the cells and check the tarball, by the name of the folder that each is installed into. */
export const TOOLS: { readonly [name: string]: string } = {
  ...Object.fromEntries(NODE_VERSIONS.map((version) => [nodeTool(version), `${NODE_BINARY}@${version}`])),
  ...Object.fromEntries(
    Object.entries(MANAGERS).map(([manager, { package: name, version }]) => [
      managerTool(manager as Manager),
      `${name}@${version}`,
    ]),
  ),
  publint: "publint@0.3.25",
  attw: "@arethetypeswrong/cli@0.18.5",
};

/** The name of the tool that is a version of Node.js. */
export function nodeTool(version: string): string {
  return `node-${version}`;
}

/** The name of the tool that is a package manager. */
export function managerTool(manager: Manager): string {
  const { package: name, version } = MANAGERS[manager];
  return `${name.replace(/^.*\//, "")}-${version}`;
}

/** A package manager with its version. */
export function managerName(manager: Manager): string {
  const { version } = MANAGERS[manager];
  return manager.startsWith("Yarn")
    ? manager.replace("Yarn", `Yarn ${version}`)
    : `${manager.split(" ")[0]} ${version}`;
}

/** A cell as the page shows it. */
export function columnsOf({ framework, constructs, node, typescript, manager }: Cell): Omit<Combination, "result"> {
  return {
    framework: `\`${framework.name}\` ${framework.version}`,
    provider: `\`@${framework.name}/provider-aws\` ${framework.providerVersion}`,
    constructs,
    node,
    typescript,
    manager: managerName(manager),
  };
}
