import * as fs from "node:fs";
import * as path from "node:path";
import type { Inputs } from "../../modules/generator/definition";
import { inSnakeCase } from "../../modules/generator/hcl";
import { MODULES, generatedFiles } from "../../modules/generator/modules";
import { MODULES_FOLDER, conditionsOf, parsedModule } from "../../modules/generator/parsed-module";
import type { ParsedModule } from "../../modules/generator/parsed-module";
import { ofCache } from "../../src/aws/arn-checks";
import { RETENTION_DAYS } from "../../src/aws/log-retention";
import { PROVIDER_VERSIONS } from "../../src/aws/provider-versions";
import { atLeastOneUpstream } from "../../src/cache/rules";
import { FirstPull } from "../../src/network/first-pull";
import { excludedBy, onlyWithPrivateDns } from "../../src/network/rules";
import { ExistingSettings } from "../../src/registry/existing-settings";
import { GIVEN_ONCE, atLeastOne, integerRequirement, oneOfRequirement } from "../../src/validation/rule";
import { PROJECT_ROOT } from "../support/example-program";
import { MODULE_NAMES } from "../support/module-folders";
import { messageOf, testRuns } from "../support/module-runs";
import { EXPECTED_COUNTS, requirementsOfModules, ruleCounts } from "../support/rules-of-constructs";

/** Rules of what only modules have, by their words; every other rule is one of the constructs. */
const OF_MODULES_ONLY: readonly string[] = [
  "be …",
  "be one of …",
  "be a map of at least one registry",
  "be a map of objects",
  "be one of managed",
  "be one of `prefixes`",
  "be the prefix of one of `rules`",
  "be an object",
  "be given in one way",
  "have the keys of upstreams whose `credential` is managed, and no others",
  "have a username and an access_token that are not empty",
  "be one of immutable-tags, region-without-pull-through-cache, unlisted-registry",
  "be one of wide-client-cidr",
  "be one of immutable-tags, region-without-pull-through-cache, unlisted-registry, wide-client-cidr",
  "be of the partition of the provider",
  "be one of first-pull-by-digest",
  "be the map of one cache",
  "be the start of names of images in a private Amazon ECR registry",
  "have names of registries as keys, like docker.io",
  "be one of SET, RESTORE",
  "be given, or one of `new_topic` and `log_group`, and only one of the three",
];

/** Where states of users have their resources, one at `[0]` or one for each key: whoever changes one destroys those. */
const ADDRESSES: { readonly [module: string]: readonly string[] } = {
  "pull-through-cache": [
    "aws_ecr_pull_through_cache_rule.upstream[key]",
    "aws_ecr_repository_creation_template.upstream[key]",
    "aws_ecr_repository_policy.existing[key]",
    "aws_iam_role.repository_creation[0]",
    "aws_iam_role.upstream[0]",
    "aws_iam_role_policy.repository_creation[0]",
    "aws_iam_role_policy.upstream[0]",
    "aws_secretsmanager_secret.credential[key]",
    "aws_secretsmanager_secret_version.credential[key]",
    "terraform_data.authentication[key]",
    "terraform_data.encryption[key]",
  ],
  "image-uris": [],
  "pull-policy": ["aws_iam_policy.pull[0]", "aws_iam_role_policy.pull[key]"],
  "registry-endpoints": [
    "aws_security_group.endpoints[0]",
    "aws_vpc_endpoint.registry[key]",
    "aws_vpc_endpoint.s3[0]",
    "aws_vpc_endpoint.service[key]",
    "aws_vpc_endpoint_route_table_association.s3[key]",
    "aws_vpc_security_group_ingress_rule.cidr[key]",
    "aws_vpc_security_group_ingress_rule.ipv6_cidr[key]",
    "aws_vpc_security_group_ingress_rule.security_group[key]",
  ],
  "private-registry": ["module.cache", "module.endpoints", "module.pulls"],
  "cache-warmer": [
    "aws_cloudwatch_log_group.builds",
    "aws_cloudwatch_metric_alarm.failed[0]",
    "aws_codebuild_project.warmer",
    "aws_iam_role.build",
    "aws_iam_role.schedule",
    "aws_iam_role_policy.build",
    "aws_iam_role_policy.schedule",
    "aws_scheduler_schedule.run_on_change[0]",
    "aws_scheduler_schedule.warmer",
  ],
  "registry-scanning": ["aws_ecr_registry_scanning_configuration.registry", "terraform_data.needs_an_import_block[0]"],
  "registry-replication": ["aws_ecr_replication_configuration.registry", "terraform_data.needs_an_import_block[0]"],
  "registry-policy": [
    "aws_ecr_account_setting.scope",
    "aws_ecr_registry_policy.registry",
    "terraform_data.needs_an_import_block[0]",
  ],
  "stack-parameter-override": [
    "aws_cloudformation_stack.adopted[0]",
    "terraform_data.change[key]",
    "terraform_data.needs_an_import_block[0]",
    "terraform_data.stack",
    "terraform_data.update[0]",
  ],
  "sync-failure-alert": [
    "aws_cloudwatch_event_rule.failures",
    "aws_cloudwatch_event_target.destination",
    "aws_cloudwatch_log_group.failures[0]",
    "aws_cloudwatch_log_resource_policy.failures[0]",
    "aws_sns_topic.failures[0]",
    "aws_sns_topic_policy.failures[0]",
    "aws_sns_topic_subscription.email[key]",
  ],
};

test("every definition has a folder, and every folder a definition and nothing that Terraform has left there", () => {
  const folders = fs.readdirSync(MODULES_FOLDER).filter((name) => name !== "generator" && name !== "README.md");
  expect(folders.sort()).toEqual(MODULES.map(({ name }) => name).sort());
  for (const name of folders) {
    const files = fs.readdirSync(path.join(MODULES_FOLDER, name));
    expect(files).toEqual(
      expect.arrayContaining(["inputs.ts", "main.tf", "outputs.tf", "versions.tf", "examples", "tests"]),
    );
    expect(files.filter((file) => !/^([a-z-]+\.(ts|tf|sh|js)|README\.md|examples|tests)$/.test(file))).toEqual([]);
  }
});

test("the generated files are what their definitions say, byte for byte", async () => {
  const generated = await generatedFiles();
  const stale = Object.entries(generated).filter(([file, text]) => {
    const there = path.join(MODULES_FOLDER, file);
    return !fs.existsSync(there) || fs.readFileSync(there, "utf8") !== text;
  });
  if (stale.length > 0) {
    const files = stale.map(([file]) => file).join(", ");
    throw new Error(`these files are not as generated: ${files}; run \`npm run modules\``);
  }
});

test("every generated file says so in its first line, and no other does", () => {
  for (const name of MODULE_NAMES) {
    const files = fs.readdirSync(path.join(MODULES_FOLDER, name)).filter((file) => /\.(tf|sh|js)$/.test(file));
    const marked = files.filter((file) =>
      /^(#|\/\/) Generated by `npm run modules`/.test(fs.readFileSync(path.join(MODULES_FOLDER, name, file), "utf8")),
    );
    const programs = files.filter((file) => /\.(sh|js)$/.test(file));
    expect(marked.sort()).toEqual(["facts.tf", "variables.tf", ...programs].sort());
  }
});

test("no line of a module's Terraform files is longer than 120 characters", () => {
  const long = MODULE_NAMES.flatMap((name) =>
    fs
      .readdirSync(path.join(MODULES_FOLDER, name))
      .filter((file) => file.endsWith(".tf"))
      .flatMap((file) =>
        fs
          .readFileSync(path.join(MODULES_FOLDER, name, file), "utf8")
          .split("\n")
          .flatMap((line, index) => (line.length > 120 ? [`${name}/${file}:${index + 1}`] : [])),
      ),
  );
  expect(long).toEqual([]);
});

describe.each(MODULES.map((definition) => [definition.name, definition] as const))("%s", (name, definition) => {
  let parsed: ParsedModule;
  beforeAll(async () => {
    parsed = await parsedModule(name);
  });

  test("has no provider and no backend of its own, and says which versions it runs with", () => {
    const files = fs.readdirSync(path.join(MODULES_FOLDER, name)).filter((file) => file.endsWith(".tf"));
    for (const file of files) {
      expect(fs.readFileSync(path.join(MODULES_FOLDER, name, file), "utf8")).not.toMatch(
        /^ *(provider|backend|cloud)\b.*\{$/m,
      );
    }
    const { resource, data, module } = parsed;
    const usesProvider = [resource, data, module].some((blocks) => Object.keys(blocks).length > 0);
    expect(parsed.terraform).toEqual({
      required_version: expect.stringMatching(/^>= 1\.\d+$/) as string,
      ...(usesProvider
        ? { required_providers: [{ aws: { source: "hashicorp/aws", version: PROVIDER_VERSIONS } }] }
        : {}),
    });
  });

  test("has variables of closed types, or looks at their attributes itself, and none is null unless by default", () => {
    for (const [input, variable] of Object.entries(parsed.variable)) {
      if (definition.inputs[input]?.isOpen === true) {
        expect(variable.type).toBe("${any}");
        expect(variable.description.replace(/\n/g, " ")).toContain(
          Object.keys(definition.inputs[input].attributes ?? {}).join(", "),
        );
      } else {
        expect(`${input}: ${variable.type}`).not.toMatch(/\bany\b|object\(\{\s*\}\)/);
      }
      expect([input, variable.nullable ?? variable.default]).toEqual([
        input,
        variable.nullable === false ? false : null,
      ]);
      expect(variable.description).not.toBe("");
    }
  });

  test("tells of its resources in its outputs, and never hands out a whole one", () => {
    expect(wholeResources("${aws_kms_key.one} ${[for key, key_of in aws_kms_key.all : key_of]}")).toHaveLength(2);
    for (const [output, { value }] of Object.entries(parsed.output)) {
      expect([output, wholeResources(JSON.stringify(value))]).toEqual([output, []]);
    }
  });

  test("asks for a Terraform in which validations may refer to more than their own variable, where its own do", () => {
    const { variable, terraform } = parsed;
    const minor = terraform.required_version.replace(">= 1.", "");
    const looksAtOthers = Object.entries(variable).some(([own, { validation = [] }]) =>
      validation.some((conditions) =>
        [...JSON.stringify(conditions).matchAll(/\b(var|local|data)\.(\w+)/g)].some(
          ([, kind, other]) => kind !== "var" || other !== own,
        ),
      ),
    );
    const isEphemeral = Object.values(variable).some(({ ephemeral }) => ephemeral === true);
    expect(Number(minor)).toBeGreaterThanOrEqual(isEphemeral ? 11 : looksAtOthers ? 9 : 3);
  });

  test("has its resources where states have them", () => {
    const { resource, module } = parsed;
    const instances = (block: object): string => ("count" in block ? "[0]" : "for_each" in block ? "[key]" : "");
    const addresses = Object.entries(resource).flatMap(([type, named]) =>
      Object.entries(named).map(([resourceName, block]) => `${type}.${resourceName}${instances(block)}`),
    );
    const calls = Object.keys(module).map((call) => `module.${call}`);
    expect([...addresses, ...calls].sort()).toEqual(ADDRESSES[name]);
  });

  test("has every input, attribute and output in its README", () => {
    const readme = fs.readFileSync(path.join(MODULES_FOLDER, name, "README.md"), "utf8");
    for (const row of [...pathsOf(definition.inputs), ...Object.keys(parsed.output)]) {
      expect(readme).toContain(`\n| \`${row}\` | `);
    }
  });

  test("names the rules of the constructs in their words, and no others but its own", () => {
    const ofConstructs = requirementsOfConstructs();
    const others = rulesOf(parsed).filter((words) => !ofConstructs.some((known) => known.test(words)));
    expect(others.filter((words) => !OF_MODULES_ONLY.includes(words))).toEqual([]);
  });

  test("has runs with names of their own, each of which expects a failure or asserts something", () => {
    const runs = testRuns(name);
    expect(runs.length).toBeGreaterThan(0);
    expect(runs.map((run) => run.name)).toEqual([...new Set(runs.map((run) => run.name))]);
    expect(runs.filter(({ asserts, expectedFailures }) => asserts + expectedFailures.length === 0)).toEqual([]);
  });
});

test("every rules.ts of the sources is one of the files whose rules are counted and compared", () => {
  const folders = fs.readdirSync(path.join(PROJECT_ROOT, "src"), { withFileTypes: true });
  const files = folders
    .filter((entry) => entry.isDirectory())
    .filter(({ name }) => fs.existsSync(path.join(PROJECT_ROOT, "src", name, "rules.ts")))
    .map(({ name }) => `${name}/rules`);
  expect(Object.keys(EXPECTED_COUNTS)).toEqual(expect.arrayContaining(files));
  expect(files.length).toBeGreaterThan(4);
});

test("each file of rules defines as many patterns and requirements as before", () => {
  expect(ruleCounts()).toEqual(EXPECTED_COUNTS);
});

test("every rule that only modules have is one of a module, and none of the constructs", async () => {
  const used = (await Promise.all(MODULE_NAMES.map(parsedModule))).flatMap(rulesOf);
  const ofConstructs = requirementsOfConstructs();
  for (const words of OF_MODULES_ONLY) {
    expect(used).toContain(words);
    expect(ofConstructs.filter((known) => known.test(words))).toEqual([]);
  }
});

/** The words of a module's rules, with a mark in place of what depends on a declaration. */
function rulesOf(module: ParsedModule): string[] {
  return conditionsOf(module).flatMap((condition) => /` must (.*?), got /.exec(messageOf(condition, "…"))?.[1] ?? []);
}

/** Patterns of the requirements of the constructs, with anything in place of the parts that depend on a declaration. */
function requirementsOfConstructs(): RegExp[] {
  const made = [
    GIVEN_ONCE.requirement,
    integerRequirement(1),
    integerRequirement(1, 9),
    atLeastOne("list"),
    atLeastOne("map"),
    atLeastOneUpstream("map").requirement,
    ofCache("…", "…"),
    excludedBy(["…"]).requirement,
    onlyWithPrivateDns("…", "…").requirement,
    oneOfRequirement(Object.values(FirstPull)),
    oneOfRequirement(RETENTION_DAYS),
    oneOfRequirement(Object.values(ExistingSettings)),
    atLeastOne("map", "destination"),
  ];
  return [...requirementsOfModules(), ...made].map((text) => {
    const pattern = inSnakeCase(text)
      .replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")
      .replace(/…/g, ".*")
      .replace(/\d+/g, "\\d+");
    return new RegExp(`^(be )?${pattern}$`);
  });
}

function pathsOf(inputs: Inputs, prefix = ""): string[] {
  return Object.entries(inputs).flatMap(([name, { type, attributes = {} }]) => [
    `${prefix}${name}`,
    ...pathsOf(attributes, `${prefix}${name}${type === "map(object)" ? "[*]" : ""}.`),
  ]);
}

/** References in an expression to a resource, a data source or a module as it is, without an attribute behind them. */
function wholeResources(expression: string): string[] {
  const source = String.raw`\b(?:(?:data\.)?aws_\w+|terraform_data|module)\.\w+`;
  const elements = [...expression.matchAll(new RegExp(`(\\w+) in ${source} :`, "g"))].map(([, name = ""]) => name);
  const body = expression.replace(new RegExp(`\\w+ in ${source} :`, "g"), "");
  const whole = [
    new RegExp(`${source}(?:\\[[^\\]]*\\])*(?![\\w.[])`, "g"),
    ...elements.map((name) => new RegExp(`\\b${name}\\b(?!\\.)`, "g")),
  ];
  return whole.flatMap((pattern) => body.match(pattern) ?? []);
}
