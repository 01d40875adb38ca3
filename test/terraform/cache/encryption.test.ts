import * as path from "node:path";
import { DescribeRepositoryCreationTemplatesCommand, ECRClient } from "@aws-sdk/client-ecr";
import { EncryptionType, PullThroughCache, Upstream } from "cdktf-ecr-pull-through-cache";
import type { RepositorySettings } from "cdktf-ecr-pull-through-cache";
import { clientConfig } from "../../local-aws/clients";
import { ACCOUNT } from "../../local-aws/server";
import type { LocalAws } from "../../local-aws/server";
import { copyModules } from "../../support/module-folders";
import { stackIn, synthesized } from "../../support/synthesis";
import { Workspace, configuration, describeWithTerraform } from "../../support/terraform";
import { useNewLocalAws } from "../../support/use-local-aws";

const REGION = "us-east-1";
const roleArn = `arn:aws:iam::${ACCOUNT}:role/creates`;
const keyArn = (name: string): string => `arn:aws:kms:${REGION}:${ACCOUNT}:key/${name}`;

/** Terraform JSON of a cache with such repositories, in one of its forms. */
type Form = (repositories: RepositorySettings) => object;

const constructs: Form = (repositories) => {
  const stack = stackIn(REGION);
  new PullThroughCache(stack, "Default", { upstreams: [Upstream.quay()], repositorySettings: repositories });
  return synthesized(stack);
};

const plainModule: Form = ({ kmsKeyArn, encryptionType, roleArn: role }) => ({
  ...configuration(),
  module: {
    cache: {
      source: "./modules/pull-through-cache",
      upstreams: { quay: {} },
      repository_settings: {
        ...(kmsKeyArn === undefined ? {} : { kms_key: { arn: kmsKeyArn } }),
        ...(encryptionType === undefined ? {} : { encryption_type: encryptionType }),
        ...(role === undefined ? {} : { role: { arn: role } }),
      },
    },
  },
});

/** The construct's form without what replaces its template. */
const naive: Form = (repositories) => {
  const json = constructs(repositories) as {
    resource: { aws_ecr_repository_creation_template: { [name: string]: { lifecycle?: object } } };
  };
  delete json.resource.aws_ecr_repository_creation_template["quay-template"]?.lifecycle;
  return json;
};

describeWithTerraform("a template whose encryption changes", () => {
  let aws: LocalAws;
  let workspace: Workspace;

  useNewLocalAws((made) => {
    aws = made;
    workspace = new Workspace(configuration(), aws.environment());
    copyModules(path.join(workspace.folder, "modules"));
  });

  function write(json: object): void {
    workspace.write("main.tf.json", JSON.stringify(json));
  }

  async function applied(json: object): Promise<void> {
    write(json);
    await workspace.apply();
    expect(await workspace.isUpToDate()).toBe(true);
  }

  async function encryption(): Promise<object | undefined> {
    const client = new ECRClient(clientConfig(aws, { region: REGION }));
    const { repositoryCreationTemplates } = await client.send(new DescribeRepositoryCreationTemplatesCommand({}));
    return repositoryCreationTemplates?.[0]?.encryptionConfiguration;
  }

  /** What a plan does to the template. */
  async function changeOf(json: object): Promise<string | undefined> {
    write(json);
    const changes = Object.entries(await workspace.changes());
    return changes.find(([address]) => address.includes("aws_ecr_repository_creation_template."))?.[1];
  }

  test("keeps its former key in the naive form: AWS refuses to take it out, and AWS's own key never comes", async () => {
    write(naive({ kmsKeyArn: keyArn("one"), roleArn }));
    await workspace.init();
    await applied(naive({ kmsKeyArn: keyArn("one"), roleArn }));
    expect(await changeOf(naive({ roleArn }))).toBe("update");
    expect((await workspace.try(["apply", "-auto-approve", "-no-color"])).output).toContain(
      "InvalidParameterException: kmsKey cannot be given with encryptionType AES256",
    );
    // Nobody notices that this does nothing.
    await applied(naive({ encryptionType: EncryptionType.KMS, roleArn }));
    expect(await encryption()).toEqual({ encryptionType: "KMS", kmsKey: keyArn("one") });
  });

  test.each<[string, Form, RepositorySettings]>([
    ["the construct, with a role that it makes", constructs, {}],
    ["the construct, with a role of the user's", constructs, { roleArn }],
    ["the module, with a role that it makes", plainModule, {}],
    ["the module, with a role of the user's", plainModule, { roleArn }],
  ])("is replaced by %s, and then is as declared", async (_name, form, role) => {
    const AES256 = { encryptionType: "AES256" };
    const own = (name: string): RepositorySettings => ({ kmsKeyArn: keyArn(name), ...role });
    write(form(role));
    await workspace.init();
    const steps: [RepositorySettings, string, object][] = [
      [role, "create", AES256],
      [own("one"), "delete,create", { encryptionType: "KMS", kmsKey: keyArn("one") }],
      [own("two"), "update", { encryptionType: "KMS", kmsKey: keyArn("two") }],
      [role, "delete,create", AES256],
      [own("one"), "delete,create", { encryptionType: "KMS", kmsKey: keyArn("one") }],
      [{ encryptionType: EncryptionType.KMS, ...role }, "delete,create", { encryptionType: "KMS" }],
      [role, "delete,create", AES256],
    ];
    for (const [repositories, change, expected] of steps) {
      expect([repositories, await changeOf(form(repositories))]).toEqual([repositories, change]);
      await applied(form(repositories));
      expect([repositories, await encryption()]).toEqual([repositories, expected]);
    }
  });

  test("is not replaced when what replaces it is added to a template that has a key already", async () => {
    const repositories = { kmsKeyArn: keyArn("one"), roleArn };
    const before = naive(repositories) as { resource: { [type: string]: unknown } };
    delete before.resource["terraform_data"];
    write(before);
    await workspace.init();
    await applied(before);
    write(constructs(repositories));
    expect(await workspace.changes()).toEqual({ "terraform_data.quay-encryption": "create" });
    await applied(constructs(repositories));
    expect(await changeOf(constructs({ roleArn }))).toBe("delete,create");
  });

  test("has the description that is given, and none once that is gone", async () => {
    write(constructs({ description: "Cached images" }));
    await workspace.init();
    await applied(constructs({ description: "Cached images" }));
    await applied(constructs({}));
    const client = new ECRClient(clientConfig(aws, { region: REGION }));
    const { repositoryCreationTemplates } = await client.send(new DescribeRepositoryCreationTemplatesCommand({}));
    expect(repositoryCreationTemplates?.[0]?.description ?? "").toBe("");
  });
});
