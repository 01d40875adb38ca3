import * as path from "node:path";
import { stackFolders, synthesizeExample } from "../../support/examples";
import { Workspace, describeWithTerraform } from "../../support/terraform";

const LIFECYCLE = (images: number): string =>
  `[for rule in jsondecode(TEMPLATE.lifecycle_policy).rules : rule.selection.countNumber] == [${images}]`;

/** Conditions by the words that name them; RULE, TEMPLATE and SECRET stand for the addresses under a prefix. */
const EXPECTED: { readonly [stack: string]: { readonly [prefix: string]: { readonly [words: string]: string } } } = {
  "elastio-us-east-1": {
    "ecr-public": {
      "caches Amazon ECR Public": 'RULE.upstream_registry_url == "public.ecr.aws"',
      "bounds what is stored": LIFECYCLE(100),
      "lets tags move": 'TEMPLATE.image_tag_mutability == "MUTABLE"',
    },
  },
  "docker-hub": {
    "docker-hub": {
      "caches Docker Hub": 'RULE.upstream_registry_url == "registry-1.docker.io"',
      "reads the managed secret": "RULE.credential_arn == SECRET.arn",
      "names the secret as ECR demands": 'SECRET.name == "ecr-pullthroughcache/docker-hub"',
      "frees the secret's name at once": "SECRET.recovery_window_in_days == 0",
      "has a template of the same prefix": "RULE.ecr_repository_prefix == TEMPLATE.prefix",
      "applies it to the cache only": 'TEMPLATE.applied_for == toset(["PULL_THROUGH_CACHE"])',
    },
  },
  "all-upstreams": {
    "docker-hub": { "reads the managed secret": "RULE.credential_arn == SECRET.arn" },
    github: { "reads the given secret": 'endswith(RULE.credential_arn, ":secret:ecr-pullthroughcache/github-AbCdEf")' },
    quay: {
      "signs in to nothing": "RULE.credential_arn == null && RULE.custom_role_arn == null",
      "tags repositories": 'TEMPLATE.resource_tags["team"] == "platform"',
      "tags them with the role": "TEMPLATE.custom_role_arn == CREATION_ROLE.arn",
      "bounds what is stored as the cache says": LIFECYCLE(50),
    },
    chainguard: { "bounds what is stored as the upstream says": LIFECYCLE(10) },
    europe: {
      "caches all of the other region": 'RULE.upstream_repository_prefix == "ROOT"',
      "needs no role for it": "RULE.custom_role_arn == null",
    },
    platform: {
      "caches a part of the other account": 'RULE.upstream_repository_prefix == "base"',
      "reads it with the role": "RULE.custom_role_arn == UPSTREAM_ROLE.arn",
    },
  },
};

describeWithTerraform("the real schema, with a mocked provider", () => {
  test.each(Object.entries(EXPECTED))("applies %s and finds what is expected", async (stack, expected) => {
    const example = stack.startsWith("elastio") ? "elastio-connector" : stack;
    const folder = stackFolders(await synthesizeExample(example)).find((found) => path.basename(found) === stack) ?? "";
    const workspace = new Workspace(folder);
    const json = JSON.parse(workspace.read("cdk.tf.json")) as Synthesized;
    workspace.write("expected.tftest.hcl", testFile(json, expected));
    await workspace.init();
    const output = await workspace.run(["test", "-no-color"]);
    const runs = Object.values(expected).flatMap(Object.keys).length;
    expect(output).toContain(`Success! ${runs} passed, 0 failed.`);
  });

  test("finds what is not there as well", async () => {
    const [folder = ""] = stackFolders(await synthesizeExample("docker-hub"));
    const workspace = new Workspace(folder);
    const json = JSON.parse(workspace.read("cdk.tf.json")) as Synthesized;
    workspace.write("expected.tftest.hcl", testFile(json, { "docker-hub": { wrong: 'RULE.credential_arn == "x"' } }));
    await workspace.init();
    const { status, output } = await workspace.try(["test", "-no-color"]);
    expect([status, output.includes("docker-hub wrong")]).toEqual([1, true]);
  });
});

interface Synthesized {
  readonly resource: { readonly [type: string]: { readonly [name: string]: object } };
}

/** A file for `terraform test`: one run per condition, all on the same mocked resources. */
function testFile(
  json: Synthesized,
  expected: { readonly [prefix: string]: { readonly [words: string]: string } },
): string {
  const address = (type: string, part: string): string => {
    const name = Object.keys(json.resource[type] ?? {}).find((found) => found.replace(/^cache_/, "").startsWith(part));
    return `${type}.${name ?? `no-${part}`}`;
  };
  const runs = Object.entries(expected).flatMap(([prefix, conditions]) =>
    Object.entries(conditions).map(([words, condition]) => {
      const resolved = condition
        .replaceAll("CREATION_ROLE", () => address("aws_iam_role", "repository-creation-role"))
        .replaceAll("UPSTREAM_ROLE", () => address("aws_iam_role", "upstream-role"))
        .replaceAll("RULE", () => address("aws_ecr_pull_through_cache_rule", `${prefix}-rule`))
        .replaceAll("TEMPLATE", () => address("aws_ecr_repository_creation_template", `${prefix}-template`))
        .replaceAll("SECRET", () => address("aws_secretsmanager_secret", `${prefix}-secret`));
      return `
run ${JSON.stringify(`${prefix}-${words}`.replace(/[^A-Za-z0-9-]/g, "-"))} {
  assert {
    condition     = ${resolved}
    error_message = ${JSON.stringify(`${prefix} ${words}`)}
  }
}
`;
    }),
  );
  return MOCKS + runs.join("");
}

// The provider checks what comes from other resources too, so what is mocked must look like ARNs.
const MOCKS = `
mock_provider "aws" {
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::111122223333:role/mocked" }
  }
  mock_resource "aws_secretsmanager_secret" {
    defaults = { arn = "arn:aws:secretsmanager:us-east-1:111122223333:secret:ecr-pullthroughcache/mocked-AbCdEf" }
  }
}

variables {
  docker_hub_username     = "bot"
  docker_hub_access_token = "not-a-token"
}
`;
