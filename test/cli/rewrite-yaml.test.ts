import { readFile } from "../../cli/rewrite/file-type";
import type { FileType } from "../../cli/rewrite/file-type";
import { HOST, marked, rewritten } from "../support/rewriting";

const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;

interface Case {
  readonly name: string;
  readonly type: FileType;
  readonly text: string;
}

const CASES: { readonly [what: string]: Case } = {
  "containers of all kinds, in each style of YAML": {
    name: "deployment.yaml",
    type: "kubernetes",
    text: `# image: nginx
apiVersion: apps/v1
kind: Deployment
metadata:
  annotations: {image: "nginx"} # not of a container
spec:
  template:
    spec:
      initContainers:
      - image: '«busybox:1.36|docker-hub/library/busybox:1.36»' # keep
        name: a
      - {name: b, image: "«quay.io/a/b|quay/a/b»", env: [{name: image, value: nginx}]}
      containers:
        - name: c
          image:    «registry.k8s.io/pause:3.10|kubernetes/pause:3.10»   # aligned
          args: [
            "image: nginx"
          ]
        - name: d
          image: >-
            «ghcr.io/a/b:1|github/a/b:1»
        - name: e
          image: |-
            «nginx|docker-hub/library/nginx»
        - name: f
          image: !!str &f "«docker.io/a/b|docker-hub/a/b»"
        - name: g
          image:
            «k8s.gcr.io/x:1|kubernetes/x:1»
        - name: j
          image: "«quay.io|quay»/a\\
            /b"
        - name: h
          image: ""
        - name: i
          image: null
      ephemeralContainers:
        - image: «alpine|docker-hub/library/alpine»
      volumes:
        - name: v
          image:
            reference: «quay.io/crio/artifact:v2|quay/crio/artifact:v2»
        - name: w
          configMap: {name: image}
`,
  },
  "several documents, lists and other kinds with pods": {
    name: "all.yml",
    type: "kubernetes",
    text: `%YAML 1.2
---
apiVersion: v1
kind: List
items:
  - apiVersion: batch/v1
    kind: CronJob
    spec: {jobTemplate: {spec: {template: {spec: {containers: [{image: «perl:5|docker-hub/library/perl:5»}]}}}}}
---
---
# a comment
apiVersion: example.com/v1
kind: Thing
spec:
  image: nginx
  pods:
    - template: {spec: {containers: [{image: «redis|docker-hub/library/redis»}, {image: 12}]}}
  containers: {type: array}
...
---
apiVersion: v1
kind: ConfigMap
data:
  pod.yaml: |
    spec:
      containers:
        - image: nginx
`,
  },
  "anchors, aliases and merged maps": {
    name: "pod.yaml",
    type: "kubernetes",
    text: `apiVersion: v1
kind: Pod
metadata: {labels: {x: &image «nginx|docker-hub/library/nginx»}}
base: &base {image: &again «quay.io/a/b|quay/a/b», tty: true}
unused: &again {image: nginx}
list: &list
  - image: «redis|docker-hub/library/redis»
spec:
  containers:
    - image: *image
    - <<: *base
    - <<: [{tty: false}, *base]
      image: «alpine|docker-hub/library/alpine»
    - *base
  initContainers: *list
`,
  },
  "values that another tool fills in": {
    name: "flux.yaml",
    type: "kubernetes",
    text: `apiVersion: v1
kind: Pod
spec:
  containers:
    - image: «nginx|docker-hub/library/nginx»:\${TAG}
    - image: \${IMAGE:=«quay.io/a/b|quay/a/b»}
    - image: "«redis|docker-hub/library/redis»:{{ tag }}"
    - image: «redis:|docker-hub/library/redis:»$(TAG)
`,
  },
  "a manifest in JSON": {
    name: "pod.json",
    type: "kubernetes",
    text: `{
\t"apiVersion": "v1", "kind": "Pod",
\t"spec": {"containers": [{"image":"«nginx:1|docker-hub/library/nginx:1»"},
\t\t{"image" : "«|docker-hub/library/»ngin\\u0078"}]}}`,
  },
  "services of Compose": {
    name: "compose.yaml",
    type: "compose",
    text: `name: shop
x-image: &image «postgres:16|docker-hub/library/postgres:16»
x-base: &base
  image: "«quay.io/a/b|quay/a/b»"
x-unused: {image: nginx}
services:
  db: {image: *image}
  web:
    <<: *base
    environment:
      image: nginx
    depends_on: [db]
    extends: {file: other.yaml, service: web}
    volumes:
      - type: image
        source: «alpine:3|docker-hub/library/alpine:3»
        target: /a
      - type: bind
        source: nginx
      - ./image:/image
  job:
    image: \${JOB_IMAGE:-«busybox:|docker-hub/library/busybox:»\${TAG-1.36}} # default
  other:
    image: \${REGISTRY:-«docker.io|docker-hub»}/a/b:\${TAG:?tag}
  proxy:
    image: «traefik|docker-hub/library/traefik»:\${TAG:-$VERSION}
  app:
    build:
      context: .
      additional_contexts:
        base: docker-image://«debian:12|docker-hub/library/debian:12»
        src: https://example.com/docker-image://x
        dir: ../x
      dockerfile_inline: |
        # syntax=«docker/dockerfile:1|docker-hub/docker/dockerfile:1»
        FROM «node:20|docker-hub/library/node:20» AS build
        RUN echo $$HOME

        FROM scratch
          COPY --from=build /a /a
  app2:
    build:
      additional_contexts: ["base=docker-image://«ghcr.io/a/b|github/a/b»", "x=../docker-image://y"]
`,
  },
  "Compose under another name": {
    name: "stack.yml",
    type: "compose",
    text: "services:\n  a:\n    image: «a/b|docker-hub/a/b»\n",
  },
  "values of Helm charts": {
    name: "values-prod.yaml",
    type: "helm-values",
    text: `global:
  imageRegistry: ""
image:
  registry: «docker.io|docker-hub»
  repository: bitnami/nginx
  tag: 1.27.3
official: {image: {registry: "«docker.io|docker-hub/library»", repository: nginx}}
controller:
  image:
    registry: «registry.k8s.io|kubernetes»
    image: ingress-nginx/controller
    tag: "v1.11"
agent:
  image: {repository: «quay.io/cilium/cilium|quay/cilium/cilium», pullPolicy: IfNotPresent}
  images:
    operator: {repository: «ghcr.io/a/operator|github/a/operator»}
backend: {registry: "", repository: «grafana/loki|docker-hub/grafana/loki», tag: 3}
driver: {repository: «ghcr.io/nvidia|github/nvidia», image: driver, tag: 1}
sidecarImage: «busybox:1.36|docker-hub/library/busybox:1.36»
initImage: ""
extraContainers:
  - image: "«redis:7|docker-hub/library/redis:7»"
chart: {repository: https://example.com/charts, tag: 1}
git: {repository: team/app, branch: main}
icons: {image: /img/a.png, headerImage: https://example.com/a.png}
imagePullSecrets: [{name: image}]
`,
  },
  "a registry of all images of a chart": {
    name: "values.yaml",
    type: "helm-values",
    text: `global:
  imageRegistry: «docker.io|docker-hub»
image: {registry: quay.io, repository: bitnami/nginx}
metrics:
  image: {registry: quay.io, repository: bitnami/exporter}
other:
  image: {repository: «quay.io/a/b|quay/a/b»}
`,
  },
};

test.each(Object.entries(CASES))("rewrites %s", (_, { name, type, text }) => {
  const { before, after } = marked(text);
  for (const change of [
    (it: string) => it,
    (it: string) => it.replaceAll("\n", "\r\n"),
    (it: string) => `\uFEFF${it}`,
  ]) {
    const outcome = rewritten(change(before), { name });
    expect(outcome.text).toBe(change(after));
    expect([outcome.left, outcome.malformed]).toEqual([[], []]);
    expect(rewritten(outcome.text, { name }).text).toBe(outcome.text);
    expect(rewritten(change(before), { type }).text).toBe(outcome.text);
  }
});

const SHARED = "its place in the file is also part of another name, which would break: write the names apart";
const POD = "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - image: ";

test.each<[FileType, string, string[]]>([
  [
    "kubernetes",
    `${POD}mcr.microsoft.com/a:1\n`,
    [
      "5:14 mcr.microsoft.com/a:1: the cache has no upstream mcr.microsoft.com; ECR caches Azure registries named <name>.azurecr.io only: copy these images into a private repository",
    ],
  ],
  ["kubernetes", `${POD}"{{ image }}"\n`, ["5:14 {{ image }}: the file has no value for {{ image }}"]],
  ["kubernetes", `${POD}"\\x24{A:-nginx}"\n`, ["5:14 ${A:-nginx}: the file has no value for ${A:-nginx}"]],
  [
    "kubernetes",
    `${POD}"qu\\x61y.io/a"\n`,
    ["5:15 quay.io/a: the file does not have the start of its name in one place: write it in one"],
  ],
  ["compose", "services:\n  a: {image: mine, build: .}\n", ["2:14 mine: this service builds the image"]],
  [
    "compose",
    "services:\n  a: {build: {dockerfile_inline: FROM nginx}}\n",
    ["2:34 FROM nginx: write this Dockerfile as a literal block, with |"],
  ],
  [
    "compose",
    "services:\n  a:\n    build:\n      dockerfile_inline: |\n        FROM $${A}\n",
    ["5:14 $${A}: the file has no value for $${A}"],
  ],
  ["compose", "services:\n  a: {image: '${A}/b:1'}\n", ["2:14 ${A}/b:1: the file has no value for ${A}"]],
  [
    "compose",
    "services:\n  a: {build: {additional_contexts: {b: 'docker-image://${A}'}}}\n",
    ["2:56 ${A}: the file has no value for ${A}"],
  ],
  [
    "helm-values",
    "image: {registry: quay.io, repository: a/b, image: c}\n",
    [
      "1:52 quay.io/a/b/c: the values have `repository` and `image` beside `registry`, which charts read in different ways",
    ],
  ],
  [
    "helm-values",
    "global: {imageRegistry: docker.io}\na: {image: {registry: '', repository: a/b}}\nb: {image: {registry: '', repository: nginx}}\n",
    [`2:39 docker.io/a/b: ${SHARED}`, `3:39 docker.io/nginx: ${SHARED}`],
  ],
])("leaves what it cannot rewrite: %s %j", (type, text, left) => {
  expect(rewritten(text, { type })).toMatchObject({ text, left, malformed: [] });
});

test("warns of a digest that the values of a chart have apart", () => {
  const text = `a: {image: {repository: a/b, digest: "${DIGEST}"}}\nb: {image: {repository: a/c, tag: "1@${DIGEST}"}}\n`;
  expect(rewritten(text, { type: "helm-values" }).plan.rewritten).toMatchObject([
    { hasDigest: true },
    { hasDigest: true },
  ]);
});

test("reports a name once that several aliases stand for", () => {
  const text = "services:\n  a: {image: &i gcr.io/a}\n  b: {image: *i}\n  c: {image: &j nginx}\n  d: {image: *j}\n";
  const { plan } = rewritten(text, { type: "compose" });
  expect([plan.left.length, plan.rewritten.length]).toEqual([1, 1]);
});

test.each([
  [
    `${POD}<YOUR-IMAGE>\n`,
    expect.stringMatching(/^5:14 "<YOUR-IMAGE>" is not the name of an image: at character 1: /) as string,
  ],
  [`${POD}"quay.io/Foo:1"\n`, '5:23 "quay.io/Foo:1" is not the name of an image: at character 9: a path is lower-case'],
  [
    `${POD}nginx latest\n`,
    '5:19 "nginx latest" is not the name of an image: at character 6: a path is followed by :tag, @digest or nothing',
  ],
  [
    `${POD}"ngin\\x78:"\n`,
    '5:15 "nginx:" is not the name of an image: at character 7: a tag has up to 128 letters, digits and `_.-`, and does not begin with `.` or `-`',
  ],
])("says where a name is malformed: %j", (text, malformed) => {
  expect(rewritten(text, { type: "kubernetes" }).malformed).toEqual([malformed]);
});

test.each([
  // Some tools print long messages like this. YAML 1.2 needs more indentation.
  ["a:\n  b: 'c\n  d'\n", 10, "this is not YAML: Missing closing 'quote"],
  ["a: b: c\n", 3, "this is not YAML: Nested mappings are not allowed in compact mappings"],
  // The message of the parser repeats a text of the file.
  ["a: b\n]\n", 5, "this is not YAML: Unexpected flow-seq-end token in YAML stream"],
  [`${POD}*x\n`, POD.length, "this is not YAML: no anchor &x is before this alias"],
  [
    "{{ if a }}\nb: 1\n{{ end }}\n",
    11,
    "this is not YAML: Unexpected scalar at node end; a template cannot be read: rewrite what it makes, or its values",
  ],
  ["services: {a: {image: '${A'}}\n", 23, "a variable in ${ does not end with }"],
])("refuses what it cannot read: %j", (text, start, message) => {
  const act = (): unknown => rewritten(text, { type: "compose" });
  expect(act).toThrow(expect.objectContaining({ start, message }) as Error);
});

test("does not print a text of the file that is no YAML", () => {
  expect(() => rewritten("a: 1\n}secret\n", { type: "kubernetes" })).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining("secret") as string }) as Error,
  );
});

test("takes maps that merge each other for what they are", () => {
  const text = "services:\n  a: &a {<<: *a, image: nginx}\n";
  expect(rewritten(text, { type: "compose" }).text).toContain(HOST);
});

test.each([
  ["Dockerfile.prod", "FROM a", "dockerfile"],
  ["web.dockerfile", "FROM a", "dockerfile"],
  ["Containerfile", "FROM a", "dockerfile"],
  ["build", "# x\n\nARG A=1\n", "dockerfile"],
  [undefined, "\uFEFFfrom a", "dockerfile"],
  [undefined, "services: {a: {build: .}}", "compose"],
  ["docker-compose.override.yml", "version: '3'", "compose"],
  ["compose.yaml", "apiVersion: v1\nkind: Pod", "kubernetes"],
  ["values.yaml", "services: {a: {image: b}}", "helm-values"],
  ["app.values.yml", "a: 1", "helm-values"],
  ["empty.yaml", "# nothing\n", null],
  [undefined, "", null],
])("takes %s with %j as %s", (name, text, type) => {
  expect(readFile(text, name).type).toBe(type);
});

test.each([
  ["config.yaml", "a: 1"],
  ["list.json", "[1]"],
  ["notes.txt", "FROM: you"],
  [undefined, "just text"],
])("refuses %s with %j, whose type it does not know", (name, text) => {
  expect(() => rewritten(text, { name })).toThrow(
    "this is no Dockerfile, Compose file, Kubernetes object or values.yaml: leave it out, or give --type (dockerfile, compose, kubernetes, helm-values)",
  );
});
