import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, TerraformStack, TerraformVariable, Testing, Token } from "cdktf";
import { CacheWarmer, PullThroughCache, RegistryCredential, Upstream } from "cdktf-ecr-pull-through-cache";
import type { CacheWarmerProps, PullThroughCacheProps } from "cdktf-ecr-pull-through-cache";
import { Construct } from "constructs";
import { warmingBuildspec } from "../../src/warmer/buildspec";
import type { WarmedImage } from "../../src/warmer/buildspec";
import { addresses, blocks, messageOf, only, stackIn, synthesized, testApp } from "../support/synthesis";
import type { Block, TerraformJson } from "../support/synthesis";

const MINUTES = { name: "MINUTES", value: "60" };
const ACCOUNT = "111122223333";
const OTHER_ACCOUNT = "444455556666";
const OTHER_REGISTRY = `${OTHER_ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com`;
const TOPIC = `arn:aws:sns:us-east-1:${ACCOUNT}:alarms`;
const NETWORK = {
  vpcId: "vpc-0123456789abcdef0",
  subnetIds: ["subnet-0123456789abcdef0", "subnet-01234567"],
  securityGroupIds: ["sg-0123456789abcdef0"],
};
const DIGEST = `sha256:${"0a".repeat(32)}`;

const credential = RegistryCredential.fromSecretName("ecr-pullthroughcache/registry");

type Props = Omit<CacheWarmerProps, "cache">;

/** A cache of Quay, or of what is said, in us-east-1. */
function cacheIn(stack: TerraformStack, props: Partial<PullThroughCacheProps> = {}): PullThroughCache {
  return new PullThroughCache(stack, "cache", { accountId: ACCOUNT, upstreams: [Upstream.quay()], ...props });
}

/** A stack that holds a cache and its warmer. */
function stackWithWarmer(props: Partial<Props> = {}, cacheProps: Partial<PullThroughCacheProps> = {}): TerraformStack {
  const stack = stackIn("us-east-1");
  new CacheWarmer(stack, "warmer", { cache: cacheIn(stack, cacheProps), images: ["quay.io/a/b:1"], ...props });
  return stack;
}

function warmed(props: Partial<Props> = {}, cacheProps: Partial<PullThroughCacheProps> = {}): TerraformJson {
  return synthesized(stackWithWarmer(props, cacheProps));
}

/** The message of a warmer of these images that fails. */
function refusal(images: unknown, upstreams: Upstream[] = [Upstream.quay()]): string {
  return messageOf(() => stackWithWarmer({ images: images as string[] }, { upstreams }));
}

function environmentOf(json: TerraformJson): Block {
  return only(json, "aws_codebuild_project")["environment"] as Block;
}

/** The policy of the build's role, as an expression of Terraform. */
function buildPolicy(json: TerraformJson): string {
  return blocks(json, "aws_iam_role_policy")
    .map(({ policy }) => String(policy))
    .filter((policy) => policy.includes("ecr:GetAuthorizationToken"))
    .join();
}

/** A schedule of so many characters, which lists its minutes. */
function cronOfLength(length: number): string {
  return "cron(0 6 * * ? *)".replace(
    "0",
    "0,"
      .repeat(length)
      .slice(0, length - 16)
      .replace(/,$/, "5"),
  );
}

/** Statements as cdktf writes them for jsonencode. */
function expression(value: unknown): string {
  if (Array.isArray(value)) {
    return `[${value.map(expression).join(", ")}]`;
  }
  return typeof value === "object" && value !== null
    ? `{${Object.entries(value)
        .map(([key, child]) => `${JSON.stringify(key)} = ${expression(child)}`)
        .join(", ")}}`
    : JSON.stringify(value);
}

const SIGN_IN = { Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*" };
const PULL_ACTIONS = [
  "ecr:BatchCheckLayerAvailability",
  "ecr:BatchGetImage",
  "ecr:GetDownloadUrlForLayer",
  "ecr:BatchImportUpstreamImage",
  "ecr:CreateRepository",
];
const WRITE_LOGS = {
  Effect: "Allow",
  Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
  Resource: "${aws_cloudwatch_log_group.warmer_logs_D90D26CC.arn}:*",
};

const pullsOf = (...prefixes: string[]) => ({
  Effect: "Allow",
  Action: PULL_ACTIONS,
  Resource: prefixes.map((prefix) => `arn:aws:ecr:us-east-1:${ACCOUNT}:repository/${prefix}`),
});
const policyOf = (...Statement: object[]) => `\${jsonencode(${expression({ Version: "2012-10-17", Statement })})}`;
const trustOf = (Service: string) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service },
        Action: "sts:AssumeRole",
        Condition: { StringEquals: { "aws:SourceAccount": ACCOUNT } },
      },
    ],
  });

test("a warmer may tag the repositories that its pulls create where the creation template sets tags", () => {
  const policy = buildPolicy(warmed({}, { repositorySettings: { tags: { team: "platform" } } }));
  const { Effect, Action, Resource } = pullsOf("quay/*");
  expect(policy).toBe(policyOf(SIGN_IN, { Effect, Action: [...Action, "ecr:TagResource"], Resource }, WRITE_LOGS));
});

test("the smallest warmer is a project, its logs, its schedule and a role for each", () => {
  const { resource = {}, ...rest } = warmed();
  const made = Object.entries(resource).filter(([type]) => !/^(aws_ecr_|terraform_data$)/.test(type));
  expect(rest).toEqual({
    provider: { aws: [{ region: "us-east-1" }] },
    terraform: { required_providers: { aws: { source: "aws", version: "5.100.0" } } },
  });
  expect(Object.fromEntries(made)).toEqual({
    aws_cloudwatch_log_group: {
      warmer_logs_D90D26CC: { name: "/aws/codebuild/stack-warmer", retention_in_days: 30 },
    },
    aws_codebuild_project: {
      warmer_project_0305786E: {
        artifacts: { type: "NO_ARTIFACTS" },
        build_timeout: 60,
        concurrent_build_limit: 1,
        depends_on: ["aws_iam_role_policy.warmer_build-role-policy_797E0DBD"],
        description: "Pulls images through the pull-through cache of Amazon ECR, so that clients pull cached images",
        environment: {
          compute_type: "BUILD_GENERAL1_SMALL",
          environment_variable: [{ name: "REGISTRY", value: `${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com` }, MINUTES],
          image: "aws/codebuild/amazonlinux-x86_64-standard:5.0",
          privileged_mode: false,
          type: "LINUX_CONTAINER",
        },
        logs_config: {
          cloudwatch_logs: { group_name: "${aws_cloudwatch_log_group.warmer_logs_D90D26CC.name}", status: "ENABLED" },
        },
        name: "stack-warmer",
        service_role: "${aws_iam_role.warmer_build-role_7D8FE5D2.arn}",
        source: {
          buildspec: warmingBuildspec([{ image: "quay.io/a/b:1", repository: "quay/a/b", tag: "1" }]),
          type: "NO_SOURCE",
        },
      },
    },
    aws_iam_role: {
      "warmer_build-role_7D8FE5D2": {
        assume_role_policy: trustOf("codebuild.amazonaws.com"),
        description: "Pulls images through a cache for the CodeBuild project stack-warmer",
        name_prefix: "ecr-cache-warmer-",
      },
      "warmer_schedule-role_A0644158": {
        assume_role_policy: trustOf("scheduler.amazonaws.com"),
        description: "Starts the CodeBuild project stack-warmer",
        name_prefix: "ecr-cache-warmer-schedule-",
      },
    },
    aws_iam_role_policy: {
      "warmer_build-role-policy_797E0DBD": {
        policy: policyOf(SIGN_IN, pullsOf("quay/*"), WRITE_LOGS),
        role: "${aws_iam_role.warmer_build-role_7D8FE5D2.name}",
      },
      "warmer_schedule-role-policy_72FE2097": {
        policy:
          '${jsonencode({"Version" = "2012-10-17", "Statement" = [{"Effect" = "Allow", "Action" = "codebuild:StartBuild", "Resource" = aws_codebuild_project.warmer_project_0305786E.arn}]})}',
        role: "${aws_iam_role.warmer_schedule-role_A0644158.name}",
      },
    },
    aws_scheduler_schedule: {
      warmer_schedule_43E9DA2E: {
        depends_on: [
          "aws_iam_role_policy.warmer_schedule-role-policy_72FE2097",
          "aws_ecr_pull_through_cache_rule.cache_quay-rule_D94DB908",
        ],
        description: "Starts the CodeBuild project stack-warmer",
        flexible_time_window: { mode: "OFF" },
        name: "stack-warmer",
        schedule_expression: "rate(1 hour)",
        target: {
          arn: "${aws_codebuild_project.warmer_project_0305786E.arn}",
          retry_policy: { maximum_event_age_in_seconds: 900, maximum_retry_attempts: 2 },
          role_arn: "${aws_iam_role.warmer_schedule-role_A0644158.arn}",
        },
      },
    },
  });
});

test("the address of every resource of a warmer stays what it was: changing one destroys people's resources", () => {
  const json = warmed({ alarmTopicArn: TOPIC, runOnChange: true, ...NETWORK });
  const own = addresses(json).filter((address) => address.includes("warmer"));
  expect(own).toEqual([
    "aws_cloudwatch_log_group.warmer_logs_D90D26CC",
    "aws_cloudwatch_metric_alarm.warmer_alarm_1597B00C",
    "aws_codebuild_project.warmer_project_0305786E",
    "aws_iam_role.warmer_build-role_7D8FE5D2",
    "aws_iam_role.warmer_schedule-role_A0644158",
    "aws_iam_role_policy.warmer_build-role-policy_797E0DBD",
    "aws_iam_role_policy.warmer_schedule-role-policy_72FE2097",
    "aws_scheduler_schedule.warmer_run-on-change_89BF78C5",
    "aws_scheduler_schedule.warmer_schedule_43E9DA2E",
  ]);
});

test("fails when something else has the address of one of its resources: Terraform would see only one", () => {
  const stack = stackWithWarmer();
  const cache = stack.node.findChild("cache") as PullThroughCache;
  const images = ["quay.io/c/d"];
  new CacheWarmer(new Construct(stack, "Default"), "warmer", { cache, images, projectName: "second" });
  expect(messageOf(() => App.of(stack).synth())).toContain(
    '[stack/warmer] `stack/Default/warmer/logs` must not have the address of `stack/warmer/logs`, got "aws_cloudwatch_log_group.warmer_logs_D90D26CC"; choose another id',
  );
});

describe("each property reaches its resource:", () => {
  test.each([
    "rate(1 minute)",
    "rate(1 days)",
    "rate(6 hour)",
    "rate(6 hours)",
    "rate(30 days)",
    "cron(0 6 * * ? *)",
    "cron(0/15 8-17 ? * MON-FRI *)",
    cronOfLength(256),
  ])("schedule, as %s", (schedule) => {
    const json = warmed({ schedule });
    expect(only(json, "aws_scheduler_schedule")["schedule_expression"]).toBe(schedule);
  });

  test.each(["ab", "7_days-Warm", "a".repeat(64)])("projectName, as %s", (projectName) => {
    const json = warmed({ projectName, alarmTopicArn: TOPIC });
    expect(only(json, "aws_codebuild_project")["name"]).toBe(projectName);
    expect(only(json, "aws_scheduler_schedule")["name"]).toBe(projectName);
    expect(only(json, "aws_cloudwatch_log_group")["name"]).toBe(`/aws/codebuild/${projectName}`);
    expect(only(json, "aws_cloudwatch_metric_alarm")["alarm_name"]).toBe(`${projectName}-failed`);
  });

  test.each([5, 720])("timeoutInMinutes, as %d", (timeoutInMinutes) => {
    expect(only(warmed({ timeoutInMinutes: timeoutInMinutes }), "aws_codebuild_project")["build_timeout"]).toBe(
      timeoutInMinutes,
    );
  });

  test.each([1, 3653])("logRetentionInDays, as %d", (logRetentionInDays) => {
    expect(
      only(warmed({ logRetentionInDays: logRetentionInDays }), "aws_cloudwatch_log_group")["retention_in_days"],
    ).toBe(logRetentionInDays);
  });

  test("alarmTopicArn, as an alarm on a failed run", () => {
    expect(only(warmed({ alarmTopicArn: TOPIC }), "aws_cloudwatch_metric_alarm")).toEqual({
      alarm_actions: [TOPIC],
      alarm_description: "An image could not be pulled: see the log of the CodeBuild project stack-warmer",
      alarm_name: "stack-warmer-failed",
      comparison_operator: "GreaterThanOrEqualToThreshold",
      dimensions: { ProjectName: "${aws_codebuild_project.warmer_project_0305786E.name}" },
      evaluation_periods: 1,
      metric_name: "FailedBuilds",
      namespace: "AWS/CodeBuild",
      period: 300,
      statistic: "Sum",
      threshold: 1,
      treat_missing_data: "notBreaching",
    });
  });

  test("runOnChange, as a schedule that runs once and is replaced when the project pulls something else", () => {
    const { "warmer_run-on-change_89BF78C5": once, warmer_schedule_43E9DA2E: schedule } =
      warmed({ runOnChange: true }).resource?.["aws_scheduler_schedule"] ?? {};
    expect(once).toEqual({
      ...schedule,
      name: "stack-warmer.on-change",
      schedule_expression: `at(\${formatdate("YYYY-MM-DD'T'hh:mm:ss", timeadd(timestamp(), "5m"))})`,
      lifecycle: {
        ignore_changes: "all",
        replace_triggered_by: [
          "aws_codebuild_project.warmer_project_0305786E.source",
          "aws_codebuild_project.warmer_project_0305786E.arn",
        ],
      },
    });
    expect(warmed({ runOnChange: false })).toEqual(warmed());
  });

  test("includeReferrers, as the program of the builds", () => {
    const buildspec = warmingBuildspec([{ image: "quay.io/a/b:1", repository: "quay/a/b", tag: "1" }], true);
    const source = { type: "NO_SOURCE", buildspec };
    expect(only(warmed({ includeReferrers: true }), "aws_codebuild_project")["source"]).toEqual(source);
    expect(warmed({ includeReferrers: false })).toEqual(warmed());
  });

  test("vpcId, subnetIds and securityGroupIds, as the network of the project", () => {
    expect(only(warmed(NETWORK), "aws_codebuild_project")["vpc_config"]).toEqual({
      vpc_id: NETWORK.vpcId,
      subnets: NETWORK.subnetIds,
      security_group_ids: NETWORK.securityGroupIds,
    });
  });

  test("cache, as the provider of every resource and the registry of the project", () => {
    const stack = stackIn("us-east-1");
    const provider = new AwsProvider(stack, "europe", { region: "eu-west-1", alias: "europe" });
    const alarmTopicArn = TOPIC.replace("us-east-1", "eu-west-1");
    const cache = cacheIn(stack, { provider });
    new CacheWarmer(stack, "warmer", { cache, images: ["quay.io/a/b"], alarmTopicArn });
    const json = synthesized(stack);
    expect(environmentOf(json)["environment_variable"]).toEqual([
      { name: "REGISTRY", value: `${ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com` },
      MINUTES,
    ]);
    const { terraform_data: ofTerraform, ...ofAws } = json.resource ?? {};
    expect(Object.keys(ofTerraform ?? {})).toHaveLength(1);
    for (const resource of Object.values(ofAws).flatMap((named) => Object.values(named))) {
      expect(resource["provider"]).toBe("aws.europe");
    }
  });
});

test("its default name is built from the ids of the stack and of the constructs in it", () => {
  const stack = stackIn("us-east-1");
  const cache = cacheIn(stack);
  const images = ["quay.io/a/b"];
  expect(new CacheWarmer(new Construct(stack, "team"), "nightly", { cache, images }).projectName).toBe(
    "stack-team-nightly",
  );
  expect(new CacheWarmer(stack, "warmer", { cache, images, projectName: "given" }).projectName).toBe("given");
});

test("changes of the given lists after construction have no effect", () => {
  const images = ["quay.io/a/b:1"];
  const subnetIds = [...NETWORK.subnetIds];
  const stack = stackWithWarmer({ ...NETWORK, subnetIds, images });
  images.push("quay.io/c/d");
  subnetIds.pop();
  expect(synthesized(stack)).toEqual(warmed(NETWORK));
});

describe("the role of the builds", () => {
  const upstreams = [Upstream.quay(), Upstream.kubernetes(), Upstream.ecrPublic({ prefix: "ROOT" })];

  test("may pull under the prefixes of its images, write its logs, and no more", () => {
    const images = ["quay.io/a/b", "registry.k8s.io/pause:3.10", "quay.io/c/d"];
    expect(buildPolicy(warmed({ images }, { upstreams }))).toBe(
      policyOf(SIGN_IN, pullsOf("quay/*", "kubernetes/*"), WRITE_LOGS),
    );
  });

  test("may pull everything for an upstream without a prefix", () => {
    const images = ["quay.io/a/b", "public.ecr.aws/nginx/nginx"];
    expect(buildPolicy(warmed({ images }, { upstreams }))).toBe(policyOf(SIGN_IN, pullsOf("*"), WRITE_LOGS));
  });

  test("may make network interfaces in its subnets, for CodeBuild only, in a VPC", () => {
    const ec2 = `arn:aws:ec2:us-east-1:${ACCOUNT}`;
    expect(buildPolicy(warmed(NETWORK))).toBe(
      policyOf(
        SIGN_IN,
        pullsOf("quay/*"),
        WRITE_LOGS,
        {
          Effect: "Allow",
          Action: [
            "ec2:CreateNetworkInterface",
            "ec2:DeleteNetworkInterface",
            "ec2:DescribeDhcpOptions",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSecurityGroups",
            "ec2:DescribeSubnets",
            "ec2:DescribeVpcs",
          ],
          Resource: "*",
        },
        {
          Effect: "Allow",
          Action: "ec2:CreateNetworkInterfacePermission",
          Resource: `${ec2}:network-interface/*`,
          Condition: {
            StringEquals: {
              "ec2:AuthorizedService": "codebuild.amazonaws.com",
              "ec2:Subnet": NETWORK.subnetIds.map((id) => `${ec2}:subnet/${id}`),
            },
          },
        },
      ),
    );
  });
});

describe("a token", () => {
  const variable = (stack: TerraformStack, name: string, type = "string") =>
    new TerraformVariable(stack, name, { type });

  test("for account and region is a data source", () => {
    const stack = stackIn(undefined);
    const cache = new PullThroughCache(stack, "cache", { upstreams: [Upstream.quay()] });
    new CacheWarmer(stack, "warmer", { cache, images: ["quay.io/a/b"] });
    const json = synthesized(stack);
    expect(environmentOf(json)["environment_variable"]).toEqual([
      {
        name: "REGISTRY",
        value: expect.stringMatching(
          /^\$\{data\.aws_caller_identity\.\S+\.account_id}\.dkr\.ecr\.\$\{data\.aws_region\.\S+\.id}\.\$\{data\.aws_partition\.\S+\.dns_suffix}$/,
        ) as string,
      },
      MINUTES,
    ]);
    expect(addresses(json).filter((address) => address.startsWith("data."))).toHaveLength(3);
  });

  test("is accepted as topic, schedule, numbers and network", () => {
    const stack = stackIn("us-east-1");
    new CacheWarmer(stack, "warmer", {
      cache: cacheIn(stack),
      images: ["quay.io/a/b"],
      alarmTopicArn: variable(stack, "topic").stringValue,
      schedule: variable(stack, "schedule").stringValue,
      timeoutInMinutes: variable(stack, "minutes", "number").numberValue,
      logRetentionInDays: variable(stack, "days", "number").numberValue,
      vpcId: variable(stack, "vpc").stringValue,
      subnetIds: [variable(stack, "subnet").stringValue],
      securityGroupIds: [variable(stack, "group").stringValue],
    });
    const json = synthesized(stack);
    expect(only(json, "aws_cloudwatch_metric_alarm")["alarm_actions"]).toEqual(["${var.topic}"]);
    expect(only(json, "aws_scheduler_schedule")["schedule_expression"]).toBe("${var.schedule}");
    expect(only(json, "aws_cloudwatch_log_group")["retention_in_days"]).toBe("${var.days}");
    expect(only(json, "aws_codebuild_project")).toMatchObject({
      build_timeout: "${var.minutes}",
      vpc_config: { vpc_id: "${var.vpc}", subnets: ["${var.subnet}"], security_group_ids: ["${var.group}"] },
    });
  });

  test("is accepted as a whole list of subnets and security groups", () => {
    const stack = stackIn("us-east-1");
    const list = (name: string) => Token.asList(variable(stack, name, "list(string)").listValue);
    new CacheWarmer(stack, "warmer", {
      cache: cacheIn(stack),
      images: ["quay.io/a/b"],
      ...NETWORK,
      subnetIds: list("subnets"),
      securityGroupIds: list("groups"),
    });
    const json = synthesized(stack);
    expect(only(json, "aws_codebuild_project")["vpc_config"]).toEqual({
      vpc_id: NETWORK.vpcId,
      subnets: "${var.subnets}",
      security_group_ids: "${var.groups}",
    });
    expect(buildPolicy(json)).toContain(
      `"ec2:Subnet" = formatlist("arn:%s:ec2:%s:%s:subnet/%s", "aws", "us-east-1", "${ACCOUNT}", var.subnets)`,
    );
  });

  test("fails as images and as the project's name", () => {
    const stack = stackIn("us-east-1");
    const cache = cacheIn(stack);
    const warm = (props: Partial<Props>) => () =>
      new CacheWarmer(stack, "warmer", { cache, images: ["quay.io/a/b"], ...props });
    const text = variable(stack, "text").stringValue;
    const literal = "use a literal, since its upstream must be known";
    expect(messageOf(warm({ images: [text] }))).toBe(
      `stack/warmer: \`images[0]\` must be known at synth, got a token; ${literal}`,
    );
    expect(messageOf(warm({ images: ["quay.io/a/b:${var.text}"] }))).toBe(
      `stack/warmer: \`images[0]\` must be known at synth, got "quay.io/a/b:\${var.text}"; ${literal}`,
    );
    expect(messageOf(warm({ images: Token.asList(variable(stack, "list", "list(string)").listValue) }))).toBe(
      "stack/warmer: `images` must be known at synth, got a token; give literal names: the upstream of each image must be known at synth",
    );
    expect(messageOf(warm({ projectName: text }))).toBe(
      "stack/warmer: `projectName` must be known at synth, got a token; give a literal: the schedule and the log group have the same name",
    );
  });
});

describe("a warmer fails with", () => {
  test.each(["runOnChange", "includeReferrers"] as const)("no boolean as %s", (prop) => {
    expect(messageOf(() => stackWithWarmer({ [prop]: "true" as never }))).toBe(
      `stack/warmer: \`${prop}\` must be true or false, got "true"; leave it out for false`,
    );
  });

  test("HCL output and runOnChange", () => {
    const synthesize = (runOnChange: boolean) => () => void Testing.synthHcl(stackWithWarmer({ runOnChange }));
    expect(synthesize(false)).not.toThrow();
    expect(messageOf(synthesize(true))).toBe(
      "stack/warmer: `hclOutput` must not be set in an app with this construct, got true; synthesize to JSON: the HCL output cannot write what replaces the schedule of `runOnChange`",
    );
  });

  test("a project name that is too long for a second schedule, and only with one", () => {
    const withName = (length: number, runOnChange: boolean) => () =>
      stackWithWarmer({ projectName: "a".repeat(length), runOnChange });
    expect(withName(54, true)).not.toThrow();
    expect(withName(55, false)).not.toThrow();
    expect(messageOf(withName(55, true))).toBe(
      `stack/warmer: \`projectName\` must be 2 to 54 letters, digits, hyphens and underscores, starting with a letter or digit, with \`runOnChange\`, got "${"a".repeat(55)}"; give a shorter or simpler name`,
    );
  });

  const name = "be 2 to 64 letters, digits, hyphens and underscores, starting with a letter or digit";
  const shorter = "give a shorter or simpler name";
  const minutes = "`timeoutInMinutes` must be an integer from 5 to 720";
  const subnets = "give subnets with a route to the internet";
  const groups = "give security groups that allow outbound port 443";
  const subnetRule = "be the ID of a subnet: subnet- and 8 or 17 hexadecimal digits";
  const retention =
    "`logRetentionInDays` must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653";
  const hexadecimal = (count: number) =>
    Array.from({ length: count }, (_, index) => index.toString(16).padStart(8, "0"));

  test.each<[string, unknown, string]>([
    [
      "a property it does not have",
      { tiemoutInMinutes: 5 },
      "`tiemoutInMinutes` is not a property of a warmer; did you mean `timeoutInMinutes`?",
    ],
    ...[
      "rate(0 hours)",
      "rate(01 hours)",
      "rate(1 hourss)",
      "rate(1.5 hours)",
      "rate(90 seconds)",
      "cron(0 6 * * *)",
      "at(2030-01-01T00:00:00)",
      cronOfLength(257),
    ].map((schedule): [string, unknown, string] => [
      `the schedule ${schedule}`,
      { schedule },
      `\`schedule\` must be at most 256 characters like rate(1 hour), rate(6 hours) or cron(0 6 * * ? *), with one ? for the day of the month or of the week, got "${schedule}"; leave it out for every hour`,
    ]),
    ...["", "a", "-ab", "a.b", "a/b", "a".repeat(65)].map((projectName): [string, unknown, string] => [
      `the name "${projectName}"`,
      { projectName },
      `\`projectName\` must ${name}, got "${projectName}"; ${shorter}`,
    ]),
    ["a number as its name", { projectName: 12 }, `\`projectName\` must ${name}, got 12; ${shorter}`],
    ["4 minutes", { timeoutInMinutes: 4 }, `${minutes}, got 4; leave it out for an hour`],
    ["721 minutes", { timeoutInMinutes: 721 }, `${minutes}, got 721; leave it out for an hour`],
    ["half a minute more", { timeoutInMinutes: 5.5 }, `${minutes}, got 5.5; leave it out for an hour`],
    ["logs of no day", { logRetentionInDays: 0 }, `${retention}, got 0; CloudWatch Logs accepts no other number`],
    ["logs of two days", { logRetentionInDays: 2 }, `${retention}, got 2; CloudWatch Logs accepts no other number`],
    [
      "logs of too many days",
      { logRetentionInDays: 3654 },
      `${retention}, got 3654; CloudWatch Logs accepts no other number`,
    ],
    [
      "a topic's name",
      { alarmTopicArn: "alarms" },
      '`alarmTopicArn` must be the ARN of a standard SNS topic, got "alarms"; leave it out for no alarm',
    ],
    [
      "a queue as topic",
      { alarmTopicArn: TOPIC.replace("sns", "sqs") },
      `\`alarmTopicArn\` must be the ARN of a standard SNS topic, got "${TOPIC.replace("sns", "sqs")}"; leave it out for no alarm`,
    ],
    [
      "a FIFO topic, which takes no message of an alarm",
      { alarmTopicArn: `${TOPIC}.fifo` },
      `\`alarmTopicArn\` must be the ARN of a standard SNS topic, got "${TOPIC}.fifo"; leave it out for no alarm`,
    ],
    [
      "a topic of another region",
      { alarmTopicArn: TOPIC.replace("us-east-1", "us-east-2") },
      `\`alarmTopicArn\` must be in the region of the cache, us-east-1, got "${TOPIC.replace("us-east-1", "us-east-2")}"; give a topic in that region: an alarm cannot notify topics of other regions`,
    ],
    [
      "the name of a VPC",
      { ...NETWORK, vpcId: "main" },
      '`vpcId` must be the ID of a VPC: vpc- and 8 or 17 hexadecimal digits, got "main"; give all of `vpcId`, `subnetIds` and `securityGroupIds`, or leave all of them out for no VPC',
    ],
    [
      "subnets and groups but no VPC",
      { ...NETWORK, vpcId: undefined },
      "`vpcId` is required; give all of `vpcId`, `subnetIds` and `securityGroupIds`, or leave all of them out for no VPC",
    ],
    ["a VPC without subnets", { ...NETWORK, subnetIds: undefined }, `\`subnetIds\` is required; ${subnets}`],
    [
      "an empty list of security groups",
      { ...NETWORK, securityGroupIds: [] },
      `\`securityGroupIds\` must be a list of at least one, got []; ${groups}`,
    ],
    [
      "a subnet's ID that is too short",
      { ...NETWORK, subnetIds: ["subnet-0123456"] },
      `\`subnetIds[0]\` must ${subnetRule}, got "subnet-0123456"; ${subnets}`,
    ],
    [
      "a security group given twice",
      { ...NETWORK, securityGroupIds: ["sg-01234567", "sg-01234567"] },
      '`securityGroupIds[1]` must be given once, got "sg-01234567"; leave out the second one',
    ],
    [
      "17 subnets",
      { ...NETWORK, subnetIds: hexadecimal(17).map((id) => `subnet-${id}`) },
      "`subnetIds` must be a list of at most 16, got 17; CodeBuild accepts no more",
    ],
    [
      "6 security groups",
      { ...NETWORK, securityGroupIds: hexadecimal(6).map((id) => `sg-${id}`) },
      "`securityGroupIds` must be a list of at most 5, got 6; CodeBuild accepts no more",
    ],
  ])("%s", (_name, props, message) => {
    expect(messageOf(() => stackWithWarmer(props as Partial<Props>))).toBe(`stack/warmer: ${message}`);
  });

  test("construct ids that are too long for the default name", () => {
    const stack = stackIn("us-east-1");
    const cache = cacheIn(stack);
    const id = "w".repeat(59);
    expect(messageOf(() => new CacheWarmer(stack, id, { cache, images: ["quay.io/a/b"] }))).toBe(
      `stack/${id}: \`projectName\` must ${name}, got "stack-${id}"; the default is built from construct ids: give a name`,
    );
  });

  test("a string as its cache, and without props", () => {
    const stack = stackIn("us-east-1");
    const images = ["quay.io/a/b"];
    expect(messageOf(() => new CacheWarmer(stack, "warmer", { cache: "cache" as never, images }))).toBe(
      'stack/warmer: `cache` must be a PullThroughCache, got "cache"; give the construct, for example fleet.cacheIn(region)',
    );
    expect(messageOf(() => new CacheWarmer(stack, "warmer", undefined as never)).split("\n")).toEqual([
      "stack/warmer: 2 validation errors",
      "- `cache` is required; give the construct, for example fleet.cacheIn(region)",
      '- `images` is required; give image names, like ["nginx:1.27"]',
    ]);
  });

  test("the name of another project of the stack", () => {
    const stack = stackWithWarmer({ projectName: "warm" });
    const cache = stack.node.findChild("cache") as PullThroughCache;
    new CacheWarmer(stack, "again", { cache, images: ["quay.io/a/b"], projectName: "warm" });
    expect(messageOf(() => App.of(stack).synth())).toContain(
      '[stack/again] `projectName` must differ from the project name of stack/warmer/project, got "warm"; give one of the two another name',
    );
  });

  test("a string in place of a list", () => {
    const network = { vpcId: "vpc-0a1b2c3d", subnetIds: "${var.subnets}" as never, securityGroupIds: ["sg-0a1b2c3d"] };
    expect(messageOf(() => stackWithWarmer(network))).toBe(
      'stack/warmer: `subnetIds` must be a list of at least one, got "${var.subnets}"; give subnets with a route to the internet',
    );
  });

  test("the name of another project of the stack, by the same provider under another name", () => {
    const stack = stackWithWarmer({ projectName: "warm" });
    const provider = stack.node.findChild("aws") as AwsProvider;
    const upstreams = [Upstream.ecrPublic()];
    const cache = new PullThroughCache(stack, "other", { upstreams, provider, accountId: ACCOUNT });
    new CacheWarmer(stack, "again", { cache, images: ["public.ecr.aws/a/b"], projectName: "warm" });
    expect(messageOf(() => App.of(stack).synth())).toContain(
      "[stack/again] `projectName` must differ from the project name of",
    );
  });

  test("the name of another project of the region, which only one of both names", () => {
    const stack = stackWithWarmer({ projectName: "warm" });
    const cache = stack.node.findChild("cache") as PullThroughCache;
    const again = new CacheWarmer(stack, "again", { cache, images: ["quay.io/a/b"], projectName: "warm" });
    const regionInput = jest.fn(() => "us-east-1");
    Object.defineProperty(again.node.findChild("project"), "regionInput", { get: regionInput });
    expect(messageOf(() => App.of(stack).synth())).toContain(
      "[stack/again] `projectName` must differ from the project name of",
    );
    regionInput.mockReturnValue("eu-west-1");
    expect(() => App.of(stack).synth()).not.toThrow();
  });

  test("a cache of another stack", () => {
    const stack = stackIn("us-east-1");
    const cache = cacheIn(stack);
    const other = new TerraformStack(App.of(stack), "other");
    expect(messageOf(() => new CacheWarmer(other, "warmer", { cache, images: ["quay.io/a/b"] }))).toBe(
      'other/warmer: `cache` must be in the stack of the warmer, got "stack/cache"; create the warmer in the stack of the cache',
    );
    expect(other.node.children).toEqual([]);
  });

  test("a scope outside of a stack", () => {
    const app = testApp();
    const cache = cacheIn(stackIn("us-east-1"));
    expect(messageOf(() => new CacheWarmer(app, "warmer", { cache, images: ["quay.io/a/b"] }))).toBe(
      'warmer: `scope` must be a TerraformStack or a construct inside one, got ""; give the stack of the cache',
    );
    expect(app.node.children).toEqual([]);
  });

  test("all its errors together, and no resource", () => {
    const stack = stackIn("us-east-1");
    const cache = cacheIn(stack);
    const before = synthesized(stack);
    const declare = () =>
      new CacheWarmer(stack, "warmer", {
        cache,
        images: ["quay.io/a/b", "nginx", "gcr.io/x"],
        schedule: "hourly",
        timeoutInMinutes: 0,
        alarmTopicArn: "alarms",
        vpcId: "main",
      });
    expect(messageOf(declare).split("\n")).toEqual([
      "stack/warmer: 8 validation errors",
      expect.stringMatching(/^- `alarmTopicArn` must /),
      expect.stringMatching(/^- `schedule` must /),
      expect.stringMatching(/^- `timeoutInMinutes` must /),
      expect.stringMatching(/^- `vpcId` must /),
      expect.stringMatching(/^- `subnetIds` is required/),
      expect.stringMatching(/^- `securityGroupIds` is required/),
      expect.stringMatching(/^- `images\[1]` must /),
      expect.stringMatching(/^- `images\[2]` must /),
    ]);
    expect(stack.node.tryFindChild("warmer")).toBeUndefined();
    expect(synthesized(stack)).toEqual(before);
    new CacheWarmer(stack, "warmer", { cache, images: ["quay.io/a/b"] });
  });
});

test("takes the largest network that CodeBuild accepts: 16 subnets and 5 security groups", () => {
  const ids = (prefix: string, count: number): string[] =>
    Array.from({ length: count }, (_, index) => `${prefix}-${String(index).padStart(8, "0")}`);
  const network = { vpcId: "vpc-0a1b2c3d", subnetIds: ids("subnet", 16), securityGroupIds: ids("sg", 5) };
  expect(only(warmed({ ...network }), "aws_codebuild_project")["vpc_config"]).toEqual({
    vpc_id: "vpc-0a1b2c3d",
    subnets: network.subnetIds,
    security_group_ids: network.securityGroupIds,
  });
});

describe("an image", () => {
  const upstreams = [
    Upstream.dockerHub(credential),
    Upstream.quay(),
    Upstream.kubernetes(),
    Upstream.ecrPublic(),
    Upstream.github(credential),
    Upstream.privateEcr({
      accountId: OTHER_ACCOUNT,
      region: "eu-west-1",
      prefix: "team-a",
      upstreamRepositoryPrefix: "aa",
    }),
    Upstream.privateEcr({
      accountId: OTHER_ACCOUNT,
      region: "eu-west-1",
      prefix: "team-b",
      upstreamRepositoryPrefix: "b/x",
    }),
  ];

  test.each([
    ["nginx", "docker-hub/library/nginx", "latest"],
    ["nginx:1.27", "docker-hub/library/nginx", "1.27"],
    ["library/nginx:1.27", "docker-hub/library/nginx", "1.27"],
    ["docker.io/nginx", "docker-hub/library/nginx", "latest"],
    ["docker.io/library/nginx:1.27", "docker-hub/library/nginx", "1.27"],
    ["bitnami/redis:7", "docker-hub/bitnami/redis", "7"],
    ["index.docker.io/bitnami/redis:7", "docker-hub/bitnami/redis", "7"],
    ["registry-1.docker.io/library/nginx:1.27", "docker-hub/library/nginx", "1.27"],
    ["QUAY.io:443/a/b:1", "quay/a/b", "1"],
    ["quay.io/prometheus/node-exporter:v1.8.2", "quay/prometheus/node-exporter", "v1.8.2"],
    ["registry.k8s.io/pause:3.10", "kubernetes/pause", "3.10"],
    ["registry.k8s.io/ingress-nginx/controller", "kubernetes/ingress-nginx/controller", "latest"],
    ["public.ecr.aws/docker/library/alpine:3.22", "ecr-public/docker/library/alpine", "3.22"],
    ["ghcr.io/org/app__a--b:Nightly_1.0-RC", "github/org/app__a--b", "Nightly_1.0-RC"],
    [`${OTHER_REGISTRY}/aa/app:1`, "team-a/app", "1"],
    [`${OTHER_REGISTRY}/b/x/app/web:1`, "team-b/app/web", "1"],
  ])("named %s is pulled from %s by %s", (image, repository, tag) => {
    const { source } = only(warmed({ images: [image] }, { upstreams }), "aws_codebuild_project");
    const expected: WarmedImage[] = [{ image, repository, tag }];
    expect((source as Block)["buildspec"]).toBe(warmingBuildspec(expected));
  });

  const tag = "use a tag: ECR does not cache a first pull by digest";
  const example = "use its usual name, like nginx:1.27 or quay.io/prometheus/node-exporter:v1.8.2";

  test.each([
    ["quay.io/a/b@sha256:0", tag],
    ["quay.io/a/B:1", example],
    ["Nginx", example],
    ["quay.io/a/b: 1", example],
    ["quay.io/a b", example],
    [" nginx", example],
    [" quay.io/a/b", example],
    ["nginx\n", example],
    ["quay.io/a/b'", example],
    ['quay.io/a/b"', example],
    ["quay.io/a/b:$(id)", example],
    ["quay.io/a/`id`", example],
    ["quay.io/a/b;id", example],
    ["quay.io/a/b:", example],
    ["quay.io/a/b:.1", example],
    [`quay.io/a/b:${"v-".repeat(64)}v`, example],
    ["quay.io/a//b", example],
    ["quay.io/", example],
    ["/a/b", example],
    ["https://quay.io/a/b", example],
    ["", example],
  ])("fails if it is named %j", (image, hint) => {
    const message = `stack/warmer: \`images[0]\` must be the name of an image, with or without a tag, got ${JSON.stringify(image)}; ${hint}`;
    expect(refusal([image], upstreams)).toBe(message);
  });

  test.each([
    ["nothing", undefined, "is required"],
    ["a number", 7, "must be the name of an image, with or without a tag, got 7"],
  ])("fails if it is %s", (_name, image, message) => {
    expect(refusal([image])).toBe(`stack/warmer: \`images[0]\` ${message}; ${example}`);
  });

  test.each([`nginx@${DIGEST}`, `quay.io/a/b:1@${DIGEST}`])("fails with a digest, which is not shown: %s", (image) => {
    const got = `a string of ${image.length} characters (not shown, it may be a secret)`;
    expect(refusal([image])).toBe(
      `stack/warmer: \`images[0]\` must be the name of an image, with or without a tag, got ${got}; ${tag}`,
    );
  });

  test.each([
    ["nginx", "registry-1.docker.io", "add Upstream.dockerHub(credential) to the cache"],
    ["registry.k8s.io/pause:3.10", "registry.k8s.io", "add Upstream.kubernetes() to the cache"],
    ["public.ecr.aws/a/b", "public.ecr.aws", "add Upstream.ecrPublic() to the cache"],
    ["ghcr.io/a/b", "ghcr.io", "add Upstream.github(credential) to the cache"],
    ["registry.gitlab.com/a/b", "registry.gitlab.com", "add Upstream.gitlab(credential) to the cache"],
    ["company.azurecr.io/a", "company.azurecr.io", "add Upstream.azure(registryName, credential) to the cache"],
    ["cgr.dev/chainguard/node", "cgr.dev", "add Upstream.chainguard(credential) to the cache"],
    [`${OTHER_REGISTRY}/a`, OTHER_REGISTRY, "add Upstream.privateEcr(options) to the cache"],
    ["nvcr.io/nvidia/cuda", "nvcr.io", "ECR cannot cache NVIDIA NGC: copy these images into a private repository"],
    ["gcr.io/a/b", "gcr.io", "ECR cannot cache Google Container Registry: copy these images into a private repository"],
    [
      "mcr.microsoft.com/dotnet/sdk",
      "mcr.microsoft.com",
      "ECR caches Azure registries named <name>.azurecr.io only: copy these images into a private repository",
    ],
    ["localhost/a", "localhost", "ECR cannot cache that registry"],
    ["localhost:5000/a", "localhost:5000", "ECR cannot cache that registry"],
    [
      `${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/quay/a/b:1`,
      `${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com`,
      "leave out the registry host, and use the name of the image at its upstream: quay.io/a/b:1",
    ],
    [
      `${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/team/app:1`,
      `${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com`,
      "leave out the registry host, and use the name of the image at its upstream",
    ],
    [
      `${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/quay/a/b`,
      `${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com`,
      "leave out the registry host, and use the name of the image at its upstream: quay.io/a/b:latest",
    ],
  ])("named %s is refused by a cache without its registry", (image, host, hint) => {
    expect(refusal([image])).toBe(
      `stack/warmer: \`images[0]\` must come from an upstream of the cache, got "${image}"; the cache has no upstream ${host}: ${hint}`,
    );
  });

  test.each([
    ["docker-hub/library/nginx:1.27", "nginx:1.27"],
    ["docker-hub/bitnami/redis:7", "bitnami/redis:7"],
    ["ecr-public/docker/library/alpine:3.22", "public.ecr.aws/docker/library/alpine:3.22"],
    ["team-a/app:1", `${OTHER_REGISTRY}/aa/app:1`],
    ["team-b/app/web:1", `${OTHER_REGISTRY}/b/x/app/web:1`],
  ])("fails if it is named by its place %s in the cache, and the error has the name %s, which works", (place, name) => {
    const image = `${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/${place}`;
    expect(refusal([image], upstreams)).toMatch(
      new RegExp(`: leave out the registry host, and use the name of the image at its upstream: ${name}$`),
    );
    const { source } = only(warmed({ images: [name] }, { upstreams }), "aws_codebuild_project");
    const [repository = "", tag = ""] = place.split(":");
    expect((source as Block)["buildspec"]).toBe(warmingBuildspec([{ image: name, repository, tag }]));
  });

  test("fails if it is named by its place, and the error has its name at the upstream with the longest prefix", () => {
    const nested = [
      Upstream.quay({ prefix: "mirror" }),
      Upstream.ecrPublic({ prefix: "mirror/public" }),
      Upstream.kubernetes({ prefix: "ROOT" }),
    ];
    const place = (path: string) => `${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/${path}`;
    expect(refusal([place("mirror/a:1")], nested)).toMatch(/: quay\.io\/a:1$/);
    expect(refusal([place("mirror/public/a:1")], nested)).toMatch(/: public\.ecr\.aws\/a:1$/);
    expect(refusal([place("a/b:1")], nested)).toMatch(/: registry\.k8s\.io\/a\/b:1$/);
  });

  test("fails if it is named by its place in a cache without a literal account, and the error has the name to use", () => {
    const stack = stackIn("us-east-1");
    const cache = new PullThroughCache(stack, "cache", {
      upstreams: [Upstream.quay(), Upstream.ecrPublic({ prefix: "ROOT" })],
    });
    const hintFor = (image: string) =>
      messageOf(() => new CacheWarmer(stack, "warmer", { cache, images: [image] }))
        .split(/; the cache has no upstream [^:]*: /)
        .at(-1);
    expect(hintFor(`${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/quay/a/b:1`)).toBe(
      "leave out the registry host, and use the name of the image at its upstream: quay.io/a/b:1",
    );
    const elsewhere = "add Upstream.privateEcr(options) to the cache";
    expect(hintFor(`${ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/quay/a/b:1`)).toBe(elsewhere);
    expect(hintFor(`${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/team/b:1`)).toBe(elsewhere);
  });

  test("fails with the hint for its own registry if only Terraform knows the host of the cache", () => {
    const stack = stackIn(undefined);
    const cache = new PullThroughCache(stack, "cache", { upstreams: [Upstream.quay()] });
    expect(messageOf(() => new CacheWarmer(stack, "warmer", { cache, images: ["ghcr.io/quay/app:1"] }))).toBe(
      'stack/warmer: `images[0]` must come from an upstream of the cache, got "ghcr.io/quay/app:1"; the cache has no upstream ghcr.io: add Upstream.github(credential) to the cache',
    );
  });

  test("fails if it is in a private registry and only Terraform knows the account and region of the cache", () => {
    const stack = stackIn(undefined);
    const privateEcr = Upstream.privateEcr({ accountId: OTHER_ACCOUNT, region: "eu-west-1" });
    const cache = new PullThroughCache(stack, "cache", { upstreams: [privateEcr] });
    const image = `${OTHER_REGISTRY}/a`;
    expect(messageOf(() => new CacheWarmer(stack, "warmer", { cache, images: [image] }))).toBe(
      `stack/warmer: \`images[0]\` must come from an upstream of the cache, got "${image}"; the cache has no upstream ${OTHER_REGISTRY}: set \`accountId\` of the cache and the region of its provider as literals, since the hosts of private registries contain them`,
    );
  });

  test("fails if it is in no cached part of its private registry, and the error has all parts", () => {
    const hint = "cache more of it with `upstreamRepositoryPrefix`";
    const faultOf = (start: string) =>
      `\`repository\` must be under ${start}, the part of the upstream that is cached, got "c/app"; ${hint}`;
    expect(refusal([`${OTHER_REGISTRY}/c/app`], upstreams)).toBe(
      `stack/warmer: \`images[0]\` must be an image that the cache can hold, got "${OTHER_REGISTRY}/c/app"; ${faultOf("aa/")}; ${faultOf("b/x/")}`,
    );
  });

  test.each([
    ["nginx", "docker.io/library/nginx:latest"],
    ["nginx:1", "nginx:1"],
    ["library/nginx:1", "index.docker.io/nginx:1"],
    ["registry-1.docker.io/a/b", "a/b"],
    ["quay.io/a/b", "quay.io/a/b:latest"],
  ])("fails if it is given twice: %s as %s", (first, second) => {
    expect(refusal([first, "quay.io/other", second], upstreams)).toBe(
      `stack/warmer: \`images[2]\` must be given once, got "${second}"; leave out the second one`,
    );
  });

  test("may be given with two tags", () => {
    const images = ["nginx:1", "nginx:2"];
    expect(buildPolicy(warmed({ images }, { upstreams }))).toContain("repository/docker-hub/*");
  });
});

describe("the list of images", () => {
  const many = (count: number, name = "app") =>
    Array.from({ length: count }, (_, index) => `quay.io/${name}/${index}:1`);
  const rule = "`images` must be a list of 1 to 500 images";
  const like = 'give image names, like ["nginx:1.27"]';

  test("may have 500", () => {
    expect(() => stackWithWarmer({ images: many(500) })).not.toThrow();
  });

  test.each<[string, unknown, string]>([
    ["none", [], "[]"],
    ["501", many(501), "501"],
    ["a text in place of a list", "nginx", '"nginx"'],
  ])("fails with %s", (_name, images, got) => {
    expect(refusal(images)).toBe(`stack/warmer: ${rule}, got ${got}; ${like}`);
  });

  test("fails if it is too long for the command that contains it", () => {
    expect(refusal(many(500, "a-long-name/".repeat(10) + "app"))).toMatch(
      /^stack\/warmer: `images` must be at most 120000 characters as JSON, with their repositories in the cache, got \d{6}; move some images to a second warmer$/,
    );
  });
});
