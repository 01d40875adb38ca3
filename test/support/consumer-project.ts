// Projects of users of the package: what a folder has that the packed package is installed into, and what must work there.
// test/project/consumer.test.ts checks a few of them, scripts/matrix.ts many.
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as pack from "../../src";
import { run } from "./commands";
import { EXAMPLES, PROJECT_ROOT, contents } from "./example-program";

export const PACKAGE = "cdktf-ecr-pull-through-cache";

/** A framework and its package of the AWS provider, in the versions that a project has. */
export interface Framework {
  readonly name: "cdktf" | "cdktn";
  readonly version: string;
  readonly providerVersion: string;
}

/** A folder that the package is installed into. */
export interface ConsumerProject {
  readonly folder: string;
  readonly framework: Framework;
  /** Runs a program with the project's Node.js, and returns its output. */
  readonly node: (args: readonly string[], env?: NodeJS.ProcessEnv) => Promise<string>;
  /** Runs a command of an installed package, and returns its output. */
  readonly command: (name: string, args: readonly string[]) => Promise<string>;
}

/** The files that examples have written, by the name of the example. */
export interface WrittenExamples {
  readonly [example: string]: { readonly [file: string]: string };
}

/** How a project resolves modules, and which compiler options do so. `cdktf init` and `cdktn init` write the last. */
export const RESOLUTIONS = {
  node16: { module: "node16", moduleResolution: "node16" },
  nodenext: { module: "nodenext", moduleResolution: "nodenext" },
  bundler: { module: "esnext", moduleResolution: "bundler" },
  commonjs: { module: "commonjs" },
} as const;

export type Resolution = keyof typeof RESOLUTIONS;

/** Where compiled programs are. */
const BUILD = "build";

/** Synthesizes programs, each into a folder of its own, in one process: the packages load once. */
const SYNTHESIZE = `
for (const [program, outdir] of JSON.parse(process.argv[1])) {
  process.env.CDKTF_OUTDIR = outdir;
  require(program);
}
`;

/** Packs the package into a folder, and returns the file. */
export async function packTarball(folder: string): Promise<string> {
  await run("npm", ["pack", "--pack-destination", folder, "--loglevel=error"], PROJECT_ROOT);
  const [file = ""] = fs.readdirSync(folder).filter((name) => name.endsWith(".tgz"));
  return path.join(folder, file);
}

/** The packages that a user of the framework installs beside this one. */
export function peersOf({ name, version, providerVersion }: Framework): string[] {
  return [`${name}@${version}`, `@${name}/provider-aws@${providerVersion}`];
}

/** The name by which a user of the framework imports the package. */
export function entryPoint({ name }: Pick<Framework, "name">): string {
  return name === "cdktf" ? PACKAGE : `${PACKAGE}/${name}`;
}

/** A program for cdktf, as it is for another framework: only its imports differ. */
export function programFor(framework: Pick<Framework, "name">, text: string): string {
  return text
    .replaceAll('from "cdktf"', `from "${framework.name}"`)
    .replaceAll('from "@cdktf/provider-aws/', `from "@${framework.name}/provider-aws/`)
    .replaceAll(`from "${PACKAGE}"`, `from "${entryPoint(framework)}"`);
}

/** Writes into a project every example, programs that import every name, and a configuration of TypeScript for each resolution. */
export function writePrograms({ folder, framework }: Pick<ConsumerProject, "folder" | "framework">): void {
  for (const example of EXAMPLES) {
    const text = fs.readFileSync(path.join(PROJECT_ROOT, "examples", example, "main.ts"), "utf8");
    fs.writeFileSync(path.join(folder, `${example}.ts`), programFor(framework, text));
  }
  for (const extension of ["cts", "mts"]) {
    fs.writeFileSync(path.join(folder, `names.${extension}`), namesProgram(framework));
  }
  for (const [resolution, options] of Object.entries(RESOLUTIONS)) {
    const compilerOptions = {
      target: "ES2022",
      ...options,
      strict: true,
      skipLibCheck: false,
      types: ["node"],
      rootDir: ".",
      outDir: BUILD,
    };
    // Files whose extension decides about the module are for the resolutions that read it.
    const include = resolution === "commonjs" ? ["*.ts"] : ["*.ts", "*.cts", "*.mts"];
    fs.writeFileSync(
      path.join(folder, `tsconfig.${resolution}.json`),
      JSON.stringify({ compilerOptions, include }, undefined, 2),
    );
  }
}

/** Compiles the programs of a project, and checks them with the other resolutions. Types of packages are checked as well. */
export async function typeCheck(project: ConsumerProject, resolutions: readonly Resolution[]): Promise<void> {
  for (const resolution of resolutions) {
    const emit = resolution === "node16" ? [] : ["--noEmit"];
    await project.command("tsc", ["-p", `tsconfig.${resolution}.json`, ...emit]);
  }
}

/** Runs the compiled programs that import every name of the package, as CommonJS and as an ES module. */
export async function importNames({ node }: ConsumerProject): Promise<void> {
  await node([path.join(BUILD, "names.cjs")]);
  await node([path.join(BUILD, "names.mjs")]);
}

/** Runs the examples of a project, and returns what they wrote; `program` is the file of an example. */
export async function synthesizeExamples(
  { folder, node }: Pick<ConsumerProject, "folder" | "node">,
  program = (example: string): string => path.join(folder, BUILD, `${example}.js`),
): Promise<WrittenExamples> {
  const parent = fs.mkdtempSync(path.join(os.tmpdir(), "ecr-pull-through-cache-"));
  const outdir = (example: string): string => path.join(parent, example);
  try {
    await node(["-e", SYNTHESIZE, JSON.stringify(EXAMPLES.map((example) => [program(example), outdir(example)]))]);
    return Object.fromEntries(EXAMPLES.map((example) => [example, contents(outdir(example))]));
  } finally {
    fs.rmSync(parent, { recursive: true });
  }
}

/** What the examples write when they run from their sources, on the framework that the repository has. */
export function sourceExamples(): Promise<WrittenExamples> {
  const env = { TSX_TSCONFIG_PATH: path.join(PROJECT_ROOT, "tsconfig.json") };
  return synthesizeExamples(
    { folder: PROJECT_ROOT, node: (args) => runTypeScript(args, PROJECT_ROOT, env) },
    (example) => path.join(PROJECT_ROOT, "examples", example, "main.ts"),
  );
}

/** Runs a program that may be TypeScript, with the Node.js of the repository, and returns its output. */
export function runTypeScript(args: readonly string[], cwd: string, env?: NodeJS.ProcessEnv): Promise<string> {
  return run(process.execPath, ["--import", require.resolve("tsx"), ...args], cwd, env);
}

/**
 * What the examples must write in a project: the same as from the sources, but for the versions of the project. CDK
 * Terrain gives the provider its whole name, and puts empty lists and objects on one line.
 */
export function expectedExamples(sources: WrittenExamples, { name, version }: Framework, aws: string): WrittenExamples {
  const versioned = (text: string): string =>
    text
      .replaceAll('"version": "5.100.0"', `"version": "${aws}"`)
      .replaceAll('"version": "0.21.0"', `"version": "${version}"`);
  const inProject = (text: string): string =>
    name === "cdktf"
      ? versioned(text)
      : versioned(text)
          .replaceAll('"source": "aws"', '"source": "hashicorp/aws"')
          .replace(/([[{])\s+(?=[\]}])/g, "$1");
  const files = Object.entries(sources).map(([example, texts]) => [
    example,
    Object.fromEntries(Object.entries(texts).map(([file, text]) => [file, inProject(text)])),
  ]);
  return Object.fromEntries(files) as WrittenExamples;
}

/** The files that differ between what examples wrote and what they must write. */
export function differences(actual: WrittenExamples, expected: WrittenExamples): string[] {
  const examples = [...new Set([...Object.keys(actual), ...Object.keys(expected)])];
  return examples.flatMap((example) => {
    const [is, must] = [actual[example] ?? {}, expected[example] ?? {}];
    const files = [...new Set([...Object.keys(is), ...Object.keys(must)])];
    return files.filter((file) => is[file] !== must[file]).map((file) => `${example}/${file}`);
  });
}

/** The version of hashicorp/aws that the provider package of a project is made for. */
export async function awsVersion({ framework, node }: ConsumerProject): Promise<string> {
  const file = `@${framework.name}/provider-aws/lib/provider/index.js`;
  const text = await node(["-p", `require("node:fs").readFileSync(require.resolve("${file}"), "utf8")`]);
  return /providerVersion: ['"]([\d.]+)['"]/.exec(text)?.[1] ?? "unknown";
}

/** Runs the command of the package. */
export async function runCommand({ folder, command }: ConsumerProject): Promise<void> {
  const registry = "111122223333.dkr.ecr.eu-west-1.amazonaws.com";
  fs.writeFileSync(path.join(folder, "map.json"), JSON.stringify({ "docker.io": `${registry}/docker-hub` }));
  const output = await command("ecr-pull-through-cache", ["uri", "--map", "map.json", "nginx:1.27"]);
  if (output.trim() !== `${registry}/docker-hub/library/nginx:1.27`) {
    throw new Error(`the command printed ${output}`);
  }
}

/** A program that imports every value and every type of the package by its name. */
function namesProgram(framework: Framework): string {
  const values = Object.keys(pack);
  const index = fs.readFileSync(path.join(PROJECT_ROOT, "src", "index.ts"), "utf8");
  const types = [...index.matchAll(/\btype (\w+)/g)].map(([, name = ""]) => name);
  return `import { ${[...values, ...types.map((type) => `type ${type}`)].join(", ")} } from "${entryPoint(framework)}";
export type Types = [${types.join(", ")}];
if ([${values.join(", ")}].some((value) => value === undefined)) {
  throw new Error("a name is undefined");
}
`;
}
