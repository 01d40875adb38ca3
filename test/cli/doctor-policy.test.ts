import * as fc from "fast-check";
import { evaluatePolicy, principalOf } from "../../cli/doctor/policy";
import type { ContextValue, PolicyRequest } from "../../cli/doctor/policy";
import { whyDenied } from "../local-aws/iam/policy-evaluation";

const ACCOUNT = "111122223333";
const ROLE = `arn:aws:iam::${ACCOUNT}:role/team/puller`;
const NGINX = `arn:aws:ecr:eu-west-1:${ACCOUNT}:repository/docker-hub/library/nginx`;
const FOREIGN: ContextValue = { isNot: (wanted) => wanted === ACCOUNT };

function request(more: Partial<PolicyRequest> = {}): PolicyRequest {
  return {
    action: "ecr:BatchGetImage",
    resource: NGINX,
    isCalledBy: principalOf(ACCOUNT, ROLE),
    context: { "aws:principalaccount": ACCOUNT, "aws:resourceaccount": FOREIGN },
    ...more,
  };
}

function verdict(statements: object | readonly object[], more: Partial<PolicyRequest> = {}) {
  const { kind, ...rest } = evaluatePolicy(
    JSON.stringify({ Version: "2012-10-17", Statement: statements }),
    request(more),
  );
  return "unknowns" in rest ? rest.unknowns : kind;
}

const ALLOW = { Effect: "Allow", Principal: "*", Action: "*", Resource: "*" };
const DENY = { ...ALLOW, Effect: "Deny" };
const given = (operator: string, key: string, value: unknown) => ({
  ...ALLOW,
  Condition: { [operator]: { [key]: value } },
});

test.each<[string, object | readonly object[], string | readonly string[]]>([
  ["one statement that is no list", ALLOW, "allowed"],
  ["no Allow", [{ ...DENY, Action: "s3:*" }], "not-allowed"],
  ["a Deny beside an Allow", [ALLOW, DENY], "denied"],
  ["an action with a wildcard and other case", [{ ...ALLOW, Action: "ECR:batch*image" }], "allowed"],
  ["another action", [{ ...ALLOW, Action: ["ecr:PutImage", "ecr:BatchGetImages"] }], "not-allowed"],
  ["all actions but this one", [{ ...ALLOW, Action: undefined, NotAction: "ecr:Batch*" }], "not-allowed"],
  ["all actions but others", [{ ...ALLOW, Action: undefined, NotAction: "s3:*" }], "allowed"],
  ["all resources but this one", [{ ...ALLOW, Resource: undefined, NotResource: `${NGINX}*` }], "not-allowed"],
  ["all resources but others", [{ ...ALLOW, Resource: undefined, NotResource: "arn:aws:s3:::b" }], "allowed"],
  ["no resource, as in the policy of a repository", [{ ...ALLOW, Resource: undefined }], "allowed"],
  ["a wildcard that would pass a colon", [{ ...ALLOW, Resource: "arn:aws:ecr:*:repository/x:y" }], "not-allowed"],
  ["a variable in a resource", [{ ...ALLOW, Resource: `${NGINX}\${aws:username}` }], ["Resource"]],
  ["the account", [{ ...ALLOW, Principal: { AWS: ACCOUNT } }], "allowed"],
  ["the root of the account", [{ ...ALLOW, Principal: { AWS: [`arn:aws:iam::${ACCOUNT}:root`] } }], "allowed"],
  ["the role", [{ ...ALLOW, Principal: { AWS: ROLE } }], "allowed"],
  ["another role", [{ ...ALLOW, Principal: { AWS: `${ROLE}2` } }], "not-allowed"],
  [
    "a session of the role",
    [{ ...ALLOW, Principal: { AWS: `arn:aws:sts::${ACCOUNT}:assumed-role/puller/i-1` } }],
    ["Principal"],
  ],
  [
    "a session of another role",
    [{ ...ALLOW, Principal: { AWS: `arn:aws:sts::${ACCOUNT}:assumed-role/pusher/i-1` } }],
    "not-allowed",
  ],
  ["another account", [{ ...ALLOW, Principal: { AWS: "444455556666" } }], "not-allowed"],
  ["a service", [{ ...ALLOW, Principal: { Service: "ec2.amazonaws.com" } }], "not-allowed"],
  ["a Deny for all but the role", [ALLOW, { ...DENY, Principal: undefined, NotPrincipal: { AWS: ROLE } }], "allowed"],
  [
    "a Deny for all but another",
    [ALLOW, { ...DENY, Principal: undefined, NotPrincipal: { AWS: `${ROLE}2` } }],
    "denied",
  ],
  ["a condition that is met", [given("StringEquals", "aws:PrincipalAccount", ["444455556666", ACCOUNT])], "allowed"],
  ["a condition that is not met", [given("StringEquals", "AWS:principalaccount", "444455556666")], "not-allowed"],
  ["a negated condition", [given("StringNotEquals", "aws:PrincipalAccount", ACCOUNT)], "not-allowed"],
  ["a pattern", [given("StringLikeIfExists", "aws:PrincipalAccount", "1111*")], "allowed"],
  ["a key that has a value", [given("Null", "aws:PrincipalAccount", "false")], "allowed"],
  ["a key that must have none", [given("Null", "aws:PrincipalAccount", true)], "not-allowed"],
  ["a value that the key cannot have", [given("StringEquals", "aws:ResourceAccount", ACCOUNT)], "not-allowed"],
  ["a value that it may have", [given("StringEquals", "aws:ResourceAccount", "444455556666")], ["aws:ResourceAccount"]],
  ["any value", [given("StringLike", "aws:ResourceAccount", "*")], "allowed"],
  ["a pattern of unknown values", [given("StringLike", "aws:ResourceAccount", "1*")], ["aws:ResourceAccount"]],
  ["an unknown key", [given("StringEquals", "aws:PrincipalOrgID", "o-1")], ["aws:PrincipalOrgID"]],
  [
    "an unknown key beside an Allow without conditions",
    [ALLOW, given("StringEquals", "aws:PrincipalOrgID", "o-1")],
    "allowed",
  ],
  [
    "a Deny with an unknown key",
    [ALLOW, { ...given("Bool", "aws:MultiFactorAuthPresent", "false"), Effect: "Deny" }],
    ["aws:MultiFactorAuthPresent"],
  ],
  [
    "a Deny with an unknown key and no Allow",
    [{ ...given("Bool", "aws:MultiFactorAuthPresent", "false"), Effect: "Deny" }],
    "not-allowed",
  ],
  [
    "an operator that it does not know",
    [given("IpAddress", "aws:PrincipalAccount", "10.0.0.0/8")],
    ["aws:PrincipalAccount"],
  ],
  [
    "a variable as the value",
    [given("StringEquals", "aws:PrincipalAccount", "${aws:PrincipalAccount}")],
    ["aws:PrincipalAccount"],
  ],
])("%s", (_, statements, expected) => {
  expect(verdict(statements)).toEqual(expected);
});

test.each<[string, string | undefined, string, boolean | undefined]>([
  ["a role of the account, when the caller is unknown", undefined, ROLE, undefined],
  ["a role of another account, when the caller is unknown", undefined, ROLE.replace(ACCOUNT, "444455556666"), false],
  ["the role of a session", `arn:aws:sts::${ACCOUNT}:assumed-role/puller/i-1`, ROLE, true],
  [
    "another session",
    `arn:aws:sts::${ACCOUNT}:assumed-role/puller/i-1`,
    `arn:aws:sts::${ACCOUNT}:assumed-role/puller/i-2`,
    false,
  ],
  ["a role, when the caller is a user", `arn:aws:iam::${ACCOUNT}:user/puller`, ROLE, false],
  ["the user", `arn:aws:iam::${ACCOUNT}:user/puller`, `arn:aws:iam::${ACCOUNT}:user/puller`, true],
])("a principal that is %s", (_, arn, principal, expected) => {
  expect(principalOf(ACCOUNT, arn)(principal)).toBe(expected);
});

test("a policy that decides a request decides it as an evaluation of IAM's rules does", async () => {
  const oneOrMore = (values: readonly string[]) =>
    fc.oneof(fc.constantFrom(...values), fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 3 }));
  const either = (name: string, values: readonly string[]) =>
    fc.tuple(fc.constantFrom(name, `Not${name}`), oneOrMore(values)).map(([key, value]) => ({ [key]: value }));
  const condition = fc
    .tuple(
      fc.constantFrom(
        "StringEquals",
        "StringNotEquals",
        "StringLike",
        "StringNotLike",
        "StringEqualsIfExists",
        "StringEqualsIgnoreCase",
      ),
      fc.constantFrom("aws:PrincipalAccount", "aws:SourceVpc", "aws:SourceVpce"),
      oneOrMore([ACCOUNT, "444455556666", "*", "vpc-?", "vpc-1", "VPC-1", "vpce-1", "vpc*"]),
    )
    .map(([operator, key, value]) => ({ [operator]: { [key]: value } }));
  const statement = fc
    .tuple(
      fc.constantFrom("Allow", "Allow", "Deny"),
      either("Action", [
        "*",
        "ecr:*",
        "ecr:BatchGetImage",
        "ECR:batch*",
        "ecr:BatchGetImage?",
        "ecr:GetAuth*",
        "s3:GetObject",
      ]),
      either("Resource", [
        "*",
        NGINX,
        `${NGINX}*`,
        `arn:aws:ecr:*:${ACCOUNT}:repository/*`,
        "arn:aws:ecr:*:*:repository/quay/?",
        "arn:aws:s3:::*",
      ]),
      fc.option(condition, { nil: undefined, freq: 3 }),
    )
    .map(([Effect, action, resource, Condition]) => ({
      Effect,
      Principal: "*",
      ...action,
      ...resource,
      Condition,
    }));
  const asked = fc.constantFrom(
    ["ecr:BatchGetImage", NGINX],
    ["ecr:CreateRepository", NGINX],
    ["ecr:GetAuthorizationToken", "*"],
    ["s3:GetObject", "arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/layer"],
  );
  const kinds = new Set<string>();
  await fc.assert(
    fc.asyncProperty(
      fc.array(statement, { minLength: 1, maxLength: 4 }),
      asked,
      async (statements, [action = "", resource = ""]) => {
        const context = { "aws:PrincipalAccount": ACCOUNT, "aws:SourceVpc": "vpc-1", "aws:SourceVpce": "vpce-1" };
        const policy = JSON.parse(JSON.stringify({ Version: "2012-10-17", Statement: statements })) as object;
        const lower = Object.fromEntries(Object.entries(context).map(([key, value]) => [key.toLowerCase(), value]));
        const found = evaluatePolicy(JSON.stringify(policy), { ...request(), action, resource, context: lower }).kind;
        const why = await whyDenied({
          principalArn: ROLE,
          action,
          resource,
          accountId: ACCOUNT,
          endpointPolicy: policy,
          context,
        });
        kinds.add(found);
        const expected = why === undefined ? "allowed" : why.includes("denies") ? "denied" : "not-allowed";
        expect(found).toBe(expected);
      },
    ),
    { numRuns: 500 },
  );
  expect([...kinds].sort()).toEqual(["allowed", "denied", "not-allowed"]);
});
