import * as fs from "node:fs";
import * as path from "node:path";
import { MANIFEST, jsiiFaults } from "../../scripts/jsii";
import { ROOT } from "../support/examples";
import { temporaryFolder } from "../support/temporary-folder";

/** What jsii reports about an API without peers, which take longest to read. */
function faultsOf(api: string): string {
  const sources = temporaryFolder();
  fs.writeFileSync(path.join(sources, "index.ts"), api);
  return jsiiFaults(sources, { ...MANIFEST, peerDependencies: {} });
}

test("fails for an API that breaks jsii's rules: a prop to assign, a callback, a generic class, a private type", () => {
  const faults = faultsOf(`
    export interface CacheProps {
      names: string[];
      readonly onPull?: (image: string) => void;
    }
    export class Cache<T> {
      public readonly content?: T;
      public hidden(): Hidden { return { name: "" }; }
    }
    interface Hidden { readonly name: string }
  `);
  const errors = [...faults.matchAll(/index\.ts:(\d+):\d+ - error (JSII\d+)/g)].map(
    ([, line, code]) => `${code} ${line}`,
  );
  expect(errors).toEqual(["JSII3008 3", "JSII1003 4", "JSII1006 6", "JSII3001 8"]);
});

test("fails for an API that jsii only warns about, as for a reserved word of another language", () => {
  const faults = faultsOf("export class Cache { public static of(func: string): string { return func; } }");
  expect(faults).toMatch(/index\.ts:1:\d+ - warning JSII5018: "func" is a reserved word in Go/);
});

test("CI compiles the public API under jsii's rules", () => {
  const { scripts } = JSON.parse(fs.readFileSync(path.join(ROOT, "package.json"), "utf8")) as {
    readonly scripts: { readonly [name: string]: string };
  };
  expect(scripts["jsii"]).toBe("tsx scripts/jsii.ts");
  expect(fs.readFileSync(path.join(ROOT, ".ci", "run"), "utf8")).toMatch(/^ {2}step "[^"]+" npm run jsii$/m);
});
