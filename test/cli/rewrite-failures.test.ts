import * as fs from "node:fs";
import * as path from "node:path";
import { HOST, MAP } from "../support/rewriting";
import { runCli } from "../support/run-cli";
import type { CommandOutcome } from "../support/run-cli";
import { temporaryFolder } from "../support/temporary-folder";

const actual = jest.requireActual<typeof fs>("node:fs");

jest.mock("node:fs", () => {
  const real = jest.requireActual<typeof fs>("node:fs");
  return {
    ...real,
    renameSync: jest.fn(real.renameSync),
    linkSync: jest.fn(real.linkSync),
    chmodSync: jest.fn(real.chmodSync),
  };
});

const DOCKERFILE = "FROM nginx:1.27\nCOPY a b\n";
const REWRITTEN = `FROM ${HOST}/docker-hub/library/nginx:1.27\nCOPY a b\n`;

let folder: string;

beforeEach(() => {
  folder = temporaryFolder();
  write("map.json", JSON.stringify(MAP));
  jest.mocked(fs.renameSync).mockImplementation(actual.renameSync);
  jest.mocked(fs.linkSync).mockImplementation(actual.linkSync);
});

function write(name: string, text: string): void {
  fs.writeFileSync(path.join(folder, name), text);
}

function read(name: string): string {
  return fs.readFileSync(path.join(folder, name), "utf8");
}

function rewrite(args: readonly string[]): Promise<CommandOutcome> {
  return runCli(folder, ["rewrite", "--map", "map.json", ...args]);
}

test("keeps what somebody else writes into a file in the meantime", async () => {
  const names = ["Dockerfile.a", "Dockerfile.b"];
  names.forEach((name) => write(name, DOCKERFILE));
  jest.mocked(fs.linkSync).mockImplementation((from, to) => {
    actual.linkSync(from, to);
    write("Dockerfile.b", "FROM busybox\n");
    // A file system with a coarse clock would give it the former time.
    fs.utimesSync(path.join(folder, "Dockerfile.b"), 1, 1);
  });
  const { code, stdout, stderr } = await rewrite(["--write", ...names]);
  const changed = path.join(folder, "Dockerfile.b");
  expect([code, stdout, stderr]).toEqual([
    2,
    "",
    `error: no file is changed: somebody has just changed ${changed}; run the command again\n`,
  ]);
  expect(names.map(read)).toEqual([DOCKERFILE, "FROM busybox\n"]);
  expect(fs.readdirSync(folder)).toHaveLength(3);
});

test("has all former contents again if a file cannot be replaced", async () => {
  const names = ["Dockerfile.a", "Dockerfile.b", "Dockerfile.c"];
  names.forEach((name) => write(name, DOCKERFILE));
  const inodes = (): number[] => names.map((name) => fs.statSync(path.join(folder, name)).ino);
  const before = inodes();
  jest.mocked(fs.renameSync).mockImplementation((from, to) => {
    if (String(from).endsWith(".new") && String(to).endsWith("Dockerfile.c")) {
      throw Object.assign(new Error("EBUSY: resource busy"), { syscall: "rename" });
    }
    actual.renameSync(from, to);
  });
  const { code, stdout, stderr } = await rewrite(["--write", ...names]);
  expect([code, stdout, stderr]).toEqual([2, "", "error: no file is changed: EBUSY: resource busy\n"]);
  expect([inodes(), names.map(read)]).toEqual([before, names.map(() => DOCKERFILE)]);
  expect(fs.readdirSync(folder)).toHaveLength(4);
});

test("says where the former content is if it cannot be put back", async () => {
  const names = ["Dockerfile.a", "Dockerfile.b"];
  names.forEach((name) => write(name, DOCKERFILE));
  jest.mocked(fs.renameSync).mockImplementation((from, to) => {
    if (String(to).endsWith("Dockerfile.b") || String(from).endsWith(".old")) {
      throw Object.assign(new Error("EBUSY: resource busy"), { syscall: "rename" });
    }
    actual.renameSync(from, to);
  });
  const { code, stderr } = await rewrite(["--write", ...names]);
  const [, file = "", kept = ""] = /; the former content of (\S+) is in (\S+)\n$/.exec(stderr) ?? [];
  expect([code, path.basename(file), read("Dockerfile.a")]).toEqual([2, "Dockerfile.a", REWRITTEN]);
  expect(fs.readFileSync(kept, "utf8")).toBe(DOCKERFILE);
});

test("changes no file if one cannot be written", async () => {
  write("Dockerfile.a", DOCKERFILE);
  write("Dockerfile.b", DOCKERFILE);
  const chmod = jest.mocked(fs.chmodSync).mockImplementationOnce(() => undefined);
  chmod.mockImplementationOnce(() => {
    throw Object.assign(new Error("EPERM: not permitted"), { syscall: "chmod" });
  });
  const { code, stderr } = await rewrite(["--write", "Dockerfile.a", "Dockerfile.b"]);
  expect([code, stderr]).toEqual([2, "error: no file is changed: EPERM: not permitted\n"]);
  expect([read("Dockerfile.a"), fs.readdirSync(folder).length]).toEqual([DOCKERFILE, 3]);
});

test("keeps former contents as copies where the file system has no links", async () => {
  write("Dockerfile", DOCKERFILE);
  jest.mocked(fs.linkSync).mockImplementation(() => {
    throw new Error("EPERM");
  });
  const { code } = await rewrite(["--write", "Dockerfile"]);
  expect([code, read("Dockerfile"), fs.readdirSync(folder).length]).toEqual([0, REWRITTEN, 2]);
});
