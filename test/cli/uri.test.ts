import * as fs from "node:fs";
import * as path from "node:path";
import { PullThroughCache, PullThroughCacheFleet, Upstream } from "cdktf-ecr-pull-through-cache";
import type { Io } from "../../cli/io";
import { ACCOUNT, IMAGE_REFERENCES, REGION, UPSTREAMS } from "../support/image-references";
import { runCli } from "../support/run-cli";
import type { CommandOutcome } from "../support/run-cli";
import { stackIn, testApp } from "../support/synthesis";
import { temporaryFolder } from "../support/temporary-folder";

const DIGEST = `sha256:${"f".repeat(64)}`;
const host = (region: string) => `${ACCOUNT}.dkr.ecr.${region}.amazonaws.com`;
const OWN = host(REGION);

const folder = temporaryFolder();

const fleet = new PullThroughCacheFleet(testApp(), "caches", {
  accountId: ACCOUNT,
  regions: ["us-east-1", "eu-west-1"],
  upstreams: [Upstream.quay()],
});
const single = new PullThroughCache(stackIn(REGION), "cache", { accountId: ACCOUNT, upstreams: [...UPSTREAMS] });

function write(name: string, content: unknown): void {
  const file = path.join(folder, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
}

write("cdktf.out/registry-map.json", single.registryMap());
write("fleet.json", fleet.registryMaps());

/** Runs the command in the folder of the maps, with an input that must not be read. */
function command(args: readonly string[], env: Io["env"] = {}): Promise<CommandOutcome> {
  const stdin = new Proxy({} as Io["stdin"], {
    get: () => {
      throw new Error("the command reads its input");
    },
  });
  return runCli(folder, args, { stdin, env });
}

const uri = (...args: string[]): Promise<CommandOutcome> => command(["uri", ...args]);

test("prints the name of each image in its order, from the file that the examples write", async () => {
  expect(await uri("nginx:1.27", "quay.io/a/b", "nginx:1.27")).toEqual({
    code: 0,
    stdout: `${OWN}/docker-hub/library/nginx:1.27\n${OWN}/quay/a/b\n${OWN}/docker-hub/library/nginx:1.27\n`,
    stderr: "",
  });
});

test("prints the names that imageUri returns", async () => {
  const images = IMAGE_REFERENCES.map(({ image }) => image);
  const { code, stdout } = await uri(...images);
  expect(stdout.split("\n")).toEqual([...images.map((image) => single.imageUri(image)), ""]);
  expect(code).toBe(0);
  const again = await uri(...stdout.trim().split("\n"));
  expect(again).toEqual({ code: 0, stdout, stderr: "" });
});

test("--json prints an object with the images and their names, and null for none", async () => {
  const { code, stdout, stderr } = await uri("--json", "nginx", "gcr.io/a");
  expect(JSON.parse(stdout)).toEqual({ nginx: `${OWN}/docker-hub/library/nginx`, "gcr.io/a": null });
  expect([code, stderr]).toEqual([
    1,
    "error: gcr.io/a: the cache has no upstream gcr.io; ECR cannot cache Google Container Registry: copy these images into a private repository\n",
  ]);
});

test("--dual-stack uses the host for IPv4 and IPv6", async () => {
  expect(await uri("--dual-stack", "quay.io/a")).toEqual({
    code: 0,
    stdout: `${ACCOUNT}.dkr-ecr.${REGION}.on.aws/quay/a\n`,
    stderr: "",
  });
});

test("--dual-stack fails where AWS documents no such host", async () => {
  write("iso.json", { "quay.io": `${ACCOUNT}.dkr.ecr.us-iso-east-1.c2s.ic.gov/quay` });
  expect(await uri("--dual-stack", "--map", "iso.json", "quay.io/a")).toEqual({
    code: 2,
    stdout: "",
    stderr: `error: AWS documents no host for IPv4 and IPv6 for ${ACCOUNT}.dkr.ecr.us-iso-east-1.c2s.ic.gov: leave out --dual-stack\n`,
  });
});

test.each([`https://user:${"x".repeat(8)}@quay.io/a`, "quay.io/ghp_0123456789abcdefghijABCDEFGHIJ012345/a"])(
  "an error does not repeat a text that may have a secret: %#",
  async (text) => {
    const { code, stdout, stderr } = await uri(text);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(new RegExp(`^error: a text of ${text.length} characters is not the name of an image: at `));
  },
);

test("--pass-through prints an image that the cache cannot have as it is, but no text that is no name", async () => {
  expect(await uri("--pass-through", "gcr.io/a", "quay.io/a")).toEqual({
    code: 0,
    stdout: `gcr.io/a\n${OWN}/quay/a\n`,
    stderr: "",
  });
  expect(await uri("--pass-through", "Nginx")).toEqual({
    code: 2,
    stdout: "",
    stderr: 'error: "Nginx" is not the name of an image: at character 1: a path is lower-case\n',
  });
});

test("a digest prints a warning beside the name, but not for a name in the cache", async () => {
  const cached = `${OWN}/quay/a:1@${DIGEST}`;
  expect(await uri(`quay.io/a:1@${DIGEST}`, cached)).toEqual({
    code: 0,
    stdout: `${cached}\n${cached}\n`,
    stderr: `warning: quay.io/a:1@${DIGEST}: ECR does not cache the first pull by digest: pull the tag through the cache once\n`,
  });
});

test.each([
  [
    "gcr.io/a",
    "the cache has no upstream gcr.io; ECR cannot cache Google Container Registry: copy these images into a private repository",
  ],
  ["localhost:5000/a", "the cache has no upstream localhost:5000; ECR cannot cache that registry"],
  ["quay.io/docker.io/a", "leave out docker.io/ in the path"],
  [
    "602401143452.dkr.ecr.us-west-2.amazonaws.com/other/a",
    "the cache has only the part eks/ of this registry; the cache has only the part amazon/ of this registry",
  ],
  [`111122223333.dkr.ecr.eu-west-1.amazonaws.com/quay/a`, "the longer prefix quay of another upstream applies to it"],
  [`quay.io/${"a".repeat(251)}`, "its name in the cache has 256 characters, and clients read at most 255"],
])("an image that the cache cannot have is exit code 1, and the other names are printed: %s", async (image, reason) => {
  expect(await uri(image, "quay.io/a")).toEqual({
    code: 1,
    stdout: `${OWN}/quay/a\n`,
    stderr: `error: ${image}: ${reason}\n`,
  });
});

test("a text that is no name is exit code 2, before and after other mistakes", async () => {
  for (const images of [
    ["nginx:", "gcr.io/a"],
    ["gcr.io/a", "nginx:"],
  ]) {
    expect((await uri(...images)).code).toBe(2);
  }
});

describe("the region", () => {
  const args = ["uri", "--map", "fleet.json", "quay.io/a"];

  test.each<readonly [string, readonly string[], Io["env"], string]>([
    ["--region", ["--region", "eu-west-1"], { AWS_REGION: "us-east-1" }, "eu-west-1"],
    ["AWS_REGION", [], { AWS_REGION: "eu-west-1", AWS_DEFAULT_REGION: "us-east-1" }, "eu-west-1"],
    ["AWS_DEFAULT_REGION", [], { AWS_DEFAULT_REGION: "us-east-1" }, "us-east-1"],
  ])("comes from %s", async (_, options, env, region) => {
    const outcome = await command([...args, ...options], env);
    expect(outcome).toEqual({ code: 0, stdout: `${host(region)}/quay/a\n`, stderr: "" });
  });

  test("is that of the file if it has only one, also with AWS_REGION", async () => {
    write("one.json", { anything: fleet.registryMaps()["eu-west-1"] });
    const outcome = await command(["uri", "--map", "one.json", "quay.io/a"], { AWS_REGION: "us-east-1" });
    expect(outcome.stdout).toBe(`${host("eu-west-1")}/quay/a\n`);
  });

  test("is required if the file has several", async () => {
    expect(await command(args)).toEqual({
      code: 2,
      stdout: "",
      stderr: "error: give --region: fleet.json has us-east-1, eu-west-1\n",
    });
  });

  test("must be one of the file", async () => {
    expect(await command([...args, "--region", "eu-west-2"])).toEqual({
      code: 2,
      stdout: "",
      stderr: "error: fleet.json has no region eu-west-2: it has us-east-1, eu-west-1\n",
    });
  });
});

describe("the map", () => {
  test("may be the output of terraform output -json, with any key of a registry, and with the host for IPv4 and IPv6", async () => {
    const start = `${ACCOUNT}.dkr-ecr.${REGION}.on.aws`;
    write("output.json", { "registry-1.docker.io": `${start}/hub`, "quay.io": start });
    const { stdout } = await uri("--map", "output.json", "nginx", "quay.io/a", `${OWN}/hub/library/nginx`);
    expect(stdout).toBe(`${start}/hub/library/nginx\n${start}/a\n${OWN}/hub/library/nginx\n`);
  });

  test("may have an absolute path", async () => {
    expect((await uri("--map", path.join(folder, "fleet.json"), "--region", REGION, "quay.io/a")).code).toBe(0);
  });

  const notMap = (file: string) =>
    `${file} is not a registry map: it must have names like "docker.io" with the start of names in one cache, or such maps by their regions`;

  test.each<readonly [string, unknown, string | undefined]>([
    ["no JSON", "docker.io = 1", "bad.json is not JSON in UTF-8"],
    ["nothing", "", "bad.json is empty: the command that should have written it has failed"],
    ["null", null, undefined],
    ["a list", [{ "quay.io": `${OWN}/quay` }], undefined],
    ["an empty object", {}, undefined],
    ["an empty map", { "us-east-1": {} }, undefined],
    ["a map without registry", { "quay.io": "quay" }, undefined],
    ["a map to another registry", { "quay.io": "registry.example.com/quay" }, undefined],
    ["a value that is no text", { "quay.io": 5 }, undefined],
    ["a map beside a value", { "us-east-1": { "quay.io": `${OWN}/quay` }, "quay.io": `${OWN}/quay` }, undefined],
    ["a map of two registries", { "quay.io": `${OWN}/quay`, "ghcr.io": `${host("eu-west-1")}/github` }, undefined],
    ["the manifest of a fleet", { stages: [[{ name: "cache" }]] }, undefined],
    [
      "every output of terraform",
      { registry_map: { value: { "quay.io": `${OWN}/quay` }, sensitive: false } },
      "bad.json is not a registry map: it has all outputs: give the name of one, as in terraform output -json registry_map",
    ],
    [
      "a host that only Terraform knows",
      { "quay.io": "${data.aws_caller_identity.current.account_id}.dkr.ecr.us-east-1.amazonaws.com/quay" },
      "bad.json is not a registry map: it has a value that only Terraform knows: set `accountId` and the region of the provider as literals",
    ],
    ["a key that is no registry", { "docker-hub": `${OWN}/docker-hub` }, undefined],
    ["a slash at the end of a value", { "docker.io": `${OWN}/docker-hub/` }, undefined],
    [
      "two maps of a region",
      { one: { "quay.io": `${OWN}/quay` }, two: { "quay.io": `444455556666${OWN.slice(12)}/quay` } },
      "bad.json has several maps of us-east-1: give each account a file of its own",
    ],
  ])("is refused with %s", async (_, content, message) => {
    write("bad.json", content);
    expect(await uri("--map", "bad.json", "quay.io/a")).toEqual({
      code: 2,
      stdout: "",
      stderr: `error: ${message ?? notMap("bad.json")}\n`,
    });
  });

  test("that does not exist is named, with the commands that write one", async () => {
    const { code, stderr } = await uri("--map", "missing.json", "quay.io/a");
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^error: cannot read missing\.json: ENOENT: .*; write it with fleet\.registryMaps\(\), cache\.registryMap\(\) or terraform output -json registry_map, and name it with --map\n$/,
    );
  });
});

describe("usage", () => {
  test("--help prints the commands, and those of a command its options", async () => {
    const program = await command(["--help"]);
    expect(program).toMatchObject({ code: 0, stderr: "" });
    expect(program.stdout).toMatch(
      /^Usage: ecr-pull-through-cache \[options\] \[command\]\n[^]*\n {2}uri \[options\] <image\.\.\.>/,
    );
    const { code, stdout } = await uri("--help");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Usage: ecr-pull-through-cache uri \[options\] <image\.\.\.>\n/);
    const options = [...stdout.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map(([, option]) => option);
    expect(options).toEqual(["--map", "--region", "--dual-stack", "--pass-through", "--json", "--help"]);
    expect(stdout).toMatch(/\(default:\s+"cdktf.out\/registry-map.json"\)/);
  });

  test.each<readonly [string, readonly string[], string]>([
    ["no image", ["uri"], "error: missing required argument 'image'\n(--help lists the arguments)\n"],
    [
      "an unknown option",
      ["uri", "--jsn", "a"],
      "error: unknown option '--jsn'\n(Did you mean --json?)\n(--help lists the arguments)\n",
    ],
    [
      "an unknown command",
      ["urii", "a"],
      "error: unknown command 'urii'\n(Did you mean uri?)\n(--help lists the arguments)\n",
    ],
    [
      "an option without its value",
      ["uri", "a", "--map"],
      "error: option '--map <file>' argument missing\n(--help lists the arguments)\n",
    ],
  ])("%s is exit code 2", async (_, args, stderr) => {
    expect(await command(args)).toEqual({ code: 2, stdout: "", stderr });
  });

  test("no command is exit code 2 and prints the help as an error", async () => {
    const { code, stdout, stderr } = await command([]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^Usage: ecr-pull-through-cache /);
  });
});
