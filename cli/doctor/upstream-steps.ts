import { READ_UPSTREAM, SIGN_IN, UPSTREAM_READING } from "../../src/cache/policy-statements";
import type { CacheRule } from "./answers";
import type { AwsCli } from "./aws-cli";
import { findRole, simulate, trusts } from "./roles";
import { SECRET_VALUE } from "./secret-step";
import { cause, ok, unchecked } from "./step";
import type { Cause, Remark } from "./step";

const NOT_AUTHENTICATED: Cause = "The authentication to the upstream registry failed";
const UNREAD = "ECR cannot use the secret, and the command does not read its value";

/** Lets ECR try a rule. https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ValidatePullThroughCacheRule.html */
export async function validationRemarks(cli: AwsCli, rule: CacheRule): Promise<Remark[]> {
  const { isValid, failure = "no reason" } = await cli.call<{ readonly isValid: boolean; readonly failure?: string }>(
    "ecr",
    "validate-pull-through-cache-rule",
    { "ecr-repository-prefix": rule.ecrRepositoryPrefix },
  );
  return [
    isValid
      ? ok(`ECR can sign in to ${rule.upstreamRegistryUrl}`)
      : cause(causeOf(failure), `ECR cannot use the rule ${rule.ecrRepositoryPrefix}: ${failure}`, solutionOf(rule)),
  ];
}

function causeOf(failure: string): Cause {
  if (/decrypt/i.test(failure)) {
    return "UnableToDecryptSecretValueException";
  }
  if (/secret/i.test(failure)) {
    return /not (exist|found)|another (region|account)/i.test(failure)
      ? "SecretNotFoundException"
      : "UnableToAccessSecretException";
  }
  return NOT_AUTHENTICATED;
}

function solutionOf({ credentialArn, customRoleArn }: CacheRule): string {
  return credentialArn !== undefined
    ? `write the value of the secret as ${SECRET_VALUE}; if it has this form, rotate the access token`
    : customRoleArn !== undefined
      ? `let the role ${customRoleArn} read the upstream, and let the policy of the upstream's registry allow it`
      : "create the rule again";
}

/**
 * The remarks on the upstream and on the credential, where one explains the other: a fault of the credential is why ECR
 * cannot use the rule, and without such a fault only the value of the secret is left.
 */
export function explained(
  rule: CacheRule | undefined,
  upstream: readonly Remark[],
  credential: readonly Remark[],
): readonly [upstream: readonly Remark[], credential: readonly Remark[]] {
  const fault = credential.find((remark) => remark.kind === "cause");
  if (fault !== undefined) {
    const { cause: heading, solution } = fault;
    return [
      upstream.map((remark) => (remark.kind === "cause" ? cause(heading, remark.detail, solution) : remark)),
      credential,
    ];
  }
  const isRefused = upstream.some(({ kind }) => kind === "cause");
  return rule?.credentialArn !== undefined && isRefused
    ? [
        upstream,
        [...credential.filter(({ kind }) => kind !== "ok"), unchecked(UNREAD, `write the value as ${SECRET_VALUE}`)],
      ]
    : [upstream, credential];
}

/** Looks at the role with which ECR reads a private registry of another account. */
export async function upstreamRoleRemarks(
  cli: AwsCli,
  roleArn: string,
  upstream: string,
  repositoryArn: string,
): Promise<Remark[]> {
  const { service } = UPSTREAM_READING;
  const role = await findRole(cli, roleArn);
  if (role?.Arn !== roleArn) {
    return [cause(NOT_AUTHENTICATED, `the rule names the role ${roleArn}, which does not exist`, "create the role")];
  }
  if (!trusts(role, service)) {
    const detail = `the role ${roleArn} of the rule does not trust ${service}`;
    return [cause(NOT_AUTHENTICATED, detail, `let the role trust ${service}`)];
  }
  const actions = [READ_UPSTREAM.Action].flat().filter((action) => action !== SIGN_IN.Action);
  const decisions = await simulate(cli, roleArn, actions, repositoryArn);
  const missing = [...decisions].filter(([, { kind }]) => kind !== "allowed").map(([action]) => action);
  return [
    ok(`${service} may assume the role ${roleArn}`),
    // AWS's guide allows the role everything on all resources, and does not say which resource each action is for.
    ...(missing.length === 0
      ? []
      : [unchecked(`whether the role ${roleArn} may ${missing.join(", ")}: no policy allows it on ${repositoryArn}`)]),
    unchecked(`whether a policy of ${upstream} grants ECR to read: only its account can look`),
  ];
}
