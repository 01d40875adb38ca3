import * as fs from "node:fs";
import * as path from "node:path";
import { programFor } from "../support/consumer-project";
import { documentsIn, readDocument, readersTerraform } from "../support/documents";
import type { CodeBlock } from "../support/documents";
import { ROOT } from "../support/examples";
import { GUIDES } from "../support/guides";
import { MODULE_NAMES } from "../support/module-folders";

/** Pages that a program writes, whose own tests compare them with the code. */
const GENERATED = /^docs\/(api\/|reference\/(compatibility|deployer-permissions)\.md$)/;
/** Pages of the folder of guides that lead to others. */
const NO_GUIDES: readonly string[] = ["docs/README.md", "docs/troubleshooting.md"];

const PAGES = documentsIn("docs");
const GUIDE_NAMES = PAGES.filter((name) => path.dirname(name) === "docs" && !NO_GUIDES.includes(name));
const DOCUMENTS = ["README.md", "modules/README.md", ...PAGES.filter((name) => !GENERATED.test(name))];
const OTHERS = fs.readdirSync(ROOT).filter((name) => name.endsWith(".md") && name !== "README.md");
const MODULE_PAGES = MODULE_NAMES.map((name) => `modules/${name}/README.md`);
const LINKING = ["README.md", "modules/README.md", ...PAGES, ...OTHERS, ...MODULE_PAGES];

/** Languages of blocks that another test runs, or compares with the code. */
const ELSEWHERE: { readonly [document: string]: string } = {
  "README.md": "sh",
  // test/cli/config.test.ts
  "docs/reference/client-configuration.md": "sh",
  "docs/reference/pull-permissions.md": "json",
  "docs/reference/repository-settings.md": "json",
  "docs/reference/security.md": "json",
  "docs/reference/upstreams.md": "json",
};

/** Lines without the indentation that all of them have. */
function dedented(text: string): string {
  const lines = text.split("\n");
  const indents = lines.filter((line) => line.trim() !== "").map((line) => /^ */.exec(line)?.[0].length ?? 0);
  return lines.map((line) => line.slice(Math.min(...indents))).join("\n");
}

/** Whether a file has the lines of a block side by side, at any depth. */
function hasLines(file: string, { text: block, isForCdkTerrain }: CodeBlock): boolean {
  const text = file.endsWith(".tf") ? readersTerraform(file) : fs.readFileSync(path.join(ROOT, file), "utf8");
  const lines = (isForCdkTerrain ? programFor({ name: "cdktn" }, text) : text).split("\n");
  const count = block.trimEnd().split("\n").length;
  return lines.some((_, at) => dedented(lines.slice(at, at + count).join("\n")) === dedented(block.trimEnd()));
}

test.each(LINKING)("every link of %s resolves", (name) => {
  const { links, anchors } = readDocument(name);
  const broken = links.filter((link) => {
    const [target = "", anchor] = decodeURI(link).split("#");
    if (/^[a-z]+:/.test(link)) {
      return !link.startsWith("https://");
    }
    const file = path.posix.join(path.dirname(name), target);
    const isThere = target === "" || fs.existsSync(path.join(ROOT, file));
    const known = target === "" ? anchors : isThere && file.endsWith(".md") ? readDocument(file).anchors : [];
    return !isThere || (anchor !== undefined && !known.includes(anchor));
  });
  expect(broken).toEqual([]);
});

test.each(DOCUMENTS)("every block of code in %s comes from a file or is run", (name) => {
  const { blocks } = readDocument(name);
  const strays = blocks.filter((block, index) => {
    const { language, file } = block;
    if (file !== undefined) {
      return !hasLines(file, block);
    }
    const isRun = name in GUIDES && language === "sh";
    const isPrinted = name in GUIDES && language === "text" && blocks[index - 1]?.language === "sh";
    return !isRun && !isPrinted && ELSEWHERE[name] !== language;
  });
  expect(strays.map(({ line, text }) => `${name}:${line}: ${text}`)).toEqual([]);
});

test("every guide is followed by a test, says its goal, and ends with a check", () => {
  expect(GUIDE_NAMES).toEqual(Object.keys(GUIDES).sort());
  for (const name of GUIDE_NAMES) {
    const { text, headings } = readDocument(name);
    expect([name, headings.includes("Check"), text.includes("\n**Goal:** ")]).toEqual([name, true, true]);
  }
});

test("the index of the modules has every module", () => {
  const { links } = readDocument("modules/README.md");
  expect(links).toEqual(expect.arrayContaining(MODULE_NAMES.map((name) => `${name}/README.md`)));
});

test("every heading of a document is there once", () => {
  for (const name of DOCUMENTS) {
    const { headings } = readDocument(name);
    expect([name, ...headings]).toEqual([name, ...new Set(headings)]);
  }
});
