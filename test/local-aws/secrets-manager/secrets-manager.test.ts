import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetResourcePolicyCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutResourcePolicyCommand,
  PutSecretValueCommand,
  RemoveRegionsFromReplicationCommand,
  ReplicateSecretToRegionsCommand,
  RestoreSecretCommand,
  SecretsManagerClient,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateSecretCommand,
  paginateListSecrets,
} from "@aws-sdk/client-secrets-manager";
import { Sdk, pagesOf } from "../clients";
import { ACCOUNT } from "../server";
import { modelViolations } from "../service-model";

const NAME = "ecr-pullthroughcache/docker-hub";
const FIRST = "00000000-0000-4000-8000-000000000001";
const SECOND = "00000000-0000-4000-8000-000000000002";
const THIRD = "00000000-0000-4000-8000-000000000003";
const DAY = 24 * 60 * 60 * 1000;

let sdk: Sdk;
let client: SecretsManagerClient;
beforeEach(async () => {
  sdk = await Sdk.start();
  client = sdk.client(SecretsManagerClient);
});
afterEach(() => sdk.stop());

function create(options: Partial<CreateSecretCommand["input"]> = {}) {
  return client.send(new CreateSecretCommand({ Name: NAME, ...options }));
}

function put(SecretString: string, ClientRequestToken?: string) {
  return client.send(new PutSecretValueCommand({ SecretId: NAME, SecretString, ClientRequestToken }));
}

function get(options: Partial<GetSecretValueCommand["input"]> = {}) {
  return client.send(new GetSecretValueCommand({ SecretId: NAME, ...options }));
}

function describeSecret() {
  return client.send(new DescribeSecretCommand({ SecretId: NAME }));
}

function remove(options: Partial<DeleteSecretCommand["input"]> = {}) {
  return client.send(new DeleteSecretCommand({ SecretId: NAME, ...options }));
}

describe("the policy of a secret", () => {
  const putPolicy = (ResourcePolicy: string) =>
    client.send(new PutResourcePolicyCommand({ SecretId: NAME, ResourcePolicy }));
  const getPolicy = () => client.send(new GetResourcePolicyCommand({ SecretId: NAME }));

  test("is kept, and missing at first", async () => {
    await create({ SecretString: "s3cret" });
    expect((await getPolicy()).ResourcePolicy).toBeUndefined();
    const statement = { Effect: "Deny", Principal: "*", Action: "secretsmanager:GetSecretValue", Resource: "*" };
    const policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
    await putPolicy(policy);
    expect((await getPolicy()).ResourcePolicy).toBe(policy);
    expect(sdk.aws.requests.flatMap(modelViolations)).toEqual([]);
  });

  test("fails if it is malformed", async () => {
    await create({ SecretString: "s3cret" });
    await expect(putPolicy("{}")).rejects.toMatchObject({ name: "MalformedPolicyDocumentException" });
  });
});

describe("a secret", () => {
  test("is created with a value, which is its first version", async () => {
    const { ARN, VersionId } = await create({ SecretString: "s3cret", ClientRequestToken: FIRST });
    expect(ARN).toMatch(new RegExp(`^arn:aws:secretsmanager:us-east-1:${ACCOUNT}:secret:${NAME}-[A-Za-z0-9]{6}$`));
    expect(VersionId).toBe(FIRST);
    expect(await get()).toMatchObject({
      ARN,
      Name: NAME,
      SecretString: "s3cret",
      VersionId: FIRST,
      VersionStages: ["AWSCURRENT"],
    });
  });

  test("is created without a value, and then has none to get", async () => {
    expect(await create()).not.toHaveProperty("VersionId");
    await expect(get()).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    expect((await describeSecret()).VersionIdsToStages ?? {}).toEqual({});
  });

  test("is described without its value", async () => {
    const tags = [{ Key: "team", Value: "platform" }];
    const { ARN } = await create({
      Description: "for pulls",
      KmsKeyId: "alias/team",
      Tags: tags,
      SecretString: "s3cret",
      ClientRequestToken: FIRST,
    });
    const description = await describeSecret();
    expect(description).toMatchObject({
      ARN,
      Name: NAME,
      Description: "for pulls",
      KmsKeyId: "alias/team",
      Tags: tags,
      VersionIdsToStages: { [FIRST]: ["AWSCURRENT"] },
    });
    expect(JSON.stringify(description)).not.toContain("s3cret");
    expect(description.DeletedDate).toBeUndefined();
  });

  test("is found by its name and by its ARN", async () => {
    const { ARN } = await create({ SecretString: "s3cret" });
    expect(await get({ SecretId: ARN })).toMatchObject({ Name: NAME, SecretString: "s3cret" });
    expect(await get({ SecretId: NAME })).toMatchObject({ ARN, SecretString: "s3cret" });
  });

  test("is found by its ARN without the suffix, unless another one has that for its whole ARN", async () => {
    const { ARN = "" } = await create();
    expect(await client.send(new DescribeSecretCommand({ SecretId: ARN.slice(0, -7) }))).toMatchObject({ ARN });
    const { ARN: longer = "" } = await create({ Name: `${NAME}${ARN.slice(-7)}` });
    expect(longer.slice(0, -7)).toBe(ARN);
    expect(await client.send(new DescribeSecretCommand({ SecretId: ARN }))).toMatchObject({ ARN });
    await expect(get({ SecretId: ARN.slice(0, -6) })).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });

  test("has an ARN of its region's partition", async () => {
    const china = sdk.client(SecretsManagerClient, { region: "cn-north-1" });
    const { ARN } = await china.send(new CreateSecretCommand({ Name: NAME }));
    expect(ARN).toMatch(new RegExp(`^arn:aws-cn:secretsmanager:cn-north-1:${ACCOUNT}:secret:${NAME}-`));
  });

  test.each([
    ["", "Value '' at 'secretId' failed to satisfy constraint: Member must have length between 1 and 2048"],
    ["x".repeat(2049), expect.stringContaining("Member must have length between 1 and 2048") as string],
    ["two words", expect.stringContaining("Invalid name.") as string],
    ["arn:aws:ecr:us-east-1:111122223333:repository/a", expect.stringContaining("Invalid name.") as string],
  ])("fails to be asked for as %j", async (SecretId, message) => {
    const name = "ValidationException";
    await expect(get({ SecretId })).rejects.toMatchObject({ name, message });
    await expect(remove({ SecretId, ForceDeleteWithoutRecovery: true })).rejects.toMatchObject({ name, message });
  });

  test("is described without the key of AWS, and without the day of a use that it never had", async () => {
    await create({ KmsKeyId: "alias/aws/secretsmanager", SecretString: "s3cret" });
    const description = await describeSecret();
    expect(description).not.toHaveProperty("KmsKeyId");
    expect(description).not.toHaveProperty("LastAccessedDate");
    await get();
    expect((await describeSecret()).LastAccessedDate?.toISOString()).toMatch(/T00:00:00.000Z$/);
  });

  test("changes what an update names, and keeps the rest", async () => {
    await create({ Description: "old", KmsKeyId: "alias/team", SecretString: "s3cret" });
    await client.send(new UpdateSecretCommand({ SecretId: NAME, Description: "new" }));
    expect(await describeSecret()).toMatchObject({ Description: "new", KmsKeyId: "alias/team" });
    expect(await get()).toMatchObject({ SecretString: "s3cret" });
  });

  test.each(["a", "a/b_c+d=e.f@g-h"])("may be called %s", async (Name) => {
    expect(await create({ Name })).toMatchObject({ Name });
  });

  test("has a name of 512 characters at most", async () => {
    await expect(create({ Name: "x".repeat(513) })).rejects.toMatchObject({ $metadata: { httpStatusCode: 400 } });
    await create({ Name: "x".repeat(512) });
  });

  test.each(["", "two words", "a:b", "ü"])("refuses the name %j", async (Name) => {
    await expect(create({ Name })).rejects.toMatchObject({ $metadata: { httpStatusCode: 400 } });
    expect(sdk.aws.contents()).toEqual([]);
  });

  test("refuses a name that another secret has", async () => {
    await create({ SecretString: "s3cret" });
    await expect(create({ SecretString: "0ther" })).rejects.toMatchObject({ name: "ResourceExistsException" });
  });

  test("fails to be described, written or deleted when it is not there", async () => {
    const name = "ResourceNotFoundException";
    await expect(describeSecret()).rejects.toMatchObject({ name });
    await expect(put("s3cret")).rejects.toMatchObject({ name });
    await expect(remove()).rejects.toMatchObject({ name });
  });
});

describe("the list of secrets", () => {
  async function names(options: Partial<ListSecretsCommand["input"]> = {}): Promise<(string | undefined)[]> {
    const { SecretList = [] } = await client.send(new ListSecretsCommand(options));
    return SecretList.map(({ Name }) => Name);
  }

  test("has what the description of a secret has, and no value", async () => {
    const { ARN } = await create({ SecretString: "s3cret", ClientRequestToken: FIRST, Description: "Docker Hub" });
    const { SecretList } = await client.send(new ListSecretsCommand({}));
    const versions = { [FIRST]: ["AWSCURRENT"] };
    expect(SecretList).toMatchObject([
      { ARN, Name: NAME, Description: "Docker Hub", SecretVersionsToStages: versions },
    ]);
    expect(JSON.stringify(SecretList)).not.toContain("s3cret");
  });

  test("can be limited to names that begin with a text", async () => {
    await create();
    await create({ Name: "database" });
    expect(await names()).toEqual([NAME, "database"]);
    expect(await names({ Filters: [{ Key: "name", Values: ["ecr-pullthroughcache/"] }] })).toEqual([NAME]);
    expect(await names({ Filters: [{ Key: "name", Values: ["ECR", "data"] }] })).toEqual(["database"]);
  });

  test("refuses another filter, which is not kept here", async () => {
    await expect(names({ Filters: [{ Key: "tag-key", Values: ["team"] }] })).rejects.toMatchObject({
      name: "InvalidParameterException",
    });
  });

  test("has a secret that waits for its deletion only if the caller asks for it", async () => {
    await create();
    await remove();
    expect(await names()).toEqual([]);
    expect(await names({ IncludePlannedDeletion: true })).toEqual([NAME]);
  });

  test("comes in pages of 1 to 100", async () => {
    await create();
    await create({ Name: "database" });
    const pages = await pagesOf(paginateListSecrets({ client, pageSize: 1 }, {}));
    expect(pages.map(({ SecretList = [] }) => SecretList.map(({ Name }) => Name))).toEqual([[NAME], ["database"]]);
    await expect(names({ MaxResults: 101 })).rejects.toMatchObject({ name: "InvalidParameterException" });
    await expect(names({ NextToken: "unknown" })).rejects.toMatchObject({ name: "InvalidNextTokenException" });
  });
});

describe("a version", () => {
  test("becomes the current one when it is put, and the one before it the previous", async () => {
    await create({ SecretString: "one", ClientRequestToken: FIRST });
    expect(await put("two", SECOND)).toMatchObject({ VersionId: SECOND, VersionStages: ["AWSCURRENT"] });
    expect(await get()).toMatchObject({ SecretString: "two", VersionId: SECOND });
    expect(await get({ VersionStage: "AWSCURRENT" })).toMatchObject({ SecretString: "two" });
    expect(await get({ VersionStage: "AWSPREVIOUS" })).toMatchObject({ SecretString: "one", VersionId: FIRST });
    expect(await get({ VersionId: FIRST })).toMatchObject({ SecretString: "one", VersionStages: ["AWSPREVIOUS"] });
    expect((await describeSecret()).VersionIdsToStages).toEqual({ [FIRST]: ["AWSPREVIOUS"], [SECOND]: ["AWSCURRENT"] });
  });

  test("is the previous one for one put only", async () => {
    await create({ SecretString: "one", ClientRequestToken: FIRST });
    await put("two", SECOND);
    await put("three", THIRD);
    expect((await describeSecret()).VersionIdsToStages).toMatchObject({
      [SECOND]: ["AWSPREVIOUS"],
      [THIRD]: ["AWSCURRENT"],
    });
    expect(await get({ VersionStage: "AWSPREVIOUS" })).toMatchObject({ SecretString: "two" });
  });

  test("has no previous one when it is the first", async () => {
    await create({ SecretString: "one" });
    await expect(get({ VersionStage: "AWSPREVIOUS" })).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });

  test("is not written twice under one request token", async () => {
    await create({ SecretString: "one", ClientRequestToken: FIRST });
    await put("two", SECOND);
    expect(await put("two", SECOND)).toMatchObject({ VersionId: SECOND });
    expect((await describeSecret()).VersionIdsToStages).toEqual({ [FIRST]: ["AWSPREVIOUS"], [SECOND]: ["AWSCURRENT"] });
  });

  test("refuses another value under its request token", async () => {
    await create({ SecretString: "one", ClientRequestToken: FIRST });
    await expect(put("two", FIRST)).rejects.toMatchObject({ name: "ResourceExistsException" });
    expect(await get()).toMatchObject({ SecretString: "one" });
  });

  test("is written by an update of the secret too", async () => {
    await create({ SecretString: "one" });
    const update = { SecretId: NAME, SecretString: "two", ClientRequestToken: SECOND };
    expect(await client.send(new UpdateSecretCommand(update))).toMatchObject({ VersionId: SECOND });
    expect(await get()).toMatchObject({ SecretString: "two" });
  });

  test("has the request token that the client makes when the caller has none", async () => {
    await create();
    expect((await put("one")).VersionId).toMatch(/^[0-9a-f-]{36}$/);
  });

  test.each([32, 64])("takes a request token of %i characters", async (length) => {
    await create();
    expect(await put("one", "t".repeat(length))).toMatchObject({ VersionId: "t".repeat(length) });
  });

  test.each([31, 65])("refuses a request token of %i characters", async (length) => {
    await create();
    await expect(put("one", "t".repeat(length))).rejects.toMatchObject({ name: "InvalidParameterException" });
  });

  test("holds 65,536 bytes and no more", async () => {
    await create();
    await put("x".repeat(65_536));
    await expect(put("x".repeat(65_537))).rejects.toMatchObject({ $metadata: { httpStatusCode: 400 } });
  });
});

describe("deletion", () => {
  test("waits for 30 days unless the caller says otherwise", async () => {
    await create({ SecretString: "one" });
    const { DeletionDate } = await remove();
    expect(Math.abs(Number(DeletionDate) - Date.now() - 30 * DAY)).toBeLessThan(60_000);
  });

  test.each([7, 30])("may wait for %i days", async (RecoveryWindowInDays) => {
    await create();
    const { DeletionDate } = await remove({ RecoveryWindowInDays });
    expect(Math.abs(Number(DeletionDate) - Date.now() - RecoveryWindowInDays * DAY)).toBeLessThan(60_000);
  });

  test.each([0, 6, 31])("refuses to wait for %i days", async (RecoveryWindowInDays) => {
    await create();
    await expect(remove({ RecoveryWindowInDays })).rejects.toMatchObject({ name: "InvalidParameterException" });
    expect((await describeSecret()).DeletedDate).toBeUndefined();
  });

  test("refuses both to wait and to force", async () => {
    await create();
    await expect(remove({ RecoveryWindowInDays: 7, ForceDeleteWithoutRecovery: true })).rejects.toMatchObject({
      name: "InvalidParameterException",
    });
  });

  test("with a window keeps the name taken, and the value out of reach", async () => {
    await create({ SecretString: "one" });
    const { DeletionDate } = await remove({ RecoveryWindowInDays: 7 });
    const name = "InvalidRequestException";
    await expect(create()).rejects.toMatchObject({ name });
    await expect(get()).rejects.toMatchObject({ name });
    await expect(put("two")).rejects.toMatchObject({ name });
    await expect(client.send(new UpdateSecretCommand({ SecretId: NAME, Description: "new" }))).rejects.toMatchObject({
      name,
    });
    expect((await describeSecret()).DeletedDate).toEqual(DeletionDate);
    expect(sdk.aws.contents()).toEqual([`${ACCOUNT} us-east-1 secret ${NAME}`]);
  });

  test("by force frees the name at once, for a secret of another ARN", async () => {
    const { ARN } = await create({ SecretString: "one" });
    await remove({ ForceDeleteWithoutRecovery: true });
    await expect(describeSecret()).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    expect(sdk.aws.contents()).toEqual([]);
    const again = await create();
    expect(again.ARN).not.toBe(ARN);
    await expect(get({ SecretId: ARN })).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });

  test("is undone by a restore, with the value as it was", async () => {
    const { ARN } = await create({ SecretString: "one", ClientRequestToken: FIRST });
    await remove();
    expect(await client.send(new RestoreSecretCommand({ SecretId: NAME }))).toMatchObject({ ARN, Name: NAME });
    expect(await get()).toMatchObject({ SecretString: "one", VersionId: FIRST });
    expect((await describeSecret()).DeletedDate).toBeUndefined();
  });
});

describe("tags", () => {
  test("are added and replaced by key, and removed by key", async () => {
    await create({ Tags: [{ Key: "team", Value: "platform" }] });
    const Tags = [
      { Key: "team", Value: "images" },
      { Key: "stage", Value: "test" },
    ];
    await client.send(new TagResourceCommand({ SecretId: NAME, Tags }));
    expect((await describeSecret()).Tags).toEqual(expect.arrayContaining(Tags));
    expect((await describeSecret()).Tags).toHaveLength(2);
    await client.send(new UntagResourceCommand({ SecretId: NAME, TagKeys: ["team", "absent"] }));
    expect((await describeSecret()).Tags).toEqual([{ Key: "stage", Value: "test" }]);
  });
});

describe("a replica", () => {
  let replica: SecretsManagerClient;
  beforeEach(() => (replica = sdk.client(SecretsManagerClient, { region: "eu-west-1" })));
  afterEach(() => expect(sdk.aws.requests.flatMap(modelViolations)).toEqual([]));

  const AddReplicaRegions = [{ Region: "eu-west-1" }];
  const KmsKeyId = "alias/aws/secretsmanager";
  const inSync = [{ Region: "eu-west-1", KmsKeyId, Status: "InSync" }];
  const failed = [
    {
      Region: "eu-west-1",
      KmsKeyId,
      Status: "Failed",
      StatusMessage: `Replication failed: Secret name ${NAME} already exists in region eu-west-1.`,
    },
  ];

  function replicate(options: Partial<ReplicateSecretToRegionsCommand["input"]> = {}) {
    return client.send(new ReplicateSecretToRegionsCommand({ SecretId: NAME, AddReplicaRegions, ...options }));
  }

  function removeReplicas(...RemoveReplicaRegions: string[]) {
    return client.send(new RemoveRegionsFromReplicationCommand({ SecretId: NAME, RemoveReplicaRegions }));
  }

  function getReplica() {
    return replica.send(new GetSecretValueCommand({ SecretId: NAME }));
  }

  test("is made with its secret, and has its value, its tags, and its ARN but for the region", async () => {
    const Tags = [{ Key: "team", Value: "platform" }];
    const created = await create({ SecretString: "one", ClientRequestToken: FIRST, Tags, AddReplicaRegions });
    expect(created.ReplicationStatus).toEqual(inSync);
    const ARN = created.ARN?.replace("us-east-1", "eu-west-1");
    expect(await getReplica()).toMatchObject({ ARN, Name: NAME, SecretString: "one", VersionId: FIRST });
    const described = await replica.send(new DescribeSecretCommand({ SecretId: ARN }));
    expect(described).toMatchObject({
      ARN,
      Tags,
      PrimaryRegion: "us-east-1",
      VersionIdsToStages: { [FIRST]: ["AWSCURRENT"] },
    });
    expect(await describeSecret()).toMatchObject({ PrimaryRegion: "us-east-1", ReplicationStatus: inSync });
    expect(sdk.aws.contents()).toEqual([`${ACCOUNT} eu-west-1 secret ${NAME}`, `${ACCOUNT} us-east-1 secret ${NAME}`]);
  });

  test("is made of a secret that exists, with a key of its own", async () => {
    await create({ SecretString: "one" });
    expect((await describeSecret()).PrimaryRegion).toBeUndefined();
    const key = { Region: "eu-west-1", KmsKeyId: "alias/team" };
    const { ReplicationStatus } = await replicate({ AddReplicaRegions: [key] });
    expect(ReplicationStatus).toEqual([{ ...key, Status: "InSync" }]);
    expect(await replica.send(new DescribeSecretCommand({ SecretId: NAME }))).toMatchObject({ KmsKeyId: "alias/team" });
    expect(await describeSecret()).not.toHaveProperty("KmsKeyId");
    const { SecretList } = await replica.send(new ListSecretsCommand({}));
    expect(SecretList).toMatchObject([{ Name: NAME, PrimaryRegion: "us-east-1" }]);
  });

  test("has each new value and tag of its secret", async () => {
    await create({ SecretString: "one", AddReplicaRegions });
    await put("two", SECOND);
    expect(await getReplica()).toMatchObject({ SecretString: "two", VersionId: SECOND });
    await client.send(new UpdateSecretCommand({ SecretId: NAME, SecretString: "three", Description: "new" }));
    expect(await getReplica()).toMatchObject({ SecretString: "three" });
    await client.send(new TagResourceCommand({ SecretId: NAME, Tags: [{ Key: "a", Value: "b" }] }));
    expect(await replica.send(new DescribeSecretCommand({ SecretId: NAME }))).toMatchObject({
      Description: "new",
      Tags: [{ Key: "a", Value: "b" }],
    });
  });

  test("fails to be changed or deleted", async () => {
    await create({ SecretString: "one", AddReplicaRegions });
    const refused = {
      name: "InvalidParameterException",
      message: "Operation not permitted on a replica secret. Call must be made in primary secret's region.",
    };
    const SecretId = NAME;
    for (const change of [
      () => replica.send(new PutSecretValueCommand({ SecretId, SecretString: "two" })),
      () => replica.send(new UpdateSecretCommand({ SecretId, SecretString: "two" })),
      () => replica.send(new TagResourceCommand({ SecretId, Tags: [{ Key: "a", Value: "b" }] })),
      () => replica.send(new UntagResourceCommand({ SecretId, TagKeys: ["a"] })),
      () => replica.send(new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true })),
      () => replica.send(new RestoreSecretCommand({ SecretId })),
      () => replica.send(new ReplicateSecretToRegionsCommand({ SecretId, AddReplicaRegions })),
      () => replica.send(new RemoveRegionsFromReplicationCommand({ SecretId, RemoveReplicaRegions: ["eu-west-1"] })),
    ]) {
      await expect(change()).rejects.toMatchObject(refused);
    }
    expect(await getReplica()).toMatchObject({ SecretString: "one" });
  });

  test("keeps its secret from being deleted, until the replica is removed", async () => {
    const { ARN = "" } = await create({ SecretString: "one", AddReplicaRegions });
    for (const options of [{}, { ForceDeleteWithoutRecovery: true }]) {
      await expect(remove(options)).rejects.toMatchObject({
        name: "InvalidParameterException",
        message: `You can't delete secret ${ARN} that still has replica regions [eu-west-1].`,
      });
    }
    for (let time = 0; time < 2; time++) {
      expect(await removeReplicas("eu-west-1")).not.toHaveProperty("ReplicationStatus");
    }
    await expect(getReplica()).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    await remove();
  });

  test("fails where a secret has its name, which is kept unless the caller says otherwise", async () => {
    await replica.send(new CreateSecretCommand({ Name: NAME, SecretString: "other" }));
    expect((await create({ SecretString: "one", AddReplicaRegions })).ReplicationStatus).toEqual(failed);
    expect(await getReplica()).toMatchObject({ SecretString: "other" });
    await removeReplicas("eu-west-1");
    expect(await getReplica()).toMatchObject({ SecretString: "other" });
    expect((await replicate()).ReplicationStatus).toEqual(failed);
    expect((await replicate({ ForceOverwriteReplicaSecret: true })).ReplicationStatus).toEqual(inSync);
    expect(await getReplica()).toMatchObject({ SecretString: "one" });
  });

  test("is never overwritten by the replica of another secret", async () => {
    await create({ SecretString: "one", AddReplicaRegions });
    const third = sdk.client(SecretsManagerClient, { region: "eu-central-1" });
    const created = await third.send(
      new CreateSecretCommand({
        Name: NAME,
        SecretString: "other",
        AddReplicaRegions,
        ForceOverwriteReplicaSecret: true,
      }),
    );
    expect(created.ReplicationStatus).toEqual(failed);
    expect(await getReplica()).toMatchObject({ SecretString: "one" });
  });

  test.each(["us-east-1", "nowhere", "cn-north-1"])("fails to be made in %s", async (Region) => {
    const refused = { name: "InvalidParameterException", message: "Invalid replica region." };
    await expect(create({ AddReplicaRegions: [{ Region }] })).rejects.toMatchObject(refused);
    expect(sdk.aws.contents()).toEqual([]);
  });

  test("fails to be made in no region, and where there is one", async () => {
    const name = "InvalidParameterException";
    await expect(create({ AddReplicaRegions: [] })).rejects.toMatchObject({ name });
    await create({ AddReplicaRegions });
    await expect(replicate()).rejects.toMatchObject({ name });
  });
});
