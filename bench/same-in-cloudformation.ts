import { deepStrictEqual } from "node:assert";
import { readFileSync } from "node:fs";
import type { Consumer, Workload } from "./consumer";
import { synthesizedFiles } from "./synthesized-files";

/** The arguments of a resource, of Terraform or of CloudFormation. */
interface Arguments {
  readonly [name: string]: unknown;
}

interface TerraformJson {
  readonly resource: { readonly [type: string]: { readonly [name: string]: Arguments } };
}

interface CloudFormationJson {
  readonly Resources: { readonly [id: string]: { readonly Type: string; readonly Properties: Arguments } };
}

/** A setting that both languages have, by its names; `true` compares only whether it is given. */
type Settings = readonly (readonly [terraform: string, cloudFormation: string, presence?: true])[];

/** The resources that both languages have. */
const KINDS: readonly (readonly [terraform: string, cloudFormation: string, Settings])[] = [
  [
    "aws_ecr_pull_through_cache_rule",
    "AWS::ECR::PullThroughCacheRule",
    [
      ["ecr_repository_prefix", "EcrRepositoryPrefix"],
      ["upstream_registry_url", "UpstreamRegistryUrl"],
      ["credential_arn", "CredentialArn", true],
    ],
  ],
  [
    "aws_ecr_repository_creation_template",
    "AWS::ECR::RepositoryCreationTemplate",
    [
      ["prefix", "Prefix"],
      ["applied_for", "AppliedFor"],
      ["image_tag_mutability", "ImageTagMutability"],
      ["lifecycle_policy", "LifecyclePolicy"],
      ["resource_tags", "ResourceTags"],
      ["custom_role_arn", "CustomRoleArn", true],
    ],
  ],
  [
    "aws_iam_role",
    "AWS::IAM::Role",
    [
      ["description", "Description"],
      ["assume_role_policy", "AssumeRolePolicyDocument"],
    ],
  ],
  [
    "aws_iam_role_policy",
    "AWS::IAM::RolePolicy",
    [
      ["role", "RoleName", true],
      ["policy", "PolicyDocument"],
    ],
  ],
  [
    "aws_secretsmanager_secret",
    "AWS::SecretsManager::Secret",
    [
      ["name", "Name"],
      ["description", "Description"],
    ],
  ],
];

/** What only Terraform has: the version is the secret's own in CloudFormation, and `terraform_data` has no counterpart. */
const ONLY_IN_TERRAFORM = ["aws_secretsmanager_secret_version", "terraform_data"];

/** Throws, with the difference, unless the templates declare the resources of the package with the same settings. */
export function assertSameInCloudFormation(consumer: Consumer, regions: number): void {
  const pack = filesOf<TerraformJson>(consumer, "pack", regions).map(({ resource }) => {
    const types = Object.keys(resource).filter((type) => !ONLY_IN_TERRAFORM.includes(type));
    deepStrictEqual(types.sort(), KINDS.map(([type]) => type).sort());
    return KINDS.map(([type, , settings]) =>
      Object.values(resource[type] ?? {}).map((given) => comparable(given, settings, 0)),
    );
  });
  const templates = filesOf<CloudFormationJson>(consumer, "aws-cdk", regions).map(({ Resources }) => {
    const resources = Object.values(Resources).filter(({ Type }) => Type !== "AWS::CDK::Metadata");
    const kinds = KINDS.map(([, kind, settings]) =>
      resources.filter(({ Type }) => Type === kind).map(({ Properties }) => comparable(Properties, settings, 1)),
    );
    deepStrictEqual(kinds.flat().length, resources.length, "The templates declare something else");
    return kinds;
  });
  const inOrder = (stacks: string[][][]): string[][][] => stacks.map((kinds) => kinds.map((found) => found.sort()));
  deepStrictEqual(inOrder(templates), inOrder(pack), "The templates declare different things");
}

function filesOf<T>(consumer: Consumer, workload: Workload, regions: number): T[] {
  let files: T[] = [];
  consumer.synthesize(workload, [regions], (outdir) => {
    files = synthesizedFiles(outdir).map((file) => JSON.parse(readFileSync(file, "utf8")) as T);
  });
  return files;
}

function comparable(given: Arguments, settings: Settings, language: 0 | 1): string {
  return JSON.stringify(
    settings.map(({ [language]: name, 2: presence }) => {
      const value = given[name];
      return presence === true ? value !== undefined : plain(value);
    }),
  );
}

/** Policies are text in Terraform, and tags are a list in CloudFormation. The order of keys does not matter. */
function plain(value: unknown): unknown {
  if (typeof value === "string" && value.startsWith("{")) {
    return sorted(JSON.parse(value));
  }
  if (Array.isArray(value) && value.every((item) => typeof item === "object")) {
    return sorted(Object.fromEntries(value.map(({ Key, Value }: Record<string, string>) => [Key, Value])));
  }
  return sorted(value);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted);
  }
  return typeof value === "object" && value !== null
    ? Object.fromEntries(
        Object.entries(value)
          .sort(([one], [other]) => (one < other ? -1 : 1))
          .map(([key, item]) => [key, sorted(item)]),
      )
    : value;
}
