import * as fc from "fast-check";
import * as YAML from "yaml";
import { readFile } from "../../cli/rewrite/file-type";
import type { FileType } from "../../cli/rewrite/file-type";
import { ImageReference } from "../../src/image/image-reference";
import { HOST, MAPPING, rewritten } from "../support/rewriting";
import type { Outcome } from "../support/rewriting";

const path = fc.array(fc.stringMatching(/^[a-z0-9]{1,4}([._-][a-z0-9]{1,3})?$/), { minLength: 1, maxLength: 3 });
const domain = fc.constantFrom(
  "",
  "docker.io/",
  "quay.io/",
  "ghcr.io/",
  "k8s.gcr.io/",
  "gcr.io/",
  "localhost:5000/",
  `${HOST}/`,
);
const suffix = fc.constantFrom("", ":1", ":v1.2-x", `@sha256:${"ab".repeat(32)}`, `:1@sha256:${"0".repeat(64)}`);

/** Names of images with and without a cache. A plain number would be no text in YAML. */
const image = fc.tuple(domain, path, suffix).map(([host, parts, end]) => `${host}a${parts.join("/")}${end}`);

/** The name to pull, as a reader of no file finds it. */
function expected(name: string): string {
  const mapped = MAPPING.map(ImageReference.parse(name));
  return mapped.kind === "cached" ? mapped.uri : name;
}

/** A container, with its images in any style of YAML. */
const container = fc.record({
  image,
  name: fc.constantFrom("a", "image: nginx", "it's", "# no comment", "line\nfeed"),
  command: fc.array(fc.constantFrom("image", "FROM nginx", "containers:", "x: [y", "é"), { maxLength: 3 }),
});

const pod = fc.record({
  apiVersion: fc.constant("v1"),
  kind: fc.constant("Pod"),
  spec: fc.record({
    containers: fc.array(container, { maxLength: 4 }),
    initContainers: fc.array(container, { maxLength: 2 }),
  }),
});

const yamlStyle = fc.record({
  defaultStringType: fc.constantFrom<YAML.Scalar.Type[]>("PLAIN", "QUOTE_DOUBLE", "QUOTE_SINGLE", "BLOCK_LITERAL"),
  collectionStyle: fc.constantFrom<("any" | "block" | "flow")[]>("any", "block", "flow"),
  indent: fc.integer({ min: 2, max: 5 }),
  indentSeq: fc.boolean(),
  lineWidth: fc.constantFrom(0, 40, 80),
  blockQuote: fc.constantFrom<(boolean | "literal" | "folded")[]>(true, "literal", "folded"),
});

const manifests = fc
  .tuple(fc.array(pod, { minLength: 1, maxLength: 3 }), yamlStyle, fc.constantFrom("\n", "\r\n"), fc.boolean())
  .map(([objects, style, feed, isJson]) => ({
    objects,
    text: isJson
      ? JSON.stringify(objects[0], undefined, 2)
      : objects
          .map((object) => YAML.stringify(object, style))
          .join("---\n# image: nginx\n")
          .replaceAll("\n", feed),
    isJson,
  }));

const dockerfiles = fc
  .array(
    fc.oneof(
      image.map((name) => ({ text: `FROM ${name}`, names: [name] })),
      image.map((name) => ({ text: `FROM --platform=$X \\\n # FROM b\n  ${name} AS st`, names: [name] })),
      image.map((name) => ({ text: `COPY --from=${name} /a /b`, names: [name] })),
      image.map((name) => ({ text: `RUN --mount=type=bind,from=${name},target=/x <<E\nFROM x\nE`, names: [name] })),
      fc
        .constantFrom(
          "# FROM nginx",
          "",
          "RUN echo FROM nginx",
          "COPY --from=0 a b",
          "FROM scratch",
          "COPY --from=st a b",
        )
        .map((text) => ({ text, names: [] as string[] })),
    ),
    { minLength: 1, maxLength: 8 },
  )
  .map((parts) => ({
    text: ["FROM scratch AS st", ...parts.map(({ text }) => text)].join("\n"),
    names: parts.flatMap(({ names }) => names),
  }));

/** Values that a chart joins as those of Bitnami do. */
interface ChartValues {
  readonly global: { readonly imageRegistry: string };
  readonly images: readonly { readonly registry?: string; readonly repository: string; readonly tag: string }[];
}

function assertLaws(text: string, type: FileType): Outcome {
  const outcome = rewritten(text, { type });
  // Rewriting twice equals rewriting once.
  expect(rewritten(outcome.text, { type }).text).toBe(outcome.text);
  // No byte changes outside of the reported places.
  let from = 0;
  let to = 0;
  for (const { start, end, text: inserted } of outcome.plan.edits) {
    expect(outcome.text.slice(to, to + start - from)).toBe(text.slice(from, start));
    to += start - from + inserted.length;
    from = end;
  }
  expect(outcome.text.slice(to)).toBe(text.slice(from));
  return outcome;
}

test("rewrites the images of manifests in any style, and nothing else", () => {
  fc.assert(
    fc.property(manifests, ({ objects, text, isJson }) => {
      // In some styles the package writes empty lists in a way that it does not read.
      fc.pre(YAML.parseAllDocuments(text).every(({ errors }) => errors.length === 0));
      const outcome = assertLaws(text, "kubernetes");
      const isImage = (key: string): boolean => key === "image";
      const wanted = (isJson ? objects.slice(0, 1) : objects).map(
        (object) =>
          JSON.parse(
            JSON.stringify(object, (key, value: unknown) => (isImage(key) ? expected(value as string) : value)),
          ) as unknown,
      );
      const documents = YAML.parseAllDocuments(outcome.text) as YAML.Document[];
      expect(documents.map((document) => document.toJS() as unknown)).toEqual(wanted);
    }),
  );
});

test("rewrites the images of Dockerfiles, and nothing else", () => {
  fc.assert(
    fc.property(dockerfiles, ({ text, names }) => {
      const { plan } = assertLaws(text, "dockerfile");
      const changing = names.filter((name) => expected(name) !== name);
      expect(plan.rewritten.map(({ from, to }) => [from, to])).toEqual(changing.map((name) => [name, expected(name)]));
    }),
  );
});

test("rewrites values of a chart so that it pulls the same images, and no other ones", () => {
  const registry = fc.constantFrom("", "docker.io", "quay.io", "gcr.io", HOST);
  const repository = fc.constantFrom("nginx", "library/redis", "bitnami/nginx", "a/b/c");
  const images = fc.array(
    fc.record({ registry: fc.option(registry, { nil: undefined }), repository, tag: fc.constant("1") }),
  );
  const pulled = (values: ChartValues): string[] =>
    values.images.map((one) => {
      const start = values.global.imageRegistry || one.registry;
      return `${start ? `${start}/` : ""}${one.repository}:${one.tag}`;
    });
  fc.assert(
    fc.property(fc.record({ global: fc.record({ imageRegistry: registry }), images }), (values) => {
      const { text } = assertLaws(YAML.stringify(values), "helm-values");
      const before = pulled(values);
      const after = pulled(YAML.parse(text) as ChartValues);
      expect(after.map((name, index) => [before[index], expected(before[index] ?? "")].includes(name))).toEqual(
        before.map(() => true),
      );
      expect((YAML.parse(text) as ChartValues).images.map(({ repository: own }) => own.includes(HOST))).toEqual(
        values.images.map((one) => !values.global.imageRegistry && !one.registry),
      );
    }),
  );
});

test("resolves variables with defaults to the images that come from the cache", () => {
  fc.assert(
    fc.property(image, fc.nat(20), (name, at) => {
      const cut = Math.min(at, name.length);
      const text = `services: {a: {image: '\${X:-${name.slice(0, cut)}}${name.slice(cut)}'}}\n`;
      const outcome = assertLaws(text, "compose");
      const resolved = outcome.text.replace(/\$\{X:-([^}]*)\}/, "$1");
      const isLeft = outcome.left.length > 0;
      expect(resolved).toContain(`'${isLeft ? name : expected(name)}'`);
    }),
  );
});

test("takes time in proportion to the size of a file", () => {
  const milliseconds = (count: number): number => {
    const services = Array.from({ length: count }, (_, at) => `  a${at}: {image: nginx, volumes: [{type: bind}]}\n`);
    const text = `services:\n${services.join("")}`;
    const all = `apiVersion: v1\nkind: List\n${text}containers:\n${"  - image: nginx\n".repeat(count)}`;
    // Not the time of day: other tests run at the same time.
    const start = process.cpuUsage();
    rewritten(all, { type: "kubernetes" });
    rewritten(text, { type: "compose" });
    rewritten(`${"ARG A=nginx\n".repeat(count)}${"FROM $A\n".repeat(count)}`, { type: "dockerfile" });
    return process.cpuUsage(start).user / 1e3;
  };
  milliseconds(250);
  expect(milliseconds(2_000)).toBeLessThan(24 * Math.max(milliseconds(250), 20));
});

describe("linear time", () => {
  const scalar = (text: string): string => `apiVersion: v1\nkind: Pod\nspec: {containers: [{image: '${text}'}]}\n`;
  const block = (text: string): string => `apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: |\n${text}`;

  test.each<[string, FileType, (length: number) => string]>([
    ["white space in a directive", "dockerfile", (length) => `# syntax=a${" ".repeat(length)}b\nFROM a\n`],
    ["starts of templates in a Dockerfile", "dockerfile", (length) => `FROM ${"{{".repeat(length)}\n`],
    ["starts of commands in a Dockerfile", "dockerfile", (length) => `FROM ${"$(".repeat(length)}\n`],
    ["starts of templates in YAML", "kubernetes", (length) => scalar("{{".repeat(length))],
    ["starts of commands in YAML", "kubernetes", (length) => scalar("$(".repeat(length))],
    ["empty lines in a block of YAML", "kubernetes", (length) => block(`      a${"\n".repeat(length)}      b\n`)],
  ])("a text of %s is read in linear time", (_, type, textOf) => {
    const start = performance.now();
    readFile(textOf(200_000), undefined, type);
    // Quadratic time is 15 seconds or more.
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});
