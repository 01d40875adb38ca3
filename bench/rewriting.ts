import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "./compiled-workloads";

/** How many files are rewritten. */
export const FILE_COUNTS = [1_000, 3_000, 10_000];

/** What rewrites the files: the command, or a script of sed. */
export type RewriteWorkload = "command" | "sed";

/** What one process took. */
export interface RewriteSample {
  /** CPU time in milliseconds. */
  readonly cpu: number;
  /** From start to exit, in milliseconds. */
  readonly wall: number;
  /** The most memory that was resident, in mebibytes. */
  readonly memory: number;
}

/** A folder with manifests and a registry map. */
export interface PreparedManifests {
  readonly folder: string;
}

const REGISTRY = "111122223333.dkr.ecr.eu-west-1.amazonaws.com";
const PREFIXES = { "docker.io": "docker-hub", "quay.io": "quay", "registry.k8s.io": "kubernetes" };

/** Writes the manifests. */
export function prepareManifests(): PreparedManifests {
  const folder = mkdtempSync(join(tmpdir(), "ecr-cache-bench-"));
  const map = Object.entries(PREFIXES).map(([domain, prefix]) => [domain, `${REGISTRY}/${prefix}`]);
  writeFileSync(join(folder, "map.json"), JSON.stringify(Object.fromEntries(map)));
  namesOf(Math.max(...FILE_COUNTS)).forEach((name, index) => writeFileSync(join(folder, name), manifest(index)));
  return { folder };
}

/** Removes what `prepareManifests` has made. */
export function removeManifests({ folder }: PreparedManifests): void {
  rmSync(folder, { recursive: true });
}

/** Rewrites some of the files, and returns what it took. */
export function rewriteFiles({ folder }: PreparedManifests, workload: RewriteWorkload, files: number): RewriteSample {
  const command = commandOf(workload, files);
  const script = `TIMEFORMAT='%3U %3S %3R'; time /usr/bin/time -f %M -o memory "$@" >/dev/null`;
  const { status, stderr } = spawnSync("bash", ["-c", script, "bash", ...command], {
    cwd: folder,
    env: { ...process.env, NODE_OPTIONS: "" },
    encoding: "utf8",
  });
  if (status !== 0) {
    throw new Error(`${workload} failed:\n${stderr}`);
  }
  const [user = NaN, system = NaN, wall = NaN] = stderr.trim().split("\n").at(-1)?.split(" ").map(Number) ?? [];
  const memory = Number(readFileSync(join(folder, "memory"), "utf8"));
  return { cpu: (user + system) * 1e3, wall: wall * 1e3, memory: memory / 1024 };
}

/** Throws unless both workloads print the same. */
export function assertSameTexts({ folder }: PreparedManifests, files: number): void {
  const [one, other] = (["command", "sed"] as const).map((workload) => {
    const [command = "", ...args] = commandOf(workload, files);
    return spawnSync(command, args, { cwd: folder, maxBuffer: 1e9, encoding: "utf8" }).stdout;
  });
  if (one === undefined || one !== other || one.split(REGISTRY).length - 1 !== 6 * files) {
    throw new Error(`the command and sed do not rewrite ${files} files to the same texts`);
  }
}

function commandOf(workload: RewriteWorkload, files: number): string[] {
  if (workload === "command") {
    return [process.execPath, join(ROOT, "lib", "cli.js"), "rewrite", "--map", "map.json", ...namesOf(files)];
  }
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
