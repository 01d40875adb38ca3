import * as fs from "node:fs";
import * as path from "node:path";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { PullThroughCache, RegistryCredential, Upstream } from "cdktf-ecr-pull-through-cache";
import { clientConfig } from "../../local-aws/clients";
import { ACCOUNT } from "../../local-aws/server";
import type { LocalAws } from "../../local-aws/server";
import { stackFolders, synthesizeExample } from "../../support/examples";
import { copyModules } from "../../support/module-folders";
import { stackIn, synthesized } from "../../support/synthesis";
import { Workspace, configuration, describeWithTerraform } from "../../support/terraform";
import { useLocalAws, useNewLocalAws } from "../../support/use-local-aws";

const MARKER = "m4rk3r-0f-th3-t0k3n";
const env = { TF_VAR_docker_hub_username: "bot", TF_VAR_docker_hub_access_token: MARKER };

describeWithTerraform("a managed credential", () => {
  const aws = useLocalAws();
  let workspace: Workspace;

  beforeAll(async () => {
    const [folder = ""] = stackFolders(await synthesizeExample("docker-hub"));
    const log = { TF_LOG: "INFO", TF_LOG_PATH: "terraform.log" };
    workspace = new Workspace(folder, { ...env, ...log, ...aws.environment() });
    await workspace.init();
  });

  test("reaches Secrets Manager, and is in no JSON, plan, state, log or output of Terraform", async () => {
    const outputs = [JSON.stringify(await workspace.plan())];
    outputs.push(await workspace.run(["show", "-no-color", "tfplan"]));
    outputs.push(await workspace.apply());
    outputs.push(await workspace.run(["show", "-json"]));

    const written = aws.requests.filter((request) => request.operation === "PutSecretValue");
    expect(written).toHaveLength(1);
    expect(JSON.parse(String(written[0]?.input["SecretString"]))).toEqual({
      username: "bot",
      accessToken: MARKER,
    });
    const files = workspace.files();
    expect(files.filter((file) => /tfstate|tfplan|tf\.json$|\.log$/.test(file)).length).toBeGreaterThanOrEqual(5);
    for (const text of [...outputs, ...files.map((file) => fs.readFileSync(file, "latin1"))]) {
      expect(text).not.toContain(MARKER);
    }
  });

  test("exists before the rule that needs it, in one apply", () => {
    const order = aws.operations.filter((operation) => /^(Create|Put)/.test(operation));
    expect(order.indexOf("PutSecretValue")).toBeLessThan(order.indexOf("CreatePullThroughCacheRule"));
    expect(order.indexOf("CreateRepositoryCreationTemplate")).toBeLessThan(order.indexOf("CreatePullThroughCacheRule"));
  });

  test("is written again only when its version is raised, and nothing else is written", async () => {
    expect(await workspace.changes()).toEqual({});
    const raised = workspace
      .read("cdk.tf.json")
      .replace('"secret_string_wo_version": 1', '"secret_string_wo_version": 2');
    workspace.write("cdk.tf.json", raised);
    expect(Object.keys(await workspace.changes())).toEqual([
      expect.stringMatching(/^aws_secretsmanager_secret_version\./),
    ]);
    const before = aws.requests.length;
    await workspace.apply({ TF_VAR_docker_hub_access_token: "r0t4t3d-t0k3n" });
    const writes = aws.requests.slice(before).filter(({ operation }) => !/^(Get|Describe|List)/.test(operation));
    expect(writes.map(({ operation, errorCode }) => [operation, errorCode])).toEqual([["PutSecretValue", undefined]]);
    expect(writes[0]?.input["SecretString"]).toContain("r0t4t3d-t0k3n");
    expect(await workspace.isUpToDate()).toBe(true);
  });

  test("fails the plan when its variable is empty", async () => {
    const { status, output } = await workspace.try(["plan", "-input=false", "-no-color"], {
      TF_VAR_docker_hub_access_token: " ",
    });
    expect(status).toBe(1);
    expect(output).toContain("The variable docker_hub_access_token must not be empty.");
  });

  test("goes with everything else when it is destroyed, and its name is free again", async () => {
    await workspace.destroy();
    const deleted = aws.requests.find((request) => request.operation === "DeleteSecret");
    expect(deleted?.input).toMatchObject({ ForceDeleteWithoutRecovery: true });
    expect(aws.contents()).toEqual([]);
  });
});

const REGION = "us-east-1";
const OWN = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:ecr-pullthroughcache/own-AbCdEf`;
const ABSENT = OWN.replace("own", "absent");

/** The configuration of a cache whose one upstream signs in with a managed secret, or with the secret of an ARN. */
const CACHES: { readonly [subject: string]: (secretArn?: string) => object } = {
  construct: (secretArn) => {
    const stack = stackIn(REGION);
    const credential =
      secretArn === undefined
        ? RegistryCredential.managed({ usernameVariable: "hub_username", accessTokenVariable: "hub_token", version: 1 })
        : RegistryCredential.fromSecretArn(secretArn);
    new PullThroughCache(stack, "cache", { upstreams: [Upstream.dockerHub(credential)], accountId: ACCOUNT });
    return synthesized(stack);
  },
  module: (secretArn) => {
    const managed = secretArn === undefined;
    return {
      ...configuration(),
      module: {
        cache: {
          source: "./modules/pull-through-cache",
          upstreams: { "docker-hub": managed ? { credential: "managed" } : { credential_secret_arn: secretArn } },
          credentials: managed ? { "docker-hub": { username: "bot", access_token: "not-a-token" } } : {},
        },
      },
    };
  },
};

describeWithTerraform("a managed secret", () => {
  let aws: LocalAws;
  useNewLocalAws(async (made) => {
    aws = made;
    await new SecretsManagerClient(clientConfig(aws, { region: REGION })).send(
      new CreateSecretCommand({
        Name: "ecr-pullthroughcache/own",
        SecretString: JSON.stringify({ username: "bot", accessToken: "not-a-token" }),
      }),
    );
  });

  const variables = { TF_VAR_hub_username: "bot", TF_VAR_hub_token: "not-a-token" };
  const MANAGED = `${ACCOUNT} ${REGION} secret ecr-pullthroughcache/docker-hub`;

  async function applied(cache: (secretArn?: string) => object): Promise<Workspace> {
    const workspace = new Workspace(cache(), { ...variables, ...aws.environment() });
    copyModules(path.join(workspace.folder, "modules"));
    await workspace.init();
    await workspace.apply();
    return workspace;
  }

  /** What has been asked of AWS since, but for questions, and how it was refused. */
  function writesSince(start: number): (readonly [string, string | undefined])[] {
    const writes = aws.requests.slice(start).filter(({ operation }) => !/^(Get|Describe|List)/.test(operation));
    return writes.map(({ operation, errorCode }) => [operation, errorCode] as const);
  }

  test.each(Object.entries(CACHES))("of a %s goes only after the rule has another credential", async (_, cache) => {
    const workspace = await applied(cache);
    const before = aws.requests.length;
    workspace.write("main.tf.json", JSON.stringify(cache(OWN)));
    await workspace.apply();
    expect(writesSince(before)).toEqual([
      ["UpdatePullThroughCacheRule", undefined],
      ["DeleteSecret", undefined],
    ]);
    expect(await workspace.isUpToDate()).toBe(true);
  });

  test.each(Object.entries(CACHES))("of a %s stays when AWS refuses the rule's new credential", async (_, cache) => {
    const workspace = await applied(cache);
    const before = aws.requests.length;
    workspace.write("main.tf.json", JSON.stringify(cache(ABSENT)));
    expect((await workspace.try(["apply", "-input=false", "-no-color", "-auto-approve"])).status).toBe(1);
    expect(writesSince(before)).toEqual([["UpdatePullThroughCacheRule", "SecretNotFoundException"]]);
    expect(aws.contents()).toContain(MANAGED);
  });

  test.each(Object.entries(CACHES))(
    "of a %s cannot be replaced under its name, and an attempt changes nothing",
    async (_, cache) => {
      const workspace = await applied(cache);
      const state = (await workspace.run(["state", "list"])).split("\n");
      const secret = state.find((address) => /\baws_secretsmanager_secret\./.test(address)) ?? "";
      const before = aws.requests.length;
      const replace = ["apply", "-input=false", "-no-color", "-auto-approve", `-replace=${secret}`];
      expect((await workspace.try(replace)).status).toBe(1);
      expect(writesSince(before)).toEqual([["CreateSecret", "ResourceExistsException"]]);
      expect(await workspace.isUpToDate()).toBe(true);
    },
  );
});
