import * as fs from "node:fs";
import * as path from "node:path";
import * as fc from "fast-check";
import { plausibleCase, seed } from "../../fuzz/cases";
import { hostileText } from "../../fuzz/hostile";
import type { Case } from "../../fuzz/recipe";
import { secret } from "../../fuzz/secrets";
import { World } from "../../fuzz/world";
import type { TerraformJson } from "../../support/synthesis";
import { Workspace, configuration, describeWithTerraform } from "../../support/terraform";
import type { Plan } from "../../support/terraform";
import { useLocalAws } from "../../support/use-local-aws";

const CASES = 220;

const EXPRESSION = /(?:^|[^$])\$\{/;

// For so long, `npm run fuzz` repeats the test with new cases.
const MINUTES = Number(process.env["FUZZ_MINUTES"] ?? 0);

/** Places of text in which AWS accepts nearly everything. */
const FREE = ["description", "tags", "path", "json", "repositoryPolicy", "lifecyclePolicy"];

/** What the stand-in for AWS answers without preparation. */
const DATA = ["aws_caller_identity", "aws_region", "aws_partition"];

/** A stack of an accepted declaration, and the text that was typed into it. */
interface Accepted {
  readonly one: Case;
  readonly text: string;
  readonly json: TerraformJson;
}

const declarations = fc.tuple(plausibleCase, hostileText, fc.nat());

/** Accepted declarations with hostile text at a place that takes it. */
function acceptedDeclarations(ofSeed: number): Accepted[] {
  const print = jest.spyOn(console, "warn").mockImplementation();
  try {
    const accepted: Accepted[] = [];
    for (const [plausible, text, choice] of fc.sample(declarations, { seed: ofSeed, numRuns: 10 * CASES })) {
      const places = plausible.places().filter((at) => plausible.at(at).is === "literal");
      const free = places.filter((at) => FREE.includes(plausible.nameOf(at)));
      const among = free.length > 0 ? free : places;
      const at = among[choice % among.length];
      const one = at === undefined ? plausible : plausible.typed(at, text);
      const { stacks } = new World().run(one);
      for (const json of Object.values(stacks).map((stack) => JSON.parse(stack) as TerraformJson)) {
        if (json.resource !== undefined && Object.keys(json.data ?? {}).every((type) => DATA.includes(type))) {
          accepted.push({ one, text: at === undefined ? "" : text, json });
        }
      }
      if (accepted.length >= CASES) {
        break;
      }
    }
    return accepted;
  } finally {
    print.mockRestore();
  }
}

describeWithTerraform("the real provider and Terraform", () => {
  const aws = useLocalAws();

  const check = async (ofSeed: number): Promise<void> => {
    const accepted = acceptedDeclarations(ofSeed);
    const [secretValue = ""] = fc.sample(secret, { seed: ofSeed, numRuns: 1 }).map(({ marker }) => marker);
    const workspace = new Workspace(
      { ...configuration(), variable: { secret: { type: "string", ephemeral: true } } },
      { ...aws.environment(), TF_VAR_secret: secretValue },
    );
    const calls = accepted.map(({ json }, index) => {
      const folder = `case_${index}`;
      fs.mkdirSync(path.join(workspace.folder, folder));
      // A module has the provider of its root module, and imports nothing.
      const ofRoot = ["terraform", "provider", "import"];
      const ofModule = (key: string, value: unknown): unknown => (ofRoot.includes(key) ? undefined : value);
      workspace.write(`${folder}/main.tf.json`, JSON.stringify(json, ofModule));
      const variables = Object.keys(json.variable ?? {}).map((name) => [name, "${var.secret}"]);
      return [folder, { source: `./${folder}`, ...Object.fromEntries(variables) }] as const;
    });
    workspace.write("calls.tf.json", JSON.stringify({ module: Object.fromEntries(calls) }));
    await workspace.init();
    const plan = await workspace.plan().catch((error: unknown) => {
      // Before its errors, Terraform prints the whole plan.
      const errors = String(error)
        .split(/\n(?=\s*Error: )/)
        .slice(1)
        .join("\n");
      throw new Error(`seed ${ofSeed}: ${errors}\n${guiltyCases(errors, accepted)}`);
    });

    const typed = accepted.map((declaration, index) => ({ ...declaration, start: `module.case_${index}.` }));
    const written = typed.filter(({ text, json }) => text !== "" && contains(argumentsIn(json), text));
    const lost = written.filter(({ text, start }) => !contains(plannedIn(plan, start), text));
    expect(lost.map(({ one, text }) => `seed ${ofSeed}: ${JSON.stringify(text)} of ${one.toString()}`)).toEqual([]);
    expect(written.length).toBeGreaterThan(CASES / 10);
    expect(JSON.stringify(plan)).not.toContain(secretValue);
    expect(workspace.files().filter((file) => fs.readFileSync(file).includes(secretValue))).toEqual([]);
  };

  test(
    "accept what the constructs accept, and plan each text as it was typed",
    async () => {
      const end = Date.now() + MINUTES * 60_000;
      let next = seed();
      do {
        await check(next);
        next += 1;
      } while (Date.now() < end);
    },
    // The last of the runs begins before the end.
    (MINUTES + 10) * 60_000,
  );
});

/** The cases whose files an error of Terraform names. */
function guiltyCases(message: string, accepted: readonly Accepted[]): string {
  const indices = [...message.matchAll(/\bcase_(\d+)\b/g)].map(([, index]) => Number(index));
  return [...new Set(indices)].map((index) => `case_${index}: ${accepted[index]?.one.toString() ?? ""}`).join("\n");
}

/** The arguments of all resources, except those of Terraform itself; a part of an expression is no text. */
function argumentsIn({ resource = {} }: TerraformJson): unknown {
  const blocks = Object.values(resource).flatMap((named) => Object.values(named));
  return JSON.parse(JSON.stringify(blocks), (key, value: unknown) =>
    ["depends_on", "lifecycle"].includes(key) || (typeof value === "string" && EXPRESSION.test(value)) ? null : value,
  );
}

/** Whether a value has a text somewhere, as Terraform reads it: UTF-8, normalized, and without a byte order mark. */
function contains(value: unknown, text: string): boolean {
  const read = (one: string): string =>
    Buffer.from(one)
      .toString()
      .replace(/^\ufeff/, "")
      .normalize("NFC");
  return textsIn(value).some((one) => read(unescaped(one)).includes(read(text)));
}

function plannedIn(plan: Plan, start: string): unknown[] {
  const changes = plan.resource_changes ?? [];
  return changes.filter(({ address }) => address.startsWith(start)).map(({ change }) => change.after);
}

/** All strings and keys in a value; those in JSON documents are of the document. */
function textsIn(value: unknown): string[] {
  if (typeof value === "string") {
    return [value, ...documentsIn(value).flatMap(textsIn)];
  }
  return typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([key, item]) => [key, ...textsIn(item)])
    : [];
}

function documentsIn(text: string): unknown[] {
  try {
    return /^[[{]/.test(text) ? [JSON.parse(text)] : [];
  } catch {
    return [];
  }
}

/** Text without the escapes of Terraform. */
function unescaped(text: string): string {
  return text.replace(/\$\$\{/g, "${").replace(/%%\{/g, "%{");
}
