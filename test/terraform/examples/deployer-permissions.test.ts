import * as path from "node:path";
import { CreateRepositoryCommand, ECRClient } from "@aws-sdk/client-ecr";
import { CreatePolicyCommand, CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { TerraformOutput } from "cdktf";
import type { TerraformStack } from "cdktf";
import {
  AlertDestination,
  EndpointService,
  CacheWarmer,
  CredentialExpiryAlert,
  ExistingSettings,
  FirstPull,
  OverrideAction,
  OverrideStrategy,
  PullThroughCache,
  PullThroughCacheFleet,
  RegistryCredential,
  RegistryEndpoints,
  RegistryReplication,
  RegistryScanning,
  ScanFrequency,
  ScanType,
  RegistryPolicy,
  StackParameterOverride,
  StateBackend,
  SyncFailureAlert,
  Upstream,
} from "cdktf-ecr-pull-through-cache";
import type { RoleOptions } from "cdktf-ecr-pull-through-cache";
import { Construct } from "constructs";
import { PARTS, policyOf } from "../../../scripts/permissions";
import type { Part, Statement } from "../../../scripts/permissions";
import { clientConfig, trusting } from "../../local-aws/clients";
import { createStack, describeStack } from "../../local-aws/cloudformation/vendor-stacks";
import { addNetworks } from "../../local-aws/ec2/networks";
import { FULL_ACCESS, whyDenied } from "../../local-aws/iam/policy-evaluation";
import { requiredPermissions } from "../../local-aws/iam/required-permissions";
import type { AuthorizedRequest } from "../../local-aws/iam/required-permissions";
import { createStateBucket, stateBucket } from "../../local-aws/s3/state-bucket";
import { ACCOUNT } from "../../local-aws/server";
import { pathWithAwsCli } from "../../local-commands/path-with-aws-cli";
import { copyModules } from "../../support/module-folders";
import { resourcesOf, stackIn, synthesized, testApp } from "../../support/synthesis";
import { Workspace, describeWithTerraform } from "../../support/terraform";
import { useLocalAws } from "../../support/use-local-aws";

const REGION = "eu-west-1";
const variables = { TF_VAR_hub_username: "bot", TF_VAR_hub_token: "not-a-token" };
const TAGS = [{ team: "platform", stage: "test" }, { team: "network" }] as const;

/** A program before and after a change, each with everything that needs a permission of its own. */
type Program = (isChanged: boolean) => object;

/** Terraform JSON of a stack, with calls of modules beside it and default tags. */
function json(isChanged: boolean, build: (stack: TerraformStack) => void, modules: object = {}): object {
  const stack = stackIn(REGION);
  build(stack);
  const tags = TAGS[isChanged ? 1 : 0];
  return { ...synthesized(stack), provider: { aws: { region: REGION, default_tags: { tags } } }, ...calls(modules) };
}

function calls(modules: object): object {
  const module = Object.entries(modules).map(
    ([name, inputs]: [string, object]) => [name, { source: `./modules/${name}`, ...inputs }] as const,
  );
  return module.length === 0 ? {} : { module: Object.fromEntries(module) };
}

function cacheIn(stack: TerraformStack): PullThroughCache {
  return new PullThroughCache(stack, "cache", { accountId: ACCOUNT, upstreams: [Upstream.ecrPublic()] });
}

/** What a construct that belongs to a cache is added to. */
const CACHE_ONLY = json(false, cacheIn);
const READ_CACHE: Statement = { Sid: "ReadCache", Action: ["ecr:Describe*"], Resource: ["*"] };

const KEYS = ["1234abcd", "5678abcd"].map(
  (start) => `arn:aws:kms:${REGION}:${ACCOUNT}:key/${start}-12ab-34cd-56ef-1234567890ab`,
);
const OTHER_ACCOUNT = "444455556666";
const REPOSITORY_POLICY = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { AWS: OTHER_ACCOUNT }, Action: "ecr:BatchGetImage" }],
});
/** The secrets that are there before, each with one for after the change. */
const EXISTING_SECRETS = ["github", "github-2", "chainguard", "chainguard-2"];

const BOUNDARIES = ["bounds", "bounds-2"].map((name) => `arn:aws:iam::${ACCOUNT}:policy/${name}`);

/** Options of the roles of modules: the change replaces the boundary. */
function optionsOfModule(isChanged: boolean): object {
  return { permissions_boundary_arn: BOUNDARIES[isChanged ? 1 : 0], path: "/platform/", name_prefix: "acme-" };
}

/** Options of the roles of constructs: the change removes the boundary. */
function optionsOfConstruct(isChanged: boolean): RoleOptions {
  return isChanged ? {} : { permissionsBoundaryArn: BOUNDARIES[0] };
}

/** A part for roles with the names without options, and for those with the path and the name prefix of modules. */
function withRoleOptions(part: Part): Part {
  const both = (statements: readonly Statement[]): Statement[] =>
    statements.map((statement) => ({
      ...statement,
      Resource: statement.Resource.flatMap((arn) => [
        ...new Set([arn, arn.replace(/:role\/ecr-[a-z-]*\*$/, ":role/platform/acme-*")]),
      ]),
    }));
  return { ...part, plan: both(part.plan), apply: both(part.apply) };
}

const caches: Program = (isChanged) => {
  const version = isChanged ? 2 : 1;
  const suffix = isChanged ? "-2" : "";
  const keepLastImages = isChanged ? 5 : 9;
  const kmsKeyArn = KEYS[isChanged ? 1 : 0] ?? "";
  const tags = { team: "platform" };
  const accountIds = [isChanged ? "777788889999" : OTHER_ACCOUNT];
  const module = {
    upstreams: {
      quay: { repository_settings: { kms_key: { arn: kmsKeyArn } } },
      gitlab: { credential: "managed", credential_version: version },
      chainguard: { credential_secret_name: `ecr-pullthroughcache/chainguard${suffix}` },
      "private-ecr": { account_id: OTHER_ACCOUNT, region: REGION },
    },
    credentials: { gitlab: { username: "${var.hub_username}", access_token: "${var.hub_token}" } },
    repository_settings: { tags, repository_policy: REPOSITORY_POLICY, keep_last_images: keepLastImages },
    role_options: optionsOfModule(isChanged),
    allow_pull_from: { account_ids: accountIds, create_repositories: false, existing_repositories: ["quay/old"] },
  };
  return json(
    isChanged,
    (stack) => {
      const credential = { usernameVariable: "hub_username", accessTokenVariable: "hub_token", version };
      const cache = new PullThroughCache(stack, "cache", {
        upstreams: [
          Upstream.ecrPublic({ repositorySettings: { kmsKeyArn } }),
          Upstream.dockerHub(RegistryCredential.managed(credential)),
          Upstream.github(RegistryCredential.fromSecretName(`ecr-pullthroughcache/github${suffix}`)),
          Upstream.privateEcr({ accountId: OTHER_ACCOUNT, region: REGION, prefix: "base" }),
        ],
        repositorySettings: { tags, repositoryPolicy: REPOSITORY_POLICY, keepLastImages },
        roleOptions: optionsOfConstruct(isChanged),
      });
      cache.allowPullFrom({ accountIds, createRepositories: false, existingRepositories: ["ecr-public/old"] });
      new TerraformOutput(stack, "commands", { value: cache.existingRepositoryCommands() });
    },
    { "pull-through-cache": module },
  );
};

const grants: Program = (isChanged) =>
  json(isChanged, (stack) => cacheIn(stack).grantPullToRoleNamed("eks-node", { createRepositories: !isChanged }), {
    "pull-policy": { prefixes: ["quay"], create_repositories: !isChanged, role_names: { nodes: "eks-node" } },
  });

const managedPolicies: Program = (isChanged) => {
  const fleet = new PullThroughCacheFleet(testApp(), "registries", {
    accountId: ACCOUNT,
    regions: [REGION],
    upstreams: [Upstream.ecrPublic(), ...(isChanged ? [Upstream.quay()] : [])],
    providerConfig: { defaultTags: [{ tags: { ...TAGS[isChanged ? 1 : 0] } }] },
  });
  fleet.addPullPolicy("pull");
  const stack = fleet.node.root.node.findChild("registries-iam") as TerraformStack;
  const managed_policy = { name: "registries-of-the-module" };
  const module = { prefixes: ["quay"], create_repositories: !isChanged, managed_policy };
  return { ...synthesized(stack), ...calls({ "pull-policy": module }) };
};

// A module would overwrite the settings of a construct beside it. Its resource is the same.
const scanning: Program = (isChanged) =>
  json(isChanged, (stack) => {
    const scanType = isChanged ? ScanType.ENHANCED : ScanType.BASIC;
    const rules = [{ frequency: ScanFrequency.SCAN_ON_PUSH, filters: ["*"] }];
    new RegistryScanning(stack, "scanning", { scanType, accountId: ACCOUNT, rules });
  });

const replication: Program = (isChanged) =>
  json(isChanged, (stack) => {
    const destinations = [{ region: isChanged ? "us-west-2" : "us-east-1" }];
    const existing = ExistingSettings.NONE;
    new RegistryReplication(stack, "replication", { destinations, allRepositories: true, existing });
  });

const endpoints: Program = (isChanged) => {
  const client = isChanged ? "10.0.0.0/24" : "10.0.0.0/16";
  const zones = isChanged ? ["a", "b"] : ["a"];
  const module = {
    prefixes: ["quay"],
    vpc_id: "vpc-0e450000000000001",
    subnet_ids: zones.map((zone) => `subnet-0e45000000000000${zone}`),
    route_table_ids: Object.fromEntries(zones.map((zone) => [zone, `rtb-0e45000000000000${zone}`])),
    client_cidrs: { vpc: client },
    first_pull: "INTERNET_ROUTE",
    full_access: isChanged,
  };
  return json(
    isChanged,
    (stack) => {
      cacheIn(stack);
      new RegistryEndpoints(stack, "endpoints", {
        vpcId: "vpc-0c0de000000000001",
        subnetIds: zones.map((zone) => `subnet-0c0de00000000000${zone}`),
        routeTableIds: ["rtb-0c0de000000000001"],
        clientCidrs: [client],
        firstPull: FirstPull.INTERNET_ROUTE,
        services: [isChanged ? EndpointService.STS : EndpointService.CLOUDWATCH_LOGS],
        fullAccess: isChanged,
      });
    },
    { "registry-endpoints": module },
  );
};

const warmer: Program = (isChanged) => {
  const images = [`public.ecr.aws/docker/library/alpine:${isChanged ? "3.22" : "3.21"}`];
  const schedule = isChanged ? "rate(2 hours)" : "rate(1 hour)";
  const retention = isChanged ? 7 : 30;
  const alarmTopicArn = `arn:aws:sns:${REGION}:${ACCOUNT}:${isChanged ? "new" : "old"}`;
  const vpcId = "vpc-0c0de000000000001";
  const subnetIds = ["subnet-0c0de00000000000a"];
  const securityGroupIds = ["sg-0c0de000000000001"];
  const module = {
    rules: {
      "ecr-public": {
        prefix: "ecr-public",
        upstream_registry_url: "public.ecr.aws",
        upstream_repository_prefix: "ROOT",
      },
    },
    images,
    project_name: "registries-by-module",
    schedule,
    run_on_change: true,
    log_retention_in_days: retention,
    alarm_topic: { arn: alarmTopicArn },
    vpc_config: { vpc_id: vpcId, subnet_ids: subnetIds, security_group_ids: securityGroupIds },
    role_options: optionsOfModule(isChanged),
  };
  return json(
    isChanged,
    (stack) => {
      new CacheWarmer(stack, "warmer", {
        cache: cacheIn(stack),
        projectName: "registries-warmer",
        images,
        schedule,
        runOnChange: true,
        logRetentionInDays: retention,
        alarmTopicArn,
        vpcId,
        subnetIds,
        securityGroupIds,
        roleOptions: optionsOfConstruct(isChanged),
      });
    },
    { "cache-warmer": module },
  );
};

/** The policies of the registries of two regions: one by the construct, and one by the module. */
const registryPolicies: Program = (isChanged) => {
  const accountIds = [isChanged ? "777788889999" : OTHER_ACCOUNT];
  const stack = stackIn(REGION);
  const policy = new RegistryPolicy(stack, "registry-policy", { existing: ExistingSettings.NONE });
  policy.allowReplicationFrom({ accountIds });
  const module = {
    source: "./modules/registry-policy",
    providers: { aws: "aws.second" },
    existing: "NONE",
    replication_from: { account_ids: accountIds },
  };
  return {
    ...synthesized(stack),
    provider: { aws: [{ region: REGION }, { region: "us-east-1", alias: "second" }] },
    module: { policy: module },
  };
};

const alerts: Program = (isChanged) => {
  const address = isChanged ? "new@example.com" : "old@example.com";
  const retention = isChanged ? 7 : 30;
  const key = KEYS[isChanged ? 1 : 0] ?? "";
  const module = {
    prefixes: isChanged ? ["quay"] : ["quay", "hub"],
    new_topic: { email_addresses: { ops: address }, kms_key_arn: key },
  };
  return json(
    isChanged,
    (stack) => {
      cacheIn(stack);
      new SyncFailureAlert(stack, "mail", { destination: AlertDestination.newTopic({ emailAddresses: [address] }) });
      new SyncFailureAlert(stack, "log", { destination: AlertDestination.logGroup({ retentionInDays: retention }) });
    },
    { "sync-failure-alert": module },
  );
};

const EXPIRING_SECRET = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:ecr-pullthroughcache/hub-AbCdEf`;

/** A cache whose credential expires, without its rule, which AWS would compare with the secret. */
const reminders: Program = (isChanged) => {
  const stack = stackIn(REGION);
  const upstreams = [Upstream.dockerHub(RegistryCredential.fromSecretArn(EXPIRING_SECRET))];
  const cache = new PullThroughCache(stack, "cache", { accountId: ACCOUNT, upstreams });
  const scope = new Construct(stack, "expiry");
  // One role loses its permissions boundary, and the other one gets one.
  for (const id of ["one", "other"]) {
    new CredentialExpiryAlert(scope, id, {
      cache,
      expiryDates: { "docker-hub": isChanged ? "2999-12-31" : "2999-06-30" },
      destination: AlertDestination.newTopic({ emailAddresses: ["ops@example.com"] }),
      roleOptions: optionsOfConstruct(isChanged === (id === "one")),
    });
  }
  const provider = { aws: { region: REGION, default_tags: { tags: TAGS[isChanged ? 1 : 0] } } };
  return { ...resourcesOf(synthesized(stack), "expiry"), provider };
};

const states: Program = (isChanged) => {
  const fleet = new PullThroughCacheFleet(testApp(), "registries", {
    regions: [REGION],
    upstreams: [Upstream.ecrPublic()],
    backend: StateBackend.s3({
      bucket: stateBucket(),
      region: "us-east-1",
      kmsKeyId: `arn:aws:kms:us-east-1:${ACCOUNT}:key/1234abcd-12ab-44cd-96ef-1234567890ab`,
    }),
  });
  const backend = synthesized(fleet.stackIn(REGION)).terraform?.["backend"];
  return { terraform: { backend }, resource: { terraform_data: { content: { input: isChanged } } } };
};

const STACK_NAME = "acme-agent";
const TEMPLATE_URL = "https://acme-templates.s3.eu-west-1.amazonaws.com/agent.json";
const TEMPLATE = JSON.stringify({
  Parameters: { imageRegistry: { Type: "String", Default: "quay.io" } },
  Resources: { Topic: { Type: "AWS::SNS::Topic" } },
});

/** Sets a parameter of a CloudFormation stack, restores it, or makes Terraform forget the stack. */
function override(strategy: OverrideStrategy, action = OverrideAction.SET): object {
  const stack = stackIn(REGION);
  const ofAdopted =
    strategy === OverrideStrategy.ADOPT && action !== OverrideAction.FORGET
      ? { templateUrl: TEMPLATE_URL, requireTerminationProtection: true }
      : {};
  const parameters = { imageRegistry: "111122223333.dkr.ecr.eu-west-1.amazonaws.com/quay" };
  new StackParameterOverride(stack, "agent", { stackName: STACK_NAME, parameters, strategy, action, ...ofAdopted });
  return synthesized(stack);
}

/** The same with the module, and in the end a configuration that has Terraform forget the stack. */
function moduleOverride(strategy: "ADOPT" | "AWS_CLI"): object[] {
  const provider = { aws: { region: REGION } };
  const parameters = { imageRegistry: "111122223333.dkr.ecr.eu-west-1.amazonaws.com/quay" };
  const module = { stack_name: STACK_NAME, parameters, strategy };
  if (strategy === "AWS_CLI") {
    return [{ provider, ...calls({ "stack-parameter-override": module }) }, { provider }];
  }
  const ofAdopted = { template_url: TEMPLATE_URL, require_termination_protection: true };
  const to = "module.stack-parameter-override.aws_cloudformation_stack.adopted[0]";
  return [
    {
      provider,
      ...calls({ "stack-parameter-override": { ...module, ...ofAdopted } }),
      import: [{ to, id: STACK_NAME }],
    },
    { provider, removed: [{ from: "module.stack-parameter-override", lifecycle: { destroy: false } }] },
  ];
}

/** How something is deployed by those who have nothing but the permissions of a part. */
interface Deployment {
  readonly part: Part;
  /** What is there before and after, made by those who may do everything. */
  readonly beside?: object;
  readonly steps: readonly object[];
  /** Whether the last step leaves nothing in AWS that could be destroyed. */
  readonly isOver?: boolean;
}

const twice = (program: Program): object[] => [program(false), program(true)];
const overridden = (strategy: OverrideStrategy): object[] => [
  override(strategy),
  override(strategy, OverrideAction.RESTORE),
  override(strategy, OverrideAction.FORGET),
];

const DEPLOYMENTS: { readonly [name: string]: Deployment } = {
  "caches, by construct and module": { part: withRoleOptions(PARTS.CACHE), steps: twice(caches) },
  "grants, by construct and module": { part: PARTS.GRANT, beside: CACHE_ONLY, steps: twice(grants) },
  "managed policies, by construct and module": { part: PARTS.MANAGED_POLICY, steps: twice(managedPolicies) },
  "warmers, by construct and module": {
    part: withRoleOptions(PARTS.WARMER),
    beside: CACHE_ONLY,
    steps: twice(warmer),
  },
  "scanning by construct": { part: PARTS.SCANNING, steps: twice(scanning) },
  "replication by construct": { part: PARTS.REPLICATION, steps: twice(replication) },
  "registry policies, by construct and module": { part: PARTS.REGISTRY_POLICY, steps: twice(registryPolicies) },
  "alerts, by construct and module": { part: PARTS.FAILURES, beside: CACHE_ONLY, steps: twice(alerts) },
  "reminders of credentials": { part: PARTS.EXPIRY, steps: twice(reminders) },
  "states in S3": { part: PARTS.STATE, steps: twice(states) },
  "overrides with the AWS CLI": { part: PARTS.AWS_CLI, steps: overridden(OverrideStrategy.AWS_CLI), isOver: true },
  "overrides with the AWS CLI, by module": { part: PARTS.AWS_CLI, steps: moduleOverride("AWS_CLI"), isOver: true },
};

/** Terraform sleeps in these: each has an account of its own, so that the others need not wait. */
const SLOW_DEPLOYMENTS: { readonly [name: string]: Deployment } = {
  "endpoints, by construct and module": { part: PARTS.ENDPOINTS, beside: CACHE_ONLY, steps: twice(endpoints) },
  "overrides that adopt": { part: PARTS.ADOPT, steps: overridden(OverrideStrategy.ADOPT), isOver: true },
  "overrides that adopt, by module": { part: PARTS.ADOPT, steps: moduleOverride("ADOPT"), isOver: true },
};
const SLOW_ACCOUNTS = ["222233334444", "333344445555", "555566667777"];

type Phase = "plan" | "apply";

/** Someone who runs Terraform in an account, and the actions that Terraform has used. */
class Deployer {
  public readonly used = { plan: new Set<string>(), apply: new Set<string>() };
  public readonly refused: string[] = [];
  private phase: Phase = "plan";
  private policy: object | undefined;

  public constructor(private readonly accountId: string) {}

  /** Allows nothing but these statements from now on. */
  public restrict(phase: Phase, statements: readonly Statement[]): void {
    this.phase = phase;
    this.policy = JSON.parse(JSON.stringify(policyOf(statements)).replaceAll(ACCOUNT, this.accountId)) as object;
  }

  /** Allows everything from now on. */
  public release(): void {
    this.policy = undefined;
  }

  public async whyForbidden(request: AuthorizedRequest): Promise<string | undefined> {
    if (this.policy === undefined) {
      return undefined;
    }
    const { accountId } = this;
    const principalArn = `arn:aws:iam::${accountId}:role/deployer`;
    for (const permission of requiredPermissions(request)) {
      const identityPolicies = [this.policy];
      const resourcePolicy = permission.action.startsWith("kms:") ? defaultKeyPolicy(accountId) : undefined;
      const reason = await whyDenied({ ...permission, principalArn, accountId, identityPolicies, resourcePolicy });
      if (reason !== undefined) {
        this.refused.push(reason);
        return reason;
      }
      this.used[this.phase].add(permission.action);
    }
    return undefined;
  }
}

/** https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html */
function defaultKeyPolicy(accountId: string): object {
  const Principal = { AWS: `arn:aws:iam::${accountId}:root` };
  return { Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal, Action: "kms:*", Resource: "*" }] };
}

/** The provider goes on when it may not ask for its own user. */
const TOLERATED = /^the identity policy does not allow iam:GetUser /;

const aws = useLocalAws({
  whyForbidden: async (request) => deployers.get(request.accountId)?.whyForbidden(request),
});
const deployers = new Map<string, Deployer>();

// The tests that run at once start before the hooks of their block.
beforeAll(async () => {
  aws.cloudFormation.putObject(TEMPLATE_URL, TEMPLATE);
  await createStateBucket(aws);
  for (const accountId of [ACCOUNT, ...SLOW_ACCOUNTS]) {
    addNetworks(aws, accountId);
    await createStack(
      aws,
      { accountId, region: REGION },
      {
        StackName: STACK_NAME,
        TemplateBody: TEMPLATE,
        Parameters: [{ ParameterKey: "imageRegistry", ParameterValue: "docker.io" }],
        RoleARN: `arn:aws:iam::${accountId}:role/vendor`,
        Tags: [{ Key: "vendor", Value: "acme" }],
        EnableTerminationProtection: true,
      },
    );
  }
  const secretsManager = new SecretsManagerClient(clientConfig(aws, { region: REGION }));
  const SecretString = JSON.stringify({ username: "bot", accessToken: "not-a-token" });
  for (const name of EXISTING_SECRETS) {
    await secretsManager.send(new CreateSecretCommand({ Name: `ecr-pullthroughcache/${name}`, SecretString }));
  }
  const ecr = new ECRClient(clientConfig(aws, { region: REGION }));
  for (const repositoryName of ["ecr-public/old", "quay/old"]) {
    await ecr.send(new CreateRepositoryCommand({ repositoryName }));
  }
  const iam = new IAMClient(clientConfig(aws));
  await iam.send(
    new CreateRoleCommand({ RoleName: "eks-node", AssumeRolePolicyDocument: trusting("ec2.amazonaws.com") }),
  );
  for (const arn of BOUNDARIES) {
    const PolicyName = arn.replace(/^.*\//, "");
    await iam.send(new CreatePolicyCommand({ PolicyName, PolicyDocument: JSON.stringify(FULL_ACCESS) }));
  }
});

describeWithTerraform("the documented permissions are needed and are enough for", () => {
  const actionsOf = (statements: readonly Statement[]): string[] =>
    [...new Set(statements.flatMap(({ Action }) => Action))].sort();

  async function deploy({ part, beside, steps, isOver = false }: Deployment, accountId: string): Promise<void> {
    const deployer = new Deployer(accountId);
    deployers.set(accountId, deployer);
    const workspace = new Workspace({}, { ...variables, PATH: pathWithAwsCli(), ...aws.environment(accountId) });
    copyModules(path.join(workspace.folder, "modules"));
    const configure = async (step: object): Promise<void> => {
      workspace.write("main.tf.json", JSON.stringify(step).replaceAll(ACCOUNT, accountId));
      await workspace.init();
    };
    if (beside !== undefined) {
      await configure(beside);
      await workspace.apply();
    }
    const others = beside === undefined ? [] : [READ_CACHE];
    const mayPlan = (): void => deployer.restrict("plan", [...part.plan, ...others]);
    const mayApply = (): void => deployer.restrict("apply", [...part.plan, ...part.apply, ...others]);

    if (actionsOf(part.apply).includes("cloudformation:DescribeStackEvents")) {
      const { StackId = "" } = await describeStack(aws, { accountId, region: REGION }, STACK_NAME);
      aws.cloudFormation.rollBackNextUpdate(StackId, "the image cannot be pulled");
      mayApply();
      await configure(steps[0] ?? {});
      await expect(workspace.apply()).rejects.toThrow("the image cannot be pulled");
    }
    for (const step of steps) {
      mayPlan();
      await configure(step);
      await workspace.run(["plan", "-input=false", "-no-color", "-out=tfplan"]);
      mayApply();
      await workspace.run(["apply", "-input=false", "-no-color", "tfplan"]);
    }
    mayPlan();
    expect(await workspace.isUpToDate()).toBe(true);
    mayApply();
    if (beside !== undefined) {
      await configure(beside);
      await workspace.apply();
      deployer.release();
      await workspace.destroy();
    } else if (!isOver) {
      await workspace.destroy();
    }

    expect(deployer.refused.filter((reason) => !TOLERATED.test(reason))).toEqual([]);
    const { plan, apply } = deployer.used;
    const ofPart = (...actions: readonly string[]): string[] =>
      [...new Set(actions)].filter((action) => beside === undefined || !action.startsWith("ecr:Describe")).sort();
    expect(ofPart(...plan)).toEqual(actionsOf(part.plan));
    expect(ofPart(...plan, ...apply)).toEqual(actionsOf([...part.plan, ...part.apply]));
  }

  test.concurrent.each(Object.entries(SLOW_DEPLOYMENTS))("%s", async (name, deployment) => {
    await deploy(deployment, SLOW_ACCOUNTS[Object.keys(SLOW_DEPLOYMENTS).indexOf(name)] ?? "");
  });

  test.each(Object.entries(DEPLOYMENTS))("%s", async (_, deployment) => {
    await deploy(deployment, ACCOUNT);
  });
});
