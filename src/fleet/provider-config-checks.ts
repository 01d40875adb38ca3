import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import type { AwsProviderConfig } from "@cdktf/provider-aws/lib/provider";
import { Token } from "cdktf";
import type { TerraformStack } from "cdktf";
import { literalsOf } from "../terraform/expression-literals";
import { resolved } from "../terraform/tokens";
import { isPlainObject } from "../validation/plain-object";
import { Redacted, hasUserInfo, expressionContainsAccessToken, mayContainSecret } from "../validation/redaction";
import { NO_ACCESS_TOKEN } from "../validation/rule";
import type { Requirement } from "../validation/rule";
import { looksLikeSecret } from "../validation/secret-patterns";
import { ValidationErrors } from "../validation/validation-errors";
import { PROVIDER_CONFIG_RULES } from "./rules";

/** Adds the errors of the configuration that the AWS providers of a fleet share. */
export function checkProviderConfig(errors: ValidationErrors, config: AwsProviderConfig, accountId: unknown): void {
  if (!isPlainObject(config)) {
    errors.addBroken("providerConfig", PROVIDER_CONFIG_RULES.object, Redacted.of(config));
    return;
  }
  if (isEmpty(config)) {
    return;
  }
  checkNames(errors, config);
  for (const name of ["region", "alias"] as const) {
    if (config[name] !== undefined) {
      errors.addBroken(`providerConfig.${name}`, PROVIDER_CONFIG_RULES.ofEachStack, config[name]);
    }
  }
  checkSecrets(errors, config);
  for (const name of ["allowedAccountIds", "forbiddenAccountIds"] as const) {
    if (accountId !== undefined && config[name] !== undefined) {
      errors.addBroken(`providerConfig.${name}`, PROVIDER_CONFIG_RULES.account, config[name]);
    }
  }
}

/** The errors of literal secrets that cdktf's tokens contain: their values are known when the app is synthesized. */
export function literalSecrets(stack: TerraformStack, config: AwsProviderConfig): string[] {
  const errors = new ValidationErrors();
  if (!isEmpty(config)) {
    checkSecrets(errors, resolved(stack, config));
  }
  return errors.list();
}

function isEmpty(config: AwsProviderConfig): boolean {
  return Object.keys(config).length === 0;
}

function checkNames(errors: ValidationErrors, config: AwsProviderConfig): void {
  // The provider's class has a property `<name>Input` for each of its arguments.
  const known = Object.getOwnPropertyNames(AwsProvider.prototype)
    .filter((name) => name.endsWith("Input"))
    .map((name) => name.replace(/Input$/, ""));
  errors.checkKeys("providerConfig", config, known, "an argument of the AWS provider");
}

function checkSecrets(errors: ValidationErrors, config: AwsProviderConfig): void {
  const { accessKey, secretKey, token, assumeRoleWithWebIdentity, httpProxy, httpsProxy, ...others } = config;
  const { endpoints } = others;
  const addEach = (
    values: { readonly [place: string]: unknown },
    isWrong: (value: unknown) => boolean,
    rule: Requirement,
  ): void => {
    for (const [place, value] of Object.entries(values)) {
      if (isWrong(value)) {
        errors.addBroken(`providerConfig.${place}`, rule, Redacted.of(value));
      }
    }
  };
  addEach({ accessKey, secretKey, token }, isLiteral, PROVIDER_CONFIG_RULES.credential);
  const webIdentityTokens = inBlocks({ assumeRoleWithWebIdentity }, /^web_?identity_?token$/i);
  addEach(webIdentityTokens, isLiteral, PROVIDER_CONFIG_RULES.webIdentityToken);
  addEach({ httpProxy, httpsProxy }, hasPassword, PROVIDER_CONFIG_RULES.proxy);
  const hasLogin = (value: unknown): boolean => typeof value === "string" && hasUserInfo(literalsOf(value).joined);
  addEach(inBlocks({ endpoints }, /^/), hasLogin, PROVIDER_CONFIG_RULES.endpoint);
  const hasAccessToken = (value: unknown): boolean => textsIn(value).some(expressionContainsAccessToken);
  addEach({ ...others }, hasAccessToken, NO_ACCESS_TOKEN);
}

/** Whether a value is a literal, or a Terraform expression with a literal secret. Tokens of cdktf are checked at synth. */
function isLiteral(value: unknown): boolean {
  if (value === undefined || Token.isUnresolved(value)) {
    return false;
  }
  return (
    typeof value !== "string" ||
    !value.includes("${") ||
    mayContainSecret(value) ||
    literalsOf(value).values.some(({ text }) => looksLikeSecret(text))
  );
}

/** Whether the literals of a proxy's URL contain a password. */
function hasPassword(url: unknown): boolean {
  if (typeof url !== "string") {
    return false;
  }
  const { joined, values } = literalsOf(url);
  return looksLikeSecret(joined) || expressionContainsAccessToken(url) || values.some(({ isEncoded }) => isEncoded);
}

/** The texts in a value, and the keys of all objects in it. */
function textsIn(value: unknown): string[] {
  const found = new Set([value]);
  // What is added is iterated over, too.
  for (const item of found) {
    if (Array.isArray(item) || isPlainObject(item)) {
      Object.entries(item).forEach(([key, member]: [string, unknown]) => found.add(key).add(member));
    }
  }
  return [...found].filter((item) => typeof item === "string");
}

/** The arguments with wanted names in one block or in a list of blocks, by their places. */
function inBlocks(blocks: { readonly [name: string]: unknown }, wanted: RegExp): { readonly [place: string]: unknown } {
  const found = Object.entries(blocks).flatMap(([name, given]) =>
    [given].flat().flatMap((block, index) =>
      isPlainObject(block)
        ? Object.entries(block)
            .filter(([argument]) => wanted.test(argument))
            .map(([argument, value]: [string, unknown]) => [`${name}[${index}].${argument}`, value] as const)
        : [],
    ),
  );
  return Object.fromEntries(found);
}
