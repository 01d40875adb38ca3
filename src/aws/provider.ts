import { EcrPullThroughCacheRule } from "@cdktf/provider-aws/lib/ecr-pull-through-cache-rule";
import { TerraformProvider, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { isPlainObject } from "../validation/plain-object";
import { matches } from "../validation/rule";
import type { ValidationErrors } from "../validation/validation-errors";
import { ACCOUNT_ID } from "./partitions";

/** The arguments that put a regional resource where the registry is. */
export interface RegionalArguments {
  readonly provider?: TerraformProvider;
  readonly region?: string;
}

/** The arguments that put a resource where the props say. */
export function regionalArguments({ provider, region }: RegionalArguments): RegionalArguments {
  return { provider, ...(region === undefined ? {} : { region }) };
}

/** The arguments of an AWS provider that name its account. */
export interface ProviderAccount {
  readonly allowedAccountIds?: unknown;
  readonly assumeRole?: unknown;
}

const ROLE_ACCOUNT = /^arn:aws[a-z-]*:iam::(\d{12}):role\//;

/**
 * The account of a provider: the only allowed one, or that of the last role that the provider assumes. Any other
 * configuration uses the account of whoever runs Terraform, which may differ from stack to stack.
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

/**
 * Tells why a cache without a provider of its own has none in its stack: Terraform would then quietly use the
 * environment's account and region.
 */
export function missingProvider(scope: Construct, provider: TerraformProvider | undefined): string[] {
  const aliases = TerraformStack.of(scope)
    .allProviders()
    .filter((candidate) => candidate.terraformResourceType === "aws")
    .map((candidate) => candidate.alias);
  return provider === undefined && aliases.length > 0 && !aliases.includes(undefined)
    ? [`\`provider\` must be given, got nothing; every AWS provider of the stack has an alias: ${aliases.join(", ")}`]
    : [];
}

export function checkProvider(errors: ValidationErrors, scope: Construct, provider: unknown): void {
  if (!TerraformProvider.isTerraformProvider(provider) || provider.terraformResourceType !== "aws") {
    errors.add(
      "provider",
      "be an AwsProvider",
      provider,
      "leave it out to use the stack's AWS provider without an alias",
    );
  } else if (TerraformStack.of(provider) !== TerraformStack.of(scope)) {
    errors.add("provider", "be in the same stack", provider.node.path, "create an AwsProvider in that stack");
  }
}

/** Whether the installed @cdktf/provider-aws gives each resource a `region`, as 21 does and 20 does not. */
export function resourcesTakeRegion(): boolean {
  return "region" in EcrPullThroughCacheRule.prototype;
}

/** The AWS provider that a construct uses: the given one, or the stack's own without an alias. */
export function providerOf(scope: Construct, given: TerraformProvider | undefined): TerraformProvider | undefined {
  return (
    given ??
    TerraformStack.of(scope)
      .allProviders()
      .find((p) => p.terraformResourceType === "aws" && p.alias === undefined)
  );
}

export function regionOfProvider(scope: Construct, given: TerraformProvider | undefined): string | undefined {
  return (providerOf(scope, given) as { readonly region?: string } | undefined)?.region;
}
