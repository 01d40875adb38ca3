import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { EncryptionType, PullThroughCache, RegistryCredential, Upstream } from "cdktf-ecr-pull-through-cache";
import type { RepositorySettings, RoleOptions, UpstreamOptions, TagMutability } from "cdktf-ecr-pull-through-cache";
import * as fc from "fast-check";
import { snakeCase } from "../../../modules/generator/hcl";
import { PLAIN_MUTABILITIES } from "../../../src/cache/rules";
import { SUPPORTED_REGISTRIES } from "../../../src/image/supported-registries";
import type { RegistryKindWithHost } from "../../../src/image/supported-registries";
import { clientConfig } from "../../local-aws/clients";
import { ACCOUNT } from "../../local-aws/server";
import { planBoth, refusalsOf, refuseBoth } from "../../support/module-agreement";
import type { Declaration, Subject } from "../../support/module-agreement";
import { describeWithTerraform } from "../../support/terraform";
import { REGISTRY_KINDS, upstreamOfKind } from "../../support/upstreams";
import { useLocalAws } from "../../support/use-local-aws";

const REGION = "eu-west-1";
const OTHER_ACCOUNT = "444455556666";
const EXISTING = "ecr-pullthroughcache/existing";
const HOST = "registry.example.com";
const arnOf = (name: string): string => `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:${name}-AbCdEf`;

/** How an upstream signs in, where it does. */
type Credential = "managed" | "arn" | "name";

/** An upstream, in no form yet. */
interface GivenUpstream {
  readonly kind: string;
  readonly prefix?: string;
  readonly credential?: Credential;
  readonly version?: number;
  readonly secretName?: string;
  readonly recoveryWindowInDays?: number;
  readonly registryName?: string;
  readonly url?: string;
  readonly accountId?: string;
  readonly region?: string;
  readonly upstreamRepositoryPrefix?: string;
  readonly roleArn?: string;
  readonly repositorySettings?: RepositorySettings;
}

interface Given {
  readonly upstreams: { readonly [key: string]: GivenUpstream };
  readonly repositorySettings?: RepositorySettings;
  readonly roleOptions?: RoleOptions;
  readonly accountId?: string;
}

/** A lifecycle policy that keeps so many images, but for what differs. */
function policyOf(selection: object): string {
  const all = { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 10, ...selection };
  return JSON.stringify({ rules: [{ rulePriority: 1, selection: all, action: { type: "expire" } }] });
}

const settings: fc.Arbitrary<RepositorySettings> = fc.oneof(
  { weight: 1, arbitrary: fc.constant({ creationTemplate: false }) },
  { weight: 1, arbitrary: fc.constant({ keepAllImages: true }) },
  {
    weight: 3,
    arbitrary: fc.record(
      {
        description: fc.constantFrom("Cached images", "größe", `${"ä".repeat(127)}d`),
        lifecyclePolicy: fc.integer({ min: 1, max: 900 }).map((countNumber) => policyOf({ countNumber })),
        encryptionType: fc.constantFrom(...Object.values(EncryptionType)),
      },
      { requiredKeys: [] },
    ),
  },
  {
    weight: 8,
    arbitrary: fc.record(
      {
        untaggedExpirationInDays: fc.integer({ min: 1, max: 90 }),
        keepLastImages: fc.integer({ min: 1, max: 900 }),
        tagMutability: fc.constantFrom(...PLAIN_MUTABILITIES),
        kmsKeyArn: fc.constantFrom("one", "two").map((key) => `arn:aws:kms:${REGION}:${ACCOUNT}:key/${key}`),
        tags: fc.dictionary(fc.constantFrom("team", "cost center", "größe"), fc.constantFrom("", "a/b", "ä+1")),
        repositoryPolicy: fc.constant(
          '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"ecr:BatchGetImage"}]}',
        ),
        roleArn: fc.constant(`arn:aws:iam::${ACCOUNT}:role/path/creates`),
      },
      { requiredKeys: [] },
    ),
  },
);

const signedIn = fc.record(
  {
    credential: fc.constantFrom<Credential>("managed", "arn", "name"),
    version: fc.integer({ min: 1, max: 9 }),
    recoveryWindowInDays: fc.constantFrom(0, 7, 30),
  },
  { requiredKeys: ["credential"] },
);

const byKind: { readonly [kind: string]: fc.Arbitrary<Omit<GivenUpstream, "kind">> } = {
  ...Object.fromEntries(
    Object.entries(SUPPORTED_REGISTRIES).map(([kind, { credential }]) => [
      kind,
      credential === "required" ? signedIn : fc.constant({}),
    ]),
  ),
  azure: signedIn.map((credential) => ({ ...credential, registryName: "contoso" })),
  unlisted: fc.oneof(fc.constant({}), signedIn).map((credential) => ({ ...credential, url: HOST, prefix: "example" })),
  "private-ecr": fc.oneof(
    fc.record({ region: fc.constantFrom("us-east-1", "ap-south-1") }),
    fc.record(
      {
        region: fc.constantFrom(REGION, "us-east-1"),
        accountId: fc.constant(OTHER_ACCOUNT),
        upstreamRepositoryPrefix: fc.constantFrom("ROOT", "base/java"),
        roleArn: fc.constant(`arn:aws:iam::${ACCOUNT}:role/reads`),
      },
      { requiredKeys: ["region", "accountId"] },
    ),
  ),
};

const given: fc.Arbitrary<Given> = fc
  .record(
    {
      kinds: fc.subarray(Object.keys(byKind), { minLength: 1, maxLength: 5 }),
      repositorySettings: settings,
      roleOptions: fc.record(
        {
          permissionsBoundaryArn: fc.constantFrom(ACCOUNT, "aws").map((owner) => `arn:aws:iam::${owner}:policy/bounds`),
          path: fc.constantFrom("/", "/platform/"),
          namePrefix: fc.constantFrom("a", "acme-"),
        },
        { requiredKeys: [] },
      ),
      accountId: fc.constant(ACCOUNT),
    },
    { requiredKeys: ["kinds"] },
  )
  .chain(({ kinds, ...rest }) =>
    fc
      .tuple(...kinds.map((kind) => upstreamOf(kind)))
      .map((upstreams) => ({ ...rest, upstreams: Object.fromEntries(upstreams) })),
  );

/** An upstream of a kind, by a key that is its kind or another word. */
function upstreamOf(kind: string): fc.Arbitrary<[string, GivenUpstream]> {
  const own = fc.record(
    { prefix: fc.constantFrom(`${kind}/x`, `my.${kind}/`), repositorySettings: settings },
    { requiredKeys: [] },
  );
  return fc
    .tuple(byKind[kind] ?? fc.constant({}), own, fc.boolean())
    .map(([particular, common, isKey]) => [isKey ? kind : `a ${kind}`, { kind, ...common, ...particular }]);
}

/** The same declaration as a construct, and as what the module is called with. */
function bothForms({ upstreams, repositorySettings, roleOptions, accountId }: Given): Declaration {
  const managed = Object.entries(upstreams).filter(([, { credential }]) => credential === "managed");
  const variableOf = (key: string): string => key.replace(/\W/g, "_");
  return {
    construct: (stack) =>
      new PullThroughCache(stack, "cache", {
        upstreams: Object.entries(upstreams).map(([key, upstream]) => constructOf(variableOf(key), upstream)),
        repositorySettings,
        roleOptions,
        accountId,
      }),
    inputs: {
      upstreams: Object.fromEntries(Object.entries(upstreams).map(([key, upstream]) => [key, entryOf(key, upstream)])),
      ...(managed.length === 0
        ? {}
        : { credentials: Object.fromEntries(managed.map(([key]) => [key, { username: "bot", access_token: "no" }])) }),
      ...(repositorySettings === undefined ? {} : { repository_settings: settingsOf(repositorySettings) }),
      ...(roleOptions === undefined ? {} : { role_options: inSnakeCase(roleOptions) }),
      ...(accountId === undefined ? {} : { account_id: accountId }),
    },
    variables: Object.fromEntries(
      managed.flatMap(([key]) => ["username", "token"].map((what) => [`${variableOf(key)}_${what}`, "no"])),
    ),
  };
}

function constructOf(variable: string, upstream: GivenUpstream): Upstream {
  const { kind, prefix, repositorySettings, registryName = "", url = "" } = upstream;
  const { accountId, region = "", upstreamRepositoryPrefix, roleArn } = upstream;
  const options: UpstreamOptions = { prefix, repositorySettings: repositorySettings };
  const credential = credentialOf(variable, upstream) as RegistryCredential;
  switch (kind) {
    case "azure":
      return Upstream.azure(registryName, credential, options);
    case "unlisted":
      return Upstream.unlisted(url, { ...options, prefix: prefix as string, credential });
    case "private-ecr":
      return Upstream.privateEcr({ ...options, accountId, region, upstreamRepositoryPrefix, roleArn });
    default:
      return kind in SUPPORTED_REGISTRIES
        ? upstreamOfKind(kind as RegistryKindWithHost, credential, options)
        : Upstream.fromRegistryUrl(kind, options);
  }
}

function credentialOf(variable: string, upstream: GivenUpstream): RegistryCredential | undefined {
  const { credential, version = 1, secretName, recoveryWindowInDays } = upstream;
  switch (credential) {
    case "managed":
      return RegistryCredential.managed({
        usernameVariable: `${variable}_username`,
        accessTokenVariable: `${variable}_token`,
        version,
        secretName,
        recoveryWindowInDays,
      });
    case "arn":
      return RegistryCredential.fromSecretArn(secretName ?? arnOf(EXISTING));
    case "name":
      return RegistryCredential.fromSecretName(secretName ?? EXISTING);
    case undefined:
      return undefined;
  }
}

function entryOf(key: string, upstream: GivenUpstream): object {
  const { kind, credential, version, secretName, recoveryWindowInDays, url, roleArn, repositorySettings, ...same } =
    upstream;
  const isManaged = credential === "managed";
  return inSnakeCase({
    ...(key === kind ? {} : { kind }),
    ...same,
    ...(isManaged ? { credential, credentialVersion: version, secretName, recoveryWindowInDays } : {}),
    ...(credential === "arn" ? { credentialSecretArn: secretName ?? arnOf(EXISTING) } : {}),
    ...(credential === "name" ? { credentialSecretName: secretName ?? EXISTING } : {}),
    upstreamRegistryUrl: url,
    role: roleArn === undefined ? undefined : { arn: roleArn },
    repositorySettings: repositorySettings === undefined ? undefined : settingsOf(repositorySettings),
  });
}

function settingsOf({ kmsKeyArn, roleArn, ...same }: RepositorySettings): object {
  return inSnakeCase({
    ...same,
    kmsKey: kmsKeyArn === undefined ? undefined : { arn: kmsKeyArn },
    role: roleArn === undefined ? undefined : { arn: roleArn },
  });
}

function inSnakeCase(props: object): object {
  return Object.fromEntries(
    Object.entries(props)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]: [string, unknown]) => [snakeCase(name), value]),
  );
}

/** What is declared wrong, one fault each. */
const BAD: { readonly [fault: string]: Given } = {
  "nothing to cache": { upstreams: {} },
  "51 rules": {
    upstreams: Object.fromEntries(
      Array.from({ length: 51 }, (_, i) => [`q${i}`, { kind: "quay", prefix: `q${i}` }] as const),
    ),
  },
  "a registry that ECR cannot cache": { upstreams: { google: { kind: "gcr.io", prefix: "google" } } },
  "a prefix of one character": { upstreams: { quay: { kind: "quay", prefix: "q" } } },
  "a prefix of 31 characters": { upstreams: { quay: { kind: "quay", prefix: "q".repeat(31) } } },
  "a prefix in capitals": { upstreams: { quay: { kind: "quay", prefix: "Quay" } } },
  "one prefix twice": {
    upstreams: { a: { kind: "quay", prefix: "same" }, b: { kind: "kubernetes", prefix: "same/" } },
  },
  "no credential": { upstreams: { github: { kind: "github" } } },
  "a secret of another service": {
    upstreams: { github: { kind: "github", credential: "arn", secretName: "arn:aws:s3:::bucket" } },
  },
  "a secret's ARN without its last characters": {
    upstreams: { github: { kind: "github", credential: "arn", secretName: arnOf(EXISTING).slice(0, -7) } },
  },
  "a secret of another region": {
    upstreams: {
      github: { kind: "github", credential: "arn", secretName: arnOf(EXISTING).replace(REGION, "us-east-1") },
    },
  },
  "a secret of another account": {
    accountId: ACCOUNT,
    upstreams: {
      github: { kind: "github", credential: "arn", secretName: arnOf(EXISTING).replace(ACCOUNT, OTHER_ACCOUNT) },
    },
  },
  "a secret of another partition": {
    upstreams: {
      github: { kind: "github", credential: "arn", secretName: arnOf(EXISTING).replace("arn:aws:", "arn:aws-cn:") },
    },
  },
  "a secret that ECR may not read": {
    upstreams: { github: { kind: "github", credential: "name", secretName: "docker-hub" } },
  },
  "a secret to write that ECR may not read": {
    upstreams: { github: { kind: "github", credential: "managed", secretName: "docker-hub" } },
  },
  "version 0 of a credential": { upstreams: { github: { kind: "github", credential: "managed", version: 0 } } },
  "half a version of a credential": { upstreams: { github: { kind: "github", credential: "managed", version: 1.5 } } },
  "a recovery window of 6 days": {
    upstreams: { github: { kind: "github", credential: "managed", recoveryWindowInDays: 6 } },
  },
  "a recovery window of 31 days": {
    upstreams: { github: { kind: "github", credential: "managed", recoveryWindowInDays: 31 } },
  },
  "two credentials in one secret": {
    upstreams: {
      github: { kind: "github", credential: "managed", secretName: "ecr-pullthroughcache/same" },
      gitlab: { kind: "gitlab", credential: "managed", secretName: "ecr-pullthroughcache/same" },
    },
  },
  "a secret looked up that is written": {
    upstreams: {
      github: { kind: "github", credential: "managed", secretName: "ecr-pullthroughcache/same" },
      gitlab: { kind: "gitlab", credential: "name", secretName: "ecr-pullthroughcache/same" },
    },
  },
  "an Azure registry with its host": {
    upstreams: { azure: { kind: "azure", credential: "arn", registryName: "contoso.azurecr.io" } },
  },
  "a host with a scheme": {
    upstreams: { new: { kind: "unlisted", url: "https://registry.example.com", prefix: "new" } },
  },
  "a host with a port": { upstreams: { new: { kind: "unlisted", url: `${HOST}:443`, prefix: "new" } } },
  "a host with a label of 64 characters": {
    upstreams: { new: { kind: "unlisted", url: `${"a".repeat(64)}.com`, prefix: "new" } },
  },
  "a host that is known": { upstreams: { new: { kind: "unlisted", url: "quay.io", prefix: "new" } } },
  "an unlisted registry without a prefix": { upstreams: { new: { kind: "unlisted", url: HOST } } },
  "a zone for a region": { upstreams: { own: { kind: "private-ecr", region: "us-east-1a", prefix: "own" } } },
  "a region of another partition": { upstreams: { own: { kind: "private-ecr", region: "cn-north-1", prefix: "own" } } },
  "the cache's own registry": {
    accountId: ACCOUNT,
    upstreams: { own: { kind: "private-ecr", region: REGION, accountId: ACCOUNT, prefix: "own" } },
  },
  "an account of 11 digits": {
    upstreams: { own: { kind: "private-ecr", region: "us-east-1", accountId: "11112222333", prefix: "own" } },
  },
  "a role for the cache's own account": {
    accountId: ACCOUNT,
    upstreams: { own: { kind: "private-ecr", region: "us-east-1", roleArn: `arn:aws:iam::${ACCOUNT}:role/reads` } },
  },
  "a role of another account": {
    accountId: ACCOUNT,
    upstreams: {
      own: {
        kind: "private-ecr",
        region: "us-east-1",
        accountId: OTHER_ACCOUNT,
        roleArn: `arn:aws:iam::${OTHER_ACCOUNT}:role/reads`,
      },
    },
  },
  "a user for a role": {
    upstreams: {
      own: {
        kind: "private-ecr",
        region: "us-east-1",
        accountId: OTHER_ACCOUNT,
        roleArn: `arn:aws:iam::${ACCOUNT}:user/reads`,
      },
    },
  },
  "an upstream's prefix in capitals": {
    upstreams: { own: { kind: "private-ecr", region: "us-east-1", upstreamRepositoryPrefix: "Base" } },
  },
  "an upstream's prefix beside ROOT": {
    upstreams: { own: { kind: "private-ecr", region: "us-east-1", prefix: "ROOT", upstreamRepositoryPrefix: "base" } },
  },
  ...Object.fromEntries(
    Object.entries(badRoleOptions()).map(([fault, roleOptions]) => [
      fault,
      {
        upstreams: { quay: { kind: "quay" } },
        repositorySettings: { tags: { team: "platform" } },
        roleOptions,
        accountId: ACCOUNT,
      },
    ]),
  ),
  "the cache's account in 11 digits": { accountId: "11112222333", upstreams: { quay: { kind: "quay" } } },
  ...Object.fromEntries(
    Object.entries(badSettings()).flatMap(([fault, repositorySettings]): [string, Given][] => [
      [fault, { upstreams: { quay: { kind: "quay" } }, accountId: ACCOUNT, repositorySettings }],
      [`${fault}, of one upstream`, { upstreams: { quay: { kind: "quay", repositorySettings } }, accountId: ACCOUNT }],
    ]),
  ),
};

function badSettings(): { readonly [fault: string]: RepositorySettings } {
  return {
    "no day": { untaggedExpirationInDays: 0 },
    "half a day": { untaggedExpirationInDays: 0.5 },
    "no image": { keepLastImages: 0 },
    "a limit beside all images": { keepAllImages: true, keepLastImages: 5 },
    "settings without a template": { creationTemplate: false, tags: { team: "platform" } },
    "a mutability that is none": { tagMutability: "SOMETIMES" as TagMutability },
    "an alias for a key": { kmsKeyArn: `arn:aws:kms:${REGION}:${ACCOUNT}:alias/key` },
    "a key in capitals": { kmsKeyArn: `arn:aws:kms:${REGION}:${ACCOUNT}:key/ONE` },
    "an encryption that is none": { encryptionType: "KMS_DSSE" as EncryptionType },
    "an encryption beside a key": {
      encryptionType: EncryptionType.AES256,
      kmsKeyArn: `arn:aws:kms:${REGION}:${ACCOUNT}:key/one`,
    },
    "an empty description": { description: "" },
    "a description of 256 bytes": { description: "ä".repeat(128) },
    "a lifecycle policy that is no JSON": { lifecyclePolicy: "keep 10" },
    "a lifecycle policy that is a list": { lifecyclePolicy: "[]" },
    "a lifecycle policy without rules": { lifecyclePolicy: '{"rules":[]}' },
    "a lifecycle policy of more than 30,720 characters": { lifecyclePolicy: `${policyOf({})}${" ".repeat(30_720)}` },
    "days beside a lifecycle policy": { lifecyclePolicy: policyOf({}), untaggedExpirationInDays: 7 },
    "a limit beside a lifecycle policy": { lifecyclePolicy: policyOf({}), keepLastImages: 7 },
    "all images beside a lifecycle policy": { lifecyclePolicy: policyOf({}), keepAllImages: true },
    "a key of another region": { kmsKeyArn: `arn:aws:kms:us-east-1:${ACCOUNT}:key/one` },
    "a key of another partition": { kmsKeyArn: `arn:aws-cn:kms:${REGION}:${ACCOUNT}:key/one` },
    "a tag of AWS": { tags: { "aws:team": "platform" } },
    "a tag in AWS's name, in capitals": { tags: { "AWS:team": "platform" } },
    "a tag without a name": { tags: { " ": "platform" } },
    "a tag's name of 129 characters": { tags: { ["t".repeat(129)]: "platform" } },
    "a tag with a bracket": { tags: { team: "{platform}" } },
    "a tag's value of 257 characters": { tags: { team: "t".repeat(257) } },
    "51 tags": { tags: Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`t${index}`, "x"])) },
    "a policy that is no JSON": { repositoryPolicy: "Allow all" },
    "a policy that is a list": { repositoryPolicy: "[]" },
    "a policy of 10,241 characters": { repositoryPolicy: JSON.stringify({ Id: "x".repeat(10_232) }) },
    "a policy for a role": { roleArn: `arn:aws:iam::${ACCOUNT}:policy/creates` },
    "another account's role": { roleArn: `arn:aws:iam::${OTHER_ACCOUNT}:role/creates` },
  };
}

function badRoleOptions(): { readonly [fault: string]: RoleOptions } {
  return {
    "a role for a boundary": { permissionsBoundaryArn: `arn:aws:iam::${ACCOUNT}:role/bounds` },
    "a boundary of another account": { permissionsBoundaryArn: `arn:aws:iam::${OTHER_ACCOUNT}:policy/bounds` },
    "a boundary of another partition": { permissionsBoundaryArn: "arn:aws-cn:iam::aws:policy/bounds" },
    "a path of 513 characters": { path: `/${"x".repeat(511)}/` },
    "a path without a slash at its end": { path: "/platform" },
    "a name prefix of 39 characters": { namePrefix: "x".repeat(39) },
  };
}

describeWithTerraform("the module pull-through-cache", () => {
  const subject: Subject = {
    module: "pull-through-cache",
    region: REGION,
    aws: useLocalAws({ addedSince: [HOST] }),
  };

  beforeAll(async () => {
    const client = new SecretsManagerClient(clientConfig(subject.aws, { region: REGION }));
    await client.send(
      new CreateSecretCommand({ Name: EXISTING, SecretString: JSON.stringify({ username: "a", accessToken: "b" }) }),
    );
  });

  test("plans the same resources with the same arguments as the construct, for declarations of all kinds", async () => {
    const declarations = fc.sample(given, { numRuns: 48, seed: 20_26 });
    const kinds = declarations.flatMap(({ upstreams }) => Object.values(upstreams).map(({ kind }) => kind));
    expect(new Set(kinds)).toEqual(new Set([...REGISTRY_KINDS, "unlisted"]));
    const pairs = await planBoth(subject, declarations.map(bothForms));
    for (const [index, { construct, module }] of pairs.entries()) {
      // What the module has to be replaced with is of Terraform's own, and it has one for every upstream.
      const made = module.filter(({ type }) => type !== "terraform_data");
      const expected = construct.filter(({ type }) => type !== "terraform_data");
      expect({ declaration: declarations[index], made }).toEqual({ declaration: declarations[index], made: expected });
    }
    const types = pairs.flatMap(({ construct }) => construct.map(({ type }) => type));
    expect(new Set(types)).toEqual(
      new Set([
        "aws_ecr_pull_through_cache_rule",
        "aws_ecr_repository_creation_template",
        "aws_iam_role",
        "aws_iam_role_policy",
        "aws_secretsmanager_secret",
        "aws_secretsmanager_secret_version",
        "terraform_data",
      ]),
    );
    expect(types.length).toBeGreaterThan(250);
  });

  test("refuses what the construct refuses, by the same rules", async () => {
    const faults = Object.keys(BAD);
    const refusals = await refuseBoth(subject, Object.values(BAD).map(bothForms));
    const named = (side: "construct" | "module"): object =>
      Object.fromEntries(refusals.map((refusal, index) => [faults[index] ?? "", refusal[side]] as const));
    expect(named("module")).toEqual(named("construct"));
  });

  test("fails with what is misspelt at any depth, also beside values that only an apply tells", async () => {
    const made = { arn: "${terraform_data.made.output}" };
    // Terraform knows that it is not null.
    const unknownText = "x-${terraform_data.made.output}";
    const call = {
      upstreams: {
        quay: {
          prefx: "q",
          keep_last_images: 5,
          KmsKeyArn: "",
          zone: 1,
          region: unknownText,
          secret_name: unknownText,
        },
        kubernetes: {
          credential_arn: made.arn,
          accessToken: "x",
          registry: "acme",
          repository_settings: { expire_untagged: 7, images: 5, role: { ...made, path: "/" }, kms_key: made },
        },
        "ecr-public": ["upstream"],
      },
      repository_settings: {
        image_tag_mutability: "IMMUTABLE",
        kms_key: { ...made, id: "one" },
        role: "arn:aws:iam::111122223333:role/creates",
        tags: "team=platform",
        tag_mutability_exclusion_filters: ["latest"],
      },
      role_options: { ...made, boundary: unknownText, prefix: "acme-" },
    };
    expect(await refusalsOf(subject, call, { terraform_data: { made: {} } })).toEqual(
      [
        '`upstreams["quay"].KmsKeyArn` is not an attribute of an upstream; did you mean `repository_settings.kms_key`?',
        '`upstreams["quay"].keep_last_images` is not an attribute of an upstream; did you mean `repository_settings.keep_last_images`?',
        '`upstreams["quay"].region` is not an attribute of this kind of upstream; leave it out',
        '`upstreams["quay"].secret_name` is not an attribute of this kind of upstream; leave it out',
        '`upstreams["quay"].prefx` is not an attribute of an upstream; did you mean `prefix`?',
        '`upstreams["quay"].zone` is not an attribute of an upstream; known attributes: account_id, credential, credential_secret_arn, credential_secret_name, credential_version, kind, prefix, recovery_window_in_days, region, registry_name, repository_settings, role, secret_name, upstream_registry_url, upstream_repository_prefix',
        '`upstreams["kubernetes"].credential_arn` is not an attribute of an upstream; did you mean `credential_secret_arn`?',
        '`upstreams["kubernetes"].accessToken` is not an attribute of an upstream; give the value in the input `credentials`, by the key of the upstream, and set `credential = "managed"` here',
        '`upstreams["kubernetes"].registry` is not an attribute of an upstream; did you mean `registry_name` or `kind`?',
        "`repository_settings.role` must be an object, got a string; write `role = { arn = … }`",
        '`upstreams["kubernetes"].repository_settings.expire_untagged` is not an attribute of repository settings; did you mean `untagged_expiration_in_days`?',
        '`upstreams["kubernetes"].repository_settings.images` is not an attribute of repository settings; did you mean `keep_all_images` or `keep_last_images`?',
        '`upstreams["kubernetes"].repository_settings.role.path` is not an attribute of a role; known attributes: arn',
        '`upstreams["ecr-public"]` must be an object, got a list; use {} for an object without attributes',
        "`repository_settings.image_tag_mutability` is not an attribute of repository settings; did you mean `tag_mutability`?",
        "`repository_settings.tag_mutability_exclusion_filters` is not an attribute of repository settings; hashicorp/aws 5.100, with which the module also runs, has no argument for exclusion filters: set `creation_template = false` and create the template yourself",
        "`role_options.arn` is not an attribute of role options; did you mean `permissions_boundary_arn`?",
        "`role_options.boundary` is not an attribute of role options; did you mean `permissions_boundary_arn`?",
        "`role_options.prefix` is not an attribute of role options; did you mean `name_prefix`?",
        "`repository_settings.kms_key.id` is not an attribute of a KMS key; known attributes: arn",
        "`repository_settings.tags` must be an object, got a string; the README of the module has the type of each attribute",
      ].sort(),
    );
  });

  test("shows no access token and no password that is given in place of anything", async () => {
    const token = "dckr_pat_27aB3cD9eF1gH2iJ4kL";
    const said = await refusalsOf(subject, {
      account_id: token,
      upstreams: {
        [token]: { prefix: token },
        quay: { kind: token, [token]: token },
        azure: { credential_secret_name: token, registry_name: token },
        "docker-hub": { credential_secret_arn: token },
        github: { credential: token, credential_version: token },
        gitlab: { credential: "managed", secret_name: token, recovery_window_in_days: token },
        unlisted: { prefix: "other", upstream_registry_url: `me:${token.slice(9)}@registry.example.com` },
        "private-ecr": { region: token, account_id: token, upstream_repository_prefix: token, role: { arn: token } },
      },
      repository_settings: {
        description: "",
        untagged_expiration_in_days: token,
        lifecycle_policy: token,
        tag_mutability: token,
        kms_key: { arn: token },
        encryption_type: token,
        tags: { [`{${token}}`]: `{${token}}` },
        repository_policy: token,
        role: { arn: token },
      },
      role_options: { permissions_boundary_arn: token, path: token, name_prefix: `${token} ` },
      acknowledged_warnings: [token],
    });
    expect(said.length).toBeGreaterThan(25);
    expect(said.filter((line) => line.includes(token.slice(9)))).toEqual([]);
    expect(said).toContain(
      '`upstreams["unlisted"].upstream_registry_url` must be a bare host, got "(not shown, it may be a secret)"; use the host in lower case, without scheme, port or path: the path of a repository belongs in the image\'s name',
    );
  });
});
