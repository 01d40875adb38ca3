import { ECRClient, GetAuthorizationTokenCommand } from "@aws-sdk/client-ecr";
import { Sdk } from "../clients";
import { ACCOUNT } from "../server";
import { OTHER_ACCOUNT, ask, signIn } from "./fixtures";

const HOST = `${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com`;

let sdk: Sdk;
beforeEach(async () => {
  sdk = await Sdk.start();
});
afterEach(() => sdk.stop());

describe("authorization token", () => {
  test.each([
    ["us-east-1", `https://${HOST}`],
    ["cn-north-1", `https://${ACCOUNT}.dkr.ecr.cn-north-1.amazonaws.com.cn`],
  ])("an authorization token of %s holds a user and a password, for 12 hours and %s", async (region, proxyEndpoint) => {
    const answer = await sdk.client(ECRClient, { region }).send(new GetAuthorizationTokenCommand({}));
    expect(answer.authorizationData).toHaveLength(1);
    const [{ authorizationToken = "", expiresAt, ...data } = {}] = answer.authorizationData ?? [];
    expect(data).toEqual({ proxyEndpoint });
    expect(Buffer.from(authorizationToken, "base64").toString()).toMatch(/^AWS:[\w+/=]{64,}$/);
    expect(Math.abs(Number(expiresAt) - Date.now() - 12 * 60 * 60 * 1000)).toBeLessThan(60_000);
  });

  test("an authorization token signs in to the registry of its account and region", async () => {
    const response = await ask(sdk, `https://${HOST}/v2/`, { headers: { authorization: await signIn(sdk) } });
    expect(response).toMatchObject({
      status: 200,
      headers: { "docker-distribution-api-version": "registry/2.0" },
      body: "",
    });
  });

  test.each([
    ["account", { accountId: OTHER_ACCOUNT }, `User: arn:aws:iam::${OTHER_ACCOUNT}:root`, "us-east-1"],
    ["region", { region: "eu-west-1" }, `User: arn:aws:iam::${ACCOUNT}:root`, "eu-west-1"],
  ])("an authorization token is refused in the registry of another %s", async (_, scope, user, region) => {
    const authorization = await signIn(sdk, scope);
    const { status, body } = await ask(sdk, `https://${HOST}/v2/`, { headers: { authorization } });
    expect(status).toBe(403);
    const message =
      `${user} is not authorized to perform: ecr:BatchGetImage ` +
      `on resource: arn:aws:ecr:${region}:${ACCOUNT}:repository/*`;
    expect(JSON.parse(body)).toEqual({ errors: [{ code: "DENIED", message }] });
  });

  test.each([
    ["there is none", undefined],
    ["it is of no stand-in", `Basic ${Buffer.from("AWS:password").toString("base64")}`],
    ["it is no Basic token", "Bearer t0ken"],
  ])("an authorization token is asked for where %s", async (_, authorization) => {
    const headers = authorization === undefined ? {} : { authorization };
    const response = await ask(sdk, `https://${HOST}/v2/`, { headers });
    expect(response).toMatchObject({
      status: 401,
      headers: { "www-authenticate": `Basic realm="https://${HOST}/",service="ecr.amazonaws.com"` },
      body: '{"errors":[{"code":"UNAUTHORIZED","message":"Not Authorized"}]}',
    });
  });
});
