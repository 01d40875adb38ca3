import { CreatePullThroughCacheRuleCommand, DescribeImagesCommand, ECRClient } from "@aws-sdk/client-ecr";
import { without } from "../../support/without";
import { Sdk } from "../clients";
import { ACCOUNT } from "../server";
import { ask, signIn } from "./fixtures";
import { digestOf, imageOf, indexOf } from "./images";

const HOST = `${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com`;
const BUCKET = "prod-us-east-1-starport-layer-bucket.s3.us-east-1.amazonaws.com";
const IMAGE = indexOf(imageOf("layer"), imageOf("other layer"));
const [INDEX, MANIFEST] = IMAGE.manifests;
const LAYER = digestOf("layer");

let sdk: Sdk;
let authorization: string;
beforeEach(async () => {
  sdk = await Sdk.start();
  authorization = await signIn(sdk);
  sdk.aws.ecr.upstreams.put("quay.io", "team/app", "v1", IMAGE);
  const rule = { ecrRepositoryPrefix: "mirror", upstreamRegistryUrl: "quay.io" };
  await sdk.client(ECRClient).send(new CreatePullThroughCacheRuleCommand(rule));
});
afterEach(() => sdk.stop());

function get(path: string, method = "GET", host = HOST) {
  return ask(sdk, `https://${host}/v2/${path}`, { method, headers: { authorization } });
}

async function layerUrl(method = "GET") {
  await get("mirror/team/app/manifests/v1");
  return (await get(`mirror/team/app/blobs/${LAYER}`, method)).headers.location ?? "";
}

test("a registry refuses a manifest once if there were too many requests", async () => {
  sdk.aws.ecr.registry.throttleOnce(ACCOUNT);
  const path = "mirror/team/app/manifests/v1";
  expect(await get(path)).toMatchObject({ status: 429, body: expect.stringContaining("TOOMANYREQUESTS") as string });
  expect((await get(path)).status).toBe(200);
});

test("a registry redirects to the host of its upstream for layers that it has not cached yet", async () => {
  sdk.aws.ecr.upstreams.blobHosts.set("quay.io", "cdn.quay.io");
  expect(await layerUrl()).toBe(`https://cdn.quay.io/${LAYER}`);
});

test("a registry keeps the time of the last pull", async () => {
  await get("mirror/team/app/manifests/v1");
  const images = await sdk
    .client(ECRClient)
    .send(new DescribeImagesCommand({ repositoryName: "mirror/team/app", imageIds: [{ imageTag: "v1" }] }));
  expect(images.imageDetails?.[0]?.lastRecordedPullTime).toBeInstanceOf(Date);
});

describe("manifest", () => {
  test.each([
    ["a tag", "v1", INDEX],
    ["the digest of an index", INDEX.digest, INDEX],
    ["the digest of a manifest in an index", MANIFEST?.digest ?? "", MANIFEST],
  ])("a manifest is answered by %s", async (_, reference, manifest) => {
    await get("mirror/team/app/manifests/v1");
    expect(await get(`mirror/team/app/manifests/${reference}`)).toMatchObject({
      status: 200,
      headers: {
        "content-type": manifest?.mediaType,
        "docker-content-digest": manifest?.digest,
        "docker-distribution-api-version": "registry/2.0",
      },
      body: manifest?.body,
    });
  });

  test("a manifest is described without being sent", async () => {
    expect(await get("mirror/team/app/manifests/v1", "HEAD")).toMatchObject({
      status: 200,
      headers: { "docker-content-digest": INDEX.digest, "content-length": `${Buffer.byteLength(INDEX.body)}` },
      body: "",
    });
  });

  test("a manifest is answered by a digest whose colon is escaped", async () => {
    await get("mirror/team/app/manifests/v1");
    expect(await get(`mirror/team/app/manifests/${INDEX.digest.replace(":", "%3A")}`)).toMatchObject({ status: 200 });
  });

  test("a manifest is answered by the dual-stack host", async () => {
    const host = `${ACCOUNT}.dkr-ecr.us-east-1.on.aws`;
    expect(await get("mirror/team/app/manifests/v1", "GET", host)).toMatchObject({ status: 200, body: INDEX.body });
  });

  test("a manifest is refused without a token", async () => {
    const response = await ask(sdk, `https://${HOST}/v2/mirror/team/app/manifests/v1`);
    expect(response).toMatchObject({
      status: 401,
      headers: { "www-authenticate": `Basic realm="https://${HOST}/",service="ecr.amazonaws.com"` },
    });
    expect(sdk.aws.contents()).toEqual([`${ACCOUNT} us-east-1 cache rule mirror`]);
  });
});

describe("layer", () => {
  test.each(["GET", "HEAD"])(
    "a layer is asked for by %s of the registry, which sends to the bucket of AWS",
    async (method) => {
      await get("mirror/team/app/manifests/v1");
      const response = await get(`mirror/team/app/blobs/${LAYER}`, method);
      expect(response).toMatchObject({ status: 307, headers: { "docker-content-digest": LAYER }, body: "" });
      expect(response.headers.location).toMatch(
        new RegExp(`^https://${BUCKET}/${ACCOUNT}/sha256/[0-9a-f]{64}\\?.*X-Amz-Signature=[0-9a-f]{64}$`),
      );
    },
  );

  test("a layer is answered by the bucket, without the token of the registry", async () => {
    expect(await ask(sdk, await layerUrl())).toMatchObject({ status: 200, body: "layer" });
  });

  test("a layer is described by the bucket", async () => {
    const response = await ask(sdk, await layerUrl("HEAD"), { method: "HEAD" });
    expect(response).toMatchObject({ status: 200, headers: { "content-length": "5" }, body: "" });
  });

  test.each<[string, (url: string) => [url: string, method?: string]]>([
    ["without a signature", (url) => [url.replace(/\?.*/, "")]],
    ["with another signature", (url) => [url.replace(/[0-9a-f]{64}$/, "0".repeat(64))]],
    ["with the signature of another layer", (url) => [url.replace(/sha256\/./, "sha256/g")]],
    ["by a method that was not signed", (url) => [url, "HEAD"]],
    ["from the bucket of another region", (url) => [url.replaceAll("us-east-1", "eu-west-1")]],
  ])("a layer is refused by the bucket %s", async (_, changed) => {
    const [url, method = "GET"] = changed(await layerUrl());
    expect(await ask(sdk, url, { method })).toMatchObject({ status: 403 });
  });

  test("a layer is unknown to a repository that does not have it", async () => {
    await get("mirror/team/app/manifests/v1");
    const digest = digestOf("absent");
    const { status, body } = await get(`mirror/team/app/blobs/${digest}`);
    const message = `There is no layer ${digest} in mirror/team/app`;
    expect([status, JSON.parse(body)]).toEqual([404, { errors: [{ code: "BLOB_UNKNOWN", message }] }]);
  });
});

describe("registry", () => {
  test.each([
    ["a push", "PUT", "mirror/team/app/manifests/v1", 405, "UNSUPPORTED", "The operation is unsupported."],
    ["a name in upper case", "GET", "Mirror/app/manifests/v1", 404, "NAME_INVALID", "Invalid repository name"],
    ["a list of tags", "GET", "mirror/team/app/tags/list", 404, "NAME_INVALID", "Invalid repository name"],
    [
      "a tag that is none",
      "GET",
      "mirror/team/app/manifests/.v1",
      400,
      "TAG_INVALID",
      ".v1 is neither a tag nor a digest",
    ],
  ])("a registry refuses %s", async (_, method, path, status, code, message) => {
    const response = await get(path, method);
    expect([response.status, JSON.parse(response.body)]).toEqual([status, { errors: [{ code, message }] }]);
  });

  test("a registry has its requests in the log, under names that no operation has", async () => {
    await ask(sdk, `https://${HOST}/v2/`);
    await ask(sdk, await layerUrl());
    const scope = { accountId: ACCOUNT, region: "us-east-1", service: "ecr" };
    const repository = "mirror/team/app";
    expect(sdk.aws.requests.slice(2).map((request) => without(request, "answer"))).toEqual([
      { ...scope, operation: "registry GET /v2/", input: {}, errorCode: "UNAUTHORIZED" },
      { ...scope, operation: "registry GET manifest", input: { repository, reference: "v1" } },
      { ...scope, operation: "registry GET blob", input: { repository, reference: LAYER } },
      {
        ...scope,
        operation: "layer bucket GET object",
        input: { path: `/${ACCOUNT}/${LAYER.replace(":", "/")}` },
      },
    ]);
  });

  test("a registry is not found at a host that AWS does not have", async () => {
    const response = await get("", "GET", `${ACCOUNT}.dkr.ecr.us-east-1.example.com`);
    expect(response.status).toBe(400);
  });
});
