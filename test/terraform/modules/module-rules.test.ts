import * as fc from "fast-check";
import { expression, matchesExpression as inTerraform } from "../../../modules/generator/hcl";
import { matches } from "../../../src/validation/rule";
import type { Rule } from "../../../src/validation/rule";
import { prefixLike } from "../../support/prefixes";
import { patternRules } from "../../support/rules-of-constructs";
import { Workspace, describeWithTerraform } from "../../support/terraform";

// Characters in the patterns and others, all of which Terraform and JavaScript count alike.
const CHARACTERS = [..."azAZ059 _.,:;/=+-@*$(){}[]\"'\\|^?!%&#~\t\n\r", "ä", "ß", "Ω", "日", "\u00a0", "\u2028"];

/** Strings that follow a rule or almost do: made from its patterns, with a character added, removed or changed, and at its bounds. */
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

describeWithTerraform("the rules of the constructs in Terraform", () => {
  test("the patterns of the constructs match the same strings in Terraform, and never a value that is not a string", async () => {
    const rules = patternRules();
    const given = rules.map(([, rule]) => [...candidates(rule), null]);
    const workspace = new Workspace({
      locals: { given: '${jsondecode(file("${path.module}/given.json"))}' },
      output: Object.fromEntries(
        rules.map(([, rule], index) => [
          `rule_${index}`,
          { value: expression(`[for value in local.given[${index}] : ${inTerraform("value", rule)}]`) },
        ]),
      ),
    });
    workspace.write("given.json", JSON.stringify(given));
    await workspace.init();
    await workspace.apply();
    const outputs = JSON.parse(await workspace.run(["output", "-json"])) as { [name: string]: { value: boolean[] } };
    for (const [index, [name, rule]] of rules.entries()) {
      const values = given[index] ?? [];
      const theirs = values.filter((_, at) => outputs[`rule_${index}`]?.value[at]);
      const ours = values.filter((value) => matches(value, rule));
      expect({ name, held: theirs }).toEqual({ name, held: ours });
      expect([name, ours.length > 5, values.length - ours.length > 0]).toEqual([name, true, true]);
    }
  });
});
