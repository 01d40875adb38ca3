import * as fs from "node:fs";
import * as path from "node:path";
import { ClientConfiguration } from "cdktf-ecr-pull-through-cache";
import { parseAllDocuments } from "yaml";
import { readDocument } from "../support/documents";
import { ROOT, synthesizeExample } from "../support/examples";
import { runCli } from "../support/run-cli";
import type { CommandOutcome } from "../support/run-cli";
import { temporaryFolder } from "../support/temporary-folder";

const REGISTRY = "111122223333.dkr.ecr.us-east-1.amazonaws.com";
const MAP = { "docker.io": `${REGISTRY}/docker-hub`, "quay.io": `${REGISTRY}/quay` };
const CONFIGURATION = ClientConfiguration.fromRegistryMap(MAP);

function config(...args: string[]): Promise<CommandOutcome> {
  const cwd = temporaryFolder();
  fs.writeFileSync(path.join(cwd, "map.json"), JSON.stringify(MAP));
  return runCli(cwd, ["config", ...args]);
}

function documents(yaml: string): unknown[] {
  return parseAllDocuments(yaml).map((document) => document.toJS() as unknown);
}

const CASES: readonly (readonly [args: string[], content: unknown[]])[] = [
  [["mutating-admission-policy"], CONFIGURATION.mutatingAdmissionPolicy()],
  [
    ["mutating-admission-policy", "--name", "images", "--failure-policy", "Fail", "--exclude-namespaces", "a", "b"],
    CONFIGURATION.mutatingAdmissionPolicy({
      name: "images",
      failurePolicy: "Fail" as never,
      excludedNamespaces: ["a", "b"],
    }),
  ],
  [["kyverno"], [CONFIGURATION.kyvernoMutatingPolicy()]],
  [["kyverno", "--exclude-namespaces"], [CONFIGURATION.kyvernoMutatingPolicy({ excludedNamespaces: [] })]],
  [["kustomize", "nginx", "quay.io/org/app:1"], [CONFIGURATION.kustomizeComponent(["nginx", "quay.io/org/app"])]],
  [["helm", "docker.io"], [CONFIGURATION.helmValues("docker.io")]],
  [["renovate"], [CONFIGURATION.renovate()]],
];

test.each(CASES)("config %j prints what ClientConfiguration gives, as YAML", async (args, content) => {
  const { code, stdout, stderr } = await config(...args, "--map", "map.json");
  expect({ code, stderr, content: documents(stdout) }).toEqual({ code: 0, stderr: "", content });
});

test.each(CASES)("config %j prints one JSON value with --json", async (args, content) => {
  const { code, stdout } = await config(...args, "--json", "--map", "map.json");
  const expected = content.length === 1 ? content[0] : { apiVersion: "v1", kind: "List", items: content };
  expect([code, JSON.parse(stdout)]).toEqual([0, expected]);
});

test("config renovate prints JSON, as Renovate reads it", async () => {
  const { stdout } = await config("renovate", "--map", "map.json");
  expect(JSON.parse(stdout)).toEqual(CONFIGURATION.renovate());
});

test.each([
  [["helm", "ghcr.io", "--map", "map.json"], /^error: <registry> must be a registry .*docker\.io, quay\.io\n$/],
  [
    ["kyverno", "--failure-policy", "Warn", "--map", "map.json"],
    /^error: --failure-policy must be one of Ignore, Fail/,
  ],
  [["kustomize", "--map", "map.json"], /^error: missing required argument 'image'/],
  [["kyverno"], /^error: cannot read cdktf\.out\/registry-map\.json/],
  [["swarm"], /^error: unknown command 'swarm'/],
])("config %j fails with exit code 2", async (args, message) => {
  const { code, stdout, stderr } = await config(...args);
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(message);
});

describe("the example", () => {
  const COMMAND = "npx -p cdktf-ecr-pull-through-cache ecr-pull-through-cache config ";
  let outdir: string;
  beforeAll(async () => {
    outdir = await synthesizeExample("use-the-cache");
  });

  const { blocks } = readDocument("docs/reference/client-configuration.md");
  const commands = blocks.filter(({ language }) => language === "sh").map(({ text }) => text.trim());

  test.each(commands)("has the file that the reference says how to print: %s", async (command) => {
    expect(command.startsWith(COMMAND)).toBe(true);
    const [args = "", file = ""] = command.slice(COMMAND.length).split(" > ");
    const map = path.join(outdir, "registry-map.json");
    const { code, stdout } = await config(...args.replace("cdktf.out/registry-map.json", map).split(" "));
    const printed = documents(stdout);
    const committed = documents(fs.readFileSync(path.join(ROOT, "examples", "use-the-cache", file), "utf8"));
    expect([code, committed]).toEqual([0, printed]);

    const [kind = ""] = args.split(" ");
    const written = JSON.parse(fs.readFileSync(path.join(outdir, `${kind}.json`), "utf8")) as object;
    expect("items" in written ? written.items : [written]).toEqual(printed);
  });

  test("is shown by a command for each file that it writes", () => {
    const written = fs.readdirSync(outdir).filter((file) => !/^(manifest|registry-map)\.json$|^stacks$/.test(file));
    expect(commands.map((command) => `${/config (\S+)/.exec(command)?.[1] ?? ""}.json`).sort()).toEqual(written.sort());
  });
});
