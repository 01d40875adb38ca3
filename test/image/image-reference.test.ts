import { ImageReference } from "cdktf-ecr-pull-through-cache";
import * as fc from "fast-check";
import { IMAGE_NAME, IMAGE_REFERENCE } from "../../src/cache/rules";
import { DIGESTS, isDomain } from "../../src/image/image-grammar";
import { parseReference } from "../../src/image/image-reference";
import { matches } from "../../src/validation/rule";
import { IMAGE_REFERENCES } from "../support/image-references";
import { messageOf } from "../support/synthesis";

const HEX = "f".repeat(64);
const SHA256 = `sha256:${HEX}`;
const ID = "1a3f5e7d9c1b3a5f7e9d1c3b5a7f9e1d3c5b7a9f1e3d5d7c9b1a3f5e7d9c1b3a";
const HUB = "docker.io";

// The cases of the distribution project's own tests, as ParseNormalizedNamed reads them.
// https://github.com/distribution/reference
const ACCEPTED: readonly (readonly [text: string, domain: string, path: string, tag?: string, digest?: string])[] = [
  // Names without a domain.
  ["test_com", HUB, "library/test_com"],
  ["test.com:tag", HUB, "library/test.com", "tag"],
  ["test.com:5000", HUB, "library/test.com", "5000"],
  ["lowercase:Uppercase", HUB, "library/lowercase", "Uppercase"],
  ["foo_bar.com:8080", HUB, "library/foo_bar.com", "8080"],
  ["foo/foo_bar.com:8080", HUB, "foo/foo_bar.com", "8080"],
  ["192.168.1.1", HUB, "library/192.168.1.1"],
  ["192.168.1.1:tag", HUB, "library/192.168.1.1", "tag"],
  ["192.168.0.1:80", HUB, "library/192.168.0.1", "80"],
  ["docker/docker", HUB, "docker/docker"],
  ["library/debian", HUB, "library/debian"],
  ["debian", HUB, "library/debian"],
  [
    "thisisthesongthatneverendsitgoesonandonandonthisisthesongthatnev",
    HUB,
    "library/thisisthesongthatneverendsitgoesonandonandonthisisthesongthatnev",
  ],
  ["docker-rules/docker", HUB, "docker-rules/docker"],
  ["docker---rules/docker", HUB, "docker---rules/docker"],
  ["d/docker", HUB, "d/docker"],
  ["jess/t", HUB, "jess/t"],
  ["dock__er/docker", HUB, "dock__er/docker"],
  ["do__cker/docker", HUB, "do__cker/docker"],
  ["test_com/foo", HUB, "test_com/foo"],
  ["foo_bar", HUB, "library/foo_bar"],
  ["foo_bar.com", HUB, "library/foo_bar.com"],
  ["aa-a/a", HUB, "aa-a/a"],
  ["a/a/a/a", HUB, "a/a/a/a"],
  ["docker/stevvooe/app", HUB, "docker/stevvooe/app"],
  ["aa/aa/aa/aa/aa/aa/aa/aa/aa/bb/bb/bb/bb/bb/bb", HUB, "aa/aa/aa/aa/aa/aa/aa/aa/aa/bb/bb/bb/bb/bb/bb"],
  ["ubuntu-12.04-base", HUB, "library/ubuntu-12.04-base"],
  ["library/foo/bar", HUB, "library/foo/bar"],
  ["store/foo/bar", HUB, "store/foo/bar"],
  ["other/library", HUB, "other/library"],
  [`${"a/".repeat(127)}a:tag-puts-this-over-max`, HUB, `${"a/".repeat(127)}a`, "tag-puts-this-over-max"],
  // `localhost` and names of hosts are paths, if no slash follows.
  ["localhost", HUB, "library/localhost"],
  [`localhost:8080@${SHA256}`, HUB, "library/localhost", "8080", SHA256],
  [`localhost@${SHA256}`, HUB, "library/localhost", undefined, SHA256],
  // Docker Hub's own domains.
  ["docker.io/docker/docker", HUB, "docker/docker"],
  ["docker.io/library/debian", HUB, "library/debian"],
  ["docker.io/debian", HUB, "library/debian"],
  ["index.docker.io/docker/docker", HUB, "docker/docker"],
  ["index.docker.io/library/debian", HUB, "library/debian"],
  ["index.docker.io/debian", HUB, "library/debian"],
  ["docker.io/library/foo/bar", HUB, "library/foo/bar"],
  [`docker.io/${ID}`, HUB, `library/${ID}`],
  // Domains.
  ["test.com/repo:tag", "test.com", "repo", "tag"],
  ["test:5000/repo", "test:5000", "repo"],
  ["test:5000/repo:tag", "test:5000", "repo", "tag"],
  ["test-com:8080/foo", "test-com:8080", "foo"],
  ["xn--n3h.com:18080/foo", "xn--n3h.com:18080", "foo"],
  ["sub-dom1.foo.com/bar/baz/quux", "sub-dom1.foo.com", "bar/baz/quux"],
  ["sub-dom1.foo.com/bar/baz/quux:some-long-tag", "sub-dom1.foo.com", "bar/baz/quux", "some-long-tag"],
  ["b.gcr.io/test.example.com/my-app:test.example.com", "b.gcr.io", "test.example.com/my-app", "test.example.com"],
  ["xn--n3h.com/myimage:xn--n3h.com", "xn--n3h.com", "myimage", "xn--n3h.com"],
  [`xn--7o8h.com/myimage:xn--7o8h.com@${SHA256}`, "xn--7o8h.com", "myimage", "xn--7o8h.com", SHA256],
  ["example.com/some_separator__underscore/myimage", "example.com", "some_separator__underscore/myimage"],
  [
    "registry.io/foo/project--id.module--name.ver---sion--name",
    "registry.io",
    "foo/project--id.module--name.ver---sion--name",
  ],
  [`example.com/${"a".repeat(255)}:tag`, "example.com", "a".repeat(255), "tag"],
  ["localhost/library/debian", "localhost", "library/debian"],
  ["localhost/debian", "localhost", "debian"],
  [`localhost:8080/name@${SHA256}`, "localhost:8080", "name", undefined, SHA256],
  ["LOCALDOMAIN/library/debian", "LOCALDOMAIN", "library/debian"],
  ["LOCALDOMAIN/debian", "LOCALDOMAIN", "debian"],
  ["Docker/docker", "Docker", "docker"],
  ["Uppercase/lowercase:tag", "Uppercase", "lowercase", "tag"],
  ["FOO/bar", "FOO", "bar"],
  ["Asdf.com/foo/bar", "Asdf.com", "foo/bar"],
  ["a.b/c", "a.b", "c"],
  ["ab.c-om/c", "ab.c-om", "c"],
  ["0101.com/c", "0101.com", "c"],
  // IP addresses, whose numbers nobody checks.
  ["192.168.1.1/repo", "192.168.1.1", "repo"],
  ["192.168.1.1:5000/repo:5050", "192.168.1.1:5000", "repo", "5050"],
  ["127.0.0.1:5000/debian", "127.0.0.1:5000", "debian"],
  ["192.168.1.1:750050/repo", "192.168.1.1:750050", "repo"],
  ["[2001:db8::1]/repo", "[2001:db8::1]", "repo"],
  ["[2001:db8:1:2:3:4:5:6]/repo:tag", "[2001:db8:1:2:3:4:5:6]", "repo", "tag"],
  ["[2001:db8::1]:5000/repo", "[2001:db8::1]:5000", "repo"],
  [`[2001:db8::1]:5000/repo:tag@${SHA256}`, "[2001:db8::1]:5000", "repo", "tag", SHA256],
  ["[2001:db8::]:5000/repo", "[2001:db8::]:5000", "repo"],
  ["[::1]:5000/repo", "[::1]:5000", "repo"],
  ["[fc00:1:2:3:4:5:6:7]:5000/library/debian", "[fc00:1:2:3:4:5:6:7]:5000", "library/debian"],
  ["[AB]/repo", "[AB]", "repo"],
  ["[fd00123123123]:75050/repo", "[fd00123123123]:75050", "repo"],
  // Digests.
  [`test:5000/repo@${SHA256}`, "test:5000", "repo", undefined, SHA256],
  [`test:5000/repo:tag@${SHA256}`, "test:5000", "repo", "tag", SHA256],
  [`redis@${SHA256}`, HUB, "library/redis", undefined, SHA256],
  // Their tests refuse this one only because the test program leaves the algorithm out; clients have it.
  // https://pkg.go.dev/github.com/opencontainers/go-digest
  [`validname@sha512:${HEX}${HEX}`, HUB, "library/validname", undefined, `sha512:${HEX}${HEX}`],
  [`validname@sha384:${"0".repeat(96)}`, HUB, "library/validname", undefined, `sha384:${"0".repeat(96)}`],
  // Not quite the ID of an image.
  [HEX.slice(1), HUB, `library/${HEX.slice(1)}`],
  [`${HEX}f`, HUB, `library/${HEX}f`],
  [`${HEX}:tag`, HUB, `library/${HEX}`, "tag"],
];

const NAME = "a name needs a path, like nginx or quay.io/prometheus/node-exporter";
const IS_ID = "a name is not 64 hexadecimal digits, which are the ID of an image";
const HOST =
  "a domain is a host like quay.io or localhost, an IPv4 address, or an IPv6 address in brackets, with or without :port";
const PARTS =
  "a path has lower-case letters and digits, with one `.`, one or two `_`, or any number of `-` between them, and `/` between its parts";
const UPPER_CASE = "a path is lower-case";
const LENGTH = "a path has at most 255 characters, with `library/` on Docker Hub";
const END = "a path is followed by :tag, @digest or nothing";
const TAGGED = "a tag has up to 128 letters, digits and `_.-`, and does not begin with `.` or `-`";
const END_OF_TAG = "a tag is followed by @digest or nothing";
const DIGEST = "a digest is `sha256:` with 64, `sha384:` with 96, or `sha512:` with 128 lower-case hexadecimal digits";

const REFUSED: readonly (readonly [text: string, position: number, rule: string])[] = [
  // The cases of the same tests.
  ["", 1, NAME],
  [":justtag", 1, NAME],
  [`@${SHA256}`, 1, NAME],
  [ID, 1, IS_ID],
  ["repo@sha256:ffffffffffffffffffffffffffffffffff", 47, DIGEST],
  [`validname@invaliddigest:${HEX}`, 11, DIGEST],
  ["registry.com:8080/myapp@sha256:badbadbadbad", 44, DIGEST],
  ["registry.com:8080/myapp@bad", 25, DIGEST],
  ["registry.com:8080/myapp@2bad", 25, DIGEST],
  ["busybox@foo", 9, DIGEST],
  ["registry.com:8080/myapp:invalid~tag", 32, END_OF_TAG],
  ["busybox:-foo", 9, TAGGED],
  ["Uppercase:tag", 1, UPPER_CASE],
  ["test:5000/Uppercase/lowercase:tag", 11, UPPER_CASE],
  ["docker/Docker", 8, UPPER_CASE],
  ["docker.io/docker/Docker", 18, UPPER_CASE],
  ["Foo/FarB", 5, UPPER_CASE],
  [`domain/${"a".repeat(256)}:tag`, 256, LENGTH],
  [`${"a/".repeat(128)}a`, 256, LENGTH],
  [`example.com/${"a".repeat(256)}`, 268, LENGTH],
  [`this_is_not_a_valid_namespace${"_because_it_is_long".repeat(13)}/docker`, 256, LENGTH],
  ["aa/asdf$$^/aa", 8, END],
  ["asdf$$^/aa", 5, END],
  ["a^a", 2, END],
  ["-docker", 1, PARTS],
  ["-docker/docker", 1, PARTS],
  ["-docker-/docker", 1, PARTS],
  ["docker-/docker", 8, PARTS],
  ["docker_/docker_", 8, PARTS],
  ["____/____", 1, PARTS],
  ["_docker/_docker", 1, PARTS],
  ["docker///docker", 8, PARTS],
  ["docker.io/docker///docker", 18, PARTS],
  ["docker/", 8, PARTS],
  ["a/a/a/a/", 9, PARTS],
  ["a//a/a", 3, PARTS],
  ["a-/a/a/a", 3, PARTS],
  ["foo.com/a-/a/a", 11, PARTS],
  ["foo/bar-", 9, PARTS],
  ["foo/-bar", 5, PARTS],
  ["example.com/__underscore/myimage", 13, PARTS],
  ["example.com/..dots/myimage", 13, PARTS],
  ["example.com/.dots/myimage", 13, PARTS],
  ["example.com/nodouble..dots/myimage", 22, PARTS],
  ["[2001:db8::1]", 1, PARTS],
  ["[2001:db8::1]:5000", 1, PARTS],
  ["[2001:db8::1]:tag", 1, PARTS],
  ["foo.com/", 9, NAME],
  ["https://github.com/docker/docker", 7, HOST],
  ["-docker.io/docker/docker", 1, HOST],
  ["dock..er/docker", 6, HOST],
  ["dock_.er/docker", 5, HOST],
  ["dock-.er/docker", 6, HOST],
  ["docker./docker", 8, HOST],
  [".docker/docker", 1, HOST],
  ["do__cker:8080/docker", 3, HOST],
  ["foo_bar.com:8080/app", 4, HOST],
  ["bad_hostname.com:8080/myapp:tag", 4, HOST],
  ["foo.com:http/bar", 9, HOST],
  [`localhost:http/name@${SHA256}`, 11, HOST],
  ["-ab.com/a", 1, HOST],
  ["ab-.com/a", 4, HOST],
  ["ab.-com/a", 4, HOST],
  ["ab.com-/a", 8, HOST],
  ["fc00::1:5000/debian", 6, HOST],
  ["fd00:1:2::3:75050/a", 7, HOST],
  ["[fe80::1%eth0]:5000/debian", 9, HOST],
  ["[2001:db8:3:4::192.0.2.33]:5000/debian", 19, HOST],
  ["[fd00:1:2::3]75050/a", 14, HOST],
  ["[fd00:1:2::3]::75050/a", 15, HOST],
  // Ours: what is missing or too much at the end, and what is not a name at all.
  ["nginx ", 6, END],
  [" nginx", 1, PARTS],
  ["nginx\n", 6, END],
  ["nginxÄ", 6, END],
  ["nginx:", 7, TAGGED],
  [`nginx:${"a".repeat(129)}`, 135, TAGGED],
  ["nginx:a:b", 8, END_OF_TAG],
  ["nginx:1.27/x", 8, HOST],
  ["nginx@", 7, DIGEST],
  ["nginx:1.27@", 12, DIGEST],
  ["nginx@sha256", 13, DIGEST],
  ["nginx@sha256:", 14, DIGEST],
  [`nginx@${SHA256}f`, 78, DIGEST],
  [`nginx@${SHA256}@${SHA256}`, 78, DIGEST],
  [`nginx@sha256:${HEX.toUpperCase()}`, 14, DIGEST],
  [`nginx@constructor:${HEX}`, 7, DIGEST],
  ["a".repeat(256), 248, LENGTH],
  ["x___y", 4, PARTS],
  ["docker.io:/x", 11, HOST],
  ["[::1/x", 5, HOST],
  ["[].a/x", 2, HOST],
  ["[1]/x", 1, PARTS],
  ["${image}", 1, PARTS],
];

test.each(ACCEPTED.map(([text, ...parts]) => [text, parts] as const))("%s is a name", (text, parts) => {
  const { domain, path, tag, digest, name } = ImageReference.parse(text);
  const [expectedDomain, expectedPath, expectedTag, expectedDigest] = parts;
  expect([domain, path, tag, digest]).toEqual([expectedDomain, expectedPath, expectedTag, expectedDigest]);
  expect(name).toBe(`${expectedDomain}/${expectedPath}`);
});

test.each(REFUSED)("%j is no name", (text, position, rule) => {
  expect(messageOf(() => ImageReference.parse(text))).toBe(
    `${JSON.stringify(text)} is not the name of an image: at character ${position}: ${rule}`,
  );
});

test.each([
  [
    "a text that is longer than a line",
    "A".repeat(301),
    `a text of 301 characters is not the name of an image: at character 1: ${UPPER_CASE}`,
  ],
  [
    "a user of a URL",
    "https://bot:secret@quay.io/a",
    `a text of 28 characters is not the name of an image: at character 7: ${HOST}`,
  ],
  [
    "a password before a host",
    "deploy:secret@quay.io",
    `a text of 21 characters is not the name of an image: at character 15: ${DIGEST}`,
  ],
  [
    "a zone of an IPv6 address, which may be a host after a password",
    "[fe80::1%@invalidzone]:5000/repo",
    `a text of 32 characters is not the name of an image: at character 9: ${HOST}`,
  ],
  ["a value that is no text", undefined, `undefined is not the name of an image: at character 1: ${NAME}`],
])("a message does not repeat %s", (_, text, message) => {
  expect(messageOf(() => ImageReference.parse(text as string))).toBe(message);
});

test("the bounds are inclusive", () => {
  expect(ImageReference.parse(`quay.io/${"a".repeat(255)}:${"t".repeat(128)}`).tag).toHaveLength(128);
  expect(ImageReference.parse("a".repeat(247)).path).toHaveLength(255);
});

test("the suffix has the tag and the digest with what separates them", () => {
  const suffixes = ["nginx", "nginx:1.27", `nginx@${SHA256}`, `nginx:1.27@${SHA256}`];
  expect(suffixes.map((text) => ImageReference.parse(text).suffix)).toEqual([
    "",
    ":1.27",
    `@${SHA256}`,
    `:1.27@${SHA256}`,
  ]);
});

describe("laws", () => {
  const text = (characters: string, minLength: number, maxLength: number) =>
    fc.string({ unit: fc.constantFrom(...characters), minLength, maxLength });
  const joined = (part: fc.Arbitrary<string>, maxLength: number, ...separators: string[]) =>
    fc
      .tuple(part, fc.array(fc.tuple(fc.constantFrom(...separators), part), { maxLength }))
      .map((parts) => parts.flat(2).join(""));
  const optional = (part: fc.Arbitrary<string>, start: string, end = "") =>
    fc.option(part, { nil: undefined }).map((given) => (given === undefined ? "" : `${start}${given}${end}`));

  const path = joined(joined(text("az09", 1, 3), 3, ".", "_", "__", "-", "---"), 3, "/");
  const label = joined(text("azAZ09", 1, 3), 2, "-", "--");
  const host = fc.oneof(
    joined(label, 3, "."),
    fc.constantFrom("localhost", "10.0.0.1", "[::1]", "[2001:DB8::1]", "[1]"),
  );
  const domain = fc
    .tuple(host, optional(text("0123456789", 1, 6), ":"))
    .map((parts) => parts.join(""))
    .filter(isDomain);
  const tag = fc.tuple(text("aZ0_", 1, 1), text("aZ0_.-", 0, 127)).map((parts) => parts.join(""));
  const digest = fc
    .constantFrom(...Object.entries(DIGESTS))
    .chain(([algorithm, length]) => text("0123456789abcdef", length, length).map((digits) => `${algorithm}:${digits}`));
  const suffix = fc.tuple(optional(tag, ":"), optional(digest, "@")).map((parts) => parts.join(""));
  const withDomain = fc.tuple(domain, path, suffix).map(([start, ...rest]) => `${start}/${rest.join("")}`);
  const familiar = fc
    .tuple(path, suffix)
    .filter(([name]) => !name.includes("/") || !isDomain(name.split("/", 1)[0] ?? ""))
    .map((parts) => parts.join(""));
  const name = fc.oneof(
    withDomain,
    familiar,
    fc.constantFrom(...IMAGE_REFERENCES.map(({ image }) => image), ...ACCEPTED.map(([accepted]) => accepted)),
  );
  /** A name with a character put in, taken away or replaced, and any other text. */
  const nearName = fc.oneof(
    fc
      .tuple(name, fc.nat(), fc.constantFrom(..."aZ0._-/:@[]% é"), fc.nat({ max: 1 }))
      .map(([given, at, character, replaced]) => {
        const place = at % (given.length + 1);
        return `${given.slice(0, place)}${character}${given.slice(place + replaced)}`;
      }),
    fc.tuple(name, fc.nat()).map(([given, at]) => given.slice(0, at % (given.length + 1))),
    fc.string(),
    fc.constantFrom(...REFUSED.map(([refused]) => refused)),
  );
  const runs = { numRuns: 1_000 };

  test("the text of a parsed name parses to the same name, and is its own text", () => {
    fc.assert(
      fc.property(name, (given) => {
        const reference = ImageReference.parse(given);
        const again = ImageReference.parse(reference.toString());
        expect(again).toEqual(reference);
        expect(again.toString()).toBe(reference.toString());
      }),
      runs,
    );
  });

  test("a name with another domain than Docker Hub's is its own text", () => {
    fc.assert(
      fc.property(
        withDomain.filter((whole) => !/^(index\.)?docker\.io\//.test(whole)),
        (whole) => {
          expect(ImageReference.parse(whole).toString()).toBe(whole);
        },
      ),
      runs,
    );
  });

  test("a problem is at a character, or one behind the last; what is before it can begin a name", () => {
    const ends = ["", "a", "1", "/a", "1/a", "a/a", "]/a", "1]/a", "::1]/a", ":1/a"];
    const digits = Array.from({ length: 129 }, (_, length) => "f".repeat(length));
    const endsOfDigest = [SHA256, ...digits, ...Object.values(DIGESTS).map((length) => `:${"f".repeat(length)}`)];
    fc.assert(
      fc.property(nearName, (given) => {
        const problem = parseReference(given);
        fc.pre(!(problem instanceof ImageReference) && problem.rule !== LENGTH && problem.rule !== IS_ID);
        const { position } = problem;
        expect(position).toBeGreaterThanOrEqual(1);
        expect(position).toBeLessThanOrEqual(given.length + 1);
        const start = given.slice(0, position - 1);
        const possible = start.includes("@") ? endsOfDigest : ends;
        expect([start, possible.some((end) => parseReference(start + end) instanceof ImageReference)]).toEqual([
          start,
          true,
        ]);
      }),
      runs,
    );
  });

  test("the patterns of plain modules match names and nothing else, with the same parts, but for the length of paths", () => {
    fc.assert(
      fc.property(fc.oneof(name, nearName), (given) => {
        const parsed = parseReference(given);
        fc.pre(parsed instanceof ImageReference || parsed.rule !== LENGTH);
        const isName = parsed instanceof ImageReference;
        expect([given, matches(given, IMAGE_REFERENCE)]).toEqual([given, isName]);
        expect([given, matches(given, IMAGE_NAME)]).toEqual([given, isName && parsed.digest === undefined]);
        if (isName) {
          const [, host, pathBehindHost, pathAlone, rest] = IMAGE_REFERENCE.pattern.exec(given) ?? [];
          const again = ImageReference.parse(
            `${host === undefined ? "" : `${host}/`}${pathBehindHost ?? pathAlone}${rest}`,
          );
          expect(again).toEqual(parsed);
        }
      }),
      runs,
    );
  });

  const HOSTILE: readonly (readonly [name: string, hostile: (length: number) => string])[] = [
    ["letters and an exclamation mark", (length) => `${"a".repeat(length)}!`],
    ["hyphens", (length) => `a${"-".repeat(length)}`],
    ["hyphens in a domain", (length) => `a.a${"-".repeat(length)}/a`],
    ["letters and hyphens", (length) => `${"a-".repeat(length / 2)}!`],
    ["parts of a path", (length) => `${"a/".repeat(length / 2)}!`],
    ["parts of a domain", (length) => `${"a.".repeat(length / 2)}!/a`],
    ["upper-case letters in a domain", (length) => `${"A".repeat(length)}!/a`],
    ["colons in brackets", (length) => `[${":".repeat(length)}/a`],
    ["digits of a port", (length) => `a:${"1".repeat(length)}!/a`],
    ["letters in a tag", (length) => `a:${"a".repeat(length)}`],
    ["digits of a digest", (length) => `a@sha256:${"f".repeat(length)}`],
    ["colons in a digest", (length) => `a@${":".repeat(length)}`],
    ["slashes", (length) => "/".repeat(length)],
  ];

  test.each(HOSTILE)("a text of %s takes linear time", (_, textOf) => {
    const shortest = (length: number): number => {
      const hostile = textOf(length);
      const times = Array.from({ length: 7 }, () => {
        const start = performance.now();
        for (let run = 0; run < 4; run++) {
          parseReference(hostile);
        }
        return performance.now() - start;
      });
      return Math.min(...times);
    };
    // Quadratic time would be 256 times as much.
    expect(shortest(64_000) / shortest(4_000)).toBeLessThan(100);
  });
});
