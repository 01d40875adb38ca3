import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Consumer } from "../consumer";
import { cost } from "../processes";
import type { Cost } from "../processes";
import { compare } from "../rows";
import type { Row } from "../rows";
import { growthExponent } from "../statistics";

/** How many files are rewritten. */
const FILE_COUNTS = [1_000, 3_000, 10_000];

const AGAINST = "sed";
const REGISTRY = "111122223333.dkr.ecr.eu-west-1.amazonaws.com";
const PREFIXES = { "docker.io": "docker-hub", "quay.io": "quay", "registry.k8s.io": "kubernetes" };

const MEASURES: readonly (readonly [measure: string, of: (cost: Cost) => number])[] = [
  ["Rewrite, CPU ms", ({ cpu }) => cpu],
  ["Rewrite, wall ms", ({ wall }) => wall],
  ["Rewrite, peak memory, MiB", ({ memory }) => memory],
];

/** The command and sed, one directly after the other. */
type Pair = readonly [pack: Cost, sed: Cost];

/** Compares the command `rewrite` with sed. */
export async function measureRewrite(pairs: number): Promise<Row[]> {
  const consumer = await Consumer.create({ awsCdk: false });
  const folder = mkdtempSync(join(tmpdir(), "ecr-cache-bench-"));
  try {
    writeManifests(folder);
    const rewrite = (files: number): string[] => [
      ...[process.execPath, consumer.command, "rewrite", "--map", "map.json"],
      ...namesOf(files),
    ];
    // This also warms the file system's cache, for both sides alike.
    assertSameTexts(folder, rewrite, Math.max(...FILE_COUNTS));
    const rounds: Pair[][] = [];
    while (rounds.length < pairs) {
      const round: Pair[] = [];
      for (const files of FILE_COUNTS) {
        round.push([await run(folder, rewrite(files)), await run(folder, sed(files))]);
      }
      rounds.push(round);
    }
    return rewriteRows(rounds);
  } finally {
    consumer.remove();
    rmSync(folder, { recursive: true });
  }
}

/** The rows of the part, from its rounds. */
export function rewriteRows(rounds: readonly (readonly Pair[])[]): Row[] {
  const growth = (round: readonly Pair[], side: 0 | 1): number =>
    growthExponent(round.map((pair, index) => ({ x: FILE_COUNTS[index] ?? NaN, y: pair[side].cpu })));
  return [
    ...MEASURES.flatMap(([measure, of]) =>
      FILE_COUNTS.map((files, index) =>
        compare(
          { measure, size: `${files} files`, against: AGAINST },
          rounds
            .flatMap((round) => round.slice(index, index + 1))
            .map(([pack, other]) => [of(pack), of(other)] as const),
        ),
      ),
    ),
    compare(
      {
        measure: "Rewrite, exponent",
        size: `${Math.min(...FILE_COUNTS)}–${Math.max(...FILE_COUNTS)} files`,
        against: AGAINST,
        target: 1.05,
        targetOf: "pack",
      },
      rounds.map((round) => [growth(round, 0), growth(round, 1)] as const),
    ),
  ];
}

/** Runs a command. sed is too fast for samples of its memory, so GNU time asks the kernel for the peak. */
async function run(cwd: string, command: readonly string[]): Promise<Cost> {
  const script = 'exec /usr/bin/time -f %M -o memory "$@" > /dev/null';
  const conditions = { cwd, env: { ...process.env, NODE_OPTIONS: "" } };
  const measured = await cost(["sh", "-c", script, "sh", ...command], conditions);
  return { ...measured, memory: Number(readFileSync(join(cwd, "memory"), "utf8")) / 1024 };
}

function writeManifests(folder: string): void {
  const map = Object.entries(PREFIXES).map(([domain, prefix]) => [domain, `${REGISTRY}/${prefix}`]);
  writeFileSync(join(folder, "map.json"), JSON.stringify(Object.fromEntries(map)));
  namesOf(Math.max(...FILE_COUNTS)).forEach((name, index) => writeFileSync(join(folder, name), manifest(index)));
}

/** Throws unless both sides print the same. */
function assertSameTexts(folder: string, rewrite: (files: number) => string[], files: number): void {
  const [one, other] = [rewrite(files), sed(files)].map(([command = "", ...args]) => {
    return spawnSync(command, args, { cwd: folder, maxBuffer: 1e9, encoding: "utf8" }).stdout;
  });
  if (one === undefined || one !== other || one.split(REGISTRY).length - 1 !== 6 * files) {
    throw new Error(`the command and sed do not rewrite ${files} files to the same texts`);
  }
}

function sed(files: number): string[] {
  const substitutions = Object.entries(PREFIXES).flatMap(([domain, prefix]) => [
    "-e",
    `s#(image: )${domain.replaceAll(".", "\\.")}/#\\1${REGISTRY}/${prefix}/#`,
  ]);
  return ["sed", "-E", ...substitutions, ...namesOf(files)];
}

function namesOf(files: number): string[] {
  return Array.from({ length: files }, (_, index) => `app-${index}.yaml`);
}

/** A Deployment, a Service and a CronJob. */
function manifest(index: number): string {
  const labels = `app.kubernetes.io/name: app-${index}`;
  return `# The application ${index}.
apiVersion: apps/v1
kind: Deployment
metadata:
  name: app-${index}
  labels: {${labels}}
spec:
  replicas: 2
  selector:
    matchLabels: {${labels}}
  template:
    metadata:
      labels: {${labels}}
      annotations:
        prometheus.io/scrape: "true"
    spec:
      serviceAccountName: app-${index}
      initContainers:
        - name: wait
          image: docker.io/library/busybox:1.36 # waits for the database
          command: ["sh", "-c", "until nslookup database; do sleep 1; done"]
        - name: migrate
          image: quay.io/team/migrate:${index}
      containers:
        - name: app
          image: quay.io/team/app:${index}
          ports:
            - containerPort: 8080
          env:
            - name: LOG_LEVEL
              value: "info"
            - name: PASSWORD
              valueFrom:
                secretKeyRef: {name: app-${index}, key: password}
          resources:
            requests: {cpu: 100m, memory: 128Mi}
            limits: {memory: 256Mi}
          readinessProbe:
            httpGet: {path: /ready, port: 8080}
        - name: proxy
          image: docker.io/envoyproxy/envoy:v1.31.0
          args:
            - --config-path
            - /etc/envoy/envoy.yaml
          volumeMounts:
            - {name: config, mountPath: /etc/envoy}
      volumes:
        - name: config
          configMap: {name: app-${index}}
---
apiVersion: v1
kind: Service
metadata:
  name: app-${index}
spec:
  ports:
    - port: 80
      targetPort: 8080
  selector: {${labels}}
---
apiVersion: batch/v1
kind: CronJob
metadata:
  name: clean-${index}
spec:
  schedule: "0 3 * * *"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: OnFailure
          containers:
            - {name: clean, image: docker.io/library/postgres:16, args: [vacuumdb]}
            - name: pause
              image: registry.k8s.io/pause:3.10
`;
}
