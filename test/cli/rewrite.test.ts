import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { Readable } from "node:stream";
import { applyPatch } from "diff";
import { unifiedDiff } from "../../cli/rewrite/unified-diff";
import { HOST, MAP } from "../support/rewriting";
import { runCli } from "../support/run-cli";
import type { CommandOutcome } from "../support/run-cli";
import { temporaryFolder } from "../support/temporary-folder";

const DOCKERFILE = "FROM nginx:1.27\nCOPY a b\n";
const REWRITTEN = `FROM ${HOST}/docker-hub/library/nginx:1.27\nCOPY a b\n`;
const POD = "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - image: quay.io/a/b\n    - image: gcr.io/x/y:1\n";
const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;
const GCR =
  "the cache has no upstream gcr.io; ECR cannot cache Google Container Registry: copy these images into a private repository";

let folder: string;

beforeEach(() => {
  folder = temporaryFolder();
  write("map.json", JSON.stringify(MAP));
});

function write(name: string, text: string | Uint8Array): string {
  fs.writeFileSync(path.join(folder, name), text);
  return name;
}

function read(name: string): string {
  return fs.readFileSync(path.join(folder, name), "utf8");
}

/** Runs `rewrite` in the folder. */
function rewrite(args: readonly string[], stdin = ""): Promise<CommandOutcome> {
  return runCli(folder, ["rewrite", "--map", "map.json", ...args], { stdin: Readable.from([Buffer.from(stdin)]) });
}

describe("to the standard output", () => {
  test.each([[[]], [["-"]]])("rewrites the standard input with the arguments %j", async (args) => {
    expect(await rewrite(args, DOCKERFILE)).toEqual({ code: 0, stdout: REWRITTEN, stderr: "" });
  });

  test("rewrites files one after another, and leaves them as they are", async () => {
    write("Dockerfile", DOCKERFILE);
    write("pod.yaml", POD);
    const { code, stdout, stderr } = await rewrite(["Dockerfile", "pod.yaml", "./Dockerfile"]);
    expect([code, stdout]).toEqual([0, REWRITTEN + POD.replace("quay.io", `${HOST}/quay`)]);
    expect(stderr).toBe(`warning: pod.yaml:6:14: gcr.io/x/y:1 stays: ${GCR}\n`);
    expect(read("Dockerfile")).toBe(DOCKERFILE);
  });

  test("takes a type for an odd name, and for the standard input", async () => {
    write("odd.conf", POD);
    expect((await rewrite(["--type", "kubernetes", "odd.conf"])).stdout).toContain(`${HOST}/quay/a/b`);
    expect((await rewrite(["--type", "helm-values"], "image: nginx\n")).stdout).toContain(`image: ${HOST}/docker-hub`);
  });

  test("uses the host for IPv4 and IPv6", async () => {
    const { stdout } = await rewrite(["--dual-stack"], DOCKERFILE);
    expect(stdout).toContain("FROM 111122223333.dkr-ecr.eu-west-1.on.aws/docker-hub/library/nginx:1.27");
  });

  test("changes the host of names that the registry has", async () => {
    const other = DOCKERFILE.replace("nginx", "111122223333.dkr-ecr.eu-west-1.on.aws/docker-hub/library/nginx");
    expect(await rewrite([], other)).toEqual({ code: 0, stdout: REWRITTEN, stderr: "" });
    expect((await rewrite(["--dual-stack"], REWRITTEN)).stdout).toBe(other);
    expect((await rewrite(["--dual-stack"], other)).stdout).toBe(other);
  });

  test("changes names in the cache of another region of the map", async () => {
    const frankfurt = HOST.replace("eu-west-1", "eu-central-1");
    const other = { "docker.io": `${frankfurt}/hub`, "quay.io": frankfurt };
    write("map.json", JSON.stringify({ "eu-west-1": MAP, "eu-central-1": other }));
    const text = `FROM ${frankfurt}/hub/library/nginx:1.27\nCOPY a b\n`;
    expect(await rewrite(["--region", "eu-west-1"], text)).toEqual({ code: 0, stdout: REWRITTEN, stderr: "" });
    const { stdout } = await rewrite(["--region", "eu-west-1"], `FROM ${frankfurt}/a/b\n`);
    expect(stdout).toBe(`FROM ${HOST}/quay/a/b\n`);
    expect((await rewrite(["--region", "eu-central-1"], REWRITTEN)).stdout).toBe(text);
    const { stderr } = await rewrite(["--region", "eu-central-1"], `FROM ${HOST}/team/app\n`);
    expect(stderr).toContain(`${HOST}/team/app stays: the cache has no upstream ${HOST}`);
  });

  test("notes a file without images", async () => {
    expect(await rewrite(["--check", write("Dockerfile", "FROM scratch\n")])).toEqual({
      code: 0,
      stdout: "",
      stderr: "note: Dockerfile: no image found\n",
    });
  });

  test.each([
    ["kubernetes", "a: 1\n", "this is no Kubernetes object: it has no apiVersion and kind"],
    ["dockerfile", "RUN x\n", "a Dockerfile needs the instruction FROM"],
  ])("refuses what is not of the type %s", async (type, text, message) => {
    expect(await rewrite(["--type", type], text)).toEqual({
      code: 2,
      stdout: "",
      stderr: `error: stdin:1:1: ${message}\n`,
    });
  });

  test("counts columns without a byte order mark", async () => {
    const { stderr } = await rewrite([], "\uFEFFFROM gcr.io/x/y:1\n");
    expect(stderr).toBe(`warning: stdin:1:6: gcr.io/x/y:1 stays: ${GCR}\n`);
  });

  test("warns of a first pull by digest", async () => {
    const { code, stderr } = await rewrite([], `FROM nginx@${DIGEST}\n`);
    expect([code, stderr]).toEqual([
      0,
      `warning: stdin:1:6: nginx@${DIGEST}: ECR does not cache the first pull by digest: pull the tag through the cache once\n`,
    ]);
  });
});

describe("--check", () => {
  test("prints a diff that git and patch apply, and exits with 1", async () => {
    const lines = Array.from({ length: 40 }, (_, index) => `# ${index}`);
    const images = [0, 3, 9, 18, 39];
    const text = lines.flatMap((line, index) => (images.includes(index) ? [`FROM a/b:${index}`, line] : [line]));
    write("Dockerfile", text.join("\n"));
    const { code, stdout } = await rewrite(["--check", "Dockerfile"]);
    const after = text.map((line) => line.replace("a/b", `${HOST}/docker-hub/a/b`)).join("\n");
    expect([code, applyPatch(read("Dockerfile"), stdout)]).toEqual([1, after]);
    expect(stdout.match(/^@@.*@@$/gm)).toEqual(["@@ -1,15 +1,15 @@", "@@ -19,7 +19,7 @@", "@@ -41,5 +41,5 @@"]);
    const { status } = spawnSync("git", ["apply", "-"], { cwd: folder, input: stdout });
    expect([status, read("Dockerfile")]).toEqual([0, after]);
  });

  test("prints a diff of any number of lines", () => {
    const count = 150_000;
    const edits = Array.from({ length: count }, (_, line) => ({ start: 2 * line, end: 2 * line + 1, text: "b" }));
    expect(unifiedDiff("file", "a\n".repeat(count), edits).match(/^\+b$/gm)).toHaveLength(count);
  });

  test("exits with 0 if no file would change, whatever has no cache", async () => {
    write("Dockerfile", "FROM gcr.io/x/y:1\n");
    expect(await rewrite(["--check", "Dockerfile"])).toEqual({
      code: 0,
      stdout: "",
      stderr: `warning: Dockerfile:1:6: gcr.io/x/y:1 stays: ${GCR}\n`,
    });
  });
});

test("--json prints the changes and what stays of each file, and changes none", async () => {
  write("pod.yaml", POD);
  write("empty.yaml", "");
  const { code, stdout } = await rewrite(["--json", "--check", "pod.yaml", "empty.yaml"]);
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toEqual({
    files: [
      {
        file: "pod.yaml",
        type: "kubernetes",
        rewritten: [{ line: 5, column: 14, from: "quay.io/a/b", to: `${HOST}/quay/a/b`, warnings: [] }],
        left: [{ line: 6, column: 14, image: "gcr.io/x/y:1", reason: GCR }],
      },
      { file: "empty.yaml", type: null, rewritten: [], left: [] },
    ],
  });
  expect(read("pod.yaml")).toBe(POD);
});

describe("--write", () => {
  test("replaces files, keeps their modes, and prints the names of those that changed", async () => {
    write("Dockerfile", DOCKERFILE);
    fs.chmodSync(path.join(folder, "Dockerfile"), 0o4751);
    write("pod.yaml", "apiVersion: v1\nkind: Pod\n");
    const { ino } = fs.statSync(path.join(folder, "pod.yaml"));
    expect(await rewrite(["--write", "Dockerfile", "pod.yaml"])).toEqual({
      code: 0,
      stdout: "Dockerfile\n",
      stderr: "note: pod.yaml: no image found\n",
    });
    expect([read("Dockerfile"), fs.statSync(path.join(folder, "Dockerfile")).mode & 0o7777]).toEqual([
      REWRITTEN,
      0o4751,
    ]);
    expect(fs.statSync(path.join(folder, "pod.yaml")).ino).toBe(ino);
    expect(fs.readdirSync(folder).sort()).toEqual(["Dockerfile", "map.json", "pod.yaml"]);
  });

  test("changes no file if one cannot be read", async () => {
    write("Dockerfile", DOCKERFILE);
    write("broken.yaml", "apiVersion: v1\nkind: Pod\nspec:\n  a: b: c\n");
    write("latin.yaml", Buffer.from([0x61, 0x0a, 0xc3, 0xa9, 0xe9]));
    write("bad.yaml", POD.replace("quay.io/a/b", "quay.io/A/b"));
    fs.symlinkSync("Dockerfile", path.join(folder, "link"));
    const files = ["Dockerfile", "broken.yaml", "latin.yaml", "bad.yaml", "link", ".", "/dev/null", "none", ""];
    const { code, stdout, stderr } = await rewrite(["--write", ...files]);
    expect([code, stdout, read("Dockerfile")]).toEqual([2, "", DOCKERFILE]);
    expect(stderr.split("\n")).toEqual([
      "error: broken.yaml:4:6: this is not YAML: Nested mappings are not allowed in compact mappings",
      "error: latin.yaml:2:2: this is not UTF-8",
      'error: bad.yaml:5:22: "quay.io/A/b" is not the name of an image: at character 9: a path is lower-case',
      "error: link: this is a symbolic link: give the name of the file that it leads to",
      "error: .: this is a folder: give the names of its files",
      "error: /dev/null: this is not a regular file",
      "error: none: no such file or directory",
      'error: "": this is not the name of a file',
      "",
    ]);
    expect(fs.readdirSync(folder)).toHaveLength(6);
  });

  test.each([
    [["--write"], "error: --write needs names of files: it cannot replace the standard input\n"],
    [
      ["--write", "--check", "Dockerfile"],
      "error: option '--write' cannot be used with option '--check'\n(--help lists the arguments)\n",
    ],
    [
      ["--type", "toml"],
      "error: option '--type <type>' argument 'toml' is invalid. Allowed choices are dockerfile, compose, kubernetes, kustomization, helm-values.\n(--help lists the arguments)\n",
    ],
  ])("refuses the arguments %j", async (args, stderr) => {
    expect(await rewrite(args)).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringContaining(stderr) as string,
    });
  });
});

test.each([`services: ${"[".repeat(20_000)}`, `FROM ${"${A:-".repeat(20_000)}${"}".repeat(20_000)}`])(
  "refuses a text that is nested too deeply",
  async (text) => {
    const { code, stderr } = await rewrite([], text);
    expect([code, stderr]).toEqual([2, "error: stdin:1:1: this is nested too deeply to be read\n"]);
  },
);

test("a symbolic link is an error with and without --write", async () => {
  write("Dockerfile", DOCKERFILE);
  fs.symlinkSync("Dockerfile", path.join(folder, "link"));
  const outcomes = await Promise.all(
    [["--check"], ["--write"], ["--json"], []].map((args) => rewrite([...args, "link"])),
  );
  expect(new Set(outcomes.map(({ code, stderr }) => `${code} ${stderr}`)).size).toBe(1);
  expect(outcomes[0]?.code).toBe(2);
});

test("--version and --help of the program", async () => {
  const { version } = JSON.parse(fs.readFileSync(path.join(__dirname, "../../package.json"), "utf8")) as {
    version: string;
  };
  expect(await runCli(folder, ["--version"])).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
  expect((await runCli(folder, ["--help"])).stdout).toMatch(/Exit codes:\n {2}0 /);
});

test("the commands of the reference print what it has", async () => {
  const files = path.join(__dirname, "files");
  ["Dockerfile", "deployment.yaml"].forEach((name) => fs.copyFileSync(path.join(files, name), path.join(folder, name)));
  const [check = "", json = "", all = ""] = fs.readFileSync(path.join(files, "rewrite.sh"), "utf8").split("\n");
  const outputs: CommandOutcome[] = [];
  for (const line of [check, json, all]) {
    outputs.push(await rewrite(line.replace(/^npx -p \S+ ecr-pull-through-cache rewrite /, "").split(" ")));
  }
  expect(outputs.map(({ code }) => code)).toEqual([1, 0, 0]);
  expect(outputs.map(({ stdout }) => stdout)).toEqual([
    fs.readFileSync(path.join(files, "rewrite.diff"), "utf8"),
    fs.readFileSync(path.join(files, "rewrite.json"), "utf8"),
    "Dockerfile\ndeployment.yaml\n",
  ]);
});

test("shows no access token of a name that stays", async () => {
  const token = "dckr_pat_27aB3cD9eF1gH2iJ4kL5mN6oP7q";
  const { code, stderr } = await rewrite(["--type", "dockerfile"], `FROM gcr.io/a:${token}\nFROM \${R}/a:${token}\n`);
  expect([code, stderr.includes("stays: ")]).toEqual([0, true]);
  expect(stderr).not.toContain(token);
});
