import { Testing } from "cdktf";
import { PullThroughCache, Upstream } from "cdktf-ecr-pull-through-cache";
import * as fc from "fast-check";
import { constructId } from "../src/private/construct-id";
import { follows } from "../src/private/faults";
import { REPOSITORY_PREFIX } from "../src/private/repository-path";
import { looksLikeAToken } from "../src/private/secrecy";
import { prefixLike } from "./support/prefixes";
import { addresses, blocks, messageOf, stackIn, stackWithCache, synthesized } from "./support/synthesis";

const accepted = prefixLike.filter((prefix) => follows(prefix, REPOSITORY_PREFIX));
const normal = (prefix: string) => prefix.replace(/\/$/, "");
const prefixList = fc.uniqueArray(accepted, { selector: normal, minLength: 1, maxLength: 12 });

function synth(prefixes: string[], id = "cache") {
  const stack = stackIn("us-east-1");
  new PullThroughCache(stack, id, { upstreams: prefixes.map((prefix) => Upstream.ecrPublic({ prefix })) });
  return stack;
}

describe("for any list of prefixes that is accepted", () => {
  test("synth gives the same bytes twice", () => {
    fc.assert(fc.property(prefixList, (prefixes) => Testing.synth(synth(prefixes)) === Testing.synth(synth(prefixes))));
  });

  test("no address is used twice, not even under an id that cdktf leaves out", () => {
    fc.assert(
      fc.property(prefixList, fc.constantFrom("cache", "Default"), (prefixes, id) => {
        expect(addresses(synthesized(synth(prefixes, id)))).toHaveLength(3 * prefixes.length);
      }),
    );
  });

  test("every rule has a template of its prefix, and waits for it", () => {
    fc.assert(
      fc.property(prefixList, (prefixes) => {
        const json = synthesized(synth(prefixes));
        const templates = json.resource?.["aws_ecr_repository_creation_template"] ?? {};
        for (const rule of blocks(json, "aws_ecr_pull_through_cache_rule")) {
          const [template = ""] = rule["depends_on"] as string[];
          expect(templates[template.split(".")[1] ?? ""]?.["prefix"]).toBe(rule["ecr_repository_prefix"]);
        }
      }),
    );
  });

  test("one more prefix leaves every other address as it was", () => {
    fc.assert(
      fc.property(prefixList, (prefixes) => {
        const all = addresses(synthesized(synth(prefixes)));
        const fewer = prefixes.length === 1 ? [] : addresses(synthesized(synth(prefixes.slice(1))));
        expect(all).toEqual(expect.arrayContaining(fewer));
      }),
    );
  });
});

test("any other prefix fails, with a message that shows it", () => {
  fc.assert(
    fc.property(
      prefixLike.filter((prefix) => !follows(prefix, REPOSITORY_PREFIX)),
      (prefix) => {
        const message = messageOf(() => stackWithCache({ upstreams: [Upstream.ecrPublic({ prefix })] }));
        const got = looksLikeAToken(prefix) ? "got a string of" : `got ${JSON.stringify(prefix)};`;
        expect(message).toContain(got);
      },
    ),
  );
});

test("different names have different construct ids, of characters Terraform allows", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary-ascii" }), fc.string({ unit: "binary-ascii" }), (one, other) => {
      expect(constructId(one)).toMatch(/^[A-Za-z0-9_-]*$/);
      expect(constructId(one) === constructId(other)).toBe(one === other);
    }),
  );
});
