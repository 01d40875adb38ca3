import { request } from "node:http";
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";
import { GetAuthorizationTokenCommand, ECRClient } from "@aws-sdk/client-ecr";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { Sdk } from "../clients";
import type { Scope } from "../service";

export const INVALID = "InvalidParameterException";
export const OTHER_ACCOUNT = "444455556666";
export const DOCKER_HUB = "registry-1.docker.io";
export const UPSTREAM_ROLE_ACTIONS = [
  "ecr:GetDownloadUrlForLayer",
  "ecr:GetAuthorizationToken",
  "ecr:BatchImportUpstreamImage",
  "ecr:BatchGetImage",
  "ecr:GetImageCopyStatus",
  "ecr:InitiateLayerUpload",
  "ecr:UploadLayerPart",
  "ecr:CompleteLayerUpload",
  "ecr:PutImage",
];
export const TEMPLATE_ROLE_ACTIONS = ["ecr:CreateRepository", "ecr:ReplicateImage", "ecr:TagResource"];

/** The ARN of a new secret. @param input differs from a secret that holds a credential */
export async function secretArn(
  sdk: Sdk,
  input: Partial<CreateSecretCommand["input"]> = {},
  scope: Partial<Scope> = {},
): Promise<string> {
  const value = JSON.stringify({ username: "bot", accessToken: "t0ken" });
  const secret = { Name: "ecr-pullthroughcache/docker-hub", SecretString: value, ...input };
  const { ARN = "" } = await sdk.client(SecretsManagerClient, scope).send(new CreateSecretCommand(secret));
  return ARN;
}

/** The ARN of a new role that a service may assume for these actions. */
export async function roleArn(sdk: Sdk, service: string, actions: readonly string[]): Promise<string> {
  const iam = sdk.client(IAMClient);
  const RoleName = "cache-reader";
  const trust = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
  };
  const policy = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: actions, Resource: "*" }] };
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: JSON.stringify(trust) }));
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "ecr", PolicyDocument: JSON.stringify(policy) }));
  return Role?.Arn ?? "";
}

/** The header with which a client of an account signs in to its registry. */
export async function signIn(sdk: Sdk, scope: Partial<Scope> = {}): Promise<string> {
  const { authorizationData = [] } = await sdk.client(ECRClient, scope).send(new GetAuthorizationTokenCommand({}));
  return `Basic ${authorizationData[0]?.authorizationToken ?? ""}`;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Asks the stand-in as if it were the host of a URL. */
export function ask(
  sdk: Sdk,
  url: string,
  { method = "GET", headers = {} }: { readonly method?: string; readonly headers?: OutgoingHttpHeaders } = {},
): Promise<HttpResponse> {
  const { host, pathname, search } = new URL(url);
  return new Promise((resolve, reject) => {
    const sent = request(
      `${sdk.aws.url}${pathname}${search}`,
      { method, headers: { ...headers, host } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString(),
          }),
        );
      },
    );
    sent.on("error", reject).end();
  });
}
