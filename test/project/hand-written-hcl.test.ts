import * as fs from "node:fs";
import * as path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { parse } from "@cdktf/hcl2json";
import { TerraformStack } from "cdktf";
import {
  FirstPull,
  PullThroughCache,
  RegistryCredential,
  RegistryEndpoints,
  Upstream,
} from "cdktf-ecr-pull-through-cache";
import { stackIn, synthesized } from "../support/synthesis";
import type { Block } from "../support/synthesis";

const FOLDER = path.join(__dirname, "hand-written");

const accountId = "111122223333";
const SECRET = `arn:aws:secretsmanager:eu-west-1:${accountId}:secret:ecr-pullthroughcache/docker-hub-AbCdEf`;

/** Resources and variables by their addresses, in one spelling for what Terraform reads as the same. */
interface Configuration {
  readonly [address: string]: Block;
}

/** What somebody has written by hand, and what the constructs make of the same wish. */
interface Case {
  readonly file: string;
  readonly stack: () => TerraformStack;
  /** What the constructs call the resources that have other names in the file. */
  readonly names: { readonly [address: string]: string };
  /** What the constructs add to what is right by hand. */
  readonly added: readonly string[];
}

// What AWS does where nothing is said stands there, so that no other default changes it. Those who are let in come before
// the endpoint that everybody in the VPC is led to.
const INTERFACE = ["dns_options", "ip_address_type", "depends_on aws_vpc_security_group_ingress_rule.clients"];

/**
 * Without a template, the repositories that a rule creates have no lifecycle: each rule waits for one, which is replaced
 * when its encryption changes.
 */
function template(rule: string, prefix: string): string[] {
  const address = `aws_ecr_repository_creation_template.${prefix}-template`;
  return [
    address,
    `terraform_data.${prefix}-encryption`,
    `aws_ecr_pull_through_cache_rule.${rule}: depends_on ${address}`,
  ];
}

const CASES: { readonly [name: string]: Case } = {
  "Amazon ECR Public": {
    file: "ecr-public.tf",
    stack: () => TerraformStack.of(cacheOf([Upstream.ecrPublic()])),
    names: { "aws_ecr_pull_through_cache_rule.ecr-public-rule": "aws_ecr_pull_through_cache_rule.ecr_public" },
    added: [...template("ecr_public", "ecr-public")],
  },
  "Docker Hub": {
    file: "docker-hub.tf",
    stack: () => {
      const credential = RegistryCredential.managed({
        usernameVariable: "docker_hub_username",
        accessTokenVariable: "docker_hub_access_token",
        version: 1,
      });
      return TerraformStack.of(cacheOf([Upstream.dockerHub(credential)]));
    },
    names: {
      "aws_ecr_pull_through_cache_rule.docker-hub-rule": "aws_ecr_pull_through_cache_rule.docker_hub",
      "aws_secretsmanager_secret.docker-hub-secret": "aws_secretsmanager_secret.docker_hub",
      "aws_secretsmanager_secret_version.docker-hub-secret-version": "aws_secretsmanager_secret_version.docker_hub",
    },
    added: [
      ...template("docker_hub", "docker-hub"),
      "aws_secretsmanager_secret.docker_hub: description",
      // A rule is given another credential before this one is deleted.
      "aws_secretsmanager_secret.docker_hub: lifecycle",
      // Deleted with a window, its name stays taken for that long.
      "aws_secretsmanager_secret.docker_hub: recovery_window_in_days",
      "aws_secretsmanager_secret_version.docker_hub: lifecycle",
      ...["docker_hub_access_token", "docker_hub_username"].flatMap((name) =>
        ["description", "nullable", "validation"].map((argument) => `variable.${name}: ${argument}`),
      ),
    ],
  },
  "the endpoints": {
    file: "endpoints.tf",
    stack: () => {
      const credential = RegistryCredential.fromSecretArn(SECRET);
      const cache = cacheOf([Upstream.ecrPublic(), Upstream.dockerHub(credential)]);
      const stack = stackIn("eu-west-1");
      new RegistryEndpoints(stack, "Default", {
        vpcId: "vpc-0e450000000000001",
        subnetIds: ["subnet-0e45000000000000a", "subnet-0e45000000000000b"],
        routeTableIds: ["rtb-0e45000000000000a", "rtb-0e45000000000000b"],
        clientCidrs: ["10.0.0.0/16"],
        firstPull: FirstPull.INTERNET_ROUTE,
        caches: [cache],
      });
      return stack;
    },
    names: {
      "aws_security_group.security-group": "aws_security_group.endpoints",
      "aws_vpc_endpoint.ecr-api": "aws_vpc_endpoint.ecr_api",
      "aws_vpc_endpoint.ecr-dkr": "aws_vpc_endpoint.ecr_dkr",
      "aws_vpc_endpoint_route_table_association.s3-rtb-0e45000000000000a":
        "aws_vpc_endpoint_route_table_association.s3_a",
      "aws_vpc_endpoint_route_table_association.s3-rtb-0e45000000000000b":
        "aws_vpc_endpoint_route_table_association.s3_b",
      "aws_vpc_security_group_ingress_rule.client-10_2e0_2e0_2e0_2f16": "aws_vpc_security_group_ingress_rule.clients",
    },
    added: [
      "aws_security_group.endpoints: description",
      "aws_security_group.endpoints: name_prefix",
      ...["ecr_api", "ecr_dkr"].flatMap((name) => INTERFACE.map((argument) => `aws_vpc_endpoint.${name}: ${argument}`)),
      "aws_vpc_security_group_ingress_rule.clients: description",
    ],
  },
};

/** A cache whose addresses are as short as those of a fleet. */
function cacheOf(upstreams: Upstream[]): PullThroughCache {
  return new PullThroughCache(stackIn("eu-west-1"), "Default", { accountId, upstreams });
}

function textOf({ file }: Case): string {
  return fs.readFileSync(path.join(FOLDER, file), "utf8");
}

/** What a file says, with its locals in place of what refers to them. */
async function byHand(text: string): Promise<Configuration> {
  const {
    resource = {},
    variable = {},
    locals = [],
  } = (await parse("main.tf", text)) as {
    readonly resource?: { readonly [type: string]: { readonly [name: string]: readonly Block[] } };
    readonly variable?: { readonly [name: string]: readonly Block[] };
    readonly locals?: readonly Block[];
  };
  const found: { [address: string]: Block } = {};
  for (const [type, named] of Object.entries({ ...resource, variable })) {
    for (const [name, [block = {}]] of Object.entries(named)) {
      found[`${type}.${name}`] = await argumentsOf(block, Object.assign({}, ...locals) as Block);
    }
  }
  return found;
}

/** What the constructs make, under the names that the file has for it. */
async function byConstructs({ stack, names }: Case): Promise<Configuration> {
  const json = Object.entries(names).reduce(
    (text, [from, to]) => text.replaceAll(`${from}.`, `${to}.`).replaceAll(`"${from}"`, `"${to}"`),
    JSON.stringify(synthesized(stack())),
  );
  const { resource = {}, variable = {} } = JSON.parse(json) as ReturnType<typeof synthesized>;
  const found: { [address: string]: Block } = {};
  for (const [type, named] of Object.entries({ ...resource, variable })) {
    for (const [name, block] of Object.entries(named)) {
      const address = `${type}.${name}`;
      found[names[address] ?? address] = await argumentsOf(block, {});
    }
  }
  return found;
}

async function argumentsOf({ depends_on: waitsFor = [], ...block }: Block, locals: Block): Promise<Block> {
  const found: { [name: string]: unknown } = {};
  for (const address of waitsFor as readonly string[]) {
    found[`depends_on ${address.replace(/^\$\{(.*)\}$/, "$1")}`] = true;
  }
  for (const [name, value] of Object.entries(block)) {
    found[name] = await asRead(value, locals);
  }
  return found;
}

/** A value as AWS reads it: JSON as the document that it is, lists of texts in any order, a block as what is in it. */
async function asRead(value: unknown, locals: Block): Promise<unknown> {
  if (Array.isArray(value)) {
    const list = await Promise.all(value.map((item) => asRead(item, locals)));
    return list.every((item) => typeof item === "string") ? list.sort() : list.length === 1 ? list[0] : list;
  }
  if (typeof value === "object" && value !== null) {
    const read = Object.entries(value).map(async ([key, child]) => [key, await asRead(child, locals)] as const);
    return Object.fromEntries(await Promise.all(read));
  }
  if (typeof value !== "string") {
    return value;
  }
  const [, local] = /^\$\{local\.(\w+)\}$/.exec(value) ?? [];
  if (local !== undefined) {
    return asRead(locals[local], locals);
  }
  const [, encoded] = /^\$\{jsonencode\(([\s\S]*)\)\}$/.exec(value) ?? [];
  if (encoded !== undefined) {
    const { locals: found } = (await parse("main.tf", `locals {\n  value = ${encoded}\n}`)) as {
      readonly locals: readonly [{ readonly value: unknown }];
    };
    return asRead(found[0].value, locals);
  }
  // A type stands without quotes in HCL.
  return value.startsWith("{") ? asRead(JSON.parse(value), locals) : value.replace(/^\$\{(string)\}$/, "$1");
}

/** What is only made by the constructs, and in what they and the file differ: resources, and arguments of resources. */
function compare(hand: Configuration, made: Configuration): { added: string[]; different: string[] } {
  const added = Object.keys(made).filter((address) => !(address in hand));
  const different = Object.keys(hand).filter((address) => !(address in made));
  for (const [address, block] of Object.entries(hand)) {
    const counterpart = made[address];
    if (counterpart !== undefined) {
      const add = (name: string): string => `${address}: ${name}`;
      added.push(
        ...Object.keys(counterpart)
          .filter((name) => !(name in block))
          .map(add),
      );
      different.push(
        ...Object.keys(block)
          .filter((name) => !isDeepStrictEqual(block[name], counterpart[name]))
          .map(add),
      );
    }
  }
  return { added: added.sort(), different: different.sort() };
}

test.each(Object.entries(CASES))("%s, written by hand and right, is what the constructs make", async (_, wish) => {
  const { added, different } = compare(await byHand(textOf(wish)), await byConstructs(wish));
  expect(different).toEqual([]);
  expect(added).toEqual([...wish.added].sort());
});

/** As guides have it: what stands there in place of what, and what the comparison has to find. */
const GUIDES: readonly {
  readonly fault: string;
  readonly wish: keyof typeof CASES;
  readonly edits: readonly (readonly [from: string | RegExp, to: string])[];
  readonly different?: readonly string[];
  readonly lacking?: readonly string[];
}[] = [
  {
    fault: "an upstream with a path",
    wish: "Amazon ECR Public",
    edits: [['= "public.ecr.aws"', '= "public.ecr.aws/elastio"']],
    different: ["aws_ecr_pull_through_cache_rule.ecr_public: upstream_registry_url"],
  },
  {
    fault: "another host of Docker Hub",
    wish: "Docker Hub",
    edits: [['"registry-1.docker.io"', '"docker.io"']],
    different: ["aws_ecr_pull_through_cache_rule.docker_hub: upstream_registry_url"],
  },
  {
    fault: "no credential for Docker Hub",
    wish: "Docker Hub",
    edits: [[/ *credential_arn.*\n/, ""]],
    lacking: ["aws_ecr_pull_through_cache_rule.docker_hub: credential_arn"],
  },
  {
    fault: "a rule that does not wait for its secret's value",
    wish: "Docker Hub",
    edits: [[/ *depends_on.*\n/, ""]],
    lacking: ["aws_ecr_pull_through_cache_rule.docker_hub: depends_on aws_secretsmanager_secret_version.docker_hub"],
  },
  {
    fault: "a secret of a name that ECR may not read",
    wish: "Docker Hub",
    edits: [['"ecr-pullthroughcache/docker-hub"', '"docker-hub"']],
    different: ["aws_secretsmanager_secret.docker_hub: name"],
  },
  {
    fault: "a token that is kept in the state, under another key",
    wish: "Docker Hub",
    edits: [
      ["secret_string_wo =", "secret_string ="],
      [/ *secret_string_wo_version.*\n/, ""],
      ["accessToken", "password"],
      [/ephemeral = true/g, ""],
    ],
    different: ["aws_secretsmanager_secret_version.docker_hub: secret_string"],
    lacking: [
      "aws_secretsmanager_secret_version.docker_hub: secret_string_wo",
      "aws_secretsmanager_secret_version.docker_hub: secret_string_wo_version",
      "variable.docker_hub_access_token: ephemeral",
      "variable.docker_hub_username: ephemeral",
    ],
  },
  {
    fault: "endpoints without a type and without private DNS",
    wish: "the endpoints",
    edits: [
      [/ *vpc_endpoint_type *= "Interface"\n/g, ""],
      [/ *private_dns_enabled.*\n/g, ""],
    ],
    lacking: ["ecr_api", "ecr_dkr"].flatMap((name) => [
      `aws_vpc_endpoint.${name}: private_dns_enabled`,
      `aws_vpc_endpoint.${name}: vpc_endpoint_type`,
    ]),
  },
  {
    fault: "an interface endpoint for S3",
    wish: "the endpoints",
    edits: [['"Gateway"', '"Interface"']],
    different: ["aws_vpc_endpoint.s3: vpc_endpoint_type"],
  },
  {
    fault: "a gateway endpoint that no route leads to",
    wish: "the endpoints",
    edits: [[/resource "aws_vpc_endpoint_route_table_association"[^}]*}\n/g, ""]],
    lacking: ["aws_vpc_endpoint_route_table_association.s3_a", "aws_vpc_endpoint_route_table_association.s3_b"],
  },
  {
    fault: "endpoint policies for plain ECR",
    wish: "the endpoints",
    edits: [
      [/ *"ecr:BatchImportUpstreamImage",\n/, ""],
      [/ *"ecr:CreateRepository",\n/, ""],
    ],
    different: ["aws_vpc_endpoint.ecr_api: policy", "aws_vpc_endpoint.ecr_dkr: policy"],
  },
  {
    fault: "a policy for layers with a condition on the account",
    wish: "the endpoints",
    edits: [
      [
        '"arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*"',
        '$&\n        Condition = { StringEquals = { "aws:PrincipalAccount" = "111122223333" } }',
      ],
    ],
    different: ["aws_vpc_endpoint.s3: policy"],
  },
];

test.each(GUIDES)("the comparison finds what guides have: $fault", async ({ wish, edits, different, lacking }) => {
  const right = CASES[wish] as Case;
  const naive = edits.reduce((text, [from, to]) => {
    const edited = text.replace(from, to);
    expect(edited).not.toBe(text);
    return edited;
  }, textOf(right));
  const found = compare(await byHand(naive), await byConstructs(right));
  expect(found.different).toEqual([...(different ?? [])].sort());
  expect(found.added).toEqual([...right.added, ...(lacking ?? [])].sort());
});

test("every file that is written by hand is compared", () => {
  expect(fs.readdirSync(FOLDER).sort()).toEqual(
    Object.values(CASES)
      .map(({ file }) => file)
      .sort(),
  );
});
