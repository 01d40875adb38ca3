import { setTimeout } from "node:timers/promises";
import { GetScheduleCommand, SchedulerClient } from "@aws-sdk/client-scheduler";
import type { TerraformStack } from "cdktf";
import { CacheWarmer, PullThroughCache, RegistryCredential, Upstream } from "cdktf-ecr-pull-through-cache";
import type { CacheWarmerProps } from "cdktf-ecr-pull-through-cache";
import * as fc from "fast-check";
import { snakeCase } from "../../../modules/generator/hcl";
import { clientConfig } from "../../local-aws/clients";
import { ACCOUNT } from "../../local-aws/server";
import { applyBoth, planBoth, refusalsOf, refuseBoth } from "../../support/module-agreement";
import type { Declaration, PlannedResource, Subject } from "../../support/module-agreement";
import { copyModules } from "../../support/module-folders";
import { blocks, stackIn, synthesized } from "../../support/synthesis";
import { Workspace, describeWithTerraform } from "../../support/terraform";
import { useLocalAws } from "../../support/use-local-aws";

const REGION = "eu-west-1";
const OTHER_REGISTRY = `444455556666.dkr.ecr.${REGION}.amazonaws.com`;
const TOPIC = `arn:aws:sns:${REGION}:${ACCOUNT}:alarms`;
const ROLE = `arn:aws:iam::${ACCOUNT}:role/reads`;
const NETWORK = {
  vpcId: "vpc-0123456789abcdef0",
  subnetIds: ["subnet-0123456789abcdef0", "subnet-01234567"],
  securityGroupIds: ["sg-0123456789abcdef0"],
};
const SECRET = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:ecr-pullthroughcache/hub-AbCdEf`;

/** An upstream of each kind of place: prefixes with a slash and with none, ROOT, and two parts of one registry. */
function upstreams(): Upstream[] {
  const roleArn = ROLE;
  const tags = { tags: { team: "platform" }, roleArn };
  return [
    Upstream.dockerHub(RegistryCredential.fromSecretArn(SECRET), { prefix: "docker-hub/" }),
    Upstream.ecrPublic({ prefix: "ROOT", repositorySettings: tags }),
    Upstream.quay(),
    Upstream.quay({ prefix: "quay/more", repositorySettings: tags }),
    Upstream.privateEcr({
      accountId: "444455556666",
      region: REGION,
      prefix: "aa",
      upstreamRepositoryPrefix: "library/",
      roleArn,
    }),
    Upstream.privateEcr({
      accountId: "444455556666",
      region: REGION,
      prefix: "bb",
      upstreamRepositoryPrefix: "quay/a",
      roleArn,
    }),
    Upstream.privateEcr({ region: "us-east-1", prefix: "own" }),
    Upstream.unlisted("registry.example.com", { prefix: "a/b" }),
    Upstream.kubernetes(),
  ];
}

const cacheIn = (stack: TerraformStack, of: Upstream[]): PullThroughCache =>
  new PullThroughCache(stack, "cache", { accountId: ACCOUNT, upstreams: of });

/** The outputs of the module pull-through-cache for these upstreams. */
function outputsOf(of: Upstream[]): { readonly rules: object; readonly tagged_prefixes: string[] } {
  const stack = stackIn(REGION);
  cacheIn(stack, of);
  const json = synthesized(stack);
  const rules = blocks(json, "aws_ecr_pull_through_cache_rule").map((rule) => ({
    prefix: String(rule["ecr_repository_prefix"]),
    upstream_registry_url: rule["upstream_registry_url"],
    upstream_repository_prefix: rule["upstream_repository_prefix"] ?? "ROOT",
  }));
  const place = (prefix: string): number => of.findIndex((upstream) => upstream.prefix === prefix);
  return {
    // The module tries the rules in the order of their keys, the construct in that of the upstreams.
    rules: Object.fromEntries(rules.map((rule) => [`upstream ${place(rule.prefix)}`, rule])),
    tagged_prefixes: blocks(json, "aws_ecr_repository_creation_template")
      .filter((template) => template["resource_tags"] !== undefined)
      .map((template) => String(template["prefix"])),
  };
}

type Props = Omit<CacheWarmerProps, "cache">;

/** A warmer as a construct and as the module. */
function warmer(props: Props, of: () => Upstream[] = upstreams): Declaration {
  const { alarmTopicArn, vpcId, subnetIds, securityGroupIds, roleOptions, ...rest } = props;
  const network = { vpc_id: vpcId, subnet_ids: subnetIds, security_group_ids: securityGroupIds };
  return {
    construct: (stack) => {
      new CacheWarmer(stack, "warmer", { cache: cacheIn(stack, of()), ...props });
    },
    inputs: {
      ...outputsOf(of()),
      ...Object.fromEntries(Object.entries(rest).map(([prop, value]) => [snakeCase(prop), value])),
      ...(alarmTopicArn === undefined ? {} : { alarm_topic: { arn: alarmTopicArn } }),
      ...(subnetIds === undefined ? {} : { vpc_config: network }),
      ...(roleOptions === undefined
        ? {}
        : {
            role_options: Object.fromEntries(
              Object.entries(roleOptions).map(([name, value]: [string, unknown]) => [snakeCase(name), value]),
            ),
          }),
      account_id: ACCOUNT,
    },
  };
}

/** The resources of a warmer, without those of its cache. */
function ofWarmer(planned: readonly PlannedResource[]): readonly PlannedResource[] {
  return planned.filter(({ type }) => !/^(aws_ecr_|terraform_data$)/.test(type));
}

const HOSTS = [
  "",
  "docker.io/",
  "index.docker.io/",
  "index.docker.io:443/",
  "registry-1.docker.io/",
  "registry.hub.docker.com/",
  "k8s.gcr.io/",
  "public.ecr.aws/",
  "Quay.io/",
  "quay.io:443/",
  `${OTHER_REGISTRY}/`,
  `444455556666.dkr-ecr.${REGION}.on.aws/`,
  `444455556666.dkr.ecr-fips.${REGION}.amazonaws.com/`,
  "444455556666.dkr-ecr.cn-north-1.on.amazonwebservices.com.cn/",
  `${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/`,
  `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/`,
  "registry.example.com/",
  "registry.example.com:5000/",
  "localhost/",
  "Registry/",
  "[2001:db8::1]/",
  "[::1]:5000/",
  "gcr.io/",
];
const PARTS = ["a", "aa", "quay", "more", "library", "docker-hub", "x__y", "x.y", "ghcr.io", "abcde.azurecr.io"];

/** Names of images, most of which the upstreams above have. */
const name = fc
  .tuple(
    fc.constantFrom(...HOSTS),
    fc.array(fc.constantFrom(...PARTS), { minLength: 1, maxLength: 4 }),
    fc.constantFrom("", ":1", ":latest", ":1.27-Alpine_x"),
  )
  .map(([host, path, tag]) => `${host}${path.join("/")}${tag}`);

/** Names at the bounds of a path, and beyond that of the name of a repository. */
const LONG_NAMES = ["a".repeat(247), `docker.io/${"b".repeat(247)}`, `quay.io/${"c".repeat(251)}`].flatMap(
  (longest) => [longest, longest.replace(/.$/, "/d")],
);

const NAMES = [
  ...new Set([...fc.sample(name, { numRuns: 460, seed: 20_26 }), ...LONG_NAMES, `quay.io/${"a".repeat(252)}`]),
];

/** The rule that each image breaks, by its index, as lines of messages say. */
function brokenRules(lines: readonly string[]): { readonly [index: string]: string } {
  const broken = lines.map((line) => {
    const [, index, rule] = /`images\[(\d+)\]` must (.*?), got /.exec(line) ?? [];
    if (index === undefined || rule === undefined) {
      throw new Error(`a message names no image: ${line}`);
    }
    return [index, rule] as const;
  });
  return Object.fromEntries(broken);
}

/** The rule of the construct that each of the names breaks. */
function refusedNames(): { readonly [index: string]: string } {
  const refused: { [index: string]: string } = {};
  // A message lists 20 errors: the names in it are left out of the next call, until one is accepted.
  for (;;) {
    const indices = NAMES.flatMap((_, index) => (index in refused ? [] : [index]));
    const broken = Object.entries(refusedOf(indices.map((index) => NAMES[index] ?? "")));
    if (broken.length === 0) {
      return refused;
    }
    for (const [place, rule] of broken) {
      refused[indices[Number(place)] ?? ""] = rule;
    }
  }
}

function refusedOf(images: string[]): { readonly [index: string]: string } {
  const stack = stackIn(REGION);
  const cache = cacheIn(stack, upstreams());
  try {
    new CacheWarmer(stack, "warmer", { cache, images, projectName: "warm" });
    return {};
  } catch (error) {
    return brokenRules((error as Error).message.split("\n").filter((line) => line.includes("`images[")));
  }
}

const IMAGES = ["quay.io/a/b:1"];
const many = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}-${String(index).padStart(8, "0")}`);
const bad = (props: Partial<Props>): Declaration => warmer({ images: IMAGES, projectName: "warm", ...props });

/** Declarations with one error each. */
const BAD: { readonly [error: string]: Declaration } = {
  "no images": bad({ images: [] }),
  "501 images": bad({ images: Array.from({ length: 501 }, (_, index) => `quay.io/a/b:${index}`) }),
  "a digest": bad({ images: [`nginx@sha256:${"0a".repeat(32)}`] }),
  "a name in upper case": bad({ images: ["Nginx"] }),
  "an ID of an image": bad({ images: ["0a".repeat(32)] }),
  "a path of 256 characters": bad({ images: [`quay.io/${"a".repeat(256)}`] }),
  "a path of 256 characters with library/": bad({ images: ["a".repeat(248)] }),
  "more than a command has room for": bad({
    images: Array.from({ length: 300 }, (_, index) => `quay.io/${String(index).padStart(200, "0")}`),
  }),
  "a project name of a letter": bad({ projectName: "a" }),
  "a long project name with a second schedule": bad({ projectName: "a".repeat(55), runOnChange: true }),
  "a schedule in words": bad({ schedule: "hourly" }),
  "4 minutes": bad({ timeoutInMinutes: 4 }),
  "logs of two days": bad({ logRetentionInDays: 2 }),
  "a FIFO topic": bad({ alarmTopicArn: `${TOPIC}.fifo` }),
  "a topic of another region": bad({ alarmTopicArn: TOPIC.replace(REGION, "us-east-1") }),
  "a topic of another partition": bad({ alarmTopicArn: TOPIC.replace("aws", "aws-cn") }),
  "the name of a boundary": bad({ roleOptions: { permissionsBoundaryArn: "bounds" } }),
  "a boundary of another account": bad({
    roleOptions: { permissionsBoundaryArn: "arn:aws:iam::444455556666:policy/bounds" },
  }),
  "a path without slashes": bad({ roleOptions: { path: "platform" } }),
  "a name prefix with a slash": bad({ roleOptions: { namePrefix: "acme/" } }),
  "the name of a VPC": bad({ ...NETWORK, vpcId: "main" }),
  "no subnets": bad({ ...NETWORK, subnetIds: [] }),
  "17 subnets": bad({ ...NETWORK, subnetIds: many("subnet", 17) }),
  "the name of a subnet": bad({ ...NETWORK, subnetIds: ["private"] }),
  "6 security groups": bad({ ...NETWORK, securityGroupIds: many("sg", 6) }),
  "the name of a security group": bad({ ...NETWORK, securityGroupIds: ["builds"] }),
};

describeWithTerraform("the module cache-warmer", () => {
  // With one item a page, the provider must read every page of a list.
  const subject: Subject = { module: "cache-warmer", region: REGION, aws: useLocalAws({ pageSize: 1 }) };

  test("refuses the images that the construct refuses, by the same rules", async () => {
    const expected = refusedNames();
    const { inputs } = warmer({ images: NAMES, projectName: "warm" });
    const broken = brokenRules(await refusalsOf(subject, inputs));
    expect(broken).toEqual(expected);
    expect(new Set(Object.values(broken)).size).toBe(3);
    expect(Object.keys(broken).length).toBeGreaterThan(100);
  });

  test("plans what the construct plans, with the same repository for each image", async () => {
    const refused = refusedNames();
    const images = NAMES.filter((_, index) => refused[index] === undefined);
    expect(images.length).toBeGreaterThan(100);
    const everything: Props = {
      images: IMAGES,
      projectName: "everything",
      schedule: "cron(0 6 * * ? *)",
      runOnChange: true,
      includeReferrers: true,
      timeoutInMinutes: 30,
      logRetentionInDays: 7,
      alarmTopicArn: TOPIC,
      ...NETWORK,
      roleOptions: {
        permissionsBoundaryArn: `arn:aws:iam::${ACCOUNT}:policy/bounds`,
        path: "/platform/",
        namePrefix: "acme-",
      },
    };
    const declarations = [
      warmer({ images, projectName: "names" }),
      warmer({ images: IMAGES, projectName: "smallest" }, () => [Upstream.quay()]),
      warmer(everything),
    ];
    for (const { construct, module } of await planBoth(subject, declarations)) {
      expect(module.length).toBeGreaterThan(6);
      expect(module).toEqual(ofWarmer(construct));
    }
  });

  test("is planned with hosts of upstreams, a topic and a network that are known only after apply", async () => {
    const later = (value: string): string => `\${terraform_data.later.id == "" ? "" : "${value}"}`;
    const rule = { prefix: "quay", upstream_registry_url: later("quay.io"), upstream_repository_prefix: "ROOT" };
    const network = { vpc_id: "vpc-01234567", subnet_ids: ["subnet-01234567"], security_group_ids: ["sg-01234567"] };
    const inputs = {
      rules: { quay: rule },
      images: IMAGES,
      project_name: "unknown",
      alarm_topic: { arn: later(TOPIC) },
      role_options: {
        permissions_boundary_arn: later("arn:aws:iam::111122223333:policy/bounds"),
        name_prefix: "acme-",
      },
      vpc_config: Object.fromEntries(
        Object.entries(network).map(([name, ids]) => [name, typeof ids === "string" ? later(ids) : ids.map(later)]),
      ),
    };
    expect(await refusalsOf(subject, inputs, { terraform_data: { later: {} } })).toEqual([]);
  });

  test("gives its roles the permissions that the construct gives", async () => {
    const aws = subject.aws;
    expect(aws.contents()).toEqual([]);
    const images = ["quay.io/a/b", "public.ecr.aws/c/d"];
    const of = (): Upstream[] => [
      Upstream.quay(),
      Upstream.ecrPublic({ prefix: "ROOT", repositorySettings: { tags: { team: "platform" } } }),
    ];
    // Both are there at the same time, so that their names differ.
    const { construct } = warmer({ images, projectName: "warm-1", ...NETWORK }, of);
    const { inputs } = warmer({ images, projectName: "warm-2", ...NETWORK }, of);
    const [pair] = await applyBoth(subject, [{ construct, inputs }]);
    const policies = (resources: readonly PlannedResource[] = []): unknown[] =>
      resources
        .filter(({ type }) => type === "aws_iam_role_policy")
        .map(({ after }) => (after as { readonly policy: object }).policy)
        .filter((policy) => /codebuild/.test(JSON.stringify(policy)))
        .map((policy) => JSON.parse(JSON.stringify(policy).replace(/warm-[12]/g, "warm")) as unknown);
    const expected = policies(pair?.construct);
    expect(expected).toHaveLength(2);
    expect(policies(pair?.module)).toEqual(expect.arrayContaining(expected));
    expect(policies(pair?.module)).toHaveLength(2);
  });

  test("refuses what the construct refuses, by the same rules", async () => {
    const errors = Object.keys(BAD);
    const refusals = await refuseBoth(subject, Object.values(BAD));
    for (const [index, { construct, module }] of refusals.entries()) {
      expect({ error: errors[index], rules: module }).toEqual({ error: errors[index], rules: construct });
    }
  });
});

describeWithTerraform("a warmer of a cache in the same configuration", () => {
  const aws = useLocalAws();
  let workspace: Workspace;

  beforeAll(async () => {
    workspace = new Workspace({}, { AWS_REGION: REGION, ...aws.environment() });
    copyModules(workspace.folder, ["pull-through-cache", "cache-warmer"]);
    declare("1");
    await workspace.init();
  });

  function declare(tag: string, more: object = {}): void {
    const warmerInputs = {
      source: "./cache-warmer",
      rules: "${module.cache.rules}",
      images: [`quay.io/a/b:${tag}`],
      project_name: "warm",
      run_on_change: true,
      ...more,
    };
    const cache = { source: "./pull-through-cache", upstreams: { quay: {}, kubernetes: {} } };
    workspace.write("main.tf.json", JSON.stringify({ module: { cache, warmer: warmerInputs } }));
  }

  /** The operations that have written since the last call, in their order. */
  function writes(): string[] {
    return aws.requests
      .splice(0)
      .map(({ operation }) => operation)
      .filter((operation) => /^(Create|Delete|Update)/.test(operation));
  }

  test("is planned with its images, and starts once the rules are there", async () => {
    const plan = await workspace.plan();
    const project = plan.resource_changes?.find(({ type }) => type === "aws_codebuild_project");
    expect(JSON.stringify(project?.change.after)).toContain("quay/a/b");
    writes();
    await workspace.apply();
    const order = writes();
    expect(order.filter((operation) => operation === "CreateSchedule")).toHaveLength(2);
    expect(order.indexOf("CreateSchedule")).toBeGreaterThan(order.lastIndexOf("CreatePullThroughCacheRule"));
    expect(await workspace.isUpToDate()).toBe(true);
  });

  test("runs again after a change of its images only, by a new schedule", async () => {
    declare("1", { timeout_in_minutes: 30 });
    expect(await workspace.changes()).toEqual({ "module.warmer.aws_codebuild_project.warmer": "update" });
    // The time of the next schedule is another second.
    await setTimeout(1000);
    declare("2");
    expect(await workspace.changes()).toEqual({
      "module.warmer.aws_codebuild_project.warmer": "update",
      "module.warmer.aws_scheduler_schedule.run_on_change[0]": "delete,create",
    });
    const before = await expressionOf("warm.on-change");
    await workspace.apply();
    expect(await expressionOf("warm.on-change")).not.toBe(before);
    expect(await workspace.isUpToDate()).toBe(true);
  });

  test("is deleted before the rules, and leaves nothing", async () => {
    writes();
    await workspace.destroy();
    const order = writes();
    expect(order.lastIndexOf("DeleteSchedule")).toBeLessThan(order.indexOf("DeletePullThroughCacheRule"));
    expect(aws.contents()).toEqual([]);
  });

  async function expressionOf(Name: string): Promise<string | undefined> {
    const client = new SchedulerClient(clientConfig(aws, { region: REGION }));
    return (await client.send(new GetScheduleCommand({ Name }))).ScheduleExpression;
  }
});
