import { AlertDestination, PullThroughCache, RegistryCredential, SyncFailureAlert, Upstream } from "cdktf-ecr-pull-through-cache";
import type { TerraformStack } from "cdktf";
import type { AwsEvent } from "../../local-aws/events/event-pattern";
import { ACCOUNT } from "../../local-aws/server";
import { stackIn, synthesized } from "../../support/synthesis";
import { Workspace, describeWithTerraform } from "../../support/terraform";
import { useLocalAws } from "../../support/use-local-aws";

const REGION = "eu-west-1";
const SCOPE = { accountId: ACCOUNT, region: REGION };
const KEY = `arn:aws:kms:${REGION}:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;

function eventOf(detail: object): AwsEvent {
  return {
    version: "0",
    id: "85fc3613-e913-7fc4-a80c-a3753e4aa9ae",
    "detail-type": "ECR Pull Through Cache Action",
    source: "aws.ecr",
    account: ACCOUNT,
    time: "2026-02-28T02:36:48Z",
    region: REGION,
    resources: [`arn:aws:ecr:${REGION}:${ACCOUNT}:repository/docker-hub/library/alpine`],
    detail: {
      "rule-version": "1",
      "sync-status": "FAILED",
      "ecr-repository-prefix": "docker-hub",
      "repository-name": "docker-hub/library/alpine",
      "upstream-registry-url": "registry-1.docker.io",
      "image-tag": "3.17.2",
      "failure-code": "UpstreamAccessDenied",
      "failure-reason": "the credential is not valid",
      ...detail,
    },
  };
}

describeWithTerraform("alerts on failed pulls", () => {
  const aws = useLocalAws();
  let workspace: Workspace;

  function declaration(): TerraformStack {
    const stack = stackIn(REGION);
    const hub = RegistryCredential.fromSecretArn(
      `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:ecr-pullthroughcache/hub-AbCdEf`,
    );
    void hub;
    const cache = new PullThroughCache(stack, "cache", { accountId: ACCOUNT, upstreams: [Upstream.quay({ prefix: "docker-hub" })] });
    void cache;
    new SyncFailureAlert(stack, "mail", {
      destination: AlertDestination.newTopic({ topicName: "mail", emailAddresses: ["ops@example.com"] }),
    });
    new SyncFailureAlert(stack, "encrypted", {
      destination: AlertDestination.newTopic({ topicName: "encrypted", kmsKeyArn: KEY }),
    });
    new SyncFailureAlert(stack, "log", { destination: AlertDestination.logGroup({ logGroupName: "/aws/events/failures" }) });
    return stack;
  }

  beforeAll(async () => {
    workspace = new Workspace(synthesized(declaration()), aws.environment());
    await workspace.init();
    await workspace.apply();
    aws.sns.confirm("ops@example.com", SCOPE);
  });

  test("x", async () => {
    expect(await workspace.changes()).toEqual({});
    await aws.events.emit(eventOf({}));
    console.log(aws.sns.publications, aws.events.dropped, aws.contents());
    await workspace.destroy();
    expect(aws.contents()).toEqual([]);
  });
});
