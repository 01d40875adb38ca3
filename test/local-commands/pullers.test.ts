import * as fs from "node:fs";
import * as path from "node:path";
import { CreatePullThroughCacheRuleCommand, ECRClient, GetAuthorizationTokenCommand } from "@aws-sdk/client-ecr";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { clientConfig, trusting } from "../local-aws/clients";
import { addNetworks } from "../local-aws/ec2/networks";
import { imageOf } from "../local-aws/ecr/images";
import { ACCOUNT } from "../local-aws/server";
import { temporaryFolder } from "../support/temporary-folder";
import { useLocalAws } from "../support/use-local-aws";
import { docker } from "./docker";
import { kubectl } from "./kubectl";
import { whyNoImage } from "./puller";

const REGION = "eu-west-1";
const HOST = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com`;
const NODE = `${HOST}/quay/prometheus/node-exporter:v1.9.1`;
/** Subnets of the network with a NAT gateway, and of the one without. */
const OPEN = "subnet-0e45000000000000a";
const CLOSED = "subnet-0c0de00000000000a";

const TOKEN = ["ecr:GetAuthorizationToken"];
const READ = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:BatchCheckLayerAvailability"];
const FIRST = ["ecr:BatchImportUpstreamImage", "ecr:CreateRepository"];

const aws = useLocalAws();

beforeAll(async () => {
  addNetworks(aws, ACCOUNT);
  aws.ecr.upstreams.put("quay.io", "prometheus/node-exporter", "v1.9.1", imageOf("layer"));
  const iam = new IAMClient(clientConfig(aws));
  for (const [RoleName, actions] of Object.entries({
    nobody: READ,
    reader: [...TOKEN, ...READ],
    creator: [...TOKEN, ...FIRST],
    puller: [...TOKEN, ...READ, ...FIRST],
  })) {
    const policy = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: actions, Resource: "*" }] };
    const PolicyDocument = JSON.stringify(policy);
    await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trusting("ec2.amazonaws.com") }));
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "pull", PolicyDocument }));
  }
  await new ECRClient(clientConfig(aws, { region: REGION })).send(
    new CreatePullThroughCacheRuleCommand({ ecrRepositoryPrefix: "quay", upstreamRegistryUrl: "quay.io" }),
  );
});

describe("a machine that pulls", () => {
  const resolve = (image: string): string =>
    `failed to pull and unpack image "${image}": failed to resolve reference "${image}"`;
  const manifest = `https://${HOST}/v2/quay/prometheus/node-exporter/manifests/v1.9.1`;

  test.each([
    [
      "without a way to the registry",
      CLOSED,
      "puller",
      `failed to do request: Head "${manifest}": dial tcp: i/o timeout`,
    ],
    [
      "with a role that may not sign in",
      OPEN,
      "nobody",
      "pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials",
    ],
    ["with a role that may not create the repository", OPEN, "reader", `${NODE}: not found`],
    [
      "with a role that may not read",
      OPEN,
      "creator",
      `unexpected status from HEAD request to ${manifest}: 403 Forbidden`,
    ],
  ])("%s fails to resolve the image", async (_, subnetId, roleName, failure) => {
    expect(await whyNoImage(aws, { subnetId, roleName }, NODE)).toBe(`${resolve(NODE)}: ${failure}`);
  });

  test("fails to resolve an image that the upstream does not have", async () => {
    const image = `${HOST}/quay/no/such:1`;
    expect(await whyNoImage(aws, { subnetId: OPEN, roleName: "puller" }, image)).toBe(
      `${resolve(image)}: ${image}: not found`,
    );
  });

  test("fails to reach a registry that is not Amazon ECR", async () => {
    const image = "quay.io/prometheus/node-exporter:v1.9.1";
    expect(await whyNoImage(aws, { subnetId: OPEN, roleName: "puller" }, image)).toContain("dial tcp: i/o timeout");
  });

  test("pulls with a route and the permissions", async () => {
    expect(await whyNoImage(aws, { subnetId: OPEN, roleName: "puller" }, NODE)).toBeUndefined();
  });
});

describe("Docker", () => {
  const given = { cwd: ".", stdin: "" };

  test("fails to pull from a registry that it has not signed in to", async () => {
    const { exitCode, stderr } = await docker(aws)(["pull", NODE], {}, given);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining("no basic auth credentials")]);
  });

  test("fails to pull what its machine cannot pull", async () => {
    const { authorizationData = [] } = await new ECRClient(clientConfig(aws, { region: REGION })).send(
      new GetAuthorizationTokenCommand({}),
    );
    const token = Buffer.from(authorizationData[0]?.authorizationToken ?? "", "base64").toString();
    const answer = docker(aws, {
      whyNoPull: () => Promise.resolve("no way there"),
      whyNoPush: () => Promise.resolve(undefined),
    });
    const login = ["login", "--username", "AWS", "--password-stdin", HOST];
    await answer(login, {}, { ...given, stdin: token.replace(/^AWS:/, "") });
    const stderr = "Error response from daemon: no way there\n";
    expect(await answer(["pull", NODE], {}, given)).toEqual({ stdout: "", stderr, exitCode: 1 });
  });
});

describe("kubectl", () => {
  const cwd = temporaryFolder();
  const answer = kubectl(aws, { subnetId: OPEN, roleName: "puller" });
  const run = (line: string): ReturnType<typeof answer> => answer(line.split(" "), {}, { cwd, stdin: "" });

  test("runs a pod whose image is there, and says why another does not start", async () => {
    await run(`run good --image=${NODE}`);
    await run(`run bad --image=${HOST}/quay/no/such:1`);
    const { stdout } = await run("get pods");
    expect(stdout.replace(/ +/g, " ")).toBe(
      "NAME READY STATUS RESTARTS AGE\ngood 1/1 Running 0 1s\nbad 0/1 ImagePullBackOff 0 1s\n",
    );
    expect((await run("describe pod bad")).stdout).toContain(`${HOST}/quay/no/such:1: not found`);
    expect((await run("get pods -l run=good")).stdout).not.toContain("bad");
    expect((await run("delete pod bad")).stdout).toBe('pod "bad" deleted\n');
  });

  test("rolls out a Deployment, and no other kind", async () => {
    const containers = [{ image: NODE }];
    const deployment = { kind: "Deployment", metadata: { name: "app" }, spec: { template: { spec: { containers } } } };
    fs.writeFileSync(path.join(cwd, "app.yaml"), JSON.stringify(deployment));
    fs.writeFileSync(path.join(cwd, "job.yaml"), JSON.stringify({ ...deployment, kind: "Job" }));
    expect((await run("apply -f app.yaml")).stdout).toBe("deployment.apps/app created\n");
    expect((await run("rollout status deployment/app")).stdout).toContain("successfully rolled out");
    expect((await run("apply -f job.yaml")).exitCode).toBe(1);
  });

  test.each([
    "describe pod none",
    "delete pod none",
    "rollout status deployment/none",
    "scale deployment/none --replicas=0",
  ])("%s fails", async (line) => {
    expect(await run(line)).toMatchObject({ stdout: "", exitCode: 1 });
  });
});
