import * as fs from "node:fs";
import * as path from "node:path";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { FleetManifest } from "cdktf-ecr-pull-through-cache";
import { parse } from "yaml";
import { clientConfig } from "../../local-aws/clients";
import {
  ELASTIO_STACK,
  createElastioStack,
  describeStack,
  parametersOf,
} from "../../local-aws/cloudformation/vendor-stacks";
import { createStateBucket, stateBucket } from "../../local-aws/s3/state-bucket";
import type { LoggedRequest } from "../../local-aws/server";
import { execute } from "../../support/commands";
import { ROOT, synthesizeExample } from "../../support/examples";
import { pathWithAttachedTerraform } from "../../support/path-with-attached-terraform";
import type { WorkflowRun } from "../../support/run-workflow";
import { temporaryFolder } from "../../support/temporary-folder";
import { STARTS_PROVIDERS, changesOf, describeWithTerraform } from "../../support/terraform";
import type { Plan } from "../../support/terraform";
import { terraformEnvironment } from "../../support/terraform-environment";
import { useLocalAws } from "../../support/use-local-aws";

const TOKEN = "not-a-token";
const IAM = "registries-iam";
const EUROPE = "registries-eu-west-1";
const REGIONS = ["registries-us-east-1", EUROPE, "registries-ap-southeast-2"];
const CONNECTOR = "registries-connector";
const CREDENTIALS = { docker_hub_username: "bot", docker_hub_access_token: TOKEN };

/** What a plan shows where repositories are to keep fewer images. */
const CHANGES = {
  "aws_ecr_repository_creation_template.docker-hub-template": "update",
  "aws_ecr_repository_creation_template.ecr-public-template": "update",
};

interface Buildspec {
  readonly env: {
    readonly variables: { readonly [name: string]: string };
    readonly "secrets-manager": { readonly [name: string]: string };
  };
  readonly batch: {
    readonly "build-graph": readonly {
      readonly env: { readonly variables: { readonly STACK: string } };
    }[];
  };
  readonly phases: { readonly build: { readonly commands: readonly string[] } };
}

const isState = ({ service }: LoggedRequest): boolean => service === "s3";
const writes = (requests: readonly LoggedRequest[]): string[] =>
  requests
    .filter((request) => !isState(request) && /^(Create|Put|Update|Delete)/.test(request.operation))
    .map(({ region, operation }) => `${region} ${operation}`);
const keyOf = ({ input }: LoggedRequest): string => String(input["Key"]).replace("ecr-pull-through-cache/", "");

// The commands stand in the files of examples/pipeline, which are read here, and are run as they are.
describeWithTerraform("the pipelines of the example", () => {
  const aws = useLocalAws();
  let repository: string;
  let attached: string;
  beforeAll(async () => {
    attached = pathWithAttachedTerraform();
    await createStateBucket(aws);
    await createElastioStack(aws, { region: "us-east-1" });
    repository = temporaryFolder();
    const folder = path.join(repository, "pull-through-caches");
    fs.cpSync(await synthesizeExample("pipeline"), folder, { recursive: true });
    // As the README says: once in any stack's folder, and kept beside fleet.json.
    const cwd = path.join(folder, "stacks", IAM);
    const lock = await execute("terraform", ["providers", "lock"], { cwd, env: environment() });
    expect(`${String(lock.status)} ${lock.status === 0 ? "" : lock.output}`).toBe("0 ");
    fs.renameSync(path.join(cwd, ".terraform.lock.hcl"), path.join(folder, ".terraform.lock.hcl"));
    aws.requests.length = 0;
  });

  const environment = (added: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv =>
    terraformEnvironment({ ...aws.environment(), PATH: attached, ...added });

  /** Runs the workflow of variant A, which calls that of a stage. */
  async function runWorkflow(secrets: WorkflowRun["secrets"]) {
    const order: WorkflowRun = {
      workflow: path.join(ROOT, "examples", "pipeline", "github", "deploy-from-repository.yml"),
      repository,
      secrets,
      vars: {},
    };
    const program = path.join(ROOT, "test", "support", "run-workflow.ts");
    const args = ["--import", require.resolve("tsx"), program, JSON.stringify(order)];
    return execute("node", args, { cwd: ROOT, env: environment() });
  }

  /** Runs builds of buildspec.yml, each in a new copy of the source, in the order in which they stand there. */
  async function runBatch(MODE: string, stacks: readonly string[]) {
    const source = path.join(repository, "pull-through-caches", "buildspec.yml");
    const { env, batch, phases } = parse(fs.readFileSync(source, "utf8")) as Buildspec;
    const secrets: NodeJS.ProcessEnv = {};
    for (const [name, secret] of Object.entries(env["secrets-manager"])) {
      const [, key = ""] = secret.split(":");
      secrets[name] = CREDENTIALS[key as keyof typeof CREDENTIALS];
    }
    const plans: { [stack: string]: ReturnType<typeof changesOf> } = {};
    for (const build of batch["build-graph"].filter(({ env }) => stacks.includes(env.variables.STACK))) {
      const copy = temporaryFolder();
      fs.cpSync(repository, copy, { recursive: true });
      const variables = { ...env.variables, ...build.env.variables, MODE, CODEBUILD_SRC_DIR: copy };
      // One stack has its provider started by Terraform, as it is where users run the pipeline.
      const start = build.env.variables.STACK === EUROPE ? STARTS_PROVIDERS : {};
      const options = { cwd: copy, env: environment({ ...variables, ...secrets, ...start }) };
      const { status, output } = await execute("sh", ["-e", "-c", phases.build.commands.join("\n")], options);
      expect(`${String(status)} ${status === 0 ? "" : output}`).toBe("0 ");
      const cwd = path.join(copy, "pull-through-caches", "stacks", build.env.variables.STACK);
      const plan = await execute("terraform", ["show", "-json", "tfplan"], { cwd, env: environment() });
      plans[build.env.variables.STACK] = changesOf(JSON.parse(plan.output) as Plan);
    }
    return plans;
  }

  test("GitHub Actions makes the policy, then the caches of all regions, and then changes the connector's parameters", async () => {
    const { status, output } = await runWorkflow({
      DOCKER_HUB_USERNAME: CREDENTIALS.docker_hub_username,
      DOCKER_HUB_ACCESS_TOKEN: TOKEN,
    });
    expect(`${String(status)} ${status === 0 ? "" : output}`).toBe("0 ");
    const made = aws.requests.filter(({ operation }) =>
      /^(CreatePolicy|CreatePullThroughCacheRule|UpdateStack)$/.test(operation),
    );
    expect(made.map(({ operation }) => operation)).toEqual([
      "CreatePolicy",
      ...Array<string>(6).fill("CreatePullThroughCacheRule"),
      "UpdateStack",
    ]);
    expect([...new Set(made.slice(1, 7).map(({ region }) => region))]).toEqual([
      "us-east-1",
      "eu-west-1",
      "ap-southeast-2",
    ]);
    const { ecrPublicPrefix, globalManagedPolicies } = parametersOf(
      await describeStack(aws, { region: "us-east-1" }, ELASTIO_STACK),
    );
    expect([ecrPublicPrefix, globalManagedPolicies]).toEqual([
      "{{account_id}}.dkr.ecr.{{region}}.amazonaws.com/ecr-public",
      "arn:aws:iam::111122223333:policy/registries-pull",
    ]);
  });

  test("each stack has its state in S3, encrypted, and held its lock there for the plan and for the apply", async () => {
    const puts = aws.requests.filter((request) => isState(request) && request.operation === "PutObject");
    const stacks = [IAM, ...REGIONS, CONNECTOR];
    for (const stack of stacks) {
      const locks = puts.filter((request) => keyOf(request) === `${stack}.tfstate.tflock`);
      expect(locks.map(({ input, errorCode }) => [input["IfNoneMatch"], errorCode])).toEqual([
        ["*", undefined],
        ["*", undefined],
      ]);
      const written = puts.filter((request) => keyOf(request) === `${stack}.tfstate`);
      expect(written.length).toBeGreaterThan(0);
      expect(new Set(written.map(({ input }) => input["ServerSideEncryption"]))).toEqual(new Set(["AES256"]));
    }
    // No lock is left, and no state holds the token.
    expect(aws.contents().filter((line) => line.includes(" object "))).toEqual(
      stacks
        .map((stack) => `111122223333 us-east-1 object ${stateBucket()}/ecr-pull-through-cache/${stack}.tfstate`)
        .sort(),
    );
    const Key = `ecr-pull-through-cache/${REGIONS[0] ?? ""}.tfstate`;
    const state = await new S3Client(clientConfig(aws)).send(new GetObjectCommand({ Bucket: stateBucket(), Key }));
    const text = (await state.Body?.transformToString()) ?? "";
    expect(text).toContain("aws_secretsmanager_secret_version");
    expect(text).not.toContain(TOKEN);
  });

  test("GitHub Actions stops where a variable is missing, and nothing after that stage is planned", async () => {
    const before = aws.requests.length;
    const { status, output } = await runWorkflow({ DOCKER_HUB_USERNAME: "bot" });
    expect(status).toBe(1);
    expect(output).toContain("The variable docker_hub_access_token must not be empty.");
    const since = aws.requests.slice(before);
    expect(writes(since)).toEqual([]);
    expect(since.filter(isState).filter((request) => keyOf(request).startsWith(CONNECTOR))).toEqual([]);
  });

  test("CodeBuild reads what GitHub Actions has written, says what is new, and applies nothing with MODE=plan", async () => {
    const json = path.join(repository, "pull-through-caches", "stacks", EUROPE, "cdk.tf.json");
    fs.writeFileSync(json, fs.readFileSync(json, "utf8").replaceAll('\\"countNumber\\":100', '\\"countNumber\\":10'));
    const before = aws.requests.length;
    expect(await runBatch("plan", [IAM, EUROPE])).toEqual({ [IAM]: {}, [EUROPE]: CHANGES });
    expect(writes(aws.requests.slice(before))).toEqual([]);
    // Who plans needs to write locks and no states.
    const written = aws.requests
      .slice(before)
      .filter((request) => isState(request) && /^(Put|Delete)/.test(request.operation));
    expect(written.length).toBeGreaterThan(0);
    expect(written.map(keyOf).filter((key) => !key.endsWith(".tflock"))).toEqual([]);
  });

  test("CodeBuild applies that with MODE=apply, stack by stack in the order of the fleet, and nothing else", async () => {
    const before = aws.requests.length;
    const stacks = [IAM, ...REGIONS, CONNECTOR];
    const nothing = Object.fromEntries(stacks.map((stack) => [stack, {}]));
    expect(await runBatch("apply", stacks)).toEqual({ ...nothing, [EUROPE]: CHANGES });
    const since = aws.requests.slice(before);
    expect(writes(since)).toEqual(Array<string>(2).fill("eu-west-1 UpdateRepositoryCreationTemplate"));
    const read = since.filter((request) => isState(request) && request.operation === "GetObject").map(keyOf);
    const order = [...new Set(read.filter((key) => key.endsWith(".tfstate")))];
    expect(order).toEqual(stacks.map((stack) => `${stack}.tfstate`));
  });

  test("no stack reads the state of another: each can be planned before the others are applied", () => {
    const folder = path.join(repository, "pull-through-caches");
    const { stages } = JSON.parse(fs.readFileSync(path.join(folder, "fleet.json"), "utf8")) as FleetManifest;
    for (const stack of stages.flat()) {
      const json = JSON.parse(fs.readFileSync(path.join(folder, stack.folder, "cdk.tf.json"), "utf8")) as {
        readonly data?: object;
      };
      expect(Object.keys(json.data ?? {})).not.toContain("terraform_remote_state");
    }
  });
});
