import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  DeleteRoleCommand,
  DetachRolePolicyCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListPolicyVersionsCommand,
  TagPolicyCommand,
  UntagPolicyCommand,
  paginateListPolicyVersions,
} from "@aws-sdk/client-iam";
import { Sdk, pagesOf, trusting } from "../clients";
import { ACCOUNT } from "../server";

const PolicyName = "pull";
const PolicyArn = `arn:aws:iam::${ACCOUNT}:policy/${PolicyName}`;
const RoleName = "puller";
const NOT_FOUND = "NoSuchEntityException";
const CONFLICT = "DeleteConflictException";
const LIMIT = "LimitExceededException";

let sdk: Sdk;
let client: IAMClient;
beforeEach(async () => {
  sdk = await Sdk.start();
  client = sdk.client(IAMClient);
});
afterEach(() => sdk.stop());

function allowing(Action: string, Resource = "*") {
  return JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource }] });
}

/** A policy of so many characters, none of which is white space. */
function ofSize(size: number) {
  return allowing(`ecr:${"x".repeat(size - allowing("ecr:").length)}`);
}

function create(options: Partial<CreatePolicyCommand["input"]> = {}) {
  return client.send(new CreatePolicyCommand({ PolicyName, PolicyDocument: allowing("ecr:v1"), ...options }));
}

async function policy() {
  return (await client.send(new GetPolicyCommand({ PolicyArn }))).Policy;
}

async function addVersion(PolicyDocument: string, SetAsDefault?: boolean) {
  const input = { PolicyArn, PolicyDocument, SetAsDefault };
  return (await client.send(new CreatePolicyVersionCommand(input))).PolicyVersion;
}

async function version(VersionId: string) {
  return (await client.send(new GetPolicyVersionCommand({ PolicyArn, VersionId }))).PolicyVersion;
}

function deleteVersion(VersionId: string) {
  return client.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId }));
}

async function versions() {
  const { Versions = [] } = await client.send(new ListPolicyVersionsCommand({ PolicyArn }));
  return Versions.map(({ VersionId = "", IsDefaultVersion }) => VersionId + (IsDefaultVersion ? " default" : ""));
}

function remove() {
  return client.send(new DeletePolicyCommand({ PolicyArn }));
}

function createRole(name = RoleName) {
  return client.send(
    new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: trusting("ecr.amazonaws.com") }),
  );
}

function attach(arn = PolicyArn, name = RoleName) {
  return client.send(new AttachRolePolicyCommand({ RoleName: name, PolicyArn: arn }));
}

function detach(arn = PolicyArn) {
  return client.send(new DetachRolePolicyCommand({ RoleName, PolicyArn: arn }));
}

async function attached() {
  return (await client.send(new ListAttachedRolePoliciesCommand({ RoleName }))).AttachedPolicies;
}

describe("a managed policy", () => {
  test("is created with what the caller says", async () => {
    const Tags = [{ Key: "team", Value: "platform" }];
    await create({ Path: "/team/images/", Description: "pulls", Tags });
    const arn = `arn:aws:iam::${ACCOUNT}:policy/team/images/${PolicyName}`;
    const { Policy } = await client.send(new GetPolicyCommand({ PolicyArn: arn }));
    expect(Policy).toMatchObject({
      PolicyName,
      Path: "/team/images/",
      Arn: arn,
      Description: "pulls",
      DefaultVersionId: "v1",
      AttachmentCount: 0,
      IsAttachable: true,
      Tags,
      CreateDate: expect.any(Date) as Date,
    });
    expect(sdk.aws.contents()).toEqual([`${ACCOUNT} global policy ${PolicyName}`]);
  });

  test("is in its account, in every region, under an ARN of the partition", async () => {
    await create();
    const far = sdk.client(IAMClient, { region: "eu-west-1" });
    expect((await far.send(new GetPolicyCommand({ PolicyArn }))).Policy?.Arn).toBe(PolicyArn);
    const stranger = sdk.client(IAMClient, { accountId: "444455556666" });
    await expect(stranger.send(new GetPolicyCommand({ PolicyArn }))).rejects.toMatchObject({ name: NOT_FOUND });
    const china = sdk.client(IAMClient, { region: "cn-north-1", accountId: "444455556666" });
    const { Policy } = await china.send(new CreatePolicyCommand({ PolicyName, PolicyDocument: allowing("*") }));
    expect(Policy?.Arn).toBe("arn:aws-cn:iam::444455556666:policy/pull");
  });

  test("comes back intact, URL-encoded", async () => {
    const PolicyDocument = allowing("ecr:PutImage", "arn:aws:ecr:*:*:repository/A+B=C&D 100%");
    await create({ PolicyDocument });
    const { Document = "" } = (await version("v1")) ?? {};
    expect(Document).not.toContain('"');
    expect(decodeURIComponent(Document)).toBe(PolicyDocument);
  });

  test.each([PolicyName, "PULL"])("refuses the name %s when there is one of it, whatever the path", async (name) => {
    await create();
    await expect(create({ PolicyName: name, Path: "/team/" })).rejects.toMatchObject({
      name: "EntityAlreadyExistsException",
    });
  });

  test.each(["a", "A_b+c=d,e.f@g-h", "x".repeat(128)])("may be called %s", async (name) => {
    expect((await create({ PolicyName: name })).Policy?.PolicyName).toBe(name);
  });

  test.each(["two words", "a/b", "x".repeat(129)])("refuses the name %s", async (name) => {
    await expect(create({ PolicyName: name })).rejects.toMatchObject({ name: "ValidationError" });
  });

  test.each(["team", "/team", "team/", "/two words/"])("refuses the path %s", async (Path) => {
    await expect(create({ Path })).rejects.toMatchObject({ name: "ValidationError" });
  });

  test("has an ID of its own, which the next policy of its name does not have", async () => {
    const { Policy } = await create();
    expect(Policy?.PolicyId).toMatch(/^ANPA[A-Z0-9]{17}$/);
    expect((await policy())?.PolicyId).toBe(Policy?.PolicyId);
    await remove();
    await create();
    expect((await policy())?.PolicyId).not.toBe(Policy?.PolicyId);
  });

  test.each([
    ["not JSON", "{"],
    ["without statements", '{"Statement":[]}'],
    ["a trust policy", trusting("ecr.amazonaws.com")],
  ])("fails when it is %s, and so does a version", async (_, PolicyDocument) => {
    const error = { name: "MalformedPolicyDocumentException" };
    await expect(create({ PolicyDocument })).rejects.toMatchObject(error);
    await create();
    await expect(addVersion(PolicyDocument)).rejects.toMatchObject(error);
    expect(await versions()).toEqual(["v1 default"]);
  });

  test("takes 6,144 characters, white space aside", async () => {
    await expect(create({ PolicyDocument: ofSize(6145) })).rejects.toMatchObject({ name: LIMIT });
    await create({ PolicyDocument: ofSize(6144).replaceAll(",", ",\n  ") });
    await expect(addVersion(ofSize(6145))).rejects.toMatchObject({ name: LIMIT });
  });

  test("is deleted, and its name is free", async () => {
    await create();
    await remove();
    await expect(policy()).rejects.toMatchObject({ name: NOT_FOUND });
    expect(sdk.aws.contents()).toEqual([]);
    await create();
  });

  test("fails to be read, changed or deleted when it is not there", async () => {
    const error = { name: NOT_FOUND };
    await expect(policy()).rejects.toMatchObject(error);
    await expect(versions()).rejects.toMatchObject(error);
    await expect(addVersion(allowing("*"))).rejects.toMatchObject(error);
    await expect(remove()).rejects.toMatchObject(error);
  });

  test("has tags that are added and replaced by key, and removed by key", async () => {
    await create({ Tags: [{ Key: "team", Value: "platform" }] });
    const Tags = [
      { Key: "team", Value: "images" },
      { Key: "stage", Value: "" },
    ];
    await client.send(new TagPolicyCommand({ PolicyArn, Tags }));
    expect((await policy())?.Tags).toEqual(Tags);
    await client.send(new UntagPolicyCommand({ PolicyArn, TagKeys: ["team", "absent"] }));
    expect((await policy())?.Tags).toEqual([{ Key: "stage", Value: "" }]);
  });
});

describe("a version", () => {
  beforeEach(() => create());

  test("is the default one when the caller says so", async () => {
    expect(await addVersion(allowing("ecr:v2"))).toMatchObject({ VersionId: "v2", IsDefaultVersion: false });
    expect(await policy()).toMatchObject({ DefaultVersionId: "v1" });
    await addVersion(allowing("ecr:v3"), true);
    expect(await policy()).toMatchObject({ DefaultVersionId: "v3" });
    expect(await versions()).toEqual(["v3 default", "v2", "v1"]);
    expect(decodeURIComponent((await version("v2"))?.Document ?? "")).toBe(allowing("ecr:v2"));
  });

  test("is one of five at most, and none has the number of one that was deleted", async () => {
    for (const number of [2, 3, 4, 5]) {
      await addVersion(allowing(`ecr:v${number}`), true);
    }
    await expect(addVersion(allowing("ecr:v6"))).rejects.toMatchObject({ name: LIMIT });
    await deleteVersion("v4");
    expect(await addVersion(allowing("ecr:v6"))).toMatchObject({ VersionId: "v6" });
    expect(await versions()).toEqual(["v6", "v5 default", "v3", "v2", "v1"]);
  });

  test("is on a page of its own where pages have one item", async () => {
    await sdk.stop();
    sdk = await Sdk.start({ pageSize: 1 });
    client = sdk.client(IAMClient);
    await create();
    await addVersion(allowing("ecr:v2"));
    const pages = await pagesOf(paginateListPolicyVersions({ client }, { PolicyArn }));
    expect(pages).toMatchObject([
      { Versions: [{ VersionId: "v2" }], IsTruncated: true },
      { Versions: [{ VersionId: "v1" }], IsTruncated: false },
    ]);
  });

  test("is not deleted while it is the default one", async () => {
    await expect(deleteVersion("v1")).rejects.toMatchObject({ name: CONFLICT });
    await expect(deleteVersion("v2")).rejects.toMatchObject({ name: NOT_FOUND });
    await expect(version("v2")).rejects.toMatchObject({ name: NOT_FOUND });
  });

  test("refuses its policy's deletion until only the default one is left", async () => {
    await addVersion(allowing("ecr:v2"), true);
    await expect(remove()).rejects.toMatchObject({ name: CONFLICT });
    await deleteVersion("v1");
    await remove();
  });
});

describe("an attachment", () => {
  beforeEach(async () => {
    await create();
    await createRole();
  });

  test("is listed, counted, and no other when it is made again", async () => {
    expect(await attached()).toEqual([]);
    await attach();
    await attach();
    expect(await attached()).toEqual([{ PolicyName, PolicyArn }]);
    await createRole("other");
    await attach(PolicyArn, "other");
    expect(await policy()).toMatchObject({ AttachmentCount: 2 });
  });

  test.each(["arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws-cn:iam::aws:policy/service-role/AWSLambdaRole"])(
    "may be of %s, which is AWS's own",
    async (arn) => {
      await attach(arn);
      expect(await attached()).toEqual([{ PolicyName: arn.split("/").pop(), PolicyArn: arn }]);
      await detach(arn);
      expect(await attached()).toEqual([]);
    },
  );

  test("fails when the policy or the role is not there", async () => {
    const error = { name: NOT_FOUND };
    await expect(attach(`arn:aws:iam::${ACCOUNT}:policy/absent`)).rejects.toMatchObject(error);
    await expect(attach("arn:aws:iam::444455556666:policy/pull")).rejects.toMatchObject(error);
    await expect(attach(PolicyArn, "absent")).rejects.toMatchObject(error);
    await expect(detach()).rejects.toMatchObject(error);
  });

  test("is one of ten at most", async () => {
    for (let index = 0; index < 10; index += 1) {
      await attach(`arn:aws:iam::aws:policy/Policy${index}`);
    }
    await attach("arn:aws:iam::aws:policy/Policy0");
    await expect(attach()).rejects.toMatchObject({ name: LIMIT });
  });

  test("refuses the deletion of its policy and of its role until it is undone", async () => {
    await attach();
    await expect(remove()).rejects.toMatchObject({ name: CONFLICT });
    await expect(client.send(new DeleteRoleCommand({ RoleName }))).rejects.toMatchObject({ name: CONFLICT });
    await detach();
    await remove();
    await client.send(new DeleteRoleCommand({ RoleName }));
    expect(sdk.aws.contents()).toEqual([]);
  });
});
