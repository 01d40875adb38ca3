import { Lazy } from "cdktf";
import { PullThroughCache, RegistryCredential, Upstream } from "cdktf-ecr-pull-through-cache";
import * as fc from "fast-check";
import { REPOSITORY_PREFIX } from "../../src/cache/rules";
import { constructId } from "../../src/terraform/construct-id";
import { matches } from "../../src/validation/rule";
import { looksLikeSecret } from "../../src/validation/secret-patterns";
import { accessToken, byHand, honestExpression, withFunctions } from "../support/expressions";
import { prefixLike } from "../support/prefixes";
import { addresses, blocks, messageOf, stackIn, stackWithCache, synthesized } from "../support/synthesis";

const accepted = prefixLike.filter((prefix) => matches(prefix, REPOSITORY_PREFIX));
const normal = (prefix: string) => prefix.replace(/\/$/, "");
const prefixList = fc.uniqueArray(accepted, { selector: normal, minLength: 1, maxLength: 12 });

function synth(prefixes: string[], id = "cache") {
  const stack = stackIn("us-east-1");
  new PullThroughCache(stack, id, { upstreams: prefixes.map((prefix) => Upstream.ecrPublic({ prefix })) });
  return stack;
}

describe("for any list of prefixes that is accepted", () => {
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
      prefixLike.filter((prefix) => !matches(prefix, REPOSITORY_PREFIX)),
      (prefix) => {
        const message = messageOf(() => stackWithCache({ upstreams: [Upstream.ecrPublic({ prefix })] }));
        const got = looksLikeSecret(prefix) ? "got a string of" : `got ${JSON.stringify(prefix)};`;
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

describe.each([
  [
    "fromSecretArn",
    "arn:aws:secretsmanager:us-east-1:111122223333:secret:ecr-pullthroughcache/",
    (arn: string) => RegistryCredential.fromSecretArn(arn),
  ],
  ["fromSecretName", "ecr-pullthroughcache/", (name: string) => RegistryCredential.fromSecretName(name)],
])("for any expression, RegistryCredential.%s", (_, start, create) => {
  const name = fc.stringMatching(/^[A-Za-z]{1,9}$/);
  const writer = fc.constantFrom(byHand, withFunctions);
  // As it is, as a token of cdktf, and behind a literal.
  const place = fc.constantFrom<(text: string) => string>(
    (text) => text,
    (text) => Lazy.stringValue({ produce: () => text }),
    (text) => `${start}${text}`,
  );
  const withCredential = (text: string) =>
    synthesized(stackWithCache({ upstreams: [Upstream.dockerHub(create(text))] }));

  test("takes it if it has no secret", () => {
    fc.assert(
      fc.property(honestExpression(start, name), writer, place, (expression, write, put) => {
        // A literal alone has to be right to its end.
        fc.pre(expression.of !== "literal");
        withCredential(put(write(expression, (text) => text)));
      }),
    );
  });

  test("fails, and shows nothing, if it has an access token anywhere", () => {
    const around = fc.constantFrom<(token: string, text: string) => string>(
      (token) => token,
      (token, text) => `${text}/${token}`,
      (token, text) => `${text}\n${token}`,
      (token, text) => `${token}.${text}`,
    );
    fc.assert(
      fc.property(
        honestExpression(start, name),
        writer,
        place,
        accessToken,
        around,
        fc.nat(),
        (expression, write, put, token, plant, choice) => {
          let literals = 0;
          write(expression, (text) => (literals++, text));
          fc.pre(literals > 0);
          let index = 0;
          const planted = write(expression, (text) => (index++ === choice % literals ? plant(token, text) : text));
          const message = messageOf(() => withCredential(put(planted)));
          expect(message).toContain("`upstreams[");
          expect(message).not.toContain(token);
        },
      ),
    );
  });

  test("fails, and shows nothing, if it has an access token beside it", () => {
    fc.assert(
      fc.property(honestExpression(start, name), writer, accessToken, (expression, write, token) => {
        const message = messageOf(() => withCredential(`${start}${write(expression, (text) => text)}/${token}.x`));
        expect(message).toContain("must ");
        expect(message).not.toContain(token);
      }),
    );
  });

  test("fails, and shows nothing, if a function makes it of a password", () => {
    fc.assert(
      fc.property(honestExpression("hunter2-", name), writer, (expression, write) => {
        fc.pre(expression.of !== "literal" && !/"(?:reference|file)"/.test(JSON.stringify(expression)));
        const message = messageOf(() => withCredential(write(expression, (text) => text)));
        expect(message).toContain("must contain no literal that may be a secret");
        expect(message).not.toContain("hunter2");
      }),
    );
  });
});
