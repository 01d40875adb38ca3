import * as fc from "fast-check";
import type { Entry, Parameter, PublicApi, Shape } from "./public-api";
import { Case, recipeOf } from "./recipe";
import type { Recipe } from "./recipe";

const ACCOUNT = "111122223333";
const SECRET = `arn:aws:secretsmanager:us-east-1:${ACCOUNT}:secret:ecr-pullthroughcache/hub-AbCdEf`;
const PREFIXES = ["ecr-public", "docker-hub", "quay"];
const word = fc.stringMatching(/^[a-z]{3,8}$/);
const from = (...values: readonly unknown[]): fc.Arbitrary<unknown> => fc.constantFrom(...values);

/**
 * Values that constructs accept, by `<struct>.<member>`, `<entry>.<parameter>` or the name alone. For a list, they are its
 * elements. For a name that the table lacks, the generator takes any value of the type.
 */
const VALUES: { readonly [name: string]: fc.Arbitrary<unknown> } = {
  id: from("cache", "Default", "a.b", "x_y", "docker.io", "\u00e4 \u6f22", '"', "%{x}"),
  accountId: from(ACCOUNT),
  accountIds: from("222233334444", "333344445555", "444455556666"),
  partition: from("aws"),
  prefix: from("ecr-public", "hub", "team/images", "a.b", "a-b_c/d", "ROOT", "x1/", "quay"),
  prefixes: from(...PREFIXES),
  "PullThroughCache#rule.prefix": from(...PREFIXES),
  "PullThroughCache#template.prefix": from(...PREFIXES),
  "PullThroughCache#secret.prefix": from("docker-hub"),
  "PullThroughCache#repositoryUri.prefix": from(...PREFIXES),
  "RegistryEndpoints#repositoryUri.prefix": from(...PREFIXES),
  "PullThroughCacheFleet#templatedRepositoryUri.prefix": from(...PREFIXES),
  parameter: from("Names"),
  repository: from("nginx/nginx", "library/nginx", "a/b"),
  image: from("public.ecr.aws/nginx/nginx:1.29", "nginx", "quay.io/a/b:1", "redis:7"),
  images: from("public.ecr.aws/nginx/nginx:1.29", "nginx:1.27", "quay.io/a/b:1", "redis:7"),
  text: from("nginx", "quay.io/a/b:1", "localhost:5000/x@sha256:" + "0".repeat(64)),
  roleName: from("app", "builds_1"),
  organizationId: from("o-abcdefghij"),
  organizationalUnitPaths: from("o-abcdefghij/r-abcd/ou-abcd-12345678/"),
  existingRepositories: from("ecr-public/nginx/nginx", "quay/a/b"),
  region: from("eu-west-1"),
  regions: from("us-east-1", "eu-west-1", "ap-southeast-2"),
  description: word,
  untaggedExpirationInDays: from(1, 30),
  keepLastImages: from(1, 100),
  creationTemplate: from(true),
  lifecyclePolicy: from(
    '{"rules":[{"rulePriority":1,"description":"old","selection":{"tagStatus":"any","countType":"imageCountMoreThan","countNumber":9},"action":{"type":"expire"}}]}',
  ),
  tagMutability: from("MUTABLE", "IMMUTABLE"),
  tagMutabilityExclusionFilters: from("latest", "dev-*"),
  kmsKeyArn: from(`arn:aws:kms:us-east-1:${ACCOUNT}:key/11111111-2222-3333-4444-555555555555`),
  encryptionType: from("AES256", "KMS"),
  tags: fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.stringMatching(/^[a-z +=:@-]{0,9}$/), { maxKeys: 3 }),
  repositoryPolicy: from(
    '{"Version":"2012-10-17","Statement":[{"Sid":"x","Effect":"Allow","Principal":"*","Action":"ecr:BatchGetImage"}]}',
  ),
  roleArn: from(`arn:aws:iam::${ACCOUNT}:role/caches`),
  permissionsBoundaryArn: from(`arn:aws:iam::${ACCOUNT}:policy/boundary`),
  path: from("/", "/platform/"),
  namePrefix: from("caches-"),
  registryName: from("contoso"),
  upstreamRegistryUrl: from("quay.io", "public.ecr.aws", "registry.k8s.io"),
  "Upstream.unlisted.upstreamRegistryUrl": from("registry.example.com"),
  "PrivateEcrOptions.accountId": from("222233334444"),
  upstreamRepositoryPrefix: from("ROOT", "team"),
  secretArn: from(SECRET),
  secretName: from("ecr-pullthroughcache/hub", "ecr-pullthroughcache/a", "ecr-pullthroughcache/b"),
  usernameVariable: from("hub_user", "user"),
  accessTokenVariable: from("hub_token", "token"),
  version: from(1, 2),
  recoveryWindowInDays: from(0, 7, 30),
  registryMap: from(
    { "docker.io": `${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/docker-hub` },
    {
      "docker.io": `${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/docker-hub`,
      "quay.io": `${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/quay`,
    },
  ),
  "MutatingPolicyOptions.name": from("cache", "a.b"),
  excludedNamespaces: from("kube-system", "kyverno"),
  "ClientConfiguration#kustomizeComponent.images": from("nginx", "redis:7"),
  domain: from("docker.io"),
  vpcId: from("vpc-0123456789abcdef0"),
  subnetIds: from("subnet-0123456789abcdef0", "subnet-0123456789abcdef1"),
  routeTableIds: from("rtb-0123456789abcdef0", "rtb-0123456789abcdef1"),
  clientCidrs: from("10.0.0.0/16", "10.1.0.0/16"),
  clientIpv6Cidrs: from("2600:1f14::/56"),
  clientSecurityGroupIds: from("sg-0123456789abcdef0"),
  securityGroupIds: from("sg-0123456789abcdef0", "sg-0123456789abcdef1"),
  repositoryArns: from(`arn:aws:ecr:us-east-1:${ACCOUNT}:repository/team/*`),
  pushRepositoryArns: from(`arn:aws:ecr:us-east-1:${ACCOUNT}:repository/app`),
  bucketNames: from("artifacts-bucket"),
  ecrEndpointPolicy: from(
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}',
  ),
  s3EndpointPolicy: from(
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}',
  ),
  ecrApiEndpointId: from("vpce-0123456789abcdef0"),
  ecrDkrEndpointId: from("vpce-0123456789abcdef1"),
  s3EndpointId: from("vpce-0123456789abcdef2"),
  shortName: from("kms", "ssm", "sqs"),
  serviceName: from("com.amazonaws.us-east-1.kms"),
  schedule: from("rate(1 hour)", "cron(0 6 * * ? *)"),
  projectName: from("warmer", "a_b-c"),
  timeoutInMinutes: from(5, 60),
  updateTimeoutInMinutes: from(5, 60),
  logRetentionInDays: from(1, 30),
  retentionInDays: from(1, 30),
  alarmTopicArn: from(`arn:aws:sns:us-east-1:${ACCOUNT}:alarms`),
  topicArn: from(`arn:aws:sns:us-east-1:${ACCOUNT}:alerts`),
  topicName: from("alerts"),
  emailAddresses: from("platform@example.com", "ops@example.com"),
  logGroupName: from("/ecr/alerts", "alerts"),
  ruleName: from("pull-failures"),
  json: from(
    `{"Version":"2012-10-17","Statement":[{"Sid":"Team","Effect":"Allow","Principal":{"AWS":"222233334444"},"Action":["ecr:CreateRepository"],"Resource":"arn:aws:ecr:us-east-1:${ACCOUNT}:repository/*"}]}`,
  ),
  repositoryPrefixes: from("team/", "docker-hub/"),
  filters: from("docker-hub/*", "*"),
  expiryDates: from({ "docker-hub": "2030-01-31" }),
  daysBefore: from(1, 7, 30),
  repositorySettingsByRegion: from({}, { "us-east-1": { description: "here" } }),
  providerVersion: from("5.100.0", ">= 5.80.0"),
  "PullThroughCacheFleet#stackIn.region": from("us-east-1"),
  "PullThroughCacheFleet#cacheIn.region": from("us-east-1"),
  "PullThroughCacheFleet#addFinalStack.id": from("final", "x.y"),
  "PullThroughCacheFleet#addPullPolicy.id": from("pull", "x.y"),
  "new PullThroughCacheFleet.id": from("caches", "fleet_1"),
  bucket: from("states-bucket"),
  keyPrefix: from("platform/"),
  kmsKeyId: from("alias/states"),
  organization: from("acme"),
  workspacePrefix: from("caches-", ""),
  project: from("platform"),
  hostname: from("tfe.example.com"),
  providerConfig: from({}, { profile: "caches" }, { maxRetries: 3, defaultTags: [{ tags: { team: "platform" } }] }),
  stackName: from("vendor", "connector-1"),
  parameters: fc.dictionary(fc.stringMatching(/^[A-Za-z]{1,8}$/), fc.stringMatching(/^[a-z {}.-]{0,9}[a-z]$/), {
    minKeys: 1,
    maxKeys: 3,
  }),
  templateUrl: from("https://bucket.s3.amazonaws.com/template.yaml"),
  capabilities: from("CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"),
  candidate: fc.anything(),
};

/** Optional members without which most declarations are refused. */
const ALWAYS = new Set([
  "RegistryEndpointsProps.subnetIds",
  "RegistryEndpointsProps.clientCidrs",
  "RegistryEndpointsProps.routeTableIds",
  "RegistryEndpointsProps.caches",
  "SyncFailureAlertProps.caches",
  "RegistryPolicyProps.existing",
  "RegistryReplicationProps.existing",
  "RegistryReplicationProps.repositoryPrefixes",
  "RegistryScanningProps.existing",
  "RegistryScanningProps.rules",
  "AllowPullOptions.accountIds",
  "CacheWarmerProps.projectName",
  "PullThroughCacheFleetProps.accountId",
]);

/** Optional members with which most declarations are refused. */
const SELDOM = new Set([
  ...["PullThroughCacheProps", "RegistryEndpointsProps", "RegistryPolicyProps", "RegistryScanningProps"].map(regionOf),
  ...["RegistryReplicationProps", "SyncFailureAlertProps", "StackParameterOverrideProps"].map(regionOf),
  "RegistryPolicyProps.ownedElsewhere",
  "RegistryReplicationProps.allRepositories",
  "RegistryEndpointsProps.clientIpv6Cidrs",
  "RegistryEndpointsProps.ecrApiEndpointId",
  "RegistryEndpointsProps.ecrDkrEndpointId",
  "RegistryEndpointsProps.s3EndpointId",
  "RegistryEndpointsProps.ecrEndpointPolicy",
  "RegistryEndpointsProps.s3EndpointPolicy",
  "RegistryEndpointsProps.fullAccess",
  "RepositorySettings.tagMutabilityExclusionFilters",
  "PullThroughCacheFleetProps.layout",
  "StackParameterOverrideProps.action",
  "StackParameterOverrideProps.importBlock",
]);

/** Members of which a declaration has one at most. */
const RIVALS: { readonly [struct: string]: readonly (readonly string[])[] } = {
  RepositorySettings: [
    ["lifecyclePolicy", "keepAllImages", "untaggedExpirationInDays"],
    ["lifecyclePolicy", "keepAllImages", "keepLastImages"],
    ["encryptionType", "kmsKeyArn"],
  ],
};

/** Members that a declaration has together or not at all. */
const TOGETHER: { readonly [struct: string]: readonly (readonly string[])[] } = {
  CacheWarmerProps: [["vpcId", "subnetIds", "securityGroupIds"]],
};

/** The things for some entries, where one of its class is not right. */
const THINGS: { readonly [ownerAndClass: string]: string } = {
  "new PullThroughCacheFleet Construct": "App",
  "RegistryPolicy#allowUpstreamOf PullThroughCache": "PullThroughCache of another account",
};

/** What methods are called on. */
const RECEIVERS: { readonly [className: string]: readonly unknown[] } = {
  ImageReference: ["nginx:1"],
  ClientConfiguration: [
    {
      "docker.io": `${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/docker-hub`,
      "quay.io": `${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/quay`,
    },
  ],
};

function regionOf(struct: string): string {
  return `${struct}.region`;
}

/** Declarations as programs write them, most of which are accepted, for any entry of the public API. */
export class Plausible {
  private readonly factories = new Map<string, readonly Entry[]>();
  private readonly made = new Map<string, fc.Arbitrary<Recipe>>();
  private readonly taken = new Set<string>();

  public constructor(private readonly api: PublicApi) {
    for (const entry of api.entries) {
      entry.parameters.forEach(({ shape }) => this.noteClasses(shape));
      if (entry.kind === "static" && entry.returns === entry.className) {
        this.factories.set(entry.className, [...(this.factories.get(entry.className) ?? []), entry]);
      }
    }
  }

  /** The entries with parameters that are called by themselves: not those that only make a value for another one. */
  public outermost(): Entry[] {
    return this.api.entries.filter(
      ({ kind, className, returns, parameters }) =>
        parameters.length > 0 && !(kind === "static" && returns === className && this.taken.has(className)),
    );
  }

  /** Calls of an entry. */
  public callsOf(entry: Entry): fc.Arbitrary<Case> {
    const args = this.argumentsOf(entry);
    return entry.kind === "method"
      ? fc.tuple(args, this.receiver(entry.className)).map(([given, receiver]) => new Case(entry, given, receiver))
      : args.map((given) => new Case(entry, given));
  }

  private receiver(className: string): fc.Arbitrary<Recipe> {
    const args = RECEIVERS[className];
    const [factory] = this.factories.get(className) ?? [];
    return args === undefined || factory === undefined
      ? fc.constant({ is: "thing", name: className })
      : fc.constant({ is: "call", entry: factory, args: args.map(recipeOf) });
  }

  private argumentsOf(entry: Entry): fc.Arbitrary<Recipe[]> {
    const required = entry.parameters.filter(({ isOptional }) => !isOptional).length;
    const all = entry.parameters.map((parameter) => this.value(entry.name, parameter));
    return fc
      .tuple(fc.integer({ min: required, max: all.length }), fc.tuple(...all))
      .map(([length, args]) => args.slice(0, length));
  }

  private value(owner: string, { name, shape }: Parameter): fc.Arbitrary<Recipe> {
    const key = `${owner}.${name}`;
    const made = this.made.get(key) ?? this.make(owner, name, shape);
    this.made.set(key, made);
    return made;
  }

  private make(owner: string, name: string, shape: Shape): fc.Arbitrary<Recipe> {
    const values = VALUES[`${owner}.${name}`] ?? VALUES[name];
    if (shape.kind === "list" && values !== undefined) {
      return fc.uniqueArray(values, { minLength: 1, maxLength: 3 }).map(recipeOf);
    }
    return values?.map(recipeOf) ?? this.ofShape(owner, name, shape);
  }

  private ofShape(owner: string, name: string, shape: Shape): fc.Arbitrary<Recipe> {
    switch (shape.kind) {
      case "string":
        return word.map(recipeOf);
      case "number":
        return fc.integer({ min: 1, max: 60 }).map(recipeOf);
      case "boolean":
        return fc.boolean().map(recipeOf);
      case "enum":
        return fc.constantFrom(...shape.values).map(recipeOf);
      case "list":
        return fc
          .array(this.ofShape(owner, name, shape.of), { minLength: 1, maxLength: this.isThing(shape.of) ? 1 : 2 })
          .map((items) => ({ is: "list", items }));
      case "map":
        return fc
          .array(fc.tuple(word, this.ofShape(owner, name, shape.of)), { minLength: 1, maxLength: 2 })
          .map((entries) => ({ is: "object", entries }));
      case "struct":
        return this.struct(shape);
      case "class":
        return this.instance(owner, shape.name);
    }
  }

  private struct({ name: struct, members }: Shape & { readonly kind: "struct" }): fc.Arbitrary<Recipe> {
    const all = members.map((member) =>
      fc.tuple(frequency(`${struct}.${member.name}`, member), this.value(struct, member)).map(([isThere, recipe]) => ({
        name: member.name,
        isThere,
        recipe,
      })),
    );
    return fc.tuple(...all).map((given) => {
      const names = compatible(
        struct,
        given.filter(({ isThere }) => isThere).map(({ name }) => name),
      );
      const entries = given
        .filter(({ name }) => names.includes(name))
        .map(({ name, recipe }) => [name, recipe] as const);
      return { is: "object", entries };
    });
  }

  private instance(owner: string, className: string): fc.Arbitrary<Recipe> {
    const factories = this.factories.get(className) ?? [];
    const constants = (this.api.constants.get(className) ?? []).map((member): Recipe => ({
      is: "constant",
      className,
      member,
    }));
    const allowed = factories.filter(
      ({ name }) => !(owner.startsWith("CredentialExpiry") && name.endsWith("logGroup")),
    );
    const calls = allowed.map((entry) => this.argumentsOf(entry).map((args): Recipe => ({ is: "call", entry, args })));
    if (calls.length === 0) {
      return fc.constant({ is: "thing", name: THINGS[`${owner} ${className}`] ?? className });
    }
    return constants.length === 0 ? fc.oneof(...calls) : fc.oneof(fc.constantFrom(...constants), ...calls);
  }

  /** Whether all values of a shape are the same thing. */
  private isThing(shape: Shape): boolean {
    return shape.kind === "class" && !this.factories.has(shape.name);
  }

  private noteClasses(shape: Shape): void {
    if (shape.kind === "class") {
      this.taken.add(shape.name);
    } else if (shape.kind === "list" || shape.kind === "map") {
      this.noteClasses(shape.of);
    } else if (shape.kind === "struct") {
      shape.members.forEach((member) => this.noteClasses(member.shape));
    }
  }
}

/** Whether a declaration has a member. */
function frequency(key: string, { isOptional }: Parameter): fc.Arbitrary<boolean> {
  if (!isOptional || ALWAYS.has(key)) {
    return fc.constant(true);
  }
  return fc.nat({ max: SELDOM.has(key) ? 39 : 4 }).map((choice) => choice === 1);
}

/** The names of members without rivals, and with those that belong to the first of a group. */
function compatible(struct: string, names: readonly string[]): string[] {
  const groups = TOGETHER[struct] ?? [];
  const rivals = (RIVALS[struct] ?? []).flatMap((group) => group.filter((name) => names.includes(name)).slice(1));
  const whole = groups.filter(([first = ""]) => names.includes(first)).flat();
  return [...names.filter((name) => !rivals.includes(name) && !groups.flat().includes(name)), ...whole];
}
