import { whyMalformed } from "./policy-document";
import type { PolicyKind } from "./policy-document";

const ACCOUNT = "111122223333";
const ROLE = `arn:aws:iam::${ACCOUNT}:role/team/puller`;

/** Of each kind, the statement that is of its grammar and says the least. */
const LEAST: { readonly [kind in PolicyKind]: object } = {
  identity: { Effect: "Allow", Action: "ecr:BatchGetImage", Resource: "*" },
  resource: { Effect: "Allow", Principal: "*", Action: "ecr:BatchGetImage", Resource: "*" },
  repository: { Effect: "Allow", Principal: "*", Action: "ecr:BatchGetImage" },
  trust: { Effect: "Allow", Principal: "*", Action: "sts:AssumeRole" },
};
const KINDS = Object.keys(LEAST) as PolicyKind[];

function why(kind: PolicyKind, statement: object, policy: object = {}) {
  const whole = { Version: "2012-10-17", Statement: [{ ...LEAST[kind], ...statement }], ...policy };
  return whyMalformed(JSON.stringify(whole), kind);
}

describe("policy document", () => {
  test.each(KINDS)("a policy document of the kind %s is accepted with a version and one statement", (kind) => {
    expect(why(kind, {})).toBeUndefined();
  });

  test.each<[string, object]>([
    ["no version", { Version: undefined }],
    ["the version 2008-10-17", { Version: "2008-10-17" }],
    ["an ID", { Id: "team" }],
    ["a statement that is no list", { Statement: LEAST.identity }],
    ["two statements without Sid", { Statement: [LEAST.identity, LEAST.identity] }],
    [
      "two statements with an empty Sid",
      {
        Statement: [
          { ...LEAST.identity, Sid: "" },
          { ...LEAST.identity, Sid: "" },
        ],
      },
    ],
  ])("a policy document is accepted with %s", (_, policy) => {
    expect(why("identity", {}, policy)).toBeUndefined();
  });

  test.each([
    ["not JSON", "{", "the document is not JSON"],
    ["empty", "", "the document is not JSON"],
    ["a list", "[]", "the document is not an object"],
    ["null", "null", "the document is not an object"],
    ["an object without statements", "{}", "Statement must be an object or a list that is not empty"],
  ])("a policy document fails when it is %s", (_, document, reason) => {
    expect(whyMalformed(document, "identity")).toBe(reason);
  });

  test.each<[string, object, string]>([
    ["another version", { Version: "2012-10-18" }, "Version must be 2012-10-17 or 2008-10-17"],
    ["an ID that is no string", { Id: 1 }, "Id must be a string"],
    ["no statement in its list", { Statement: [] }, "Statement must be an object or a list that is not empty"],
    ["a statement that is a string", { Statement: "Allow" }, "Statement must be an object or a list that is not empty"],
    ["a string among its statements", { Statement: [LEAST.identity, "Allow"] }, "Statement[1] must be an object"],
    ["an unknown element", { Statements: [] }, "the document has an unknown element Statements"],
    [
      "the same Sid twice",
      {
        Statement: [
          { ...LEAST.identity, Sid: "A" },
          { ...LEAST.identity, Sid: "A" },
        ],
      },
      'Statement[1].Sid must be unique, got "A" again',
    ],
  ])("a policy document fails with %s", (_, policy, reason) => {
    expect(why("identity", {}, policy)).toBe(reason);
  });
});

describe("statement", () => {
  test.each<[string, PolicyKind, object]>([
    ["a Sid of letters and digits", "identity", { Sid: "Pull1" }],
    ["a Sid with spaces, on a repository", "repository", { Sid: "new statement" }],
    ["the effect Deny", "identity", { Effect: "Deny" }],
    ["NotAction", "identity", { Action: undefined, NotAction: "iam:*" }],
    ["NotResource", "identity", { Resource: undefined, NotResource: "arn:aws:s3:::bucket/*" }],
    ["NotPrincipal", "resource", { Principal: undefined, NotPrincipal: { AWS: ROLE } }],
    ["all actions", "identity", { Action: "*" }],
    ["actions with wildcards", "identity", { Action: ["ecr:*", "ecr:Get*", "s3:?etObject"] }],
    ["ARNs with wildcards", "identity", { Resource: [`arn:aws:ecr:*:${ACCOUNT}:repository/*`, "arn:aws:s3:::b*"] }],
    ["an ARN of China", "identity", { Resource: `arn:aws-cn:ecr:cn-north-1:${ACCOUNT}:repository/a` }],
    ["an account as principal", "resource", { Principal: { AWS: [ACCOUNT, `arn:aws:iam::${ACCOUNT}:root`, "*"] } }],
    ["a role as principal", "resource", { Principal: { AWS: ROLE } }],
    ["a session as principal", "resource", { Principal: { AWS: `arn:aws:sts::${ACCOUNT}:assumed-role/puller/me` } }],
    ["a service as principal", "trust", { Principal: { Service: ["ecr.amazonaws.com", "ec2.amazonaws.com"] } }],
    [
      "an OIDC provider as principal",
      "trust",
      {
        Principal: { Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com` },
        Action: "sts:AssumeRoleWithWebIdentity",
      },
    ],
    ["a canonical user as principal", "resource", { Principal: { CanonicalUser: "0123456789abcdef".repeat(4) } }],
  ])("a statement is accepted with %s", (_, kind, statement) => {
    expect(why(kind, statement)).toBeUndefined();
  });

  test.each<[string, PolicyKind, object, string]>([
    ["an unknown element", "identity", { effect: "Allow" }, "Statement[0] has an unknown element effect"],
    [
      "a Sid with spaces, in IAM",
      "identity",
      { Sid: "a b" },
      "Statement[0].Sid must be a string of letters and digits",
    ],
    ["a Sid that is no string", "resource", { Sid: 1 }, "Statement[0].Sid must be a string"],
    ["no effect", "identity", { Effect: undefined }, "Statement[0].Effect must be Allow or Deny"],
    ["an effect in lower case", "identity", { Effect: "allow" }, "Statement[0].Effect must be Allow or Deny"],
    ["no action", "identity", { Action: undefined }, "Statement[0] must have exactly one of Action and NotAction"],
    [
      "both Action and NotAction",
      "identity",
      { NotAction: "ecr:*" },
      "Statement[0] must have exactly one of Action and NotAction",
    ],
    ["an empty list of actions", "identity", { Action: [] }, "Statement[0].Action must not be empty"],
    ["an action without service", "identity", { Action: "GetItem" }, 'Statement[0].Action cannot be "GetItem"'],
    ["a service with a wildcard", "identity", { Action: "ec*:Get" }, 'Statement[0].Action cannot be "ec*:Get"'],
    ["an action that is a number", "identity", { Action: ["ecr:*", 1] }, "Statement[0].Action cannot be 1"],
    [
      "an action of another service than STS in a trust policy",
      "trust",
      { Action: "ecr:*" },
      'Statement[0].Action cannot be "ecr:*"',
    ],
    [
      "no resource",
      "identity",
      { Resource: undefined },
      "Statement[0] must have exactly one of Resource and NotResource",
    ],
    [
      "both Resource and NotResource",
      "resource",
      { NotResource: "*" },
      "Statement[0] must have exactly one of Resource and NotResource",
    ],
    ["a resource that is no ARN", "identity", { Resource: "bucket/*" }, 'Statement[0].Resource cannot be "bucket/*"'],
    [
      "an ARN that is too short",
      "identity",
      { Resource: "arn:aws:s3:bucket" },
      'Statement[0].Resource cannot be "arn:aws:s3:bucket"',
    ],
    [
      "an ARN of an unknown partition",
      "identity",
      { Resource: "arn:*:s3:::bucket" },
      'Statement[0].Resource cannot be "arn:*:s3:::bucket"',
    ],
    [
      "a resource in the policy of a repository",
      "repository",
      { Resource: "*" },
      "Statement[0] must not have Resource",
    ],
    ["a resource in a trust", "trust", { NotResource: "*" }, "Statement[0] must not have NotResource"],
    ["a principal in a policy of an identity", "identity", { Principal: "*" }, "Statement[0] must not have Principal"],
    [
      "no principal on a resource",
      "resource",
      { Principal: undefined },
      "Statement[0] must have exactly one of Principal and NotPrincipal",
    ],
    [
      "no principal in a trust",
      "trust",
      { Principal: undefined },
      "Statement[0] must have exactly one of Principal and NotPrincipal",
    ],
    [
      "a principal that is a role's ARN alone",
      "resource",
      { Principal: ROLE },
      "Statement[0].Principal must be * or an object that is not empty",
    ],
    [
      "an empty principal",
      "resource",
      { Principal: {} },
      "Statement[0].Principal must be * or an object that is not empty",
    ],
    [
      "a principal of an unknown type",
      "resource",
      { Principal: { Aws: "*" } },
      "Statement[0].Principal has an unknown element Aws",
    ],
    [
      "an empty list of principals",
      "resource",
      { Principal: { AWS: [] } },
      "Statement[0].Principal.AWS must not be empty",
    ],
    [
      "an account of eleven digits",
      "resource",
      { Principal: { AWS: "11112222333" } },
      'Statement[0].Principal.AWS cannot be "11112222333"',
    ],
    [
      "a wildcard in a principal's ARN",
      "resource",
      { Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/*` } },
      `Statement[0].Principal.AWS cannot be "arn:aws:iam::${ACCOUNT}:role/*"`,
    ],
    [
      "a service without a domain",
      "trust",
      { Principal: { Service: "ecr" } },
      'Statement[0].Principal.Service cannot be "ecr"',
    ],
    [
      "a canonical user that is too short",
      "resource",
      { Principal: { CanonicalUser: "abc" } },
      'Statement[0].Principal.CanonicalUser cannot be "abc"',
    ],
  ])("a statement fails with %s", (_, kind, statement, reason) => {
    expect(why(kind, statement)).toBe(reason);
  });
});

describe("condition", () => {
  test.each<[string, object]>([
    ["no operator", {}],
    ["one value", { StringEquals: { "aws:SourceAccount": ACCOUNT } }],
    ["several values", { StringLike: { "aws:PrincipalArn": [ROLE, "*"] } }],
    ["a number and a truth", { NumericLessThanEquals: { "s3:max-keys": 10 }, Bool: { "aws:SecureTransport": false } }],
    ["IfExists", { ArnLikeIfExists: { "aws:SourceArn": ROLE } }],
    ["a set of all values", { "ForAllValues:StringNotEqualsIgnoreCase": { "aws:TagKeys": ["team"] } }],
    ["a set of any value, if it exists", { "ForAnyValue:StringLikeIfExists": { "aws:TagKeys": "team" } }],
    ["Null", { Null: { "aws:SourceVpce": "true" } }],
    ["dates and addresses", { DateGreaterThan: { "aws:CurrentTime": "2026-01-01T00:00:00Z" }, NotIpAddress: {} }],
  ])("a condition is accepted with %s", (_, Condition) => {
    expect(why("identity", { Condition })).toBeUndefined();
  });

  test.each<[string, unknown, string]>([
    ["a list in place of operators", [], "Statement[0].Condition must be an object"],
    ["an unknown operator", { StringEqual: {} }, "Statement[0].Condition has an unknown operator StringEqual"],
    ["an unknown set", { "ForAll:Bool": {} }, "Statement[0].Condition has an unknown operator ForAll:Bool"],
    ["NullIfExists", { NullIfExists: {} }, "Statement[0].Condition has an unknown operator NullIfExists"],
    ["an operator without keys", { Bool: "true" }, "Statement[0].Condition.Bool must be an object"],
    [
      "an object as a value",
      { Bool: { "aws:SecureTransport": {} } },
      "Statement[0].Condition.Bool.aws:SecureTransport must be a value or a list of values",
    ],
  ])("a condition fails with %s", (_, Condition, reason) => {
    expect(why("identity", { Condition })).toBe(reason);
  });
});
