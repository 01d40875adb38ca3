import * as fs from "node:fs";
import * as path from "node:path";
import { describeWithCdktfCli } from "../support/cdktf-cli";
import { execute } from "../support/commands";
import { EXAMPLES, ROOT, contents, synthesizeExample } from "../support/examples";
import { temporaryFolder } from "../support/temporary-folder";

test("an example gives the same bytes from any folder, run by tsx or bundled", async () => {
  for (const example of EXAMPLES) {
    const outdirs = [
      synthesizeExample(example, { withTsx: true }),
      synthesizeExample(example, { cwd: temporaryFolder() }),
    ];
    const [here = {}, elsewhere] = (await Promise.all(outdirs)).map(contents);
    expect(elsewhere).toEqual(here);
    expect(Object.keys(here)).not.toEqual([]);
    expect(JSON.stringify(here)).not.toContain(ROOT);
  }
});

test("every example imports the package by name and opens with three lines", () => {
  for (const example of EXAMPLES) {
    const lines = fs.readFileSync(path.join(ROOT, "examples", example, "main.ts"), "utf8").split("\n");
    expect(lines.slice(0, 3).map((line) => line.slice(0, 3))).toEqual(["// ", "// ", "// "]);
    expect(lines.slice(1, 3).map((line) => /^\/\/ (Creates|Run)/.exec(line)?.[1])).toEqual(["Creates", "Run"]);
    expect(lines.join("\n")).toContain('from "cdktf-ecr-pull-through-cache"');
  }
});

describeWithCdktfCli("the CLI of cdktf", () => {
  test("writes an example as the program itself writes it", async () => {
    const outdir = path.join(temporaryFolder(), "cdktf.out");
    const { status, output } = await execute("npx", ["--no-install", "cdktf", "synth", "--output", outdir], {
      cwd: ROOT,
      env: { ...process.env, CHECKPOINT_DISABLE: "1", CI: "1" },
    });
    expect(`${String(status)} ${status === 0 ? "" : output}`).toBe("0 ");
    expect(contents(outdir)).toEqual(contents(await synthesizeExample("elastio-connector")));
  });
});
