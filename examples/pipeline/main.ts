// Scenario: caches in three regions, and the Elastio Cloud Connector pointed at them, applied by a pipeline without Node.js.
// Creates stacks with their states in S3, and beside them fleet.json, registry-map.json and buildspec.yml; see also github/.
// Run: npx tsx examples/pipeline/main.ts
import * as fs from "node:fs";
import * as path from "node:path";
import { App } from "cdktf";
import {
  PullThroughCacheFleet,
  RegistryCredential,
  StackParameterOverride,
  StateBackend,
  Upstream,
} from "cdktf-ecr-pull-through-cache";
import type { FleetManifest } from "cdktf-ecr-pull-through-cache";

const app = new App();
const fleet = new PullThroughCacheFleet(app, "registries", {
  accountId: "111122223333", // yours
  regions: ["us-east-1", "eu-west-1", "ap-southeast-2"],
  backend: StateBackend.s3({ bucket: "terraform-states-111122223333", region: "us-east-1" }),
  upstreams: [
    Upstream.ecrPublic(),
    Upstream.dockerHub(
      RegistryCredential.managed({
        usernameVariable: "docker_hub_username",
        accessTokenVariable: "docker_hub_access_token",
        version: 1,
      }),
    ),
  ],
  repositorySettingsByRegion: {
    "ap-southeast-2": { keepLastImages: 20 },
  },
});

const connector = fleet.addFinalStack("connector", { region: "us-east-1" });
new StackParameterOverride(connector, "elastio", {
  stackName: "elastio-account-level-stack",
  parameters: {
    ecrPublicPrefix: fleet.templatedRepositoryUri("ecr-public"),
    globalManagedPolicies: fleet.addPullPolicy("pull", { prefixes: ["ecr-public"] }).policyArn,
  },
});

app.synth();

const manifest = fleet.manifest();
const registryMaps = fleet.registryMaps();
fs.writeFileSync(path.join(app.outdir, "fleet.json"), `${JSON.stringify(manifest, undefined, 2)}\n`);
fs.writeFileSync(path.join(app.outdir, "registry-map.json"), `${JSON.stringify(registryMaps, undefined, 2)}\n`);
fs.writeFileSync(path.join(app.outdir, "buildspec.yml"), buildspec(manifest));

/** A batch build of AWS CodeBuild: one build for each stack, which waits for those of the stacks that it waits for. */
function buildspec({ stages }: FleetManifest): string {
  const stacks = stages.flat();
  // CodeBuild takes letters, digits and underscores.
  const identifier = (stack: string): string => stack.replace(/\W/g, "_");
  const builds = stacks.flatMap(({ name, waitsFor }) => [
    `    - identifier: ${identifier(name)}`,
    ...(waitsFor.length > 0 ? ["      depend-on:"] : []),
    ...waitsFor.map((other) => `        - ${identifier(other)}`),
    "      env:",
    "        variables:",
    `          STACK: ${name}`,
  ]);
  // From one secret of Secrets Manager, with a key for each: Terraform asks for them in every plan and every apply.
  const variables = [...new Set(stacks.flatMap((stack) => stack.variables))];
  const secrets = variables.map((name) => `    TF_VAR_${name}: pull-through-caches-pipeline:${name}`);
  return `# Written by main.ts, for a source that holds the output folder as pull-through-caches/.
version: 0.2
env:
  variables:
    MODE: plan # Start the batch with MODE=apply to apply as well.
    TERRAFORM_VERSION: 1.11.4
${[...(secrets.length > 0 ? ["  secrets-manager:"] : []), ...secrets].join("\n")}
batch:
  fast-fail: false # An apply that is stopped midway may leave its state locked.
  build-graph:
${builds.join("\n")}
phases:
  install:
    commands:
      - zip=terraform_\${TERRAFORM_VERSION}_linux_amd64.zip
      - cd "$(mktemp -d)"
      - curl -sSfO "https://releases.hashicorp.com/terraform/$TERRAFORM_VERSION/$zip"
      - curl -sSfO "https://releases.hashicorp.com/terraform/$TERRAFORM_VERSION/terraform_\${TERRAFORM_VERSION}_SHA256SUMS"
      - sha256sum --check --ignore-missing "terraform_\${TERRAFORM_VERSION}_SHA256SUMS"
      - unzip -q "$zip" -d /usr/local/bin
  build:
    commands:
      - cd "$CODEBUILD_SRC_DIR/pull-through-caches/stacks/$STACK"
      - cp ../../.terraform.lock.hcl .
      - terraform init -input=false -lockfile=readonly
      - terraform plan -input=false -lock-timeout=10m -out=tfplan
      - if [ "$MODE" = apply ]; then terraform apply -input=false -lock-timeout=10m tfplan; fi
# To read; nothing is applied from here. Plans hold what Terraform has read: have the bucket delete them soon.
artifacts:
  files:
    - "**/tfplan"
`;
}
