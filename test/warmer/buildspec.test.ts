import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { CacheWarmer, PullThroughCache, RegistryCredential, Upstream } from "cdktf-ecr-pull-through-cache";
import * as fc from "fast-check";
import { parse } from "yaml";
import { ImageReference } from "../../src/image/image-reference";
import { quoted, warmingBuildspec, warmingCommand } from "../../src/warmer/buildspec";
import { MAX_CHARACTERS } from "../../src/warmer/rules";
import { execute } from "../support/commands";
import type { Outcome } from "../support/commands";
import { HttpHost, OciRepository } from "../support/oci-registry";
import type { Descriptor } from "../support/oci-registry";
import { messageOf, only, stackIn, synthesized } from "../support/synthesis";
import type { Block, TerraformJson } from "../support/synthesis";

const TOKEN = "QVdTOm5vYm9keS1tYXktc2VlLXRoaXM=";
const UPSTREAM_HOST = "blobs.example.com";
const BUCKET_HOST = "prod-eu-west-1-starport-layer-bucket.s3.eu-west-1.amazonaws.com";

interface Buildspec {
  readonly version: string;
  readonly phases: { readonly build: { readonly commands: string[] } };
}

/** Commands, and the environment that CodeBuild gives them. */
interface Build {
  readonly commands: readonly string[];
  readonly env: { readonly [name: string]: string };
}

let registry: HttpHost;
let elsewhere: HttpHost;
let workspace: string;

const inWorkspace = (...names: string[]) => path.join(workspace, ...names);

beforeAll(async () => {
  registry = await HttpHost.start();
  elsewhere = await HttpHost.start();
  workspace = fs.mkdtempSync(path.join(os.tmpdir(), "warming-program-"));
  fs.mkdirSync(inWorkspace("bin"));
  fs.mkdirSync(inWorkspace("work"));
  fs.writeFileSync(
    inWorkspace("bin", "aws"),
    `#!/bin/sh\nprintf '%s\\n' "$*" >> ${inWorkspace("aws.log")}\necho ${TOKEN}\n`,
    { mode: 0o755 },
  );
});

beforeEach(() => {
  registry.reset();
  elsewhere.reset();
  fs.rmSync(inWorkspace("aws.log"), { force: true });
});

afterAll(async () => {
  await registry.stop();
  await elsewhere.stop();
  fs.rmSync(workspace, { recursive: true });
});

function commandsOf(buildspec: string): string[] {
  return (parse(buildspec) as Buildspec).phases.build.commands;
}

function synthesizedWarmer(images: string[], includeReferrers?: boolean): TerraformJson {
  const stack = stackIn("eu-west-1");
  const credential = RegistryCredential.fromSecretName("ecr-pullthroughcache/hub");
  const upstreams = [Upstream.quay(), Upstream.dockerHub(credential)];
  const cache = new PullThroughCache(stack, "cache", { accountId: "111122223333", upstreams });
  new CacheWarmer(stack, "warmer", { cache, images, includeReferrers });
  return synthesized(stack);
}

/** What the project of a warmer runs. */
function buildOf(images: string[], includeReferrers?: boolean): Build {
  const { source, environment } = only(synthesizedWarmer(images, includeReferrers), "aws_codebuild_project") as {
    readonly [name: string]: Block;
  };
  const variables = environment?.["environment_variable"] as { readonly name: string; readonly value: string }[];
  return {
    commands: commandsOf(String(source?.["buildspec"])),
    env: Object.fromEntries(variables.map(({ name, value }) => [name, value])),
  };
}

/** A preload that leads the names of the registry and of other hosts to this machine, and none to the internet. */
function preload(env: Build["env"], registryAddress: string): string {
  const addresses = {
    [env["REGISTRY"] ?? ""]: registryAddress,
    [UPSTREAM_HOST]: elsewhere.address,
    [BUCKET_HOST]: elsewhere.address,
  };
  const code = `
    const addresses = ${JSON.stringify(addresses)};
    const { fetch } = globalThis;
    globalThis.fetch = (input, init) => {
      const { protocol, host, pathname, search } = new URL(input);
      if (protocol !== "https:" || !Object.hasOwn(addresses, host)) throw new Error("no such host: " + input);
      return fetch("http://" + addresses[host] + pathname + search, init);
    };`;
  return `--import=data:text/javascript,${encodeURIComponent(code)}`;
}

/** Runs the commands of a build as CodeBuild does, with the stand-ins in place of AWS. */
async function run(
  { commands, env }: Build,
  registryAddress = registry.address,
  added: NodeJS.ProcessEnv = {},
): Promise<Outcome> {
  // Both outputs as one, so that their lines keep their order.
  return execute("/bin/sh", ["-c", ["exec 2>&1", ...commands].join("\n")], {
    cwd: inWorkspace("work"),
    env: {
      ...env,
      PATH: [inWorkspace("bin"), path.dirname(process.execPath), process.env["PATH"]].join(path.delimiter),
      PAUSE_SECONDS: "0.001",
      NODE_OPTIONS: preload(env, registryAddress),
      ...added,
    },
  });
}

function repository(name: string): OciRepository {
  return new OciRepository(registry, name);
}

/** Puts an image of one layer into the registry. */
function push(name: string, tag = "latest"): OciRepository {
  const own = repository(name);
  own.image(own.blob(`config of ${name}`), [own.blob(`layer of ${name}`)], tag);
  return own;
}

/** How often something was asked for at a host. */
function asked(host: HttpHost, wanted: string): number {
  return host.paths.filter((seen) => seen === wanted).length;
}

describe("what a build runs", () => {
  test("reads every manifest and every layer of every platform, each once and the tag first", async () => {
    const own = repository("quay/team/app");
    const shared = own.blob("shared layer");
    const platform = (name: string): Descriptor[] => [own.blob(`config of ${name}`), own.blob(`layer of ${name}`)];
    const [amd64 = [], arm64 = [], nested = []] = ["amd64", "arm64", "s390x"].map(platform);
    const imageOf = ([config, layer]: Descriptor[]) =>
      own.image(config as Descriptor, [shared, layer as Descriptor, shared]);
    const manifests = [imageOf(amd64), imageOf(arm64), own.index([imageOf(nested)])];
    const inner = imageOf(nested);
    own.index(manifests, "1.0");
    const { status, output } = await run(buildOf(["quay.io/team/app:1.0"]));
    const blobs = [shared, ...amd64, ...arm64, ...nested];
    expect(output).toBe(
      `warm: quay.io/team/app:1.0 (${blobs.reduce((sum, { size }) => sum + size, 0)} bytes were not cached yet)\n1 of 1 images are warm\n`,
    );
    expect(status).toBe(0);
    expect(registry.paths[0]).toBe("/v2/quay/team/app/manifests/1.0");
    expect([...registry.paths].sort()).toEqual(
      [
        own.pathOf("manifests", "1.0"),
        ...[...manifests, inner].map(({ digest }) => own.pathOf("manifests", digest)),
        ...blobs.map(({ digest }) => own.pathOf("blobs", digest)),
      ].sort(),
    );
  });

  test("asks for one thing at a time, image after image in their order", async () => {
    push("quay/a/one");
    push("docker-hub/library/two", "2");
    push("quay/a/three");
    const { status, output } = await run(buildOf(["quay.io/a/one", "two:2", "quay.io/a/three"]));
    expect(output.split("\n").slice(0, 4)).toEqual([
      expect.stringMatching(/^warm: quay\.io\/a\/one \(\d+ bytes/),
      expect.stringMatching(/^warm: two:2 \(\d+ bytes/),
      expect.stringMatching(/^warm: quay\.io\/a\/three \(\d+ bytes/),
      "3 of 3 images are warm",
    ]);
    expect(status).toBe(0);
    expect(registry.mostAtOnce).toBe(1);
    expect(registry.paths.map((seen) => seen.split("/").slice(0, -2).join("/"))).toEqual(
      ["/v2/quay/a/one", "/v2/docker-hub/library/two", "/v2/quay/a/three"].flatMap((name) => [name, name, name]),
    );
  });

  test("signs in once, shows the token to nobody but the registry, and leaves nothing behind", async () => {
    push("quay/a/one");
    const { output } = await run(buildOf(["quay.io/a/one", "quay.io/a/missing"]));
    expect(fs.readFileSync(inWorkspace("aws.log"), "utf8")).toBe(
      "ecr get-authorization-token --output text --query authorizationData[0].authorizationToken\n",
    );
    expect(registry.requests).toHaveLength(4);
    for (const { headers } of registry.requests) {
      expect(headers.authorization).toBe(`Basic ${TOKEN}`);
    }
    expect(output).not.toContain(TOKEN);
    expect(fs.readdirSync(inWorkspace("work"))).toEqual([]);
  });

  test("takes indexes and images as OCI and as Docker name them", async () => {
    push("quay/a/one");
    await run(buildOf(["quay.io/a/one"]));
    expect(registry.requests[0]?.headers.accept?.split(", ").sort()).toEqual([
      "application/vnd.docker.distribution.manifest.list.v2+json",
      "application/vnd.docker.distribution.manifest.v2+json",
      "application/vnd.oci.image.index.v1+json",
      "application/vnd.oci.image.manifest.v1+json",
    ]);
  });

  test("passes over layers that say where they are to be had, like those of Windows", async () => {
    const own = repository("quay/a/windows");
    const foreign = { ...own.blob("foreign"), urls: ["https://mcr.example.com/layer"] };
    own.image(own.blob("config"), [foreign], "latest");
    const { status } = await run(buildOf(["quay.io/a/windows"]));
    expect(status).toBe(0);
    expect(asked(registry, own.pathOf("blobs", foreign.digest))).toBe(0);
  });
});

describe("the referrers of an image", () => {
  const SIGNATURE = "application/vnd.dev.cosign.artifact.sig.v1+json";
  const SBOM = "application/spdx+json";
  const image = "quay.io/a/one";

  /** An image of one platform in an index, in a registry that lists two referrers a page. */
  function pushIndexed(): { own: OciRepository; platform: Descriptor; index: Descriptor } {
    const own = new OciRepository(registry, "quay/a/one", 2);
    const platform = own.image(own.blob("config"), [own.blob("layer")]);
    return { own, platform, index: own.index([platform], "latest") };
  }

  test("are not asked for unless the warmer includes them", async () => {
    const { own, index } = pushIndexed();
    own.referrer(index, SIGNATURE, [own.blob("signature")]);
    const { status } = await run(buildOf([image]));
    expect(status).toBe(0);
    expect(registry.paths.filter((seen) => seen.includes("/referrers/"))).toEqual([]);
  });

  test("are read after the image, page by page, each with its layers and its own referrers", async () => {
    const { own, platform, index } = pushIndexed();
    const [first, second, third] = ["first", "second", "third"].map((text) =>
      own.referrer(index, SIGNATURE, [own.blob(text)]),
    ) as [Descriptor, Descriptor, Descriptor];
    const sbom = own.referrer(platform, SBOM, [own.blob("sbom")]);
    const signature = own.referrer(sbom, SIGNATURE, [own.blob("signature of the sbom")]);
    const { status, output } = await run(buildOf([image], true));
    const texts = ["config", "layer", "{}", "first", "second", "third", "sbom", "signature of the sbom"];
    expect(output).toBe(
      `referrers of quay/a/one:latest: 5\nwarm: ${image} (${texts.join("").length} bytes were not cached yet)\n1 of 1 images are warm\n`,
    );
    expect(status).toBe(0);
    const paths = registry.paths.filter((seen) => !seen.includes("/blobs/"));
    const list = ({ digest }: Descriptor): string => own.pathOf("referrers", digest);
    const manifest = ({ digest }: Descriptor): string => own.pathOf("manifests", digest);
    expect(paths).toEqual([
      own.pathOf("manifests", "latest"),
      manifest(platform),
      list(index),
      `${list(index)}?from=2`,
      ...[first, second, third].map(manifest),
      list(platform),
      manifest(sbom),
      ...[first, second, third, sbom].map(list),
      manifest(signature),
      list(signature),
    ]);
    for (const text of texts) {
      expect(asked(registry, own.pathOf("blobs", own.blob(text).digest))).toBe(1);
    }
    for (const { headers } of registry.requests) {
      expect(headers.authorization).toBe(`Basic ${TOKEN}`);
    }
  });

  test("are none in a registry without referrers", async () => {
    const own = push("quay/a/one");
    const { status, output } = await run(buildOf([image], true));
    expect(output).toMatch(/^referrers of quay\/a\/one:latest: 0\nwarm: quay\.io\/a\/one /);
    expect(status).toBe(0);
    expect(registry.paths.filter((seen) => seen.startsWith(own.pathOf("referrers", "")))).toHaveLength(1);
  });

  test("fail the image if they cannot be listed, when all else is pulled", async () => {
    const { own, platform, index } = pushIndexed();
    own.referrer(platform, SBOM, [own.blob("sbom")]);
    const body = '{"errors":[{"code":"DENIED"}]}';
    registry.answer(own.pathOf("referrers", index.digest), { status: 403, body });
    const { status, output } = await run(buildOf([image], true));
    expect(output).toContain(`: the referrers of ${index.digest}: 403 Forbidden ${body}\n`);
    expect(status).toBe(1);
    expect(asked(registry, own.pathOf("blobs", own.blob("sbom").digest))).toBe(1);
  });

  test("fail the image if one of them is missing", async () => {
    const { own, index } = pushIndexed();
    const { digest } = own.referrer(index, SIGNATURE, [own.blob("signature")]);
    registry.answer(own.pathOf("manifests", digest), { status: 404 });
    const { status, output } = await run(buildOf([image], true));
    expect(output).toMatch(/^FAILED: quay\.io\/a\/one as .*: 404 Not Found/m);
    expect(status).toBe(1);
  });

  test.each([`https://${UPSTREAM_HOST}/more`, "/v2/quay/a/two/referrers/more"])(
    "fail the image, and %s is not asked, if the list continues there",
    async (place) => {
      const { own, index } = pushIndexed();
      const answer = { headers: { link: `<${place}>; rel="next"` }, body: '{"manifests":[]}' };
      registry.answer(own.pathOf("referrers", index.digest), answer);
      const { status, output } = await run(buildOf([image], true));
      expect(output).toContain(
        `: the list continues at ${new URL(place, "https://111122223333.dkr.ecr.eu-west-1.amazonaws.com").href}, which is outside of the repository\n`,
      );
      expect(status).toBe(1);
      expect([...elsewhere.paths, ...registry.paths].filter((seen) => seen.endsWith("/more"))).toEqual([]);
    },
  );

  test("are asked for again after an answer that ends early, and counted once", async () => {
    const { own, index } = pushIndexed();
    const body = JSON.stringify({ manifests: [own.referrer(index, SIGNATURE, [own.blob("signature")])] });
    registry.answer(own.pathOf("referrers", index.digest), { body, cutAt: 5 }, { body });
    const { status, output } = await run(buildOf([image], true));
    expect(output).toContain("referrers of quay/a/one:latest: 1\n");
    expect(status).toBe(0);
  });
});

describe("a layer that the registry redirects to another host", () => {
  /** An image whose layer is at another host, with what that host is asked for. */
  function pushRedirected(location: string): OciRepository {
    const own = repository("quay/a/one");
    own.image(own.blob("config"), [own.blob("layer", { status: 307, headers: { location } })], "latest");
    return own;
  }

  test("is read from there, without the credentials of the registry", async () => {
    pushRedirected(`https://${UPSTREAM_HOST}/layer?signature=s3cret`);
    elsewhere.answer("/layer?signature=s3cret", { body: "layer" });
    const { status, output } = await run(buildOf(["quay.io/a/one"]));
    expect(output).toContain("warm: quay.io/a/one (11 bytes were not cached yet)");
    expect(status).toBe(0);
    expect(elsewhere.paths).toEqual(["/layer?signature=s3cret"]);
    expect(elsewhere.requests[0]?.headers.authorization).toBeUndefined();
    expect(output).not.toContain("s3cret");
  });

  test("is not read when that is where ECR keeps what it has cached", async () => {
    pushRedirected(`https://${BUCKET_HOST}/layer?signature=s3cret`);
    const { status, output } = await run(buildOf(["quay.io/a/one"]));
    expect(output).toContain("warm: quay.io/a/one (6 bytes were not cached yet)");
    expect(status).toBe(0);
    expect(elsewhere.paths).toEqual([]);
  });

  test("is asked for again from the registry, for another signature, when the host fails", async () => {
    const own = repository("quay/a/one");
    const to = (location: string) => ({ status: 307, headers: { location: `https://${UPSTREAM_HOST}/${location}` } });
    const layer = own.blob("layer", to("expired"), to("cut"), to("valid"));
    own.image(own.blob("config"), [layer], "latest");
    elsewhere.answer("/expired", { status: 403 });
    elsewhere.answer("/cut", { body: "layer", cutAt: 2 });
    elsewhere.answer("/valid", { body: "layer" });
    const { status } = await run(buildOf(["quay.io/a/one"]));
    expect(status).toBe(0);
    expect(elsewhere.paths).toEqual(["/expired", "/cut", "/valid"]);
    expect(asked(registry, own.pathOf("blobs", layer.digest))).toBe(3);
  });

  test("fails the image when the host goes on failing, and the host is named, not the signature", async () => {
    pushRedirected(`https://${UPSTREAM_HOST}/layer?signature=s3cret`);
    elsewhere.answer("/layer?signature=s3cret", { status: 403, body: "expired" });
    const { status, output } = await run(buildOf(["quay.io/a/one"]));
    expect(output).toContain(`: 403 Forbidden from ${UPSTREAM_HOST}\n`);
    expect(output).not.toContain("s3cret");
    expect(status).toBe(1);
    expect(elsewhere.paths).toHaveLength(4);
  });

  test("takes no credentials along either when it is a manifest", async () => {
    const own = push("quay/a/one");
    const location = `http://${elsewhere.address}/manifest`;
    registry.answer(own.pathOf("manifests", "latest"), { status: 307, headers: { location } });
    elsewhere.answer("/manifest", { body: '{"layers":[]}' });
    const { status } = await run(buildOf(["quay.io/a/one"]));
    expect(status).toBe(0);
    expect(elsewhere.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });
});

describe("an image that cannot be pulled", () => {
  test("fails the run by the name that the user wrote, when all others are pulled", async () => {
    push("quay/a/one");
    push("quay/a/three");
    const { status, output } = await run(buildOf(["quay.io/a/one", "docker.io/two:2", "quay.io/a/three"]));
    expect(output).toMatch(/^warm: quay\.io\/a\/one /m);
    expect(output).toMatch(/^warm: quay\.io\/a\/three /m);
    expect(output).toContain(
      'FAILED: docker.io/two:2 as 111122223333.dkr.ecr.eu-west-1.amazonaws.com/docker-hub/library/two:2: 404 Not Found {"errors":[{"code":"NAME_UNKNOWN"}]}\n',
    );
    expect(output).toMatch(/\n2 of 3 images are warm\nFAILED: docker\.io\/two:2\n$/);
    expect(status).toBe(1);
  });

  test.each([400, 401, 403, 404])("fails at once with %d, which another try would not change", async (code) => {
    const own = push("quay/a/one");
    registry.answer(own.pathOf("manifests", "latest"), { status: code, body: "denied:\n  no permission" });
    const { status, output } = await run(buildOf(["quay.io/a/one"]));
    expect(output).toMatch(
      new RegExp(`^FAILED: quay\\.io/a/one as .*: ${code} [A-Za-z ]+ denied: no permission$`, "m"),
    );
    expect(status).toBe(1);
    expect(registry.paths).toHaveLength(1);
  });

  test.each([429, 500, 502, 503])("is tried again after %d, as manifest and as layer", async (code) => {
    const own = repository("quay/a/one");
    const busy = { status: code, body: "busy" };
    const layer = own.blob("layer", busy, { body: "layer" });
    const image = own.image(own.blob("config"), [layer]);
    own.index([image], "latest");
    const manifest = own.pathOf("manifests", image.digest);
    const body = JSON.stringify({ layers: [layer] });
    registry.answer(manifest, busy, busy, busy, { body });
    const { status } = await run(buildOf(["quay.io/a/one"]));
    expect(status).toBe(0);
    expect(asked(registry, manifest)).toBe(4);
    expect(asked(registry, own.pathOf("blobs", layer.digest))).toBe(2);
  });

  test("is tried again when nothing comes for a while, and fails when nothing ever does", async () => {
    const own = repository("quay/a/one");
    const stalled = { body: "layer", cutAt: 2, stalls: true };
    const layer = own.blob("layer", stalled, { body: "layer" });
    own.image(own.blob("config"), [layer], "latest");
    const soon = { IDLE_SECONDS: "0.3" };
    expect((await run(buildOf(["quay.io/a/one"]), registry.address, soon)).status).toBe(0);
    own.image(own.blob("config"), [own.blob("other", stalled)], "latest");
    const { status, output } = await run(buildOf(["quay.io/a/one"]), registry.address, soon);
    expect(output).toContain(": nothing came for 0.3 s\n");
    expect(status).toBe(1);
  });

  test("fails by name where no time is left for it", async () => {
    push("quay/a/one");
    const { status, output } = await run(buildOf(["quay.io/a/one", "nginx"]), registry.address, { MINUTES: "-1" });
    expect(output).toContain(": no time is left: give the warmer more minutes, or fewer images\n");
    expect(output).toMatch(/FAILED: quay\.io\/a\/one, nginx\n$/);
    expect(status).toBe(1);
    expect(registry.paths).toEqual([]);
  });

  test("fails by name before the build is ended, also when a host never answers", async () => {
    const own = repository("quay/a/one");
    own.image(own.blob("config"), [own.blob("layer", { body: "layer", cutAt: 2, stalls: true })], "latest");
    // A little more than what is kept to tell it.
    const { status, output } = await run(buildOf(["quay.io/a/one", "nginx"]), registry.address, { MINUTES: "1.51" });
    expect(output).toMatch(/: no time is left: give the warmer more minutes, or fewer images\n/);
    expect(output).toMatch(/FAILED: quay\.io\/a\/one, nginx\n$/);
    expect(status).toBe(1);
  });

  test("fails when a platform is missing, and the others are pulled all the same", async () => {
    const own = repository("quay/a/one");
    const missing = {
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      digest: `sha256:${"0".repeat(64)}`,
      size: 7,
    };
    const layer = own.blob("layer");
    own.index([missing, own.image(own.blob("config"), [layer])], "latest");
    const { status, output } = await run(buildOf(["quay.io/a/one"]));
    expect(output).toMatch(/^FAILED: quay\.io\/a\/one as .*: 404 Not Found/m);
    expect(status).toBe(1);
    expect(asked(registry, own.pathOf("blobs", layer.digest))).toBe(1);
  });

  test.each([
    ["nothing that is a manifest", { errors: [] }, "what the registry answers for latest is no manifest of an image"],
    ["a manifest of the first schema", { schemaVersion: 1, fsLayers: [] }, "is no manifest of an image"],
    ["a digest that is a path", { layers: [{ digest: "../../other/blobs/x", size: 1 }] }, "which is no digest"],
  ])("fails for %s", async (_, body, message) => {
    const own = repository("quay/a/one");
    registry.answer(own.pathOf("manifests", "latest"), { body: JSON.stringify(body) });
    const { status, output } = await run(buildOf(["quay.io/a/one"]));
    expect(output).toContain(message);
    expect(status).toBe(1);
    expect(registry.paths).toHaveLength(1);
  });

  test("fails for a layer of another size than its manifest says", async () => {
    const own = repository("quay/a/one");
    own.image(own.blob("config"), [{ ...own.blob("layer"), size: 1000 }], "latest");
    const { status, output } = await run(buildOf(["quay.io/a/one"]));
    expect(output).toContain(": a layer of 1000 bytes had 5\n");
    expect(status).toBe(1);
  });

  test("fails for a layer that is not to be had over HTTPS", async () => {
    const own = repository("quay/a/one");
    const location = "http://169.254.170.2/layer";
    own.image(own.blob("config"), [own.blob("layer", { status: 307, headers: { location } })], "latest");
    const { status, output } = await run(buildOf(["quay.io/a/one"]));
    expect(output).toContain(": a layer is at http://169.254.170.2, which is not HTTPS\n");
    expect(status).toBe(1);
  });

  test("fails when it is refused four times", async () => {
    const own = push("quay/a/one");
    registry.answer(own.pathOf("manifests", "latest"), { status: 503, body: "busy" });
    const { status, output } = await run(buildOf(["quay.io/a/one"]));
    expect(output).toContain(": 503 Service Unavailable busy\n");
    expect(status).toBe(1);
    expect(registry.paths).toHaveLength(4);
  });

  test("is tried again when a layer, or a manifest, ends early", async () => {
    const own = repository("quay/a/one");
    const layer = own.blob("layer", { body: "layer", cutAt: 2 }, { body: "layer" });
    const body = JSON.stringify({ layers: [layer] });
    registry.answer(own.pathOf("manifests", "latest"), { body, cutAt: 5 }, { body });
    const { status, output } = await run(buildOf(["quay.io/a/one"]));
    expect(output).toContain("warm: quay.io/a/one (5 bytes were not cached yet)");
    expect(status).toBe(0);
    expect(asked(registry, own.pathOf("blobs", layer.digest))).toBe(2);
  });

  test("fails when its layer ends early every time, and the next one is pulled", async () => {
    const own = repository("quay/a/one");
    own.image(own.blob("config"), [own.blob("layer", { body: "layer", cutAt: 2 })], "latest");
    push("quay/a/two");
    const { status, output } = await run(buildOf(["quay.io/a/one", "quay.io/a/two"]));
    expect(output).toMatch(/^FAILED: quay\.io\/a\/one as \S+: terminated/m);
    expect(output).toMatch(/^warm: quay\.io\/a\/two /m);
    expect(status).toBe(1);
  });

  test("fails with the reason when nothing listens", async () => {
    const gone = await HttpHost.start();
    const { address } = gone;
    await gone.stop();
    const { status, output } = await run(buildOf(["quay.io/a/one", "two"]), address);
    expect(output).toContain(`:latest: fetch failed: connect ECONNREFUSED ${address}\n`);
    expect(output).toMatch(/\n0 of 2 images are warm\nFAILED: quay\.io\/a\/one, two\n$/);
    expect(status).toBe(1);
  });

  test("fails, and asks the registry for nothing, when there is no token to be had", async () => {
    const denied = inWorkspace("denied");
    fs.mkdirSync(denied);
    fs.writeFileSync(path.join(denied, "aws"), `#!/bin/sh\necho ${TOKEN}\necho AccessDeniedException >&2\nexit 254\n`, {
      mode: 0o755,
    });
    const { commands, env } = buildOf(["quay.io/a/one"]);
    const { status, output } = await run({ commands: [`PATH=${denied}:$PATH`, ...commands], env });
    expect(output).toBe(
      "AccessDeniedException\nFAILED: no token for 111122223333.dkr.ecr.eu-west-1.amazonaws.com: Command failed: aws ecr get-authorization-token --output text --query authorizationData[0].authorizationToken\n",
    );
    expect(status).toBe(1);
    expect(registry.paths).toEqual([]);
  });
});

describe("what the shell sees", () => {
  const hostile = 'it\'s "quoted" \\ $(touch made) `touch made` ${HOME} $HOME; touch made & | > made\n\t* ? ~ #! é';

  test.each([hostile, "'", "''", "'; touch made; '", "\\'", "-e", "--", "$'\\x41'", "\r\n"])(
    "leaves %j as it is",
    async (text) => {
      const image = `start${text}end`;
      const { status, output } = await run({
        commands: commandsOf(warmingBuildspec([{ image, repository: "a/b", tag: "missing" }])),
        env: { REGISTRY: "registry.example.com" },
      });
      expect(output).toContain(`FAILED: ${image} as registry.example.com/a/b:missing: 404 Not Found`);
      expect(status).toBe(1);
      expect(fs.readdirSync(inWorkspace("work"))).toEqual([]);
    },
  );

  test("is short enough for Linux, with as many characters as the checks let through", async () => {
    const long = "long-name/".repeat(23);
    const images = (count: number) => Array.from({ length: count }, (_, index) => `quay.io/${long}${index}`);
    expect(messageOf(() => synthesizedWarmer(images(230)))).toContain("must be at most 120000 characters");
    const { status, output } = await run(buildOf(images(220)));
    expect(output).toMatch(/^0 of 220 images are warm$/m);
    expect(status).toBe(1);
  });

  test.each([false, true])("leaves room for every list of images, with referrers: %s", (includeReferrers) => {
    // Image names have no quotes, which would become longer. A null byte ends the argument.
    // https://man7.org/linux/man-pages/man2/execve.2.html
    const longest = quoted("x".repeat(MAX_CHARACTERS));
    expect(Buffer.byteLength(warmingCommand(longest, includeReferrers)) + 1).toBeLessThanOrEqual(128 * 1024);
  });

  test.each([false, true])("has nothing in it that Terraform would read as its own, with referrers: %s", (included) => {
    expect(warmingBuildspec([], included)).not.toMatch(/[$%]\{/);
  });
});

/** Texts that are names of images, or nearly: made of what names are made of, and of what shells take for their own. */
const imageLike = fc.oneof(
  fc.string({ unit: "binary" }),
  fc
    .array(fc.constantFrom("quay.io", "/", ":", "@", "a", "b1", "A", ".", "-", "_", "'", "$(id)", "`id`", "\n", " "), {
      maxLength: 12,
    })
    .map((parts) => parts.join("")),
);
const name = fc.stringMatching(/^[a-z0-9]{1,8}((\.|_|__|-{1,3})[a-z0-9]{1,8}){0,2}$/);
const repositoryName = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join("/"));
const host = fc.oneof(
  fc.stringMatching(/^[a-z0-9]{1,8}(\.[a-z0-9]{1,8}){1,3}(:[1-9][0-9]{0,3})?$/),
  fc.constantFrom("localhost", "localhost:5000", "quay.io", "111122223333.dkr.ecr.eu-west-1.amazonaws.com"),
);
const tagName = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/);

describe("for any text,", () => {
  test("the name of an image has the parts that it was put together from", () => {
    fc.assert(
      fc.property(host, repositoryName, tagName, (registryHost, path, tag) => {
        const named = { domain: registryHost, path };
        expect(ImageReference.parse(`${registryHost}/${path}:${tag}`)).toEqual({ ...named, tag });
        expect(ImageReference.parse(`${registryHost}/${path}`)).toEqual(named);
      }),
    );
  });

  test("a name without a host is one of Docker Hub", () => {
    fc.assert(
      fc.property(repositoryName, (path) => {
        const [first = ""] = path.split("/");
        fc.pre(!path.includes("/") || (!first.includes(".") && first !== "localhost"));
        const hub = { domain: "docker.io", path: path.includes("/") ? path : `library/${path}`, tag: "1" };
        expect(ImageReference.parse(`${path}:1`)).toEqual(hub);
        expect(ImageReference.parse(`docker.io/${path}:1`)).toEqual(hub);
      }),
    );
  });

  test("a warmer takes it as an image with nothing in it that means something to a shell, or refuses it", () => {
    fc.assert(
      fc.property(imageLike, (text) => {
        if (/^[A-Za-z0-9._:/-]+$/.test(text)) {
          return;
        }
        expect(messageOf(() => synthesizedWarmer([text]))).toMatch(/^stack\/warmer: `images\[0]` must /);
      }),
    );
  });

  test("a shell gives it to the program as it was", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: "grapheme" }), { minLength: 1, maxLength: 3 }), async (texts) => {
        const images = texts.map((image) => ({ image, repository: image, tag: image }));
        const [command = ""] = commandsOf(warmingBuildspec(images));
        // The last word of the command is the program's argument.
        const { output } = await execute("/bin/sh", ["-c", `node() { printf %s "$4"; }\n${command}`], {
          cwd: inWorkspace("work"),
        });
        expect(JSON.parse(output)).toEqual(images);
      }),
      { numRuns: 30 },
    );
  });
});
