// Draws docs/<name>.svg from docs/<name>.dot, whatever Graphviz this machine has or has not.
import * as fs from "node:fs";
import * as path from "node:path";

const DOCS = path.join(__dirname, "..", "docs");

/** The pictures, by the paths they are kept at. */
export async function drawn(): Promise<{ readonly [file: string]: string }> {
  const viz = await (await import("@viz-js/viz")).instance();
  const sources = fs.readdirSync(DOCS).filter((name) => name.endsWith(".dot"));
  return Object.fromEntries(
    sources.map((name) => {
      const source = fs.readFileSync(path.join(DOCS, name), "utf8");
      return [path.join(DOCS, name.replace(/dot$/, "svg")), viz.renderString(source, { format: "svg" })];
    }),
  );
}

if (require.main === module) {
  void drawn().then((pictures) => {
    for (const [file, svg] of Object.entries(pictures)) {
      fs.writeFileSync(file, svg);
      console.log(path.relative(process.cwd(), file));
    }
  });
}
