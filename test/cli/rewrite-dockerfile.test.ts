import { DockerfileParser } from "dockerfile-ast";
import { HOST, marked, rewritten } from "../support/rewriting";

const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;

const CASES: { readonly [name: string]: string } = {
  "bases, their platforms and the names of stages": `
# FROM nginx is a comment
FROM «golang:1.22-alpine|docker-hub/library/golang:1.22-alpine» AS build
from --platform=$BUILDPLATFORM «quay.io/prometheus/node-exporter:v1.8.2|quay/prometheus/node-exporter:v1.8.2» as Exporter
  FROM   --platform=linux/arm64   «library/alpine|docker-hub/library/alpine»	AS x
FROM «index.docker.io/grafana/grafana|docker-hub/grafana/grafana»
FROM «public.ecr.aws/lambda/nodejs:20|ecr-public/lambda/nodejs:20»
`,
  "stages by name and number, which are no images": `
FROM «node:20|docker-hub/library/node:20» AS Deps
RUN npm ci
FROM deps AS build
COPY --from=0 /a /a
COPY --from=DEPS /a /a
COPY --chown=1:1 --from=«nginx:1.27|docker-hub/library/nginx:1.27» /etc/nginx /etc/nginx
COPY --from=later /b /b
RUN --mount=type=bind,from=build,target=/x --mount=type=bind,target=/y,from=«ghcr.io/astral-sh/uv:0.5|github/astral-sh/uv:0.5» uv sync
RUN echo --mount=type=bind,from=nginx COPY --from=nginx
FROM scratch AS later
COPY --from=scratch /c /c
`,
  "arguments with defaults": `
ARG VERSION=1.27
ARG BASE="«nginx:|docker-hub/library/nginx:»\${VERSION}" OTHER='«quay.io/a/b|quay/a/b»'
ARG REGISTRY=«docker.io|docker-hub»
ARG UNSET
ARG PREFIX=«|docker-hub/»
FROM $BASE
FROM \${OTHER}:\${UNSET}
FROM \${REGISTRY}/bitnami/redis:7
FROM \${UNSET:-«alpine|docker-hub/library/alpine»}:\${VERSION}
FROM «python:|docker-hub/library/python:»\${VERSION}-slim
FROM \${PREFIX}grafana/loki
ARG REGISTRY=quay.io
`,
  "heredocs, whose lines are no instructions": `
FROM «debian:12|docker-hub/library/debian:12»
RUN <<EOF cat <<-"TWO" > /x
FROM nginx
EOF
COPY --from=nginx /a /b
	TWO
COPY <<one.txt /one.txt
FROM nginx
one.txt
RUN echo "<<NO" $((1 << 2)) << EOF
COPY --from=«busybox|docker-hub/library/busybox» /bin /bin
`,
  "lines that continue, with comments and empty lines between them": `
FROM \\
  # a comment
  --platform=linux/amd64 \\ \t

  «httpd:2|docker-hub/library/httpd:2» \\
  AS web
RUN --mount=type=cache,target=/c \\
    # from=nginx
    --mount=from=«redis|docker-hub/library/redis»,target=/r \\
    make \\
    FROM=nginx
FROM «quay.io|quay»/gra\\
fana/gra\\
fana
`,
  "a directive for another escape character": `#escape=\`
FROM \`
  «docker.io/a/b:1|docker-hub/a/b:1»
RUN dir c:\\
FROM «alpine|docker-hub/library/alpine»
`,
  "a directive for a frontend, which BuildKit pulls": `#!/usr/bin/env docker
# Syntax = «docker/dockerfile:1.7|docker-hub/docker/dockerfile:1.7»
# check=skip=all
FROM «alpine|docker-hub/library/alpine»
# syntax=docker/dockerfile:1
`,
  "instructions for the build of another Dockerfile": `
FROM «alpine|docker-hub/library/alpine»
ONBUILD COPY --from=«nginx:1|docker-hub/library/nginx:1» /a /a
ONBUILD RUN --mount=from=«quay.io/a/b|quay/a/b»,target=/x true
`,
  "digests and ports": `
FROM «nginx:1.27|docker-hub/library/nginx:1.27»@${DIGEST}
FROM «docker.io:443/library/nginx|docker-hub/library/nginx»
`,
};

test.each(Object.entries(CASES))("rewrites %s", (_, text) => {
  const { before, after } = marked(text);
  for (const change of [
    (it: string) => it,
    (it: string) => it.replaceAll("\n", "\r\n"),
    (it: string) => `\uFEFF${it}`,
  ]) {
    const outcome = rewritten(change(before), { name: "Dockerfile" });
    expect(outcome.text).toBe(change(after));
    expect([outcome.left, outcome.malformed]).toEqual([[], []]);
    expect(rewritten(outcome.text, { name: "Dockerfile" }).text).toBe(outcome.text);
  }
});

const GCR =
  "the cache has no upstream gcr.io; ECR cannot cache Google Container Registry: copy these images into a private repository";
const DIVIDED = "the file does not have the start of its name in one place: write it in one";
const MAYBE_STAGE =
  "it may be an image, or a stage of the Dockerfile that uses this one: write it with its domain or tag";

test.each([
  ["FROM gcr.io/a/b:1\n", [`1:6 gcr.io/a/b:1: ${GCR}`]],
  ["FROM ${REGISTRY}/a:1\n", ["1:6 ${REGISTRY}/a:1: the file has no value for ${REGISTRY}"]],
  ["ARG A\nFROM nginx-$A\n", ["2:6 nginx-$A: the file has no value for $A"]],
  ["ARG A=x\nFROM ${A:+nginx}\n", ["2:6 ${A:+nginx}: the file has no value for ${A:+nginx}"]],
  ["ARG A=x\nFROM ${A#x}\n", ["2:6 ${A#x}: the file has no value for ${A#x}"]],
  ["ARG A=x\nFROM ${A?}/${!A}\n", ["2:6 x/${!A}: the file has no value for ${!A}"]],
  ["FROM localhost:${PORT}/a\n", ["1:6 localhost:${PORT}/a: the file has no value for ${PORT}"]],
  ["ARG D=docker\nFROM $D.io/a/b\n", [`2:6 docker.io/a/b: ${DIVIDED}`]],
  ["FROM scratch\nCOPY --from=$A /a /a\n", ["2:13 $A: Docker replaces no variables here"]],
  ["FROM scratch\nONBUILD COPY --from=base /a /a\n", [`2:21 base: ${MAYBE_STAGE}`]],
])("leaves what it cannot rewrite: %j", (text, left) => {
  expect(rewritten(text, { type: "dockerfile" })).toMatchObject({ text, left, malformed: [] });
});

test("leaves an argument that two images need in different ways", () => {
  const text = "ARG R=docker.io\nARG S=quay.io\nFROM $R/library/nginx\nFROM $R/nginx\nFROM $S/a/b\nFROM $S/a/c\n";
  const shared =
    "its place in the file is also part of another name: write docker.io/library/nginx in place of docker.io/nginx, and one start is right for both";
  const outcome = rewritten(text, { type: "dockerfile" });
  expect(outcome.text).toBe(text.replace("S=quay.io", `S=${HOST}/quay`));
  expect(outcome.left).toEqual([`3:6 docker.io/library/nginx: ${shared}`, `4:6 docker.io/nginx: ${shared}`]);
});

test("leaves an argument that needs library/ in one of its uses", () => {
  const text = "ARG P=\nFROM ${P}library/redis\nFROM ${P}nginx:1\n";
  const { left } = rewritten(text, { type: "dockerfile" });
  expect(left[1]).toContain("write library/nginx:1 in place of nginx:1, and");
  const again = text.replace("nginx", "library/nginx");
  expect(rewritten(again, { type: "dockerfile" }).text).toBe(again.replace("P=", `P=${HOST}/docker-hub/`));
});

test("leaves an argument that is also part of an image without a cache", () => {
  const text = "ARG NAME=nginx\nFROM $NAME\nFROM gcr.io/x/$NAME\n";
  expect(rewritten(text, { type: "dockerfile" }).text).toBe(text);
});

test("does not expand arguments without end", () => {
  const lines = Array.from({ length: 64 }, (_, index) => `ARG A${index + 1}=$A${index}$A${index}\n`);
  const text = `ARG A0=x\n${lines.join("")}FROM $A64\n`;
  expect(rewritten(text, { type: "dockerfile" })).toMatchObject({
    text,
    left: [expect.stringMatching("no value for")],
  });
});

test("leaves names that are already those of the cache, and reports nothing", () => {
  const text = `FROM ${HOST}/docker-hub/library/nginx\nFROM 111122223333.dkr.ecr-fips.eu-west-1.amazonaws.com/quay/a/b\n`;
  expect(rewritten(text, { type: "dockerfile" })).toMatchObject({ text, left: [] });
});

test.each([
  ["FROM nginx\n  FRMO x\n", 13, "a Dockerfile has no instruction FRMO"],
  ["FROM nginx\n{{ x }}\n", 11, "a Dockerfile has no such instruction"],
  ["FROM nginx foo bar\n", 11, "after its image FROM takes nothing, or AS and the name of the stage"],
  ["FROM nginx AS a b\n", 11, "after its image FROM takes nothing, or AS and the name of the stage"],
  ["FROM nginx AS\n", 11, "after its image FROM takes nothing, or AS and the name of the stage"],
  ["# nothing\nARG A=1\n", 0, "a Dockerfile needs the instruction FROM"],
  ["FROM --platform=x\n", 0, "FROM needs the name of an image or a stage"],
  ["FROM nginx\nRUN <<EOF\nx\n", 15, "the heredoc EOF does not end"],
  ["FROM ${A:-nginx\n", 5, "a variable in ${ does not end with }"],
  ['ARG A="x\nFROM $A\n', 7, 'a text in " does not end'],
  ["# escape=x\nFROM a\n", 0, "the escape character of a Dockerfile is \\ or `"],
])("refuses what is no Dockerfile: %j", (text, start, message) => {
  const act = (): unknown => rewritten(text, { type: "dockerfile" });
  expect(act).toThrow(expect.objectContaining({ start, message }) as Error);
});

test.each([
  ["FROM quay.io/Foo:1\n", '1:14 "quay.io/Foo:1" is not the name of an image: at character 9: a path is lower-case'],
  [
    "ARG A=Foo\nFROM quay.io/$A\n",
    '1:7 "quay.io/Foo" is not the name of an image: at character 9: a path is lower-case',
  ],
  [
    "FROM scratch\nCOPY --from=nginx:-1 x y\n",
    '2:19 "nginx:-1" is not the name of an image: at character 7: a tag has up to 128 letters, digits and `_.-`, and does not begin with `.` or `-`',
  ],
])("says where a name is malformed: %j", (text, malformed) => {
  expect(rewritten(text, { type: "dockerfile" }).malformed).toEqual([malformed]);
});

test("finds the images that another parser of Dockerfiles finds", () => {
  for (const text of Object.values(CASES).map((it) => marked(it).before)) {
    const file = DockerfileParser.parse(text);
    const stages = file.getFROMs().map((from) => from.getBuildStage()?.toLowerCase());
    const named = [
      ...file.getFROMs().map((from) => from.getImage() ?? ""),
      ...file.getCOPYs().map((copy) => copy.getFromFlag()?.getValue() ?? ""),
    ].filter((name) => !/^\d*$|\$|^scratch$/.test(name) && !stages.includes(name.toLowerCase()));
    const { plan } = rewritten(text, { type: "dockerfile" });
    expect(plan.rewritten.map(({ from }) => from)).toEqual(expect.arrayContaining(named));
  }
});
