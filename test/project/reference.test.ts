import * as fs from "node:fs";
import * as path from "node:path";
import { EndpointService, PullThroughCache, RegistryCredential, Upstream } from "cdktf-ecr-pull-through-cache";
import { snakeCase } from "../../modules/generator/hcl";
import { ROLE_OPTIONS_INPUT } from "../../modules/generator/role-options";
import { SETTINGS } from "../../modules/pull-through-cache/repository-settings";
import {
  CDKTF_5,
  CDKTF_6,
  CDKTN,
  CDKTN_OLDEST,
  NEWEST_CONSTRUCTS,
  OLDEST_CONSTRUCTS,
} from "../../scripts/matrix/cells";
import { EVENT, INPUT_PATHS, MESSAGE_LINES } from "../../src/alerts/fixed-arguments";
import { publishEvents, publishReminders, REMINDER_ROLE, writeEvents } from "../../src/alerts/policy-statements";
import type { PolicyStatement } from "../../src/aws/policy-statement";
import { PROVIDER_VERSIONS } from "../../src/aws/provider-versions";
import { cachedImage } from "../../src/cache/cached-image";
import {
  CREATE_REPOSITORIES,
  READ_UPSTREAM,
  REPOSITORY_CREATION,
  SIGN_IN,
  UPSTREAM_READING,
  createTaggedStatement,
  readStatement,
  useOfKeys,
} from "../../src/cache/policy-statements";
import { GENERATED_LIFECYCLE, DEFAULT_SETTINGS, MAX_RULES } from "../../src/cache/rules";
import { DEFAULT_DOMAIN } from "../../src/image/image-grammar";
import { canonicalDomain } from "../../src/image/registry-hosts";
import { REGISTRY_ALIASES, SUPPORTED_REGISTRIES } from "../../src/image/supported-registries";
import type { RegistryKind } from "../../src/image/supported-registries";
import { bucketsStatement, layersStatement, pushStatement } from "../../src/network/policy-statements";
import { READ_AS_UPSTREAM } from "../../src/registry/policy-statements";
import { resolved } from "../../src/terraform/tokens";
import { ValidationErrors } from "../../src/validation/validation-errors";
import {
  BUILD_ROLE,
  networkStatements,
  SCHEDULE_ROLE,
  startBuilds,
  writeLogs,
} from "../../src/warmer/policy-statements";
import { whyMalformed } from "../local-aws/iam/policy-document";
import { codeIn, documentsIn, readDocument, tableRows } from "../support/documents";
import { ROOT } from "../support/examples";
import { MODULE_NAMES } from "../support/module-folders";
import { messageOf, stackIn } from "../support/synthesis";
import { REGISTRY_KINDS, upstreamOfKind } from "../support/upstreams";
import { majorOf, minorOf } from "../support/versions";

const ACCOUNT = "111122223333";

function page(name: string): string {
  return text(path.join("docs", "reference", name));
}

/** The first block of JSON in a page. */
function shownJson(name: string): string {
  const { blocks } = readDocument(path.join("docs", "reference", name));
  return blocks.find(({ language }) => language === "json")?.text ?? "";
}

function text(file: string): string {
  return fs.readFileSync(path.join(ROOT, file), "utf8");
}

const credential = RegistryCredential.fromSecretArn(
  `arn:aws:secretsmanager:eu-west-1:${ACCOUNT}:secret:ecr-pullthroughcache/registry-AbCdEf`,
);

function cacheOf(...upstreams: Upstream[]): PullThroughCache {
  return new PullThroughCache(stackIn("eu-west-1"), "cache", { upstreams, accountId: ACCOUNT });
}

describe("the page of registries", () => {
  const registries = page("upstreams.md");

  test("has every kind of upstream with its host, its usual prefix, its factory and its key in the module", () => {
    const rows = tableRows(registries, "registry", "host", "usual prefix");
    expect(rows).toHaveLength(REGISTRY_KINDS.length);
    for (const [kind, { host, usualPrefix, factory, credential: need }] of Object.entries(SUPPORTED_REGISTRIES)) {
      const [, hostCell = "", prefixCell, credentialCell = "", , keyCell = ""] =
        rows.find(([, , , , factoryCell]) => factoryCell === `\`${factory}\``) ?? [];
      expect([kind, prefixCell, keyCell.split(",")[0]]).toEqual([kind, `\`${usualPrefix}\``, `\`${kind}\``]);
      expect(credentialCell.startsWith(need === "required" ? "required" : "none")).toBe(true);
      const sample = hostCell.replace(/`/g, "").replace("<name>", "contoso").replace("<account>", ACCOUNT);
      expect(sample.replace("<region>", "eu-west-1")).toMatch(host);
    }
  });

  test("shows the names of images as the cache has them", () => {
    const ofKind = (kind: RegistryKind): Upstream =>
      kind === "azure"
        ? Upstream.azure("contoso", credential)
        : kind === "private-ecr"
          ? Upstream.privateEcr({ accountId: "444455556666", region: "us-east-1" })
          : upstreamOfKind(kind, SUPPORTED_REGISTRIES[kind].credential === "required" ? credential : undefined);
    const cache = cacheOf(...REGISTRY_KINDS.map(ofKind));
    const rows = tableRows(registries, "image");
    const prefixes = rows.map(([image = "", name]) => {
      const errors = new ValidationErrors();
      const { path: place, tag, prefix } = cachedImage(errors, "image", cache, codeIn(image)[0]) ?? {};
      expect(errors.list()).toEqual([]);
      expect(`\`${place}:${tag}\``).toBe(name);
      return prefix;
    });
    expect(new Set(prefixes).size).toBe(REGISTRY_KINDS.length);
  });

  test("shows what a part of a private registry becomes", () => {
    const part = {
      accountId: "444455556666",
      region: "us-east-1",
      prefix: "platform",
      upstreamRepositoryPrefix: "base",
    };
    expect(cacheOf(Upstream.privateEcr(part)).repositoryUri("platform", "base/java")).toMatch(/\/platform\/java$/);
    expect(registries).toContain("`base/java` of account 444455556666 is `platform/java` in the cache");
  });

  test("names hosts that are refused with a reason", () => {
    const hosts = tableRows(registries, "host", "registry").flatMap(([cell = ""]) => codeIn(cell));
    const literal = hosts.filter((host) => !host.includes("*"));
    expect(literal.length).toBeGreaterThan(12);
    for (const host of literal) {
      const message = messageOf(() => cacheOf(Upstream.fromRegistryUrl(host, { prefix: "refused" })));
      expect([host, message]).toEqual([host, expect.stringMatching(/ECR (cannot cache|caches) .*copy these images/)]);
    }
  });

  test("has the number of rules, and a policy for the other account with the actions that the module's README names", () => {
    expect(registries).toContain(`| rules per account and region | ${MAX_RULES}, `);
    const policy = shownJson("upstreams.md");
    expect(whyMalformed(policy, "resource")).toBeUndefined();
    const { Statement } = JSON.parse(policy) as { readonly Statement: readonly PolicyStatement[] };
    const [sentence = ""] =
      /^The other account must allow .*$/m.exec(text("modules/pull-through-cache/README.md")) ?? [];
    expect(Statement.map(({ Action }) => Action)).toEqual([READ_AS_UPSTREAM]);
    expect(codeIn(sentence)).toEqual(expect.arrayContaining(Statement.flatMap(({ Action }) => Action)));
    expect(codeIn(sentence).filter((code) => code.startsWith("ecr:"))).toHaveLength(4);
  });
});

describe("the page of repository settings", () => {
  const settings = page("repository-settings.md");
  const rows = tableRows(settings, "TypeScript", "module", "default");

  test("has every setting of the construct and of the module with its default", () => {
    const props = [...text("src/cache/repository-settings.ts").matchAll(/^ {2}readonly (\w+)\?:/gm)].map(
      ([, name = ""]) => name,
    );
    expect(rows.map(([prop = ""]) => codeIn(prop)[0]).sort()).toEqual(props.sort());
    const attributes = rows.flatMap(([, attribute = ""]) =>
      codeIn(attribute).map((code) => code.replace(/ = .*$/, "")),
    );
    expect(attributes.sort()).toEqual(Object.keys(SETTINGS).sort());
    for (const [prop, value] of Object.entries(DEFAULT_SETTINGS)) {
      expect(rows.find(([cell]) => cell === `\`${prop}\``)?.[2]).toBe(`\`${value}\``);
    }
  });

  test("shows the lifecycle policy of a template without settings", () => {
    expect(JSON.parse(shownJson("repository-settings.md"))).toEqual({
      rules: [GENERATED_LIFECYCLE.newest(DEFAULT_SETTINGS.keepLastImages)],
    });
  });
});

test("the page of the permission to pull shows the policy that a cache writes", () => {
  const pulls = page("pull-permissions.md");
  const cache = cacheOf(
    Upstream.dockerHub(credential),
    Upstream.quay({ repositorySettings: { tags: { team: "platform" } } }),
  );
  const written = JSON.parse(resolved(cache, cache.pullPolicyJson())) as {
    readonly Statement: readonly PolicyStatement[];
  };
  expect(JSON.parse(shownJson("pull-permissions.md"))).toEqual(written);
  const inTable = tableRows(pulls, "action", "resource").flatMap(([action = ""]) => codeIn(action));
  expect(new Set(inTable)).toEqual(new Set(written.Statement.flatMap(({ Action }) => Action)));
});

test("the security page names each role with who may assume it and what it may do", () => {
  const roles = new Map<string, { trust: string; actions: string[] }>();
  let name = "";
  for (const [first = "", , trust = "", actions = ""] of tableRows(page("security.md"), "name", "created if")) {
    name = codeIn(first)[0] ?? name;
    const role = roles.get(name) ?? { trust: codeIn(trust)[0] ?? "", actions: [] };
    roles.set(name, { ...role, actions: [...role.actions, ...codeIn(actions)] });
  }
  const ofStatements = ({ service }: { readonly service: string }, ...statements: PolicyStatement[]): object => ({
    trust: service,
    actions: statements.flatMap(({ Action }) => Action),
  });
  expect(Object.fromEntries(roles)).toEqual({
    [REPOSITORY_CREATION.namePrefix]: ofStatements(REPOSITORY_CREATION, CREATE_REPOSITORIES, useOfKeys("key")),
    [UPSTREAM_READING.namePrefix]: ofStatements(UPSTREAM_READING, READ_UPSTREAM),
    [BUILD_ROLE.namePrefix]: ofStatements(BUILD_ROLE, writeLogs("group"), ...networkStatements("arn", "subnet")),
    [SCHEDULE_ROLE.namePrefix]: ofStatements(SCHEDULE_ROLE, startBuilds("project")),
    [REMINDER_ROLE.namePrefix]: ofStatements(REMINDER_ROLE, ...publishReminders("topic", "key")),
  });
});

test("the security page has a permissions boundary with the actions of all roles, and the options of roles", () => {
  const statements = {
    CreateRepositories: [CREATE_REPOSITORIES],
    UseKeys: [useOfKeys("*")],
    ReadUpstreams: [READ_UPSTREAM],
    Pull: [SIGN_IN, createTaggedStatement("*")],
    WriteLogs: [writeLogs("*")],
    UseNetwork: networkStatements("*", "*"),
    StartBuilds: [startBuilds("*")],
    SendReminders: publishReminders("*", "*"),
  };
  const boundary = shownJson("security.md");
  expect(whyMalformed(boundary, "identity")).toBeUndefined();
  const single = <T>(list: readonly T[]): readonly T[] | T | undefined => (list.length === 1 ? list[0] : list);
  expect(JSON.parse(boundary)).toEqual({
    Version: "2012-10-17",
    Statement: Object.entries(statements).map(([Sid, all]) => ({
      Sid,
      Effect: "Allow",
      Action: single(all.flatMap(({ Action }) => Action)),
      Resource: "*",
    })),
  });
  const rows = tableRows(page("security.md"), "TypeScript", "module");
  const names = rows.map((row) => row.slice(0, 2).flatMap(codeIn));
  expect(names.map(([, attribute]) => attribute)).toEqual(Object.keys(ROLE_OPTIONS_INPUT.attributes ?? {}));
  expect(names).toEqual(names.map(([option = ""]) => [option, snakeCase(option)]));
});

test("the security page names the services that may deliver alerts, and their actions", () => {
  const rows = tableRows(page("security.md"), "resource", "policy", "service");
  const told = rows.map(([, , services = "", actions = ""]) => [codeIn(services), codeIn(actions)]);
  const ofStatements = (statements: readonly PolicyStatement[]): unknown[] => [
    [...new Set(statements.flatMap(({ Principal }) => (Principal as { readonly Service: string }).Service))],
    statements.flatMap(({ Action }) => Action),
  ];
  expect(told).toEqual([ofStatements([publishEvents("topic")]), ofStatements(writeEvents("group", "rule"))]);
});

test("the page of alerts has the lines of the message and the fields of the event that they show", () => {
  const rows = tableRows(page("alerts.md"), "line", "field of the event");
  const fields = new Set(rows.flatMap(([, cell = ""]) => codeIn(cell).map((field) => `$.${field}`)));
  expect(fields).toEqual(new Set(Object.values(INPUT_PATHS)));
  const lines = rows.flatMap(([cell = ""]) => codeIn(cell));
  expect(lines).toEqual(MESSAGE_LINES.slice(1).map((line) => line.replace(/:.*$/, "")));
  expect(page("alerts.md")).toContain(`\`${EVENT.detailType}\``);
});

test("the security page names the actions that endpoint policies allow", () => {
  const rows = tableRows(page("security.md"), "endpoint", "requests of every caller");
  const layers = layersStatement("aws", "<region>");
  const statements = [SIGN_IN, readStatement("arn"), pushStatement("arn"), layers, bucketsStatement("arn")];
  expect(rows.map(([, , actions = ""]) => codeIn(actions)).filter(({ length }) => length > 0)).toEqual(
    statements.map(({ Action }) => [Action].flat()),
  );
  expect(rows.map(([, , , resources]) => resources)).toContain(`\`${String(layers.Resource).split(":::")[1]}\``);
});

test("the guide of VPC endpoints has each constant of EndpointService, and beside it its name in the module", () => {
  const rows = tableRows(text("docs/vpc-endpoints.md"), "clients", "constants of `EndpointService`");
  const services = Object.entries<EndpointService>({ ...(EndpointService as object) });
  const names = new Map(services.map(([constant, { name }]) => [constant, name] as const));
  const constants = rows.map(([, cell = ""]) => codeIn(cell));
  expect(new Set(constants.flat())).toEqual(new Set(names.keys()));
  expect(rows.map(([, , cell = ""]) => codeIn(cell))).toEqual(
    constants.map((row) => row.map((constant) => names.get(constant))),
  );
});

/** The versions of constructs that CDK Terrain admits. */
const CDKTN_CONSTRUCTS = `${minorOf(OLDEST_CONSTRUCTS.cdktn)} or ${minorOf(NEWEST_CONSTRUCTS.cdktn)}`;

test("the page of versions has those of package.json, of the matrix and of the modules", () => {
  const rows = Object.fromEntries(
    tableRows(page("upgrades.md"), "software", "versions").map(([name = "", versions = ""]) => [
      name.replace(/`/g, ""),
      versions,
    ]),
  );
  const { engines, peerDependencies } = JSON.parse(text("package.json")) as {
    readonly engines: { readonly node: string };
    readonly peerDependencies: { readonly [name: string]: string };
  };
  expect(engines.node).toBe(">=20.9.0");
  expect(rows["Node.js"]).toMatch(/^20\.9 or later/);
  const after = (version: string): string => String(majorOf(version) + 1);
  expect(peerDependencies).toEqual({
    "@cdktf/provider-aws": `>=${CDKTF_5.providerVersion} <${after(CDKTF_6.providerVersion)}`,
    cdktf: `^${CDKTF_5.version}`,
    constructs: `^${OLDEST_CONSTRUCTS.cdktf}`,
  });
  const from = (oldest: string, newest: string): string => `${oldest} or later, before ${after(newest)}`;
  const constructs = from(OLDEST_CONSTRUCTS.cdktf, NEWEST_CONSTRUCTS.cdktf);
  expect(rows).toMatchObject({
    cdktf: minorOf(CDKTF_6.version),
    cdktn: minorOf(CDKTN.version),
    constructs: `${constructs}; \`cdktn\` ${minorOf(CDKTN.version)} needs ${CDKTN_CONSTRUCTS}`,
    "@cdktf/provider-aws": from(CDKTF_5.providerVersion, CDKTF_6.providerVersion),
    "@cdktn/provider-aws": from(CDKTN_OLDEST.providerVersion, CDKTN.providerVersion),
  });
  expect(rows["hashicorp/aws"]).toBe(`\`${PROVIDER_VERSIONS}\``);
  const [newer, older] = (rows["Terraform, modules"] ?? "").split(";");
  expect(older).toBe(" 1.9 for the other modules");
  for (const module of MODULE_NAMES) {
    const needed = /required_version = ">= ([\d.]+)"/.exec(text(`modules/${module}/versions.tf`))?.[1];
    expect([module, needed]).toEqual([module, newer?.includes(module) === true ? "1.11" : "1.9"]);
  }
});

test("the guide to CDK Terrain has the versions of the matrix", () => {
  const guide = text("docs/move-to-cdk-terrain.md");
  const rows = Object.fromEntries(
    tableRows(guide, "", "CDKTF", "CDK Terrain").map(([name = "", ...cells]) => [name.replace(/`/g, ""), cells]),
  );
  expect(rows["framework"]).toEqual([CDKTF_6, CDKTN].map(({ name, version }) => `\`${name}\` ${minorOf(version)}`));
  expect(rows["constructs"]?.[1]).toBe(CDKTN_CONSTRUCTS);
  const [terrain, provider] = [minorOf(CDKTN.version), String(majorOf(CDKTN.providerVersion))];
  expect(guide).toContain(
    `npm install cdktn@${terrain} @cdktn/provider-aws@${provider} constructs@${minorOf(NEWEST_CONSTRUCTS.cdktn)}\n`,
  );
  const [refused, admitted] = [NEWEST_CONSTRUCTS.cdktf, NEWEST_CONSTRUCTS.cdktn].map(minorOf);
  const refusal = `\`cdktn\` ${terrain} does not accept \`constructs\` ${String(refused)}`;
  expect(guide.includes(refusal)).toBe(refused !== admitted);
});

test("no document has another version of CDK Terrain or of its AWS provider package than the matrix", () => {
  const tested = [CDKTN_OLDEST, CDKTN].flatMap(({ version, providerVersion }) => [version, providerVersion]);
  const others = ["README.md", "CONTRIBUTING.md", ...documentsIn("docs")].flatMap((file) =>
    [...text(file).matchAll(/(?:\bcdktn(?:-cli)?|@cdktn\/provider-aws)`?[ @](\d+(?:\.\d+)*)/g)]
      .filter(([, version = ""]) => !tested.some((known) => `${known}.`.startsWith(`${version}.`)))
      .map(([mention]) => `${file}: ${mention}`),
  );
  expect(others).toEqual([]);
});

test("the page of OpenTofu has the versions that the modules need, and claims nothing to be run", () => {
  const needed = tableRows(page("opentofu.md"), "you use", "Terraform", "OpenTofu");
  const [[named = "", newer] = [], [others, older] = []] = needed;
  expect(others).toBe("the other modules");
  for (const module of MODULE_NAMES) {
    const version = /required_version = ">= ([\d.]+)"/.exec(text(`modules/${module}/versions.tf`))?.[1];
    expect([module, version]).toEqual([module, named.includes(module) ? newer : older]);
  }
  const features = tableRows(page("opentofu.md"), "feature", "since Terraform", "since OpenTofu");
  expect(new Set([...needed, ...features].map((row) => row.at(-1)))).toEqual(new Set(["not run"]));
});

test("the hosts of a registry in names of images are those of the code", () => {
  const rows = new Map(
    tableRows(page("upstreams.md"), "registry", "hosts in names of images").map(([registry = "", hosts = ""]) => [
      registry,
      codeIn(hosts),
    ]),
  );
  const hostsOf = (domain: string): string[] => [
    domain,
    ...Object.keys(REGISTRY_ALIASES).filter((alias) => REGISTRY_ALIASES[alias] === domain),
  ];
  expect(rows.get("Docker Hub")?.sort()).toEqual(hostsOf(DEFAULT_DOMAIN).sort());
  expect(rows.get("Kubernetes")).toEqual(hostsOf("registry.k8s.io"));
  const ownHosts = (rows.get("private ECR") ?? []).map((host) =>
    canonicalDomain(host.replace("<account>", "111122223333").replace("<region>", "eu-west-1")),
  );
  expect(ownHosts).toEqual(Array(3).fill("111122223333.dkr.ecr.eu-west-1.amazonaws.com"));
  expect(rows.size).toBe(3);
});

test("the page of the architecture has every folder of src", () => {
  const folders = tableRows(page("architecture.md"), "folder of `src/`").flatMap(([cell = ""]) => codeIn(cell));
  const all = fs.readdirSync(path.join(ROOT, "src"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(folders.sort()).toEqual(all.map(({ name }) => `${name}/`).sort());
});

test("the index of decisions has every record", () => {
  const index = "docs/decisions/README.md";
  const records = documentsIn("docs/decisions").filter((name) => name !== index);
  expect(records.length).toBeGreaterThan(4);
  for (const name of records) {
    const record = text(name);
    const title = /^# (.+)\n\n\*\*Status:\*\* .+\n/.exec(record)?.[1];
    expect(text(index)).toContain(`| [${title}](${path.basename(name)}) |`);
    expect(record).toContain("\n## When to decide again\n");
  }
});
