// @ts-nocheck aws-cdk-lib is no dependency of this repository. The benchmark checks the types where it installs it.
/* eslint @typescript-eslint/ban-ts-comment: off, @typescript-eslint/no-unsafe-assignment: off, @typescript-eslint/no-unsafe-call: off, @typescript-eslint/no-unsafe-member-access: off, @typescript-eslint/no-unsafe-argument: off */
import { App, CfnParameter, Fn, Stack } from "aws-cdk-lib";
import { CfnPullThroughCacheRule, CfnRepositoryCreationTemplate } from "aws-cdk-lib/aws-ecr";
import { CfnRole, CfnRolePolicy } from "aws-cdk-lib/aws-iam";
import { CfnSecret } from "aws-cdk-lib/aws-secretsmanager";
import {
  CREATION_POLICY,
  CREDENTIAL_DESCRIPTION,
  DOCKER_HUB_SECRET,
  FLEET,
  GITHUB_SECRET,
  HOSTS,
  LIFECYCLE_POLICY,
  REPOSITORIES,
  ROLE_DESCRIPTION,
  TRUST_POLICY,
} from "./declaration";

/** Declares what `pack.ts` declares, as far as CloudFormation can, and writes the templates. */
export function synthesize(outdir: string, regions: readonly string[], validation: boolean): void {
  const app = new App({ outdir, builtinCloudFormationValidation: validation });
  for (const region of regions) {
    declareRegion(app, region);
  }
  app.synth();
}

function declareRegion(app: App, region: string): void {
  const stack = new Stack(app, `${FLEET}-${region}`, { env: { region } });
  const role = new CfnRole(stack, "repository-creation-role", {
    description: ROLE_DESCRIPTION,
    assumeRolePolicyDocument: TRUST_POLICY,
  });
  const policy = new CfnRolePolicy(stack, "repository-creation-role-policy", {
    policyName: "repository-creation",
    roleName: role.ref,
    policyDocument: CREATION_POLICY,
  });
  const parameter = (id: string): CfnParameter => new CfnParameter(stack, id, { noEcho: true, minLength: 1 });
  const secret = new CfnSecret(stack, "docker-hub-secret", {
    name: DOCKER_HUB_SECRET,
    description: CREDENTIAL_DESCRIPTION,
    secretString: Fn.sub('{"username":"${username}","accessToken":"${accessToken}"}', {
      username: parameter("username").valueAsString,
      accessToken: parameter("access-token").valueAsString,
    }),
  });
  const githubSecret = new CfnParameter(stack, "github-arn", { description: GITHUB_SECRET });
  const credentials: { readonly [prefix: string]: string } = {
    "docker-hub": secret.ref,
    github: githubSecret.valueAsString,
  };
  for (const [prefix, host] of Object.entries(HOSTS)) {
    const template = new CfnRepositoryCreationTemplate(stack, `${prefix}-template`, {
      prefix,
      appliedFor: ["PULL_THROUGH_CACHE"],
      imageTagMutability: "MUTABLE",
      lifecyclePolicy: JSON.stringify(LIFECYCLE_POLICY),
      resourceTags: Object.entries(REPOSITORIES.tags).map(([key, value]) => ({ key, value })),
      customRoleArn: role.attrArn,
    });
    template.addResourceDependency(policy);
    const rule = new CfnPullThroughCacheRule(stack, `${prefix}-rule`, {
      ecrRepositoryPrefix: prefix,
      upstreamRegistryUrl: host,
      credentialArn: credentials[prefix],
    });
    rule.addResourceDependency(template);
  }
}
