import { partitionOf } from "../../src/aws/partitions";
import { SECRET_PREFIX } from "../../src/aws/secret-names";
import type { PrivateRegistry } from "../../src/image/registry-hosts";
import { timeOf } from "./answers";
import type { Timestamp } from "./answers";
import { AwsRefusal, checked } from "./aws-cli";
import type { AwsCli } from "./aws-cli";
import { evaluatePolicy, principalOf } from "./policy";
import { cause, ok, unchecked } from "./step";
import type { Remark } from "./step";

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html */
interface Secret {
  readonly DeletedDate?: Timestamp;
  /** AWS leaves it out if the key is its own. */
  readonly KmsKeyId?: string;
  readonly VersionIdsToStages?: { readonly [id: string]: readonly string[] };
}

// The name has a hyphen and six characters at its end, which Secrets Manager adds.
const ARN = /^arn:[^:]+:secretsmanager:([^:]+):([^:]+):secret:(.+?)(?:-[A-Za-z0-9]{6})?$/;
const DEFAULT_KEY = "alias/aws/secretsmanager";
const CURRENT = "AWSCURRENT";

/** The form of the value of a secret. */
export const SECRET_VALUE = '{"username": "…", "accessToken": "…"}';

/** Looks at the secret of a rule, and never reads its value. */
export async function secretRemarks(cli: AwsCli, registry: PrivateRegistry, arn: string): Promise<Remark[]> {
  const [, region, accountId, name = ""] = ARN.exec(arn) ?? [];
  if (region !== registry.region || accountId !== registry.accountId) {
    return [
      cause(
        "SecretNotFoundException",
        `the rule names the secret ${arn}, and its own account and region are ${registry.accountId} and ${registry.region}`,
        "use a secret of the same account and region",
      ),
    ];
  }
  const secret = await describe(cli, arn);
  if (secret === undefined) {
    return [
      cause("SecretNotFoundException", `there is no secret ${arn}`, "create the secret, and set its ARN in the rule"),
    ];
  }
  if (secret.DeletedDate !== undefined) {
    return [
      cause(
        "a secret with this name is already scheduled for deletion",
        `the secret ${name} was deleted, and AWS removes it after ${timeOf(secret.DeletedDate).toISOString()}`,
        `restore the secret: aws secretsmanager restore-secret --secret-id ${arn} --region ${region}`,
      ),
    ];
  }
  const faults = [...faultsOf(name, secret), ...(await policyFaults(cli, registry, arn))];
  const unread = "its value was not read: ECR needs the keys username and accessToken, and no others";
  return faults.length > 0 ? faults : [ok(`${name} is there; ${unread}`)];
}

async function describe(cli: AwsCli, arn: string): Promise<Secret | undefined> {
  try {
    return await cli.call<Secret>("secretsmanager", "describe-secret", { "secret-id": arn });
  } catch (error) {
    if (error instanceof AwsRefusal && error.code === "ResourceNotFoundException") {
      return undefined;
    }
    throw error;
  }
}

function faultsOf(name: string, { KmsKeyId, VersionIdsToStages = {} }: Secret): Remark[] {
  const faults: Remark[] = [];
  if (!name.startsWith(SECRET_PREFIX)) {
    faults.push(
      cause(
        "UnableToAccessSecretException",
        `ECR reads only secrets whose names begin with ${SECRET_PREFIX}, and this one is ${name}`,
        "use a secret with such a name",
      ),
    );
  }
  if (KmsKeyId !== undefined && !KmsKeyId.endsWith(DEFAULT_KEY)) {
    faults.push(
      cause(
        "UnableToDecryptSecretValueException",
        `the secret ${name} is encrypted with the key ${KmsKeyId}, which ECR cannot use`,
        "encrypt the secret with the default key aws/secretsmanager",
      ),
    );
  }
  if (!Object.values(VersionIdsToStages).some((stages) => stages.includes(CURRENT))) {
    faults.push(
      cause("SecretNotFoundException", `the secret ${name} has no value`, `write the value as ${SECRET_VALUE}`),
    );
  }
  return faults;
}

/** ECR reads a secret with its service-linked role, which needs no policy of the secret. */
async function policyFaults(cli: AwsCli, registry: PrivateRegistry, arn: string): Promise<readonly Remark[]> {
  return checked("the policy of the secret", async () => {
    const { ResourcePolicy } = await cli.call<{ readonly ResourcePolicy?: string }>(
      "secretsmanager",
      "get-resource-policy",
      { "secret-id": arn },
    );
    return ResourcePolicy === undefined ? [] : denials(ResourcePolicy, registry, arn);
  });
}

function denials(policy: string, { accountId, region }: PrivateRegistry, arn: string): Remark[] {
  const partition = partitionOf(region);
  // https://docs.aws.amazon.com/AmazonECR/latest/userguide/slr-pullthroughcache.html
  const role = "aws-service-role/pullthroughcache.ecr.amazonaws.com/AWSServiceRoleForECRPullThroughCache";
  const verdict = evaluatePolicy(policy, {
    action: "secretsmanager:GetSecretValue",
    resource: arn,
    isCalledBy: principalOf(accountId, `arn:${partition}:iam::${accountId}:role/${role}`),
    context: {},
  });
  if (verdict.kind === "denied") {
    return [
      cause(
        "UnableToAccessSecretException",
        "the policy of the secret denies ECR to read it",
        "remove the Deny from the policy of the secret: ECR needs no policy there",
      ),
    ];
  }
  return verdict.kind === "unknown"
    ? [
        unchecked(
          `whether the policy of the secret denies ECR to read it: it depends on ${verdict.unknowns.join(", ")}`,
        ),
      ]
    : [];
}
