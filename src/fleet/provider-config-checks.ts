import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import type { AwsProviderConfig } from "@cdktf/provider-aws/lib/provider";
import { Token } from "cdktf";
import type { TerraformStack } from "cdktf";
import { literalsOf } from "../terraform/expression-literals";
import { resolved } from "../terraform/tokens";
import { isPlainObject } from "../validation/plain-object";
import {
  Redacted,
  hasUserInfo,
  expressionContainsAccessToken,
  looksLikeSecret,
  mayContainSecret,
} from "../validation/redaction";
import { ValidationErrors } from "../validation/validation-errors";

const LEAVE_OUT =
  "leave it to the environment of Terraform, to `profile` or to `assumeRole`: the JSON is no place for it";
const GIVE_A_FILE = "give `webIdentityTokenFile`, the path of a file with the token";
const SIGNED = "give the URL without a user and a password: requests to AWS are signed";

/** Records what is wrong with the configuration that the providers of a fleet have in common. */
export function checkProviderConfig(errors: ValidationErrors, config: AwsProviderConfig, accountId: unknown): void {
  if (!isPlainObject(config)) {
    errors.add("providerConfig", "be an object", Redacted.of(config), "give arguments of AwsProvider");
    return;
  }
  checkNames(errors, config);
  for (const name of ["region", "alias"] as const) {
    if (config[name] !== undefined) {
      errors.add(`providerConfig.${name}`, "not be given", config[name], "each stack's provider has its own");
    }
  }
  checkSecrets(errors, config);
  for (const name of ["allowedAccountIds", "forbiddenAccountIds"] as const) {
    if (accountId !== undefined && config[name] !== undefined) {
      const hint = "leave one of them out: `accountId` is the only account allowed";
      errors.add(`providerConfig.${name}`, "not be given beside `accountId`", config[name], hint);
    }
  }
}

/** The literal secrets in a configuration of which cdktf's tokens are a part: they are known when the app is synthesized. */
export function literalSecrets(stack: TerraformStack, config: AwsProviderConfig): string[] {
  const errors = new ValidationErrors();
  checkSecrets(errors, resolved(stack, config));
  return errors.list();
}

function checkNames(errors: ValidationErrors, config: AwsProviderConfig): void {
  // The provider's class has a property with what was given for each of its arguments.
  const known = Object.getOwnPropertyNames(AwsProvider.prototype)
    .filter((name) => name.endsWith("Input"))
    .map((name) => name.replace(/Input$/, ""));
  errors.checkKeys("providerConfig", config, known, "an argument of the AWS provider");
}

function checkSecrets(errors: ValidationErrors, config: AwsProviderConfig): void {
  const { accessKey, secretKey, token, assumeRoleWithWebIdentity, httpProxy, httpsProxy, endpoints } = config;
  for (const [name, value] of Object.entries({ accessKey, secretKey, token })) {
    if (isLiteral(value)) {
      errors.add(`providerConfig.${name}`, "not be a literal", Redacted.of(value), LEAVE_OUT);
    }
  }
  for (const [name, value] of Object.entries(inBlocks({ assumeRoleWithWebIdentity }, /^web_?identity_?token$/i))) {
    if (isLiteral(value)) {
      errors.add(`providerConfig.${name}`, "not be a literal", Redacted.of(value), GIVE_A_FILE);
    }
  }
  for (const [name, value] of Object.entries({ httpProxy, httpsProxy })) {
    if (typeof value === "string" && holdsAPassword(value)) {
      const hint = "leave the proxy to the environment, as HTTP_PROXY and HTTPS_PROXY";
      errors.add(`providerConfig.${name}`, "have no password in it", Redacted.of(value), hint);
    }
  }
  for (const [name, value] of Object.entries(inBlocks({ endpoints }, /^/))) {
    if (typeof value === "string" && hasUserInfo(literalsOf(value).joined)) {
      errors.add(`providerConfig.${name}`, "have no password in it", Redacted.of(value), SIGNED);
    }
  }
}

/** Whether a value is a literal, or a Terraform expression that holds a literal secret. Tokens are not resolved yet. */
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

/** Whether the literals of a proxy's URL hold a password. */
function holdsAPassword(url: string): boolean {
  const { joined, values } = literalsOf(url);
  return looksLikeSecret(joined) || expressionContainsAccessToken(url) || values.some(({ isEncoded }) => isEncoded);
}

/** Arguments of blocks, in one block or in a list, by their places. */
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
