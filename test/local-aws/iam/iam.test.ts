import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePermissionsBoundaryCommand,
  DeleteRolePolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListInstanceProfilesForRoleCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  SimulatePrincipalPolicyCommand,
  TagRoleCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
  UpdateRoleDescriptionCommand,
  paginateListAttachedRolePolicies,
  paginateListRolePolicies,
  paginateListRoles,
} from "@aws-sdk/client-iam";
import { REGION, Sdk, pagesOf, trusting } from "../clients";
import { ACCOUNT } from "../server";
import { modelViolations } from "../service-model";

const RoleName = "cache-reader";
const TRUST = trusting("ecr.amazonaws.com");
const POLICY = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Action: ["ecr:PutImage"],
      Resource: "arn:aws:ecr:*:*:repository/100%/<é>",
      Condition: { StringLike: { "aws:PrincipalTag/team": '"${aws:username}" A+B=C&D *?' } },
    },
  ],
});
const MALFORMED = { name: "MalformedPolicyDocumentException" };

let sdk: Sdk;
let client: IAMClient;
beforeEach(async () => {
  sdk = await Sdk.start();
  client = sdk.client(IAMClient);
});
afterEach(() => sdk.stop());

function create(options: Partial<CreateRoleCommand["input"]> = {}) {
  return client.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: TRUST, ...options }));
}

async function role() {
  return (await client.send(new GetRoleCommand({ RoleName }))).Role;
}

function put(PolicyName: string, PolicyDocument: string = POLICY) {
  return client.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));
}

function statement(elements: object) {
  return JSON.stringify({ Statement: [{ Effect: "Allow", ...elements }] });
}

function allowing(Action: string) {
  return statement({ Action, Resource: "*" });
}

/** A policy of so many characters, none of which is white space. */
function ofSize(size: number) {
  return allowing(`ecr:${"x".repeat(size - allowing("ecr:").length)}`);
}

async function policyNames() {
  return (await client.send(new ListRolePoliciesCommand({ RoleName }))).PolicyNames;
}

describe("a role", () => {
  test("is created with what the caller says", async () => {
    const Tags = [{ Key: "team", Value: "platform" }];
    await create({ Path: "/team/", Description: "reads", MaxSessionDuration: 7200, Tags });
    expect(await role()).toMatchObject({
      RoleName,
      Path: "/team/",
      Arn: `arn:aws:iam::${ACCOUNT}:role/team/${RoleName}`,
      Description: "reads",
      MaxSessionDuration: 7200,
      Tags,
      CreateDate: expect.any(Date) as Date,
    });
  });

  test("has the path / and sessions of one hour by default", async () => {
    const { Role } = await create();
    expect(Role).toMatchObject({ Path: "/", Arn: `arn:aws:iam::${ACCOUNT}:role/${RoleName}` });
    expect(await role()).toMatchObject({ MaxSessionDuration: 3600 });
  });

  test.each([
    ["cn-north-1", "aws-cn"],
    ["us-gov-west-1", "aws-us-gov"],
  ])("made in %s has an ARN of %s", async (region, partition) => {
    const there = sdk.client(IAMClient, { region });
    const { Role } = await there.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: TRUST }));
    expect(Role?.Arn).toBe(`arn:${partition}:iam::${ACCOUNT}:role/${RoleName}`);
  });

  test.each(["a", "A_b+c=d,e.f@g-h"])("may be called %s", async (name) => {
    expect((await create({ RoleName: name })).Role?.RoleName).toBe(name);
  });

  test("has a name of 64 characters at most", async () => {
    await expect(create({ RoleName: "x".repeat(65) })).rejects.toMatchObject({ name: "ValidationError" });
    await create({ RoleName: "x".repeat(64) });
  });

  test.each(["two words", "a/b"])("refuses the name %s", async (name) => {
    await expect(create({ RoleName: name })).rejects.toMatchObject({ name: "ValidationError" });
  });

  test.each<[string, Partial<CreateRoleCommand["input"]>]>([
    ["The path team is not valid", { Path: "team" }],
    ["The path /team is not valid", { Path: "/team" }],
    ["The path /two words/ is not valid", { Path: "/two words/" }],
    ["MaxSessionDuration must be between 3600 and 43200, got 3599", { MaxSessionDuration: 3599 }],
    ["MaxSessionDuration must be between 3600 and 43200, got 43201", { MaxSessionDuration: 43_201 }],
  ])("fails to be created: %s", async (message, options) => {
    await expect(create(options)).rejects.toMatchObject({ name: "ValidationError", message });
    expect(sdk.aws.contents()).toEqual([]);
  });

  test("refuses a name that another role has", async () => {
    await create();
    await expect(create()).rejects.toMatchObject({ name: "EntityAlreadyExistsException" });
  });

  test("fails to be read, changed or deleted when it is not there", async () => {
    const name = "NoSuchEntityException";
    await expect(role()).rejects.toMatchObject({ name });
    await expect(put("read")).rejects.toMatchObject({ name });
    await expect(policyNames()).rejects.toMatchObject({ name });
    await expect(client.send(new DeleteRoleCommand({ RoleName }))).rejects.toMatchObject({ name });
  });

  test("has an ID of its own, which the next role of its name does not have", async () => {
    const { Role } = await create();
    expect(Role?.RoleId).toMatch(/^AROA[A-Z0-9]{17}$/);
    expect((await role())?.RoleId).toBe(Role?.RoleId);
    await client.send(new DeleteRoleCommand({ RoleName }));
    await create();
    expect((await role())?.RoleId).not.toBe(Role?.RoleId);
  });

  test("has its description and longest session updated", async () => {
    await create({ Description: "old" });
    await client.send(new UpdateRoleCommand({ RoleName, Description: "new", MaxSessionDuration: 7200 }));
    expect(await role()).toMatchObject({ Description: "new", MaxSessionDuration: 7200 });
    const { Role } = await client.send(new UpdateRoleDescriptionCommand({ RoleName, Description: "newer" }));
    expect(Role?.Description).toBe("newer");
  });

  test("is deleted", async () => {
    await create();
    await client.send(new DeleteRoleCommand({ RoleName }));
    expect(sdk.aws.contents()).toEqual([]);
  });

  test("is listed by its path, without its tags", async () => {
    await create({ Tags: [{ Key: "team", Value: "platform" }] });
    await create({ RoleName: "build", Path: "/ci/" });
    const pages = await pagesOf(paginateListRoles({ client, pageSize: 1 }, {}));
    expect(pages.flatMap(({ Roles = [] }) => Roles.map((one) => one.RoleName))).toEqual([RoleName, "build"]);
    expect(pages[0]?.Roles).toMatchObject([{ RoleName, Path: "/" }]);
    expect(pages[0]?.Roles?.[0]).not.toHaveProperty("Tags");
    const { Roles = [] } = await client.send(new ListRolesCommand({ PathPrefix: "/ci/" }));
    expect(Roles.map((one) => one.RoleName)).toEqual(["build"]);
  });

  test("has no managed policies and no instance profiles", async () => {
    await create();
    expect((await client.send(new ListAttachedRolePoliciesCommand({ RoleName }))).AttachedPolicies).toEqual([]);
    expect((await client.send(new ListInstanceProfilesForRoleCommand({ RoleName }))).InstanceProfiles).toEqual([]);
  });
});

describe("the trust of a role", () => {
  test("comes back intact, URL-encoded", async () => {
    const trust = statement({
      Principal: { Service: "ecr.amazonaws.com" },
      Action: "sts:AssumeRole",
      Condition: { StringLike: { "aws:PrincipalTag/team": '"A+B=C&D" 100%/<é> *?' } },
    });
    await create({ AssumeRolePolicyDocument: trust });
    const document = (await role())?.AssumeRolePolicyDocument ?? "";
    expect(document).not.toContain('"');
    expect(decodeURIComponent(document)).toBe(trust);
  });

  test("is updated", async () => {
    await create();
    const PolicyDocument = trusting("pullthroughcache.ecr.amazonaws.com");
    await client.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }));
    expect(decodeURIComponent((await role())?.AssumeRolePolicyDocument ?? "")).toBe(PolicyDocument);
  });

  test.each([
    ["not JSON", "{"],
    ["without statements", '{"Statement":[]}'],
    ["without a principal", statement({ Action: "sts:AssumeRole" })],
    ["about a resource", statement({ Principal: "*", Action: "sts:AssumeRole", Resource: "*" })],
    ["for another action than assuming", statement({ Principal: "*", Action: "ecr:PutImage" })],
  ])("fails when it is %s, and stays what it was", async (_, PolicyDocument) => {
    await expect(create({ AssumeRolePolicyDocument: PolicyDocument })).rejects.toMatchObject(MALFORMED);
    await create();
    const update = new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument });
    await expect(client.send(update)).rejects.toMatchObject(MALFORMED);
    expect(decodeURIComponent((await role())?.AssumeRolePolicyDocument ?? "")).toBe(TRUST);
  });
});

describe("an inline policy", () => {
  beforeEach(() => create());

  test("comes back intact, URL-encoded", async () => {
    await put("read");
    const answer = await client.send(new GetRolePolicyCommand({ RoleName, PolicyName: "read" }));
    expect(answer).toMatchObject({ RoleName, PolicyName: "read" });
    expect(answer.PolicyDocument).not.toContain('"');
    expect(decodeURIComponent(answer.PolicyDocument ?? "")).toBe(POLICY);
  });

  test("is replaced by another put of its name", async () => {
    await put("read");
    await put("read", allowing("ecr:*"));
    const { PolicyDocument = "" } = await client.send(new GetRolePolicyCommand({ RoleName, PolicyName: "read" }));
    expect(decodeURIComponent(PolicyDocument)).toBe(allowing("ecr:*"));
    expect(await policyNames()).toEqual(["read"]);
  });

  test("is one of several, listed by name, and deleted by name", async () => {
    expect(await policyNames()).toEqual([]);
    await put("read");
    await put("write");
    expect(await policyNames()).toEqual(["read", "write"]);
    await client.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: "read" }));
    expect(await policyNames()).toEqual(["write"]);
  });

  test("fails to be read or deleted when it is not there", async () => {
    const input = { RoleName, PolicyName: "absent" };
    const name = "NoSuchEntityException";
    await expect(client.send(new GetRolePolicyCommand(input))).rejects.toMatchObject({ name });
    await expect(client.send(new DeleteRolePolicyCommand(input))).rejects.toMatchObject({ name });
  });

  test.each([
    ["not JSON", "{"],
    ["without statements", '{"Statement":[]}'],
    ["without a resource", statement({ Action: "ecr:PutImage" })],
    ["for a principal", statement({ Principal: "*", Action: "ecr:PutImage", Resource: "*" })],
    ["for an action without a service", allowing("PutImage")],
  ])("fails when it is %s", async (_, document) => {
    await expect(put("read", document)).rejects.toMatchObject(MALFORMED);
    expect(await policyNames()).toEqual([]);
  });

  test.each(["two words", "a/b", "x".repeat(129)])("refuses the name %s", async (name) => {
    await expect(put(name)).rejects.toMatchObject({ name: "ValidationError" });
  });

  test("takes 10,240 characters with all of its role, white space aside", async () => {
    await put("first", ofSize(10_000));
    await put("second", ofSize(240).replaceAll(",", ",\n  "));
    const name = "LimitExceededException";
    await expect(put("second", ofSize(241))).rejects.toMatchObject({ name });
    await expect(put("third", ofSize(100))).rejects.toMatchObject({ name });
    expect(await policyNames()).toEqual(["first", "second"]);
    await put("first", ofSize(9_000));
    await put("third", ofSize(1_000));
  });

  test("refuses its role's deletion until it is deleted itself", async () => {
    await put("read");
    await expect(client.send(new DeleteRoleCommand({ RoleName }))).rejects.toMatchObject({
      name: "DeleteConflictException",
    });
    await client.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: "read" }));
    await client.send(new DeleteRoleCommand({ RoleName }));
    await expect(role()).rejects.toMatchObject({ name: "NoSuchEntityException" });
  });
});

test("a role's policies are those that it has inline, and those attached that are kept here", async () => {
  await create();
  await put("read");
  const { Policy } = await client.send(new CreatePolicyCommand({ PolicyName: "all", PolicyDocument: allowing("*") }));
  for (const PolicyArn of [Policy?.Arn, "arn:aws:iam::aws:policy/ReadOnlyAccess"]) {
    await client.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
  }
  const scope = { accountId: ACCOUNT, region: REGION };
  expect(sdk.aws.iam.policiesOf(scope, RoleName)).toEqual([JSON.parse(POLICY), JSON.parse(allowing("*"))]);
  expect(() => sdk.aws.iam.policiesOf(scope, "absent")).toThrow("absent does not exist.");
});

describe("whether a service could use a role", () => {
  const scope = { accountId: ACCOUNT, region: REGION };
  const arn = `arn:aws:iam::${ACCOUNT}:role/${RoleName}`;
  const whyNot = (action: string) => sdk.aws.iam.whyNot(arn, "ecr.amazonaws.com", [action], scope);
  beforeEach(() => create());

  test("counts the policies that are attached to it", async () => {
    expect(whyNot("ecr:PutImage")).toBe(`${arn} may not ecr:PutImage`);
    const { Policy } = await client.send(new CreatePolicyCommand({ PolicyName: "push", PolicyDocument: POLICY }));
    await client.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: Policy?.Arn }));
    expect(whyNot("ecr:PutImage")).toBeUndefined();
  });

  test.each(["*", "ecr:*", "ecr:Put*", "ECR:putimage", "ecr:PutImag?"])("takes %s for ecr:PutImage", async (Action) => {
    await put("push", JSON.stringify({ Statement: { Effect: "Allow", Action, Resource: "*" } }));
    expect(whyNot("ecr:PutImage")).toBeUndefined();
    expect(whyNot("iam:PutImage")).toBe(Action === "*" ? undefined : `${arn} may not iam:PutImage`);
  });
});

describe("the permissions boundary of a role", () => {
  const scope = { accountId: ACCOUNT, region: REGION };
  const NO_SUCH_ENTITY = { name: "NoSuchEntityException" };
  const policyOf = async (name: string, action: string): Promise<string> => {
    const input = { PolicyName: name, PolicyDocument: allowing(action) };
    return (await client.send(new CreatePolicyCommand(input))).Policy?.Arn ?? "";
  };
  const bound = (PermissionsBoundary: string) =>
    client.send(new PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary }));
  const unbound = () => client.send(new DeleteRolePermissionsBoundaryCommand({ RoleName }));
  const boundary = async () => (await role())?.PermissionsBoundary?.PermissionsBoundaryArn;

  test("can be set, changed and deleted", async () => {
    const first = await policyOf("first", "ecr:*");
    const second = await policyOf("second", "ecr:*");
    await create({ PermissionsBoundary: first });
    expect(await boundary()).toBe(first);
    await bound(second);
    expect(await boundary()).toBe(second);
    await bound("arn:aws:iam::aws:policy/PowerUserAccess");
    await unbound();
    expect(await boundary()).toBeUndefined();
    await expect(unbound()).rejects.toMatchObject(NO_SUCH_ENTITY);
    expect(sdk.aws.requests.flatMap(modelViolations)).toEqual([]);
  });

  test.each(["444455556666", ACCOUNT])("fails with a policy of %s that the account does not have", async (owner) => {
    const absent = `arn:aws:iam::${owner}:policy/absent`;
    await expect(create({ PermissionsBoundary: absent })).rejects.toMatchObject(NO_SUCH_ENTITY);
    await create();
    await expect(bound(absent)).rejects.toMatchObject(NO_SUCH_ENTITY);
    expect(await boundary()).toBeUndefined();
  });

  test("limits what a service can do with the role", async () => {
    await create({ PermissionsBoundary: await policyOf("bounds", "ecr:Put*") });
    await put("all", allowing("ecr:*"));
    const arn = `arn:aws:iam::${ACCOUNT}:role/${RoleName}`;
    const whyNot = (action: string) => sdk.aws.iam.whyNot(arn, "ecr.amazonaws.com", [action], scope);
    expect(whyNot("ecr:PutImage")).toBeUndefined();
    expect(whyNot("ecr:CreateRepository")).toBe(
      `${arn} may not ecr:CreateRepository, because no permissions boundary allows it`,
    );
  });
});

describe("the simulation of a role's policies", () => {
  const PolicySourceArn = `arn:aws:iam::${ACCOUNT}:role/${RoleName}`;
  const simulate = async (ActionNames: string[], ResourceArns?: string[]) => {
    const input = { PolicySourceArn, ActionNames, ResourceArns };
    return (await client.send(new SimulatePrincipalPolicyCommand(input))).EvaluationResults ?? [];
  };
  const allow = (Action: string, more: object = {}): object => ({ Effect: "Allow", Action, Resource: "*", ...more });
  const putPolicy = (...Statement: object[]) => {
    const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
    return client.send(new PutRolePolicyCommand({ RoleName, PolicyName: "p", PolicyDocument }));
  };
  const repository = `arn:aws:ecr:us-east-1:${ACCOUNT}:repository/a/b`;
  const key = `arn:aws:kms:us-east-1:${ACCOUNT}:key/11112222-3333-4444-5555-666677778888`;

  test("answers for each action what the policies say", async () => {
    await create();
    const denial = { Effect: "Deny", Action: "ecr:PutImage", Resource: "*" };
    await putPolicy(allow("ecr:*"), denial, allow("kms:DescribeKey"));
    const results = await simulate(["ecr:BatchGetImage", "ecr:PutImage"], [repository]);
    expect(results.map(({ EvalActionName, EvalDecision }) => [EvalActionName, EvalDecision])).toEqual([
      ["ecr:BatchGetImage", "allowed"],
      ["ecr:PutImage", "explicitDeny"],
    ]);
    const matched = results.map(({ MatchedStatements = [] }) => MatchedStatements.map((one) => one.SourcePolicyId));
    expect(matched).toEqual([[], ["p"]]);
    const keys = await simulate(["kms:DescribeKey", "kms:CreateGrant"], [key]);
    expect(keys.map(({ EvalDecision }) => EvalDecision)).toEqual(["allowed", "implicitDeny"]);
    expect((await simulate(["ecr:GetAuthorizationToken"])).map(({ EvalDecision }) => EvalDecision)).toEqual([
      "allowed",
    ]);
    expect(sdk.aws.requests.flatMap(modelViolations)).toEqual([]);
  });

  test("names the keys of conditions, beside the resource if it is one", async () => {
    await create();
    const Condition = { StringEquals: { "aws:SourceVpc": "vpc-1" } };
    await putPolicy(allow("*", { Condition }));
    const [one] = await simulate(["ecr:BatchGetImage"], [repository]);
    expect(one?.ResourceSpecificResults?.[0]?.MissingContextValues).toEqual(["aws:SourceVpc"]);
    expect(one?.EvalDecision).toBe("implicitDeny");
    const [any] = await simulate(["ecr:GetAuthorizationToken"]);
    expect(any?.MissingContextValues).toEqual(["aws:SourceVpc"]);
  });

  test("obeys the permissions boundary of the role", async () => {
    const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [allow("ecr:PutImage")] });
    const { Policy } = await client.send(new CreatePolicyCommand({ PolicyName: "boundary", PolicyDocument }));
    const { Role } = await create({ PermissionsBoundary: Policy?.Arn });
    await putPolicy(allow("ecr:BatchGetImage"));
    const [result] = await simulate(["ecr:BatchGetImage"], [repository]);
    expect(result).toMatchObject({
      EvalDecision: "implicitDeny",
      PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: false },
    });
    expect(Role?.PermissionsBoundary?.PermissionsBoundaryArn).toBe(Policy?.Arn);
  });

  test("fails for a role that does not exist", async () => {
    await expect(simulate(["ecr:PutImage"])).rejects.toMatchObject({ name: "NoSuchEntityException" });
  });
});

describe("a list", () => {
  const list = (options: Partial<ListRolePoliciesCommand["input"]>) =>
    client.send(new ListRolePoliciesCommand({ RoleName, ...options }));

  test("is read to its end page by page, with a marker while there is more", async () => {
    await sdk.stop();
    sdk = await Sdk.start({ pageSize: 1 });
    client = sdk.client(IAMClient);
    await create();
    const arns = ["A", "B"].map((name) => `arn:aws:iam::aws:policy/${name}`);
    for (const PolicyArn of arns) {
      await put(PolicyArn.slice(-1));
      await client.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
    }
    const inline = await pagesOf(paginateListRolePolicies({ client }, { RoleName }));
    expect(inline).toMatchObject([
      { PolicyNames: ["A"], IsTruncated: true, Marker: expect.any(String) as string },
      { PolicyNames: ["B"], IsTruncated: false },
    ]);
    expect(inline[1]?.Marker).toBeUndefined();
    const attached = await pagesOf(paginateListAttachedRolePolicies({ client }, { RoleName }));
    expect(attached).toMatchObject(arns.map((PolicyArn) => ({ AttachedPolicies: [{ PolicyArn }] })));
  });

  test("has 100 items on a page where the caller does not say how many", async () => {
    await create();
    for (let index = 0; index < 101; index += 1) {
      await put(`p${index}`, '{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}');
    }
    const { PolicyNames, Marker } = await list({});
    expect(PolicyNames).toHaveLength(100);
    expect(await list({ Marker })).toMatchObject({ PolicyNames: ["p100"], IsTruncated: false });
    expect((await list({ MaxItems: 1000 })).PolicyNames).toHaveLength(101);
  });

  test.each<[Partial<ListRolePoliciesCommand["input"]>, string]>([
    [{ MaxItems: 0 }, "MaxItems must be between 1 and 1000, got 0"],
    [{ MaxItems: 1001 }, "MaxItems must be between 1 and 1000, got 1001"],
    [{ Marker: "page-7" }, "Marker is not one that was answered"],
  ])("fails for %j", async (options, message) => {
    await create();
    await expect(list(options)).rejects.toMatchObject({ name: "ValidationError", message });
  });
});

describe("tags", () => {
  test("are added and replaced by key, and removed by key", async () => {
    await create({ Tags: [{ Key: "team", Value: "platform" }] });
    const Tags = [
      { Key: "team", Value: "images" },
      { Key: "stage", Value: "" },
    ];
    await client.send(new TagRoleCommand({ RoleName, Tags }));
    expect((await role())?.Tags).toHaveLength(2);
    expect((await role())?.Tags).toEqual(expect.arrayContaining(Tags));
    await client.send(new UntagRoleCommand({ RoleName, TagKeys: ["team", "absent"] }));
    expect((await role())?.Tags).toEqual([{ Key: "stage", Value: "" }]);
  });
});
