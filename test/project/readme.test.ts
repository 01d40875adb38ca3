import * as fs from "node:fs";
import * as path from "node:path";
import { drawn } from "../../scripts/pictures";
import { markdownPages } from "../support/documentation";
import { EXAMPLES, ROOT } from "../support/examples";

const readme = fs.readFileSync(path.join(ROOT, "README.md"), "utf8");

function fenced(language: string): string[] {
  return [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map(
    (match) => match[1] ?? "",
  );
}

test("every snippet of the README stands in an example", () => {
  const examples = EXAMPLES.map((example) => fs.readFileSync(path.join(ROOT, "examples", example, "main.ts"), "utf8"));
  const snippets = fenced("ts");
  expect(snippets.length).toBeGreaterThanOrEqual(3);
  for (const snippet of snippets) {
    expect(examples.some((example) => example.includes(snippet))).toBe(true);
  }
});

test("every piece of Terraform in the README stands in an example", () => {
  const folder = path.join(ROOT, "examples", "plain-terraform");
  const files = fs.readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".tf"));
  const snippets = fenced("hcl");
  expect(snippets.length).toBeGreaterThanOrEqual(1);
  for (const snippet of snippets) {
    expect(files.some((file) => fs.readFileSync(path.join(folder, file), "utf8").includes(snippet))).toBe(true);
    expect(snippet).toMatch(/^\S[\s\S]*\n\}\n$/);
  }
});

test("every npm script that the README names exists", () => {
  const { scripts } = JSON.parse(fs.readFileSync(path.join(ROOT, "package.json"), "utf8")) as { scripts: object };
  const named = [
    ...readme.matchAll(/npm (?:run )?(demo|synth|test:unit|test|pictures|modules|bench|check|lint)\b/g),
  ].map((match) => match[1]);
  expect(named).toEqual(expect.arrayContaining(["demo", "synth", "test"]));
  for (const name of named) {
    expect(scripts).toHaveProperty(name ?? "");
  }
});

test("every link into the project leads somewhere", () => {
  for (const [, target = ""] of readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g)) {
    expect([target, fs.existsSync(path.join(ROOT, target))]).toEqual([target, true]);
  }
});

test("every picture is drawn from its text: npm run pictures renews it", async () => {
  const pictures = Object.entries(await drawn());
  expect(pictures.length).toBeGreaterThan(0);
  const linked = [...markdownPages("README.md"), ...markdownPages("docs")].flatMap(({ folder, text }) =>
    [...text.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)].map(([, target = ""]) => path.join(folder, target)),
  );
  for (const [file, svg] of pictures) {
    expect(fs.readFileSync(file, "utf8")).toBe(svg);
    expect(linked).toContain(file);
  }
});
