import * as fs from "node:fs";
import * as path from "node:path";
import * as fc from "fast-check";
import { expression, matchesExpression as inTerraform } from "../../../modules/generator/hcl";
import { matches } from "../../../src/validation/rule";
import type { Rule } from "../../../src/validation/rule";
import { PROJECT_ROOT } from "../../support/example-program";
import { prefixLike } from "../../support/prefixes";
import { Workspace, describeWithTerraform } from "../../support/terraform";

/** Every rule of the constructs that is a pattern, by its name. */
const RULES: readonly (readonly [string, Rule])[] = fs
  .readdirSync(path.join(PROJECT_ROOT, "src"), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .flatMap((file) =>
    Object.entries(jest.requireActual<object>(path.join(PROJECT_ROOT, "src", file))).filter(
      (entry): entry is [string, Rule] => (entry[1] as { pattern?: unknown } | undefined)?.pattern instanceof RegExp,
    ),
  );

// In and around what the patterns name; characters that Terraform and JavaScript count alike.
const CHARACTERS = [..."azAZ059 _.,:;/=+-@*$(){}[]\"'\\|^?!%&#~\t\n\r", "ä", "ß", "Ω", "日", "\u00a0", "\u2028"];

/** What follows a rule, or nearly: made by its patterns, with a character more, less or changed, at the bounds, or both. */
function candidates({ pattern, except = pattern, minLength = 1, maxLength = 64 }: Rule): string[] {
  const matching = ({ source }: RegExp): fc.Arbitrary<string> =>
    fc.stringMatching(new RegExp(source.replace(/\\p\{\w\}/g, "a")));
  const made = fc.sample(fc.oneof(matching(pattern), matching(except), prefixLike), 60);
  const changed = fc
    .sample(fc.tuple(fc.constantFrom(...made), fc.nat(), fc.constantFrom("", ...CHARACTERS), fc.boolean()), 240)
    .map(([text, where, character, isInserted]) => {
      const at = where % (text.length + 1);
      return `${text.slice(0, at)}${character}${text.slice(isInserted ? at : at + 1)}`;
    });
  const stretched = made
    .slice(0, 10)
    .flatMap((text) =>
      [minLength - 1, minLength, maxLength, maxLength + 1].map((length) =>
        text.length > length
          ? text.slice(0, Math.max(length, 0))
          : text + (text.at(-1) ?? "a").repeat(length - text.length),
      ),
    );
  const others = fc
    .sample(fc.array(fc.constantFrom(...CHARACTERS), { maxLength: 8 }), 60)
    .map((parts) => parts.join(""));
  return [...new Set([...made, ...changed, ...stretched, ...others])].filter((text) => text === text.normalize());
}

describeWithTerraform("the rules of the constructs, as Terraform evaluates them", () => {
  test("hold for the same strings, and never for what is no string", async () => {
    const given = RULES.map(([, rule]) => [...candidates(rule), null]);
    const workspace = new Workspace({
      locals: { given: '${jsondecode(file("${path.module}/given.json"))}' },
      output: Object.fromEntries(
        RULES.map(([, rule], index) => [
          `rule_${index}`,
          { value: expression(`[for value in local.given[${index}] : ${inTerraform("value", rule)}]`) },
        ]),
      ),
    });
    workspace.write("given.json", JSON.stringify(given));
    await workspace.init();
    await workspace.apply();
    const outputs = JSON.parse(await workspace.run(["output", "-json"])) as { [name: string]: { value: boolean[] } };
    for (const [index, [name, rule]] of RULES.entries()) {
      const values = given[index] ?? [];
      const theirs = values.filter((_, at) => outputs[`rule_${index}`]?.value[at]);
      const ours = values.filter((value) => matches(value, rule));
      expect({ name, held: theirs }).toEqual({ name, held: ours });
      expect([name, ours.length > 5, values.length - ours.length > 5]).toEqual([name, true, true]);
    }
    expect(RULES.length).toBeGreaterThan(9);
  });
});
