import { Token } from "cdktf";
import type { TerraformStack } from "cdktf";
import type { CredentialVariables, RegistryCredential } from "../registry-credential";
import { SECRET_PREFIX, managedSecretName } from "./credential-secret";
import { CredentialVariable } from "./credential-variable";
import { Withheld, follows } from "./faults";
import type { Faults, Rule } from "./faults";
import type { RegistryFacts } from "./registry";
import type { RegistryClaims } from "./registry-claims";

// https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-creating-secret.html
const SECRET_NAME: Rule = {
  pattern: /^ecr-pullthroughcache\/[A-Za-z0-9/_+=.@-]+$/,
  maxLength: 512,
  words: `be a secret's name that starts with ${SECRET_PREFIX}, up to 512 letters, digits and /_+=.@-`,
};

// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreatePullThroughCacheRule.html
const SECRET_ARN: Rule = {
  pattern:
    /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:ecr-pullthroughcache\/[A-Za-z0-9/_+=.@-]+-[A-Za-z0-9]{6}$/,
  minLength: 50,
  maxLength: 612,
  words: `be the full ARN of a Secrets Manager secret whose name starts with ${SECRET_PREFIX}, with the six characters at its end`,
};

const VARIABLE_NAME: Rule = {
  pattern: /^([a-z][a-z0-9_]*|[A-Z][A-Z0-9_]*)$/,
  maxLength: 64,
  words: "be the name of a Terraform variable, like docker_hub_access_token",
};

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

// What registries' tokens begin with, and a run of letters and digits that no name has: these are values, not names.
const LOOKS_LIKE_A_TOKEN = /^(gh[opsur]_|github_pat_|glpat|dckr_[op]at_)[a-z0-9_]{16,}|(?=[a-z0-9]*\d)[a-z0-9]{20,}/i;

/** Records what is wrong with a credential; values that may be secrets are not shown. */
export function checkCredential(
  faults: Faults,
  prop: string,
  credential: RegistryCredential,
  facts: RegistryFacts,
  stack: TerraformStack | undefined,
): void {
  const spec = credential._spec;
  switch (spec.source) {
    case "variables":
      return checkVariables(faults, prop, spec, stack);
    case "secret-arn":
      return checkSecretArn(faults, `${prop}.secretArn`, spec.secretArn, facts);
    case "secret-name":
      return checkSecretName(faults, `${prop}.secretName`, spec.secretName);
  }
}

/** Records a secret's name that another credential of the registry writes too, and claims it otherwise. */
export function claimManagedSecret(
  faults: Faults,
  prop: string,
  credential: RegistryCredential,
  prefix: string,
  claims: RegistryClaims,
): void {
  const spec = credential._spec;
  if (spec.source !== "variables" || Token.isUnresolved(spec.secretName)) {
    return;
  }
  const name = managedSecretName(spec, prefix);
  const writer = claims.secrets.get(name);
  if (writer !== undefined && writer !== credential) {
    faults.add(
      `${prop}.secretName`,
      "be written by one credential only",
      name,
      "share one RegistryCredential between the upstreams or give each a `secretName` of its own",
    );
  }
  claims.secrets.set(name, credential);
}

function checkVariables(
  faults: Faults,
  prop: string,
  variables: CredentialVariables,
  stack: TerraformStack | undefined,
): void {
  for (const key of ["username", "accessToken"] as const) {
    checkVariableName(faults, `${prop}.${key}`, variables[key], stack);
  }
  if (variables.username === variables.accessToken && follows(variables.username, VARIABLE_NAME)) {
    faults.add(
      `${prop}.accessToken`,
      "name another variable than `username`",
      Withheld.of(variables.accessToken),
      "declare one variable for each",
    );
  }
  if (variables.version === undefined) {
    faults.add(`${prop}.version`, "be given", variables.version, "start at 1 and raise it with every new value");
  }
  faults.checkInteger(
    `${prop}.version`,
    variables.version,
    1,
    Number.MAX_SAFE_INTEGER,
    "start at 1 and raise it by one with every new value of the variables",
    shownIfNumber,
  );
  if (variables.secretName !== undefined) {
    checkSecretName(faults, `${prop}.secretName`, variables.secretName);
  }
  if (variables.recoveryWindowInDays !== 0) {
    faults.checkInteger(
      `${prop}.recoveryWindowInDays`,
      variables.recoveryWindowInDays,
      7,
      30,
      "use 0 to have a deleted secret's name free at once",
      shownIfNumber,
    );
  }
}

function checkVariableName(faults: Faults, prop: string, name: unknown, stack: TerraformStack | undefined): void {
  if (!follows(name, VARIABLE_NAME) || Token.isUnresolved(name) || LOOKS_LIKE_A_TOKEN.test(name)) {
    faults.add(
      prop,
      VARIABLE_NAME.words,
      Withheld.of(name),
      "give the name of the variable and its value to Terraform, for example through the environment as TF_VAR_<name>",
    );
  } else if (RESERVED_VARIABLE_NAMES.includes(name)) {
    faults.add(prop, "not be a name that Terraform reserves", name, "choose another name for the variable");
  } else if (stack !== undefined) {
    const taken = stack.node.tryFindChild(name);
    if (taken !== undefined && !CredentialVariable.is(taken)) {
      faults.add(
        prop,
        "not be the id of another construct in the stack",
        name,
        "let the credential declare the variable, or choose another name",
      );
    }
  }
}

function checkSecretName(faults: Faults, prop: string, name: unknown): void {
  if (!Token.isUnresolved(name) && !follows(name, SECRET_NAME)) {
    faults.add(prop, SECRET_NAME.words, shownIf(name, SECRET_PREFIX), "give the secret a name that ECR may read");
  }
}

function checkSecretArn(faults: Faults, prop: string, secretArn: unknown, facts: RegistryFacts): void {
  if (Token.isUnresolved(secretArn)) {
    return;
  }
  if (!follows(secretArn, SECRET_ARN)) {
    faults.add(
      prop,
      SECRET_ARN.words,
      shownIf(secretArn, "arn:"),
      "copy it from Secrets Manager, or use fromSecretName",
    );
    return;
  }
  const [, , , region, accountId] = secretArn.split(":");
  if (facts.region !== undefined && region !== facts.region) {
    faults.add(
      prop,
      `be in the region of the cache, ${facts.region}`,
      secretArn,
      "replicate the secret there and use fromSecretName, which is looked up in each region",
    );
  }
  if (facts.accountId !== undefined && accountId !== facts.accountId) {
    faults.add(
      prop,
      `be in the account of the cache, ${facts.accountId}`,
      secretArn,
      "make a secret there: ECR reads none of another account",
    );
  }
}

function shownIf(value: unknown, start: string): unknown {
  return typeof value === "string" && value.startsWith(start) ? value : Withheld.of(value);
}

function shownIfNumber(value: unknown): unknown {
  return typeof value === "number" ? value : Withheld.of(value);
}
