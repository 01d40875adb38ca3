import { TerraformLocal } from "cdktf";
import { PullThroughCache, RegistryCredential, TagMutability, Upstream } from "cdktf-ecr-pull-through-cache";
import type { RepositorySettings, RoleOptions } from "cdktf-ecr-pull-through-cache";
import * as fc from "fast-check";
import { snakeCase } from "../../../modules/generator/hcl";
import { checkRoleOptions } from "../../../src/aws/role-options";
import { checkRepositorySettings } from "../../../src/cache/repository-settings-checks";
import { MAX_LIFECYCLE_POLICY, MAX_REPOSITORY_POLICY, REPOSITORY_PREFIX } from "../../../src/cache/rules";
import { matches } from "../../../src/validation/rule";
import { ValidationErrors } from "../../../src/validation/validation-errors";
import { prefixLike } from "../../support/prefixes";
import { messageOf, stackIn, synthesized } from "../../support/synthesis";
import { Workspace, configuration, describeWithTerraform } from "../../support/terraform";
import type { Diagnostic } from "../../support/terraform";
import { useLocalAws } from "../../support/use-local-aws";

const POLICY = (sid: string): string =>
  JSON.stringify({ Id: sid, Statement: [{ Effect: "Allow", Principal: "*", Action: "ecr:BatchGetImage" }] });
const LIFECYCLE = (description: string): string => {
  const selection = { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 10 };
  return JSON.stringify({ rules: [{ rulePriority: 1, description, selection, action: { type: "expire" } }] });
};

/** Addresses of the resources that the real provider refuses. */
async function refused(resource: { [type: string]: { [name: string]: object } }): Promise<Set<string>> {
  const workspace = new Workspace(configuration(resource));
  await workspace.init();
  const errors = (await workspace.validate()).filter((diagnostic) => diagnostic.severity === "error");
  return new Set(errors.map(addressOf));
}

function addressOf(diagnostic: Diagnostic): string {
  const [, type = "", name = ""] = /resource\.(\w+)\.([\w-]+)/.exec(diagnostic.snippet?.context ?? "") ?? [];
  return diagnostic.address ?? `${type}.${name}`;
}

describeWithTerraform("the real provider", () => {
  const aws = useLocalAws();

  test("refuses the prefixes that we refuse, and no others", async () => {
    const known = ["ROOT", "root", "a/b", "ab/", "a.b", "a", "Docker", "/ab", "a//b", "a..b", "ab-", "ROOT/", "a b"];
    const prefixes = [
      ...new Set([...known, "a__b", "a--b", "a".repeat(30), "a".repeat(31), ...fc.sample(prefixLike, 500)]),
    ];
    const rules = prefixes.map((prefix, index) => [
      `r${index}`,
      { ecr_repository_prefix: prefix, upstream_registry_url: "public.ecr.aws" },
    ]);
    const theirs = await refused({
      aws_ecr_pull_through_cache_rule: Object.fromEntries(rules) as { [n: string]: object },
    });
    const ours = prefixes.flatMap((prefix, index) =>
      matches(prefix, REPOSITORY_PREFIX) ? [] : [`aws_ecr_pull_through_cache_rule.r${index}`],
    );
    const name = (address: string): string => prefixes[Number(/\d+$/.exec(address)?.[0])] ?? address;
    expect([...theirs].map(name).sort()).toEqual(ours.map(name).sort());
    expect(ours.length).toBeGreaterThan(50);
    expect(prefixes.length - ours.length).toBeGreaterThan(50);
  });

  test("counts a description in bytes, and tags and documents in characters, as we do", async () => {
    const made: [string, RepositorySettings, object][] = [
      ["description-of-255-bytes", { description: `${"ä".repeat(127)}d` }, { description: `${"ä".repeat(127)}d` }],
      ["description-of-256-bytes", { description: "ä".repeat(128) }, { description: "ä".repeat(128) }],
      [
        "tag-of-128-characters",
        { tags: { ["ä".repeat(128)]: "ä".repeat(256) } },
        { resource_tags: { ["ä".repeat(128)]: "ä".repeat(256) } },
      ],
      ...(["repositoryPolicy", "lifecyclePolicy"] as const).map((name): [string, RepositorySettings, object] => {
        const [max, document] =
          name === "repositoryPolicy" ? [MAX_REPOSITORY_POLICY, POLICY] : [MAX_LIFECYCLE_POLICY, LIFECYCLE];
        const text = document("ä".repeat(max - document("").length));
        return [`${name}-of-${max}-characters`, { [name]: text }, { [snakeCase(name)]: text }];
      }),
    ];
    const theirs = await refused({
      aws_ecr_repository_creation_template: Object.fromEntries(
        made.map(([name, , given], index) => [
          name,
          { prefix: `p${index}`, applied_for: ["PULL_THROUGH_CACHE"], ...given },
        ]),
      ),
    });
    const ours = made.filter(([, repositorySettings]) => {
      const errors = new ValidationErrors();
      checkRepositorySettings(errors, "settings", repositorySettings, {});
      return errors.list().length > 0;
    });
    expect([...theirs]).toEqual(["aws_ecr_repository_creation_template.description-of-256-bytes"]);
    expect(ours.map(([name]) => name)).toEqual(["description-of-256-bytes"]);
  });

  test("gives AWS a literal `%{` of a description as it was written", async () => {
    const stack = stackIn("us-east-1");
    const local = new TerraformLocal(stack, "percent", "100").asString;
    new PullThroughCache(stack, "cache", {
      upstreams: [
        Upstream.ecrPublic(),
        Upstream.quay({ repositorySettings: { description: `${local}%{x of 100%%{x` } }),
        Upstream.kubernetes({ repositorySettings: { description: '${"%{ if true }yes%{ endif }"} %{x' } }),
      ],
      repositorySettings: { description: "100%{x} of %{ if" },
    });
    const workspace = new Workspace(synthesized(stack), aws.environment());
    await workspace.init();
    const plan = await workspace.plan();
    const templates =
      plan.resource_changes?.filter(({ type }) => type === "aws_ecr_repository_creation_template") ?? [];
    const descriptions = templates.map(({ change: { after } }) => [after?.["prefix"], after?.["description"]]);
    expect(Object.fromEntries(descriptions)).toEqual({
      "ecr-public": "100%{x} of %{ if",
      quay: "100%{x of 100%{x",
      kubernetes: "yes %{x",
    });
  });

  test("lets pass what we refuse before Terraform sees it", async () => {
    const url = "ghcr.io";
    const wrong = {
      aws_ecr_pull_through_cache_rule: {
        service: { ecr_repository_prefix: "ab", upstream_registry_url: url, credential_arn: "arn:aws:s3:::bucket" },
        scheme: { ecr_repository_prefix: "bc", upstream_registry_url: "https://public.ecr.aws" },
        unsupported: { ecr_repository_prefix: "cd", upstream_registry_url: "gcr.io" },
        unsigned: { ecr_repository_prefix: "de", upstream_registry_url: url },
        twice: { ecr_repository_prefix: "de/", upstream_registry_url: "quay.io" },
      },
      aws_ecr_repository_creation_template: {
        prefix: { prefix: "Docker", applied_for: ["PULL_THROUGH_CACHE"] },
        tags: { prefix: "tags", applied_for: ["PULL_THROUGH_CACHE"], resource_tags: { team: "platform" } },
      },
    };
    expect(await refused(wrong)).toEqual(new Set());
  });

  test("refuses a mutability only when Terraform runs, where we refuse it at synth", async () => {
    const template = { prefix: "ab", applied_for: ["PULL_THROUGH_CACHE"], image_tag_mutability: "immutable" };
    expect(await refused({ aws_ecr_repository_creation_template: { wrong: template } })).toEqual(
      new Set(["aws_ecr_repository_creation_template.wrong"]),
    );
    expect(
      messageOf(
        () =>
          new PullThroughCache(stackIn("us-east-1"), "cache", {
            upstreams: [Upstream.ecrPublic()],
            repositorySettings: { tagMutability: "immutable" as TagMutability },
          }),
      ),
    ).toContain("`repositorySettings.tagMutability` must be one of MUTABLE, IMMUTABLE");
  });

  test("takes a repository policy with policy variables, as we write it", async () => {
    const stack = stackIn("us-east-1");
    const variables = "${aws:username} ${saml:sub} ${oidc.eks.eu-west-1.amazonaws.com/id/X:sub} ${*} 50%{";
    const Condition = { StringEquals: { "aws:PrincipalTag/team": variables } };
    new PullThroughCache(stack, "cache", {
      upstreams: [Upstream.ecrPublic()],
      repositorySettings: { repositoryPolicy: JSON.stringify({ Statement: [{ Effect: "Allow", Condition }] }) },
    });
    const { resource } = synthesized(stack);
    expect(await refused(resource as { [type: string]: { [name: string]: object } })).toEqual(new Set());
  });

  test("gives AWS the policy variables that were written, beside tokens and when they were escaped already", async () => {
    const stack = stackIn("us-east-1");
    const team = new TerraformLocal(stack, "team", "platform").asString;
    const policyOf = (...values: string[]): object => ({
      Statement: [
        {
          Effect: "Allow",
          Principal: "*",
          Action: "ecr:*",
          Condition: { StringEquals: { "aws:PrincipalTag/a": values } },
        },
      ],
    });
    const repositoryPolicy = JSON.stringify(policyOf(team, "${aws:username}", "$${aws:username}"));
    new PullThroughCache(stack, "cache", {
      upstreams: [Upstream.ecrPublic()],
      repositorySettings: { repositoryPolicy },
    });
    const workspace = new Workspace(synthesized(stack), aws.environment());
    await workspace.init();
    const plan = await workspace.plan();
    const template = plan.resource_changes?.find(({ type }) => type === "aws_ecr_repository_creation_template");
    expect(JSON.parse(String(template?.change.after?.["repository_policy"]))).toEqual(
      policyOf("platform", "${aws:username}", "${aws:username}"),
    );
  });

  test("takes every address that we make of prefixes and of names of secrets", async () => {
    const stack = stackIn("us-east-1");
    ["a_secret", "b_secret"].forEach((name) => new TerraformLocal(stack, name, `ecr-pullthroughcache/${name}`));
    const named = (name: string): RegistryCredential => RegistryCredential.fromSecretName(name);
    const written = (secretName?: string): RegistryCredential =>
      RegistryCredential.managed({ usernameVariable: "user", accessTokenVariable: "token", version: 1, secretName });
    new PullThroughCache(stack, "Default", {
      upstreams: [
        Upstream.quay({ prefix: "3scale" }),
        Upstream.unlisted("registry.example.com", { prefix: "0ther" }),
        Upstream.dockerHub(named("${local.a_secret}")),
        Upstream.github(named("${local.b_secret}")),
        Upstream.gitlab(named("ecr-pullthroughcache/1password")),
        Upstream.chainguard(written("ecr-pullthroughcache/-x")),
        Upstream.azure("registry", written(), { prefix: "4zure" }),
      ],
    });
    const workspace = new Workspace(synthesized(stack));
    await workspace.init();
    expect(await workspace.validate()).toEqual([]);
  });

  test("takes every mutability that we offer with its resources, and none of the others", async () => {
    const mutabilities = Object.values(TagMutability);
    const templates = mutabilities.map((mutability, index) => [
      `t${index}`,
      { prefix: `t${index}`, applied_for: ["PULL_THROUGH_CACHE"], image_tag_mutability: mutability },
    ]);
    const theirs = await refused({
      aws_ecr_repository_creation_template: Object.fromEntries(templates) as object as never,
    });
    const ours = mutabilities.flatMap((tagMutability, index) => {
      const errors = new ValidationErrors();
      const tagMutabilityExclusionFilters = /EXCLUSION/.test(tagMutability) ? ["latest"] : undefined;
      checkRepositorySettings(errors, "settings", { tagMutability, tagMutabilityExclusionFilters }, {});
      return errors.list().length > 0 ? [`aws_ecr_repository_creation_template.t${index}`] : [];
    });
    expect(ours).toHaveLength(2);
    expect([...theirs].sort()).toEqual(ours.sort());
  });

  test("has our bounds for the path and the name of a role, and counts an ARN as we do where it checks one", async () => {
    const made: [string, RoleOptions][] = [
      ["path-of-512", { path: `/${"x".repeat(510)}/` }],
      ["path-of-513", { path: `/${"x".repeat(511)}/` }],
      ["prefix-of-38", { namePrefix: "x".repeat(38) }],
      ["prefix-of-39", { namePrefix: "x".repeat(39) }],
      ["prefix-of-all", { namePrefix: "aZ0_+=,.@-" }],
      ["prefix-with-slash", { namePrefix: "a/" }],
      ["boundary", { permissionsBoundaryArn: "arn:aws:iam::111122223333:policy/team/bounds" }],
      ["boundary-of-aws", { permissionsBoundaryArn: "arn:aws-us-gov:iam::aws:policy/PowerUserAccess" }],
      ["boundary-by-name", { permissionsBoundaryArn: "bounds" }],
    ];
    const theirs = await refused({
      aws_iam_role: Object.fromEntries(
        made.map(([name, { permissionsBoundaryArn, path, namePrefix = "x" }]) => [
          name,
          {
            assume_role_policy: POLICY("x"),
            name_prefix: namePrefix,
            path,
            permissions_boundary: permissionsBoundaryArn,
          },
        ]),
      ),
    });
    const ours = made.filter(([, options]) => {
      const errors = new ValidationErrors();
      checkRoleOptions(errors, "options", options, {});
      return errors.list().length > 0;
    });
    expect([...theirs].sort()).toEqual(ours.map(([name]) => `aws_iam_role.${name}`).sort());
    expect(ours).toHaveLength(4);
  });
});
