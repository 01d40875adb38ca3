import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import type { AwsProviderConfig } from "@cdktf/provider-aws/lib/provider";
import type { TerraformStack } from "cdktf";
import { Faults } from "./faults";
import { isPlainObject } from "./plain-object";
import { Withheld, hasUserInfo, looksLikeAToken, mayHoldASecret } from "./secrecy";
import { isUnknown, resolved } from "./unknown-values";

const LEAVE_OUT =
  "leave it to the environment of Terraform, to `profile` or to `assumeRole`: the JSON is no place for it";

/** Records what is wrong with the configuration that the providers of a fleet have in common. */
export function checkProviderConfig(faults: Faults, config: AwsProviderConfig, accountId: unknown): void {
  if (!isPlainObject(config)) {
    faults.add("providerConfig", "be an object", Withheld.of(config), "give arguments of AwsProvider");
    return;
  }
  checkNames(faults, config);
  for (const name of ["region", "alias"] as const) {
    if (config[name] !== undefined) {
      faults.add(`providerConfig.${name}`, "not be given", config[name], "each stack's provider has its own");
    }
  }
  checkSecrets(faults, config);
  for (const name of ["allowedAccountIds", "forbiddenAccountIds"] as const) {
    if (accountId !== undefined && config[name] !== undefined) {
      const way = "leave one of them out: `accountId` is the only account allowed";
      faults.add(`providerConfig.${name}`, "not be given beside `accountId`", config[name], way);
    }
  }
}

/** The literal secrets in a configuration of which cdktf's tokens are a part: they are known when the app is synthesized. */
export function literalSecrets(stack: TerraformStack, config: AwsProviderConfig): string[] {
  const faults = new Faults();
  checkSecrets(faults, resolved(stack, config));
  return faults.list();
}

function checkNames(faults: Faults, config: AwsProviderConfig): void {
  // The provider's class has a property with what was given for each of its arguments.
  const known = Object.getOwnPropertyNames(AwsProvider.prototype)
    .filter((name) => name.endsWith("Input"))
    .map((name) => name.replace(/Input$/, ""));
  faults.checkKeys("providerConfig", config, known, "an argument of the AWS provider");
}

function checkSecrets(faults: Faults, config: AwsProviderConfig): void {
  const { accessKey, secretKey, token, assumeRoleWithWebIdentity, httpProxy, httpsProxy, endpoints } = config;
  const secrets = {
    accessKey,
    secretKey,
    token,
    ...inBlocks({ assumeRoleWithWebIdentity }, /^web_?identity_?token$/i),
  };
  for (const [name, value] of Object.entries(secrets)) {
    if (isLiteral(value)) {
      faults.add(`providerConfig.${name}`, "not be a literal", Withheld.of(value), LEAVE_OUT);
    }
  }
  for (const [name, value] of Object.entries({ httpProxy, httpsProxy })) {
    if (typeof value === "string" && looksLikeAToken(value)) {
      const way = "leave the proxy to the environment, as HTTP_PROXY and HTTPS_PROXY";
      faults.add(`providerConfig.${name}`, "have no password in it", Withheld.of(value), way);
    }
  }
  for (const [name, value] of Object.entries(inBlocks({ endpoints }, /^/))) {
    if (typeof value === "string" && hasUserInfo(value)) {
      faults.add(`providerConfig.${name}`, "have no password in it", Withheld.of(value), LEAVE_OUT);
    }
  }
}

/** Whether a value is a literal, or an expression of Terraform that holds one. */
function isLiteral(value: unknown): boolean {
  const isExpression = typeof value === "string" && value.includes("${");
  return value !== undefined && (isExpression ? mayHoldASecret(value) : !isUnknown(value));
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
