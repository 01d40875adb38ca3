/** An image to warm: what people call it, and where the cache has it. */
export interface WarmedImage {
  readonly image: string;
  readonly repository: string;
  readonly tag: string;
}

// What a build runs: it asks the registry as any client does, reads every manifest of an image and every layer, and keeps
// nothing. No client of its own has to be installed, no daemon needs privileges, and nothing is written to disk. It
// contains no single quote, which ends it for the shell, and no dollar-brace, which Terraform would read as its own.
// https://distribution.github.io/distribution/spec/api/
const PROGRAM = `
const { execFileSync } = require("node:child_process");
const registry = process.env.REGISTRY;
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
const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

async function get(url, use, redirect) {
  for (let attempt = 1; ; attempt++) {
    let problem;
    try {
      const response = await fetch(url, { headers, redirect, signal: AbortSignal.timeout(1800000) });
      if (response.ok || (redirect === "manual" && response.status >= 300 && response.status < 400)) {
        return await use(response);
      }
      const text = (await response.text()).slice(0, 300).replace(/\\s+/g, " ");
      problem = new Error(response.status + " " + response.statusText + " " + text);
      problem.final = response.status < 500 && response.status !== 429;
    } catch (error) {
      problem = new Error(error.cause ? error.message + ": " + (error.cause.message || error.cause.code) : error.message);
    }
    if (problem.final || attempt === TRIES) throw problem;
    await pause(2 ** attempt * Number(process.env.PAUSE_SECONDS || 1));
  }
}

// Reads a layer to its end, unless ECR answers with the place in S3 where it keeps what is cached.
function layer(url) {
  return get(url, async (response) => {
    const location = response.headers.get("location");
    if (location === null) return drain(response);
    await response.body?.cancel();
    const there = new URL(location, url);
    if (/^prod-[a-z0-9-]+-starport-layer-bucket\\./.test(there.hostname)) return 0;
    // Signed for whoever has it: no credential goes along.
    return drain(await fetch(there, { signal: AbortSignal.timeout(1800000) }), true);
  }, "manual");
}

async function drain(response, check) {
  if (check && !response.ok) throw new Error(response.status + " " + response.statusText + " from " + new URL(response.url).host);
  let bytes = 0;
  for await (const chunk of response.body) bytes += chunk.length;
  return bytes;
}

async function warm({ repository, tag }) {
  const base = "https://" + registry + "/v2/" + repository;
  const seen = new Set();
  let bytes = 0;
  async function manifest(reference) {
    const { manifests = [], config = {}, layers = [] } = await get(base + "/manifests/" + reference, (r) => r.json());
    for (const { digest } of manifests) {
      if (!seen.has(digest)) {
        seen.add(digest);
        await manifest(digest);
      }
    }
    for (const { digest, urls } of [config, ...layers]) {
      // Layers that say where they are to be had, like those of Windows, are in no registry.
      if (digest && !seen.has(digest) && !urls) {
        seen.add(digest);
        bytes += await layer(base + "/blobs/" + digest);
      }
    }
  }
  await manifest(tag);
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

/**
 * A build specification that pulls images through a cache, one after the other, and fails when it has tried all of them
 * if one could not be pulled. The build finds the registry in its environment, as REGISTRY.
 * https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html
 */
export function warmingBuildspec(images: readonly WarmedImage[]): string {
  return JSON.stringify(
    {
      version: "0.2",
      phases: {
        install: { "runtime-versions": { nodejs: 22 } },
        build: { commands: [`node -e ${quoted(PROGRAM)} -- ${quoted(JSON.stringify(images))}`] },
      },
    },
    undefined,
    2,
  );
}

/** One word for a POSIX shell, whatever is in it. */
function quoted(text: string): string {
  return `'${text.replace(/'/g, "'\\''")}'`;
}
