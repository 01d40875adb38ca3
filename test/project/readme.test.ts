import * as fs from "node:fs";
import * as path from "node:path";
import { drawn } from "../../scripts/pictures";
import { documentsIn, readDocument } from "../support/documents";
import { ROOT } from "../support/examples";

const README = readDocument("README.md");

test("the README has at most 150 lines", () => {
  expect(README.text.trimEnd().split("\n").length).toBeLessThanOrEqual(150);
});

test("the README names two commands for a fresh clone, which CI runs, and npm scripts that exist", () => {
  const { scripts } = JSON.parse(fs.readFileSync(path.join(ROOT, "package.json"), "utf8")) as { scripts: object };
  const commands = README.blocks.filter(({ language }) => language === "sh").map(({ text }) => text.trim());
  expect(commands).toEqual(["npm ci && npm run demo", "npm ci && npm test"]);
  expect(scripts).toMatchObject({ demo: "tsx scripts/demo.ts", test: "jest" });
});

test("a section of the README for a task has at most ten lines and leads to a page", () => {
  const sections = README.text.split(/^(?=##? )/m).find((section) => section.startsWith("## Tasks\n")) ?? "";
  const tasks = sections.split(/^(?=### )/m).slice(1);
  expect(tasks.length).toBeGreaterThanOrEqual(8);
  for (const task of tasks) {
    expect(task.trimEnd().split("\n").length).toBeLessThanOrEqual(10);
    expect(task).toMatch(/\]\(docs\/[\w/-]+\.md\)/);
  }
});

test("every guide and page is in the index of the documentation", () => {
  const pages = documentsIn("docs").filter((name) => name !== "docs/README.md");
  const listed = new Set(readDocument("docs/README.md").links.map((link) => path.posix.join("docs", link)));
  // The pages of decisions and of the API have indexes of their own.
  const expected = pages.filter((name) => !/^docs\/(api|decisions)\/(?!README)/.test(name));
  expect(expected.filter((name) => !listed.has(name))).toEqual([]);
});

test("every picture is drawn from its text, and a page shows it: npm run pictures renews it", async () => {
  const pictures = Object.entries(await drawn());
  expect(pictures.length).toBeGreaterThan(0);
  const linked = ["README.md", ...documentsIn("docs")].flatMap((name) =>
    readDocument(name).links.map((link) => path.join(ROOT, path.dirname(name), link)),
  );
  for (const [file, svg] of pictures) {
    expect(fs.readFileSync(file, "utf8")).toBe(svg);
    expect(linked).toContain(file);
  }
});
