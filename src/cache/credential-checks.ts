import type { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { checkArn } from "../aws/arn-checks";
import type { ArnRequirements } from "../aws/arn-checks";
import { SECRET_PREFIX } from "../aws/secret-names";
import { expressionOf, isUnresolved, literalPrefix, resolved } from "../terraform/tokens";
import { didYouMean } from "../validation/nearest-name";
import { Redacted, expressionContainsAccessToken, mayContainSecret } from "../validation/redaction";
import { matches } from "../validation/rule";
import type { AllKeys } from "../validation/rule";
import { containsAccessToken, looksLikeSecret } from "../validation/secret-patterns";
import { textOf } from "../validation/text-of";
import type { ValidationErrors } from "../validation/validation-errors";
import { managedSecretName } from "./credential-secrets";
import { CredentialVariable } from "./credential-variable";
import type { CredentialSpec, ManagedCredentialOptions, RegistryCredential } from "./registry-credential";
import { CREDENTIAL_RULES, RECOVERY_WINDOWS, SECRET_ARN, SECRET_ARN_HINTS, SECRET_NAME, VARIABLE_NAME } from "./rules";
import type { UpstreamContext } from "./upstream-spec";

const SECRET_ARN_REQUIREMENTS: ArnRequirements = {
  rule: SECRET_ARN,
  service: "secretsmanager",
  hint: SECRET_ARN.hint,
  show: (value) => shownIf(value, /^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:\d*:[\w/+=.@:-]*$/),
  regionHint: SECRET_ARN_HINTS.region,
  accountHint: SECRET_ARN_HINTS.account,
};

// An expression that contains neither a reference nor a file must begin like `start`.
const EXPRESSIONS: ReadonlyMap<string, { readonly start: RegExp; readonly hint: string }> = new Map([
  ["secretArn", { start: /^arn:aws[a-z-]*:secretsmanager:/, hint: nameTheSecret("ARN") }],
  ["secretName", { start: new RegExp(`^${SECRET_PREFIX}`), hint: nameTheSecret("name") }],
]);

const OPTIONS = Object.keys({
  usernameVariable: true,
  accessTokenVariable: true,
  version: true,
  secretName: true,
  recoveryWindowInDays: true,
} satisfies AllKeys<ManagedCredentialOptions>);

/** The hints for other names of the access token; the hint for a user name is the option that begins with it. */
const VALUE_HINTS: ReadonlyMap<string, string> = new Map(
  ["token", "password"].map((name) => [name, didYouMean("accessTokenVariable")]),
);

// Names that Terraform reserves. https://developer.hashicorp.com/terraform/language/values/variables
const RESERVED_VARIABLE_NAMES = [
  "source",
  "version",
  "providers",
  "count",
  "for_each",
  "lifecycle",
  "depends_on",
  "locals",
];

/** Adds the errors of a credential; messages do not show values that may be secrets. */
export function checkCredential(
  errors: ValidationErrors,
  prop: string,
  credential: RegistryCredential,
  { location, stack, olderVersions, reservedIds = [] }: UpstreamContext,
): void {
  const spec = credential._spec;
  switch (spec.source) {
    case "variables":
      if (olderVersions !== undefined) {
        errors.addBroken(prop, CREDENTIAL_RULES.targetVersions, olderVersions);
      }
      return checkVariables(errors, prop, spec.variables, (id) => isTaken(id, stack, reservedIds));
    case "secret-arn":
      return !isUnresolved(spec.secretArn) && containsAccessToken(textOf(spec.secretArn))
        ? errors.addBroken(`${prop}.secretArn`, CREDENTIAL_RULES.noAccessToken("ARN"), Redacted.of(spec.secretArn))
        : checkArn(errors, `${prop}.secretArn`, spec.secretArn, SECRET_ARN_REQUIREMENTS, location);
    case "secret-name":
      return checkSecretName(errors, `${prop}.secretName`, spec.secretName);
  }
}

/**
 * Adds the errors of a credential that show only at synth, when cdktf's tokens are resolved. A literal in a token passes
 * every other check, so that an access token would reach the JSON.
 */
export function checkResolvedCredential(
  errors: ValidationErrors,
  prop: string,
  credential: RegistryCredential,
  context: UpstreamContext,
  scope: Construct,
): void {
  if (!Object.values(inputsOf(credential._spec)).some(isUnresolved)) {
    return;
  }
  const spec = resolved(scope, credential._spec);
  const suspects = Object.entries(inputsOf(spec)).filter(
    ([name, value]) =>
      typeof value === "string" && value.includes("${") && mayContainSecret(value, EXPRESSIONS.get(name)?.start),
  );
  for (const [name, value] of suspects) {
    const hint = EXPRESSIONS.get(name)?.hint ?? "use a number, or a reference to one";
    errors.addBroken(`${prop}.${name}`, CREDENTIAL_RULES.noSecretLiteral(hint), Redacted.of(value));
  }
  if (suspects.length === 0) {
    checkCredential(errors, prop, { _spec: spec }, context);
  }
}

/**
 * The address of the `aws_secretsmanager_secret` whose own `arn` or `id` is the credential. Terraform then waits for the
 * empty secret only, but AWS rejects the rule while the secret has no value. A secret of another stack has another
 * expression; that stack is applied before this one.
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreatePullThroughCacheRule.html
 */
export function secretWithoutValue(scope: Construct, { _spec: spec }: RegistryCredential): string | undefined {
  return spec.source === "secret-arn" && isUnresolved(spec.secretArn)
    ? /^(aws_secretsmanager_secret\.[\w-]+)(?:\[.*\])?\.(?:arn|id)$/.exec(
        expressionOf(scope, spec.secretArn) ?? "",
      )?.[1]
    : undefined;
}

function nameTheSecret(by: "ARN" | "name"): string {
  const variables = "store an access token in a variable, see RegistryCredential.managed";
  return `use the secret's ${by} as a literal, from a reference or from a file; ${variables}`;
}

/** The arguments of a credential by their names. */
function inputsOf(spec: CredentialSpec): object {
  return spec.source === "variables" ? spec.variables : spec;
}

/** Adds an error if a secret is written twice or looked up before it exists; reserves its name otherwise. */
export function reserveSecret(
  errors: ValidationErrors,
  prop: string,
  credential: RegistryCredential,
  prefixKey: string,
  { namesInUse: names, cache, stack }: UpstreamContext,
): void {
  const spec = credential._spec;
  if (spec.source === "secret-arn") {
    return;
  }
  const name = spec.source === "variables" ? managedSecretName(spec.variables, prefixKey) : spec.secretName;
  if (!isUnresolved(name) && !matches(name, SECRET_NAME)) {
    return;
  }
  const user = { credential, cache, stack };
  const writer = names.writtenSecrets.get(name);
  const reader = names.readSecrets.get(name);
  if (spec.source === "secret-name") {
    if (writer !== undefined && writer.stack === stack) {
      // Terraform looks it up when it plans; before the first apply the secret does not exist.
      errors.addBroken(`${prop}.secretName`, CREDENTIAL_RULES.notCreated(writer.cache), name);
    }
    names.readSecrets.set(name, user);
  } else if (reader !== undefined && reader.stack === stack) {
    errors.addBroken(prop, CREDENTIAL_RULES.notLookedUp(reader.cache), name);
  } else if (writer !== undefined && (writer.credential !== credential || writer.cache !== cache)) {
    errors.addBroken(prop, CREDENTIAL_RULES.writtenOnce(writer.cache), name);
  } else {
    names.writtenSecrets.set(name, user);
  }
}

function isTaken(id: string, stack: TerraformStack | undefined, reservedIds: readonly string[]): boolean {
  const taken = stack?.node.tryFindChild(id);
  // No construct can have the name of a property of every object, like "constructor".
  return id in Object.prototype || reservedIds.includes(id) || (taken !== undefined && !CredentialVariable.is(taken));
}

function checkVariables(
  errors: ValidationErrors,
  prop: string,
  variables: ManagedCredentialOptions,
  isTaken: (id: string) => boolean,
): void {
  errors.checkKeys(prop, variables, OPTIONS, "an option of RegistryCredential.managed", VALUE_HINTS);
  for (const key of ["usernameVariable", "accessTokenVariable"] as const) {
    checkVariableName(errors, `${prop}.${key}`, variables[key], isTaken);
  }
  if (
    variables.usernameVariable === variables.accessTokenVariable &&
    matches(variables.usernameVariable, VARIABLE_NAME)
  ) {
    errors.addBroken(
      `${prop}.accessTokenVariable`,
      CREDENTIAL_RULES.otherVariable,
      Redacted.of(variables.accessTokenVariable),
    );
  }
  if (variables.version === undefined) {
    errors.addBroken(`${prop}.version`, CREDENTIAL_RULES.version, undefined);
  }
  errors.checkInteger(`${prop}.version`, variables.version, { min: 1 }, CREDENTIAL_RULES.version.hint, shownIfNumber);
  if (variables.secretName !== undefined) {
    checkSecretName(errors, `${prop}.secretName`, variables.secretName);
  }
  const { recoveryWindowInDays: days } = variables;
  if (days !== undefined && !isUnresolved(days) && !RECOVERY_WINDOWS.includes(days)) {
    errors.addBroken(`${prop}.recoveryWindowInDays`, CREDENTIAL_RULES.recoveryWindowInDays, shownIfNumber(days));
  }
}

function checkVariableName(
  errors: ValidationErrors,
  prop: string,
  name: unknown,
  isTaken: (id: string) => boolean,
): void {
  if (typeof name === "string" && name.startsWith("TF_VAR_")) {
    errors.addBroken(prop, CREDENTIAL_RULES.noEnvironmentPrefix, Redacted.of(name));
  } else if (!matches(name, VARIABLE_NAME) || looksLikeSecret(name)) {
    errors.addBroken(prop, VARIABLE_NAME, name === undefined ? undefined : Redacted.of(name));
  } else if (RESERVED_VARIABLE_NAMES.includes(name)) {
    errors.addBroken(prop, CREDENTIAL_RULES.notReserved, name);
  } else if (isTaken(name)) {
    errors.addBroken(prop, CREDENTIAL_RULES.freeId, name);
  }
}

function checkSecretName(errors: ValidationErrors, prop: string, name: unknown): void {
  const start = literalPrefix(name);
  const fits = isUnresolved(name)
    ? start.startsWith(SECRET_PREFIX) || SECRET_PREFIX.startsWith(start)
    : matches(name, SECRET_NAME);
  if (fits && expressionContainsAccessToken(String(name))) {
    errors.addBroken(prop, CREDENTIAL_RULES.noAccessToken("name"), Redacted.of(name));
  } else if (!fits) {
    const shown = name === undefined ? undefined : shownIf(name, /^ecr-pullthroughcache\/[\w/+=.@-]*$/);
    errors.addBroken(prop, SECRET_NAME, shown);
  }
}

function shownIf(value: unknown, pattern: RegExp): unknown {
  return typeof value === "string" && pattern.test(value) ? value : Redacted.of(value);
}

function shownIfNumber(value: unknown): unknown {
  return typeof value === "number" ? value : Redacted.of(value);
}
