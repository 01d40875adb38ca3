/** An image to pull: its name, and its repository and tag in the cache. */
export interface WarmedImage {
  readonly image: string;
  readonly repository: string;
  readonly tag: string;
}

/** The parts of the program that depend on whether it pulls referrers. */
interface ReferrersParts {
  readonly imports: string;
  /** The expression for the manifest in a response. */
  readonly readManifest: string;
  readonly functions: string;
  readonly pull: string;
}

// The program of a build. It calls the registry's API like a container client, reads every manifest of an image and every
// layer that ECR has not cached yet, and stores nothing. So a build needs no container client, no privileges and no disk.
// The result must not contain a dollar sign before a brace, which Terraform would read as an expression.
// https://distribution.github.io/distribution/spec/api/
const programWith = (parts: ReferrersParts): string => `
const { execFileSync } = require("node:child_process");
${parts.imports}const registry = process.env.REGISTRY;
const images = JSON.parse(process.argv[1]);
const TRIES = 4;
const TYPES = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

// A token lives for twelve hours, longer than any build. The error of a command has its output in it: only its message is shown.
function signIn() {
  try {
    return execFileSync(
      "aws",
      ["ecr", "get-authorization-token", "--output", "text", "--query", "authorizationData[0].authorizationToken"],
      { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] },
    ).trim();
  } catch (error) {
    console.error("FAILED: no token for " + registry + ": " + error.message);
    process.exit(1);
  }
}
const headers = { authorization: "Basic " + signIn(), accept: TYPES };
const seconds = (value) => new Promise((resolve) => setTimeout(resolve, value * 1000));
const idle = Number(process.env.IDLE_SECONDS || 60);
// Some time is left to say what was not pulled, before the build is ended.
const minutes = Number(process.env.MINUTES || 60);
const end = Date.now() + (minutes - Math.max(1.5, minutes / 10)) * 60000;
const noTime = () => failure("no time is left: give the warmer more minutes, or fewer images", true);

function failure(message, isFinal) {
  return Object.assign(new Error(message), { isFinal });
}

// Asks for something and uses the answer, as long as something comes.
async function open(url, options, use) {
  const watch = new AbortController();
  const giveUp = () => watch.abort(Date.now() >= end ? noTime() : new Error("nothing came for " + idle + " s"));
  let timer;
  const alive = () => {
    if (Date.now() >= end) throw noTime();
    clearTimeout(timer);
    timer = setTimeout(giveUp, Math.min(idle * 1000, end - Date.now()));
  };
  try {
    alive();
    const response = await fetch(url, { ...options, signal: watch.signal });
    alive();
    return await use(response, alive);
  } finally {
    clearTimeout(timer);
  }
}

async function get(url, redirect, use) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await open(url, { headers, redirect }, async (response, alive) => {
        const isRedirect = redirect === "manual" && response.status >= 300 && response.status < 400;
        if (response.ok || isRedirect) return use(response, alive);
        const text = (await response.text()).slice(0, 300).replace(/\\s+/g, " ");
        const isFinal = response.status < 500 && response.status !== 429 && response.status !== 408;
        throw failure(response.status + " " + response.statusText + " " + text, isFinal);
      });
    } catch (error) {
      const cause = error.cause ? ": " + (error.cause.message || error.cause.code) : "";
      if (error.isFinal || attempt === TRIES) throw new Error(error.message + cause);
      await seconds(2 ** attempt * Number(process.env.PAUSE_SECONDS || 1));
    }
  }
}

// Reads a layer to its end, unless ECR answers with the place in S3 where it keeps what is cached.
function layer(base, { digest, size }) {
  return get(base + "/blobs/" + digest, "manual", async (response, alive) => {
    const location = response.headers.get("location");
    if (location === null) return drain(response, alive, size);
    await response.body?.cancel();
    const there = new URL(location, base);
    if (/^prod-[a-z0-9-]+-starport-layer-bucket\\./.test(there.hostname)) return 0;
    if (there.protocol !== "https:") throw failure("a layer is at " + there.origin + ", which is not HTTPS", true);
    // Signed for whoever has it: no credential goes along.
    return open(there, {}, (answer, stillAlive) => {
      if (!answer.ok) throw failure(answer.status + " " + answer.statusText + " from " + there.host);
      return drain(answer, stillAlive, size);
    });
  });
}

async function drain(response, alive, size) {
  let bytes = 0;
  for await (const chunk of response.body) {
    bytes += chunk.length;
    alive();
  }
  if (size !== undefined && bytes !== size) throw failure("a layer of " + size + " bytes had " + bytes);
  return bytes;
}

async function warm({ repository, tag }) {
  const base = "https://" + registry + "/v2/" + repository;
  const seen = new Set();
  const problems = [];
  let bytes = 0;
  // What one platform lacks is no reason to leave the others cold.
  async function attempt(digest, use) {
    if (seen.has(digest)) return;
    seen.add(digest);
    try {
      if (!/^sha256:[0-9a-f]{64}$/.test(digest)) throw failure("it names " + digest + ", which is no digest");
      await use();
    } catch (error) {
      problems.push(error.message);
    }
  }
  async function manifest(reference) {
    const answer = await get(base + "/manifests/" + reference, "follow", (response) => ${parts.readManifest});
    if (!Array.isArray(answer.manifests) && !Array.isArray(answer.layers)) {
      throw failure("what the registry answers for " + reference + " is no manifest of an image");
    }
    for (const { digest } of answer.manifests ?? []) {
      await attempt(digest, () => manifest(digest));
    }
    for (const blob of [answer.config, ...(answer.layers ?? [])]) {
      // Layers that say where they are to be had, like those of Windows, are in no registry.
      if (blob && !blob.urls) {
        await attempt(blob.digest, async () => {
          bytes += await layer(base, blob);
        });
      }
    }
  }
${parts.functions}  await manifest(tag);
${parts.pull}  if (problems.length > 0) throw new Error(problems.slice(0, 3).join("; ") + (problems.length > 3 ? "; and more" : ""));
  return bytes;
}

(async () => {
  const failed = [];
  for (const image of images) {
    try {
      console.log("warm: " + image.image + " (" + (await warm(image)) + " bytes were not cached yet)");
    } catch (error) {
      failed.push(image.image);
      console.error("FAILED: " + image.image + " as " + registry + "/" + image.repository + ":" + image.tag + ": " + error.message);
    }
  }
  console.log(images.length - failed.length + " of " + images.length + " images are warm");
  if (failed.length > 0) {
    console.error("FAILED: " + failed.join(", "));
    process.exit(1);
  }
})();
`;

const WITHOUT_REFERRERS: ReferrersParts = { imports: "", readManifest: "response.json()", functions: "", pull: "" };

// ECR asks the upstream for the referrers of a manifest when a client lists them, and not when a client pulls the manifest. A
// registry without this API answers 404. Amazon ECR has it, so that no client of ECR uses the tags that replace the API.
// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ListImageReferrers.html
// https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-referrers
const WITH_REFERRERS: ReferrersParts = {
  imports: `const { createHash } = require("node:crypto");
`,
  readManifest: "read(response)",
  functions: `  // The digests of all manifests, in the order in which they were read.
  const subjects = [];
  async function read(response) {
    const body = Buffer.from(await response.arrayBuffer());
    const answer = JSON.parse(body);
    subjects.push("sha256:" + createHash("sha256").update(body).digest("hex"));
    return answer;
  }
  // The referrers of a manifest are manifests of signatures, SBOMs and attestations. The registry lists them page by page.
  async function list(subject) {
    const found = [];
    let page = base + "/referrers/" + subject;
    while (page !== undefined) {
      const answer = await get(page, "follow", async (response) => {
        return { ...(await response.json()), link: response.headers.get("link") };
      });
      found.push(...(answer.manifests ?? []));
      const next = /<([^>]*)>; *rel="?next"?/.exec(answer.link ?? "");
      page = next ? new URL(next[1], page).href : undefined;
      if (page !== undefined && !page.startsWith(base + "/referrers/")) {
        throw failure("the list continues at " + page + ", which is outside of the repository");
      }
    }
    return found;
  }
  async function referrers(subject) {
    try {
      return await list(subject);
    } catch (error) {
      if (!error.message.startsWith("404 ")) problems.push("the referrers of " + subject + ": " + error.message);
      return [];
    }
  }
`,
  pull: `  // A referrer may have referrers as well: this loop also reads the subjects that it adds.
  let count = 0;
  for (const subject of subjects) {
    for (const { digest } of await referrers(subject)) {
      count++;
      await attempt(digest, () => manifest(digest));
    }
  }
  console.log("referrers of " + repository + ":" + tag + ": " + count);
`,
};

/** The program of a build that pulls images, and their referrers on request. */
export function warmingProgram(includeReferrers = false): string {
  return programWith(includeReferrers ? WITH_REFERRERS : WITHOUT_REFERRERS);
}

/** The command that runs the program; `images` is one word of a shell with the images as JSON. */
export function warmingCommand(images: string, includeReferrers = false): string {
  return `node -e ${quoted(warmingProgram(includeReferrers))} -- ${images}`;
}

/** The build specification that runs one command. https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html */
export function buildspecOf(command: string): object {
  return {
    version: "0.2",
    phases: { install: { "runtime-versions": { nodejs: 22 } }, build: { commands: [command] } },
  };
}

/**
 * The build specification that pulls images through a cache one after the other, and their referrers on request. The build
 * tries all images, and fails if it could not pull one.
 */
export function warmingBuildspec(images: readonly WarmedImage[], includeReferrers = false): string {
  const command = warmingCommand(quoted(JSON.stringify(images)), includeReferrers);
  return JSON.stringify(buildspecOf(command), undefined, 2);
}

/** The environment variables that the program reads: the host of the registry, and the time limit of a build in minutes. */
export function buildVariables(registryHost: string, minutes: string): { name: string; value: string }[] {
  return [
    { name: "REGISTRY", value: registryHost },
    { name: "MINUTES", value: minutes },
  ];
}

/** A string as one word of a POSIX shell. */
export function quoted(text: string): string {
  return `'${text.replace(/'/g, "'\\''")}'`;
}
