import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { Ecr } from "./ecr";
import { SecretsManager } from "./secrets-manager";
import { AwsError } from "./service";
import type { Fields, Scope, Service } from "./service";

const ACCOUNT = "111122223333";

/** A request that was answered. */
export interface LoggedRequest {
  readonly region: string;
  readonly operation: string;
  readonly body: string;
}

/**
 * A stand-in for the AWS APIs that the tests' Terraform talks to: one port of this machine for every service and
 * region, told apart by the signature. What it does not know it refuses by name, with a status that clients do not
 * retry.
 */
export class LocalAws {
  /** Starts one that caches the documented registries, and those that AWS may have added since. */
  public static async start(addedSince: readonly string[] = []): Promise<LocalAws> {
    const aws = new LocalAws(addedSince);
    await new Promise<void>((resolve) => aws.server.listen(0, "127.0.0.1", resolve));
    return aws;
  }

  public readonly requests: LoggedRequest[] = [];
  private readonly server: http.Server;
  private readonly json: { readonly [targetPrefix: string]: Service };

  private constructor(addedSince: readonly string[]) {
    const secretsManager = new SecretsManager();
    this.json = {
      AmazonEC2ContainerRegistry_V20150921: new Ecr(secretsManager, addedSince).operations,
      secretsmanager: secretsManager.operations,
    };
    this.server = http.createServer((request, response) => void this.answer(request, response));
  }

  public get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** A Terraform override file that points the stack's AWS provider here. */
  public get providerOverride(): string {
    const endpoints = Object.fromEntries(["ecr", "iam", "secretsmanager", "sts"].map((name) => [name, this.url]));
    return JSON.stringify({
      provider: {
        aws: {
          access_key: "local",
          secret_key: "local",
          skip_credentials_validation: true,
          skip_metadata_api_check: "true",
          endpoints: [endpoints],
        },
      },
    });
  }

  /** The names of the operations that were asked for, in order. */
  public get operations(): string[] {
    return this.requests.map((request) => request.operation);
  }

  public async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
      chunks.push(chunk as Buffer);
    }
    const body = Buffer.concat(chunks).toString();
    const region = /Credential=[^/]+\/\d+\/([^/]+)\//.exec(request.headers.authorization ?? "")?.[1] ?? "us-east-1";
    const target = request.headers["x-amz-target"];
    if (typeof target === "string") {
      this.answerJson(response, target, body, { accountId: ACCOUNT, region });
    } else {
      this.answerQuery(response, new URLSearchParams(body), region);
    }
  }

  private answerJson(response: http.ServerResponse, target: string, body: string, scope: Scope): void {
    const [service = "", operation = ""] = target.split(".");
    this.requests.push({ region: scope.region, operation, body });
    const send = (status: number, fields: Fields): void => {
      response.writeHead(status, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(fields));
    };
    try {
      const run = this.json[service]?.[operation];
      if (run === undefined) {
        throw new AwsError("UnknownOperationException", `${target} is not answered here`);
      }
      send(200, run(JSON.parse(body) as Fields, scope));
    } catch (error) {
      const code = error instanceof AwsError ? error.code : "ValidationException";
      send(400, { __type: code, message: (error as Error).message });
    }
  }

  private answerQuery(response: http.ServerResponse, parameters: URLSearchParams, region: string): void {
    const operation = parameters.get("Action") ?? "";
    this.requests.push({ region, operation, body: parameters.toString() });
    const known = operation === "GetCallerIdentity";
    response
      .writeHead(known ? 200 : 400, { "content-type": "text/xml" })
      .end(
        known
          ? `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::${ACCOUNT}:root</Arn><UserId>${ACCOUNT}</UserId><Account>${ACCOUNT}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`
          : `<ErrorResponse><Error><Code>InvalidAction</Code><Message>${operation} is not answered here</Message></Error></ErrorResponse>`,
      );
  }
}
