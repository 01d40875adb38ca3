import type { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { checkArn } from "../aws/arn-checks";
import type { ArnRequirements } from "../aws/arn-checks";
import { expressionOf, isUnresolved, literalPrefix, resolved } from "../terraform/tokens";
import {
  Redacted,
  expressionContainsAccessToken,
  containsAccessToken,
  looksLikeSecret,
  mayContainSecret,
} from "../validation/redaction";
import { integerRequirement, matches } from "../validation/rule";
import type { AllKeys } from "../validation/rule";
import type { ValidationErrors } from "../validation/validation-errors";
import { managedSecretName } from "./credential-secrets";
import { CredentialVariable } from "./credential-variable";
import type { CredentialSpec, ManagedCredentialOptions, RegistryCredential } from "./registry-credential";
import { RECOVERY_WINDOWS, SECRET_ARN, SECRET_NAME, SECRET_PREFIX, SECRET_REQUIREMENTS, VARIABLE_NAME } from "./rules";
import type { UpstreamContext } from "./upstream-spec";

const SECRET_ARN_REQUIREMENTS: ArnRequirements = {
  rule: SECRET_ARN,
  service: "secretsmanager",
  hint: "copy it from Secrets Manager, or use fromSecretName",
  show: (value) => shownIf(value, /^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:\d*:[\w/+=.@:-]*$/),
  regionHint: "replicate the secret there and use fromSecretName, which is looked up in each region",
  accountHint: "make a secret there: ECR reads none of another account",
};

const NO_ACCESS_TOKEN = "not hold what looks like an access token";
const GIVE_THE_VALUE_ELSEWHERE = "name the secret, and give its value to Terraform or to Secrets Manager";

// An expression without a reference and a file must begin like `start`.
const EXPRESSIONS: ReadonlyMap<string, { readonly start: RegExp; readonly hint: string }> = new Map([
  ["secretArn", { start: /^arn:aws[a-z-]*:secretsmanager:/, hint: giveTheSecret("ARN") }],
  ["secretName", { start: new RegExp(`^${SECRET_PREFIX}`), hint: giveTheSecret("name") }],
]);

const OPTIONS = Object.keys({
  usernameVariable: true,
  accessTokenVariable: true,
  version: true,
  secretName: true,
  recoveryWindowInDays: true,
} satisfies AllKeys<ManagedCredentialOptions>);

// Names that Terraform keeps for itself. https://developer.hashicorp.com/terraform/language/values/variables
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

/** Records what is wrong with a credential; values that may be secrets are not shown. */
export function checkCredential(
  errors: ValidationErrors,
  prop: string,
  credential: RegistryCredential,
  { location: location, stack, reservedIds = [] }: UpstreamContext,
): void {
  const spec = credential._spec;
  switch (spec.source) {
    case "variables":
      return checkVariables(errors, prop, spec.variables, (id) => isTaken(id, stack, reservedIds));
    case "secret-arn":
      return !isUnresolved(spec.secretArn) && containsAccessToken(String(spec.secretArn))
        ? errors.add(`${prop}.secretArn`, NO_ACCESS_TOKEN, Redacted.of(spec.secretArn), GIVE_THE_VALUE_ELSEWHERE)
        : checkArn(errors, `${prop}.secretArn`, spec.secretArn, SECRET_ARN_REQUIREMENTS, location);
    case "secret-name":
      return checkSecretName(errors, `${prop}.secretName`, spec.secretName);
  }
}

/**
 * Records what only synth can tell of a credential: what cdktf's tokens stand for. Wrapped in one, a literal would pass
 * every other check, and a registry's token would reach the JSON.
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
    const hint = EXPRESSIONS.get(name)?.hint ?? "give a number, or a reference to one";
    errors.add(`${prop}.${name}`, "hold no literal that may be a secret", Redacted.of(value), hint);
  }
  if (suspects.length === 0) {
    checkCredential(errors, prop, { _spec: spec }, context);
  }
}

/**
 * The address of the `aws_secretsmanager_secret` whose own `arn` or `id` is the credential. Terraform waits for the
 * empty secret then, and not for its value, without which AWS refuses the rule. A secret of another stack has another
 * expression, and is applied with its value before this stack is.
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreatePullThroughCacheRule.html
 */
export function secretWithoutValue(scope: Construct, { _spec: spec }: RegistryCredential): string | undefined {
  return spec.source === "secret-arn" && isUnresolved(spec.secretArn)
    ? /^(aws_secretsmanager_secret\.[\w-]+)(?:\[.*\])?\.(?:arn|id)$/.exec(
        expressionOf(scope, spec.secretArn) ?? "",
      )?.[1]
    : undefined;
}

function giveTheSecret(by: "ARN" | "name"): string {
  const variables = "store an access token in a variable, see RegistryCredential.managed";
  return `give the secret's ${by} as a literal, from a reference or from a file; ${variables}`;
}

/** The arguments of a credential, by name. */
function inputsOf(spec: CredentialSpec): object {
  return spec.source === "variables" ? spec.variables : spec;
}

/** Records a secret that is written twice, or read before it is written; claims its name otherwise. */
export function reserveSecret(
  errors: ValidationErrors,
  prop: string,
  credential: RegistryCredential,
  prefix: string,
  { namesInUse: names, cache, stack }: UpstreamContext,
): void {
  const spec = credential._spec;
  if (spec.source === "secret-arn") {
    return;
  }
  const name = spec.source === "variables" ? managedSecretName(spec.variables, prefix) : spec.secretName;
  if (!isUnresolved(name) && !matches(name, SECRET_NAME)) {
    return;
  }
  const user = { credential, cache, stack };
  const writer = names.writtenSecrets.get(name);
  const reader = names.readSecrets.get(name);
  if (spec.source === "secret-name") {
    if (writer !== undefined && writer.stack === stack) {
      // The look-up happens when Terraform plans: before the first apply there is nothing to find.
      const hint = "share the RegistryCredential that writes it, or use fromSecretArn with the ARN of the secret";
      errors.add(`${prop}.secretName`, SECRET_REQUIREMENTS.notWritten(writer.cache), name, hint);
    }
    names.readSecrets.set(name, user);
  } else if (reader !== undefined && reader.stack === stack) {
    const hint = "share this RegistryCredential with what looks it up";
    errors.add(prop, `not write a secret that the same stack looks up, in ${reader.cache}`, name, hint);
  } else if (writer !== undefined && (writer.credential !== credential || writer.cache !== cache)) {
    errors.add(
      prop,
      SECRET_REQUIREMENTS.writtenOnce(writer.cache),
      name,
      "share one RegistryCredential between the upstreams of a cache, or give each a `secretName` of its own",
    );
  } else {
    names.writtenSecrets.set(name, user);
  }
}

function isTaken(id: string, stack: TerraformStack | undefined, reservedIds: readonly string[]): boolean {
  const taken = stack?.node.tryFindChild(id);
  // No construct can have the name of what every object has, like "constructor".
  return id in Object.prototype || reservedIds.includes(id) || (taken !== undefined && !CredentialVariable.is(taken));
}

function checkVariables(
  errors: ValidationErrors,
  prop: string,
  variables: ManagedCredentialOptions,
  isTaken: (id: string) => boolean,
): void {
  errors.checkKeys(prop, variables, OPTIONS, "an option of RegistryCredential.managed");
  for (const key of ["usernameVariable", "accessTokenVariable"] as const) {
    checkVariableName(errors, `${prop}.${key}`, variables[key], isTaken);
  }
  if (
    variables.usernameVariable === variables.accessTokenVariable &&
    matches(variables.usernameVariable, VARIABLE_NAME)
  ) {
    errors.add(
      `${prop}.accessTokenVariable`,
      "name another variable than `usernameVariable`",
      Redacted.of(variables.accessTokenVariable),
      "declare one variable for each",
    );
  }
  const hint = "start at 1 and raise it by one with every new value of the variables";
  if (variables.version === undefined) {
    errors.add(`${prop}.version`, integerRequirement(1), variables.version, hint);
  }
  errors.checkInteger(`${prop}.version`, variables.version, { min: 1 }, hint, shownIfNumber);
  if (variables.secretName !== undefined) {
    checkSecretName(errors, `${prop}.secretName`, variables.secretName);
  }
  const { recoveryWindowInDays: days } = variables;
  if (days !== undefined && !isUnresolved(days) && !RECOVERY_WINDOWS.days.includes(days)) {
    const hint = "use 0 to have a deleted secret's name free at once";
    errors.add(`${prop}.recoveryWindowInDays`, RECOVERY_WINDOWS.requirement, shownIfNumber(days), hint);
  }
}

function checkVariableName(
  errors: ValidationErrors,
  prop: string,
  name: unknown,
  isTaken: (id: string) => boolean,
): void {
  if (typeof name === "string" && name.startsWith("TF_VAR_")) {
    const hint = "leave out TF_VAR_, which stands before the name in the environment only";
    errors.add(prop, "not begin with TF_VAR_", Redacted.of(name), hint);
  } else if (!matches(name, VARIABLE_NAME) || looksLikeSecret(name)) {
    errors.add(
      prop,
      VARIABLE_NAME.requirement,
      Redacted.of(name),
      "give the name of the variable and its value to Terraform, for example through the environment as TF_VAR_<name>",
    );
  } else if (RESERVED_VARIABLE_NAMES.includes(name)) {
    errors.add(prop, "not be a name that Terraform reserves", name, "choose another name for the variable");
  } else if (isTaken(name)) {
    errors.add(
      prop,
      "not be the id of another construct in the stack",
      name,
      "let the credential declare the variable, or choose another name",
    );
  }
}

function checkSecretName(errors: ValidationErrors, prop: string, name: unknown): void {
  const start = literalPrefix(name);
  const fits = isUnresolved(name)
    ? start.startsWith(SECRET_PREFIX) || SECRET_PREFIX.startsWith(start)
    : matches(name, SECRET_NAME);
  if (fits && expressionContainsAccessToken(String(name))) {
    errors.add(prop, NO_ACCESS_TOKEN, Redacted.of(name), GIVE_THE_VALUE_ELSEWHERE);
  } else if (!fits) {
    const hint = `give the secret a name that ECR may read: ${SECRET_PREFIX} and anything behind it`;
    errors.add(prop, SECRET_NAME.requirement, shownIf(name, /^ecr-pullthroughcache\/[\w/+=.@-]*$/), hint);
  }
}

function shownIf(value: unknown, pattern: RegExp): unknown {
  return typeof value === "string" && pattern.test(value) ? value : Redacted.of(value);
}

function shownIfNumber(value: unknown): unknown {
  return typeof value === "number" ? value : Redacted.of(value);
}
