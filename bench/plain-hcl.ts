import {
  CREATION_POLICY,
  CREDENTIAL_DESCRIPTION,
  DOCKER_HUB_CREDENTIAL,
  DOCKER_HUB_SECRET,
  FLEET,
  GITHUB_SECRET,
  HOSTS,
  LIFECYCLE_POLICY,
  REPOSITORIES,
  ROLE_DESCRIPTION,
  TRUST_POLICY,
  VARIABLE_DESCRIPTION,
} from "./workloads/declaration";

const CREDENTIALS: { readonly [prefix: string]: string } = {
  "docker-hub": "aws_secretsmanager_secret.docker_hub.arn",
  github: "data.aws_secretsmanager_secret.github.arn",
};

/** What somebody writes by hand for one region. A folder for each region has it; only the region and the state differ. */
export function plainHcl(region: string): string {
  return `terraform {
  required_version = ">= 1.11.0"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100.0, < 7.0.0"
    }
  }

  backend "local" {
    path = "../../../terraform.${FLEET}-${region}.tfstate"
  }
}

provider "aws" {
  region = "${region}"
}

${variable(DOCKER_HUB_CREDENTIAL.usernameVariable)}
${variable(DOCKER_HUB_CREDENTIAL.accessTokenVariable)}
locals {
  lifecycle_policy = jsonencode(${inHcl(LIFECYCLE_POLICY, 2)})
}

data "aws_secretsmanager_secret" "github" {
  name = "${GITHUB_SECRET}"
}

resource "aws_iam_role" "repository_creation" {
  name_prefix        = "ecr-repository-creation-"
  description        = "${ROLE_DESCRIPTION}"
  assume_role_policy = jsonencode(${inHcl(TRUST_POLICY, 2)})
}

resource "aws_iam_role_policy" "repository_creation" {
  role   = aws_iam_role.repository_creation.name
  policy = jsonencode(${inHcl(CREATION_POLICY, 2)})
}

resource "aws_secretsmanager_secret" "docker_hub" {
  name                    = "${DOCKER_HUB_SECRET}"
  description             = "${CREDENTIAL_DESCRIPTION}"
  recovery_window_in_days = 0

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_secretsmanager_secret_version" "docker_hub" {
  secret_id = aws_secretsmanager_secret.docker_hub.id
  secret_string_wo = jsonencode({
    username    = var.${DOCKER_HUB_CREDENTIAL.usernameVariable}
    accessToken = var.${DOCKER_HUB_CREDENTIAL.accessTokenVariable}
  })
  secret_string_wo_version = ${DOCKER_HUB_CREDENTIAL.version}

  lifecycle {
    create_before_destroy = true
  }
}
${Object.entries(HOSTS)
  .map(([prefix, host]) => cache(prefix, host))
  .join("")}`;
}

function variable(name: string): string {
  return `variable "${name}" {
  type        = string
  description = "${VARIABLE_DESCRIPTION}"
  sensitive   = true
  nullable    = false
  ephemeral   = true

  validation {
    condition     = length(trimspace(var.${name})) > 0
    error_message = "The variable ${name} must not be empty."
  }
}
`;
}

function cache(prefix: string, host: string): string {
  const name = prefix.replaceAll("-", "_");
  const credential = CREDENTIALS[prefix];
  const version = prefix === "docker-hub" ? ", aws_secretsmanager_secret_version.docker_hub" : "";
  return `
resource "terraform_data" "${name}_encryption" {
  input = "keys of Amazon S3"
}

resource "aws_ecr_repository_creation_template" "${name}" {
  prefix               = "${prefix}"
  applied_for          = ["PULL_THROUGH_CACHE"]
  image_tag_mutability = "MUTABLE"
  lifecycle_policy     = local.lifecycle_policy
  resource_tags        = ${inHcl(REPOSITORIES.tags, 2)}
  custom_role_arn      = aws_iam_role.repository_creation.arn

  lifecycle {
    replace_triggered_by = [terraform_data.${name}_encryption]
  }

  depends_on = [aws_iam_role_policy.repository_creation]
}

resource "aws_ecr_pull_through_cache_rule" "${name}" {
  ecr_repository_prefix = "${prefix}"
  upstream_registry_url = "${host}"
${credential === undefined ? "" : `  credential_arn        = ${credential}\n`}
  depends_on = [aws_ecr_repository_creation_template.${name}${version}]
}
`;
}

/** A value in HCL, indented as people write it. */
function inHcl(value: unknown, indent: number): string {
  const space = " ".repeat(indent);
  if (Array.isArray(value)) {
    const isShort = value.every((item) => typeof item === "string");
    return isShort
      ? `[${value.map((item) => inHcl(item, 0)).join(", ")}]`
      : `[${value.map((item) => inHcl(item, indent)).join(", ")}]`;
  }
  if (typeof value === "object" && value !== null) {
    const lines = Object.entries(value).map(
      ([key, item]) => `${space}  ${key.includes("-") ? `"${key}"` : key} = ${inHcl(item, indent + 2)}\n`,
    );
    return `{\n${lines.join("")}${space}}`;
  }
  return JSON.stringify(value);
}
