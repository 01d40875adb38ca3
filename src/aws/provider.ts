import { EcrPullThroughCacheRule } from "@cdktf/provider-aws/lib/ecr-pull-through-cache-rule";
import { TerraformProvider, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { isPlainObject } from "../validation/plain-object";
import { matches } from "../validation/rule";
import type { Requirement } from "../validation/rule";
import { ValidationErrors } from "../validation/validation-errors";
import { ACCOUNT_ID } from "./partitions";

const PROVIDER_RULES = {
  given: (aliases: readonly (string | undefined)[]): Requirement => ({
    requirement: "be given",
    hint: `every AWS provider of the stack has an alias: ${aliases.join(", ")}`,
  }),
  type: { requirement: "be an AwsProvider", hint: "leave it out to use the stack's AWS provider without an alias" },
  stack: { requirement: "be in the same stack", hint: "create an AwsProvider in that stack" },
} as const;

/** The arguments that select the account and region of a resource. */
export interface RegionalArguments {
  readonly provider?: TerraformProvider;
  readonly region?: string;
}

/** The arguments for the account and region of some props. */
export function regionalArguments({ provider, region }: RegionalArguments): RegionalArguments {
  return { provider, ...(region === undefined ? {} : { region }) };
}

/** The arguments of an AWS provider that identify its account. */
export interface ProviderAccount {
  readonly allowedAccountIds?: unknown;
  readonly assumeRole?: unknown;
}

const ROLE_ACCOUNT = /^arn:aws[a-z-]*:iam::(\d{12}):role\//;

/**
 * The account of a provider: its only allowed account, or the account of the last role that it assumes. Any other
 * configuration uses the credentials that Terraform runs with, which may differ between stacks.
 * https://registry.terraform.io/providers/hashicorp/aws/latest/docs#argument-reference
 */
export function accountOfConfig({ allowedAccountIds, assumeRole }: ProviderAccount = {}): string | undefined {
  const allowed: unknown = Array.isArray(allowedAccountIds) && allowedAccountIds.length === 1 && allowedAccountIds[0];
  if (matches(allowed, ACCOUNT_ID)) {
    return allowed;
  }
  const role: unknown = [assumeRole].flat().pop();
  const { roleArn }: { readonly roleArn?: unknown } = isPlainObject(role) ? role : {};
  return typeof roleArn === "string" ? ROLE_ACCOUNT.exec(roleArn)?.[1] : undefined;
}

/** The account that the configuration of a construct's AWS provider names. */
export function accountOfProvider(scope: Construct, given: TerraformProvider | undefined): string | undefined {
  return accountOfConfig(providerOf(scope, given) as ProviderAccount | undefined);
}

/**
 * The error of a construct without `provider` in a stack whose AWS providers all have aliases: Terraform would silently use
 * the account and region of its environment.
 */
export function missingProvider(scope: Construct, provider: TerraformProvider | undefined): string[] {
  const aliases = TerraformStack.of(scope)
    .allProviders()
    .filter((candidate) => candidate.terraformResourceType === "aws")
    .map((candidate) => candidate.alias);
  const errors = new ValidationErrors();
  if (provider === undefined && aliases.length > 0 && !aliases.includes(undefined)) {
    errors.addBroken("provider", PROVIDER_RULES.given(aliases), provider);
  }
  return errors.list();
}

/** Adds an error unless a provider is an AWS provider of the construct's stack. */
export function checkProvider(errors: ValidationErrors, scope: Construct, provider: unknown): void {
  if (!TerraformProvider.isTerraformProvider(provider) || provider.terraformResourceType !== "aws") {
    errors.addBroken("provider", PROVIDER_RULES.type, provider);
  } else if (TerraformStack.of(provider) !== TerraformStack.of(scope)) {
    errors.addBroken("provider", PROVIDER_RULES.stack, provider.node.path);
  }
}

/** Whether resources of the installed @cdktf/provider-aws have an argument `region`: they do in 21, not in 20. */
export function resourcesTakeRegion(): boolean {
  return "region" in EcrPullThroughCacheRule.prototype;
}

/** The AWS provider that a construct uses: the given one, or the stack's AWS provider without an alias. */
export function providerOf(scope: Construct, given: TerraformProvider | undefined): TerraformProvider | undefined {
  return (
    given ??
    TerraformStack.of(scope)
      .allProviders()
      .find((p) => p.terraformResourceType === "aws" && p.alias === undefined)
  );
}

/** The region of the AWS provider that a construct uses, if it has one. */
export function regionOfProvider(scope: Construct, given: TerraformProvider | undefined): string | undefined {
  return (providerOf(scope, given) as { readonly region?: string } | undefined)?.region;
}
