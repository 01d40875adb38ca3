import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { CloudControl } from "./cloudformation/cloud-control";
import { CloudFormation } from "./cloudformation/cloudformation";
import { CloudWatch } from "./cloudwatch/cloudwatch";
import { CloudWatchLogs } from "./cloudwatch/cloudwatch-logs";
import { CodeBuild } from "./codebuild/codebuild";
import { Ec2 } from "./ec2/ec2";
import { Ecr } from "./ecr/ecr";
import { Events } from "./events/events";
import { Iam } from "./iam/iam";
import type { AuthorizedRequest } from "./iam/required-permissions";
import { EC2_PROTOCOL, JSON_PROTOCOL, queryProtocol, restJsonCall, s3Call } from "./protocols";
import type { Protocol } from "./protocols";
import { S3 } from "./s3/s3";
import { Scheduler } from "./scheduler/scheduler";
import { SecretsManager } from "./secrets-manager/secrets-manager";
import { AwsError } from "./service";
import type { Fields, Scope, Service } from "./service";
import { Sns } from "./sns/sns";
import { Sts } from "./sts/sts";

/** The account that is asked when nobody says which. */
export const ACCOUNT = "111122223333";

// The codes of the services that do not have the common one.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
const FORBIDDEN: { readonly [service: string]: string } = {
  cloudformation: "AccessDenied",
  ec2: "UnauthorizedOperation",
  iam: "AccessDenied",
  monitoring: "AccessDenied",
  s3: "AccessDenied",
  sns: "AuthorizationError",
};

/** A request that was answered. */
export interface LoggedRequest extends Scope {
  readonly service: string;
  readonly operation: string;
  readonly input: Fields;
  /** The code of the error that was answered; undefined where the request was granted. */
  readonly errorCode?: string;
  /** The body that was answered. */
  readonly answer: string;
}

/** How one differs from AWS as it is. */
export interface LocalAwsOptions {
  /** Hosts of registries that can be cached beside the documented ones, with a credential or without. */
  readonly addedSince?: readonly string[];
  /** How many items a page of an answer has at most. @default - as many as the caller asks for */
  readonly pageSize?: number;
  /** Why the sender of a request may not send it; undefined where it may. @default - everybody may do everything */
  readonly whyForbidden?: (request: AuthorizedRequest) => Promise<string | undefined>;
  /** Is told of every request when it has been answered. */
  readonly onRequest?: (request: LoggedRequest) => void;
}

/** Which requests are refused though AWS would grant them, once. */
export interface Refusal {
  readonly operation: string;
  readonly code: string;
  readonly when: (input: Fields, scope: Scope) => boolean;
}

interface Asked extends Scope {
  readonly service: string;
  readonly operation: string;
}

interface Call extends Asked {
  readonly protocol: Protocol;
}

/**
 * A stand-in for the AWS APIs that Terraform talks to: one port of this machine for every service, account and region.
 * Service and region are told apart by the signature, and the account by the access key, which is its ID. A
 * request to a registry has no signature: its host has the account and the region. What it does not know it refuses by
 * name, with a status that clients do not retry.
 */
export class LocalAws {
  public static async start(options: LocalAwsOptions = {}): Promise<LocalAws> {
    const aws = new LocalAws(options);
    await aws.listen();
    return aws;
  }

  public readonly cloudFormation = new CloudFormation();
  public readonly ec2 = new Ec2();
  public readonly iam = new Iam();
  public readonly ecr: Ecr;
  public readonly codeBuild = new CodeBuild(this.iam);
  public readonly logs = new CloudWatchLogs();
  public readonly sns = new Sns(this.iam);
  public readonly events = new Events(this.sns, this.logs);
  public readonly scheduler = new Scheduler(this.iam, this.sns);
  public readonly requests: LoggedRequest[] = [];
  private readonly refusals: Refusal[] = [];
  /**
   * The answers to granted requests, by the SDK's id of the invocation. An SDK that has lost an answer repeats the request
   * with this id; otherwise it would be told that what it has just created exists already.
   */
  private readonly granted = new Map<string, { readonly headers: http.OutgoingHttpHeaders; readonly answer: string }>();
  private readonly server: http.Server;
  private readonly services: { readonly [signingName: string]: Service };

  public constructor(private readonly options: LocalAwsOptions = {}) {
    const secretsManager = new SecretsManager();
    this.ecr = new Ecr(secretsManager, this.iam, options.addedSince ?? []);
    this.services = {
      cloudcontrolapi: new CloudControl(this.cloudFormation),
      cloudformation: this.cloudFormation,
      codebuild: this.codeBuild,
      ec2: this.ec2,
      ecr: this.ecr,
      events: this.events,
      iam: this.iam,
      logs: this.logs,
      monitoring: new CloudWatch(),
      s3: new S3(),
      scheduler: this.scheduler,
      secretsmanager: secretsManager,
      sns: this.sns,
      sts: new Sts(),
    };
    this.server = http.createServer((request, response) => void this.answer(request, response));
    // Closed while a request comes in on it, a connection loses the answer, and what was made is asked for once more.
    this.server.keepAliveTimeout = 0;
  }

  public get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Environment variables that point any AWS client here: Terraform, a CLI or an SDK. */
  public environment(accountId: string = ACCOUNT): { readonly [name: string]: string } {
    return {
      AWS_ENDPOINT_URL: this.url,
      AWS_ACCESS_KEY_ID: accountId,
      AWS_SECRET_ACCESS_KEY: "local",
    };
  }

  /** The names of the operations that were asked for, in order. */
  public get operations(): string[] {
    return this.requests.map((request) => request.operation);
  }

  /** What there is, one line for each thing: account, region, kind and name. */
  public contents(): string[] {
    return Object.values(this.services)
      .flatMap((service) => service.contents())
      .sort();
  }

  /** Refuses the next request of that kind. */
  public refuseOnce(refusal: Refusal): void {
    this.refusals.push(refusal);
  }

  /** Begins to answer, at a port or at a free one; returns the port. */
  public async listen(port = 0): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.server.once("error", reject).listen(port, "127.0.0.1", resolve);
    });
    return (this.server.address() as AddressInfo).port;
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
    if (await this.answerByHost(request, response)) {
      return;
    }
    const call = callOf(request, body, this.services);
    const invocation = String(request.headers["amz-sdk-invocation-id"]);
    const former = this.granted.get(invocation);
    if (former !== undefined && isRepeated(request)) {
      response.writeHead(200, former.headers).end(former.answer);
      return;
    }
    let input: Fields = {};
    try {
      input = call.protocol.parse(body);
      await this.authorize(call, input);
      const result = await this.run(call, input);
      const answer = call.protocol.result(call.operation, result);
      this.log(call, input, answer);
      const headers = {
        "content-type": call.protocol.contentType,
        // Whoever reads an object in parts asks on and on until it has been told the length.
        "content-length": Buffer.byteLength(answer),
        ...call.protocol.headers?.(result),
      };
      this.granted.set(invocation, { headers, answer });
      response.writeHead(200, headers).end(answer);
    } catch (thrown) {
      const error = thrown instanceof AwsError ? thrown : new AwsError("SerializationException", String(thrown));
      const answer = call.protocol.error(error);
      this.log(call, input, answer, error.code);
      response
        .writeHead(error.status, {
          "content-type": call.protocol.contentType,
          "x-amzn-errortype": error.code,
          ...error.headers,
        })
        .end(answer);
    }
  }

  /** Answers a request without a signature to the host of a registry or of the bucket with its layers. */
  private async answerByHost(
    { method = "", url = "", headers }: http.IncomingMessage,
    response: http.ServerResponse,
  ): Promise<boolean> {
    const isSigned = headers.authorization?.startsWith("AWS4-") ?? false;
    const answer = isSigned ? undefined : await this.ecr.registry.tryAnswer({ method, url, headers });
    if (answer === undefined) {
      return false;
    }
    const { scope, operation, input, body, errorCode } = answer;
    this.log({ ...scope, service: "ecr", operation }, input, body, errorCode);
    response.writeHead(answer.status, answer.headers).end(answer.body);
    return true;
  }

  private async authorize({ accountId, region, service, operation }: Call, input: Fields): Promise<void> {
    const role = service === "iam" ? this.iam.roleIn(input, { accountId, region }) : undefined;
    const reason = await this.options.whyForbidden?.({ accountId, region, service, operation, input, role });
    if (reason !== undefined) {
      throw new AwsError(FORBIDDEN[service] ?? "AccessDeniedException", reason, 403);
    }
  }

  private run(call: Call, input: Fields): Fields | Promise<Fields> {
    const { accountId, region } = call;
    if (!/^\d{12}$/.test(accountId)) {
      throw new AwsError("UnrecognizedClientException", "The access key is not the ID of an account.");
    }
    const operation = this.services[call.service]?.operations[call.operation];
    if (operation === undefined) {
      const unknown = `${call.service || "an unsigned request"}: ${call.operation || "no operation"}`;
      throw new AwsError("UnknownOperationException", `${unknown} is not answered here`);
    }
    const refusal = this.refusals.findIndex(
      (candidate) => candidate.operation === call.operation && candidate.when(input, { accountId, region }),
    );
    if (refusal >= 0) {
      const [{ code } = { code: "" }] = this.refusals.splice(refusal, 1);
      throw new AwsError(code, `${call.operation} is refused this time`);
    }
    return operation(input, { accountId, region, pageSize: this.options.pageSize });
  }

  private log(
    { accountId, region, service, operation }: Asked,
    input: Fields,
    answer: string,
    errorCode?: string,
  ): void {
    const request = { accountId, region, service, operation, input, errorCode, answer };
    this.requests.push(request);
    this.options.onRequest?.(request);
  }
}

/** Whether an SDK sends a request again: it counts its attempts. */
function isRepeated({ headers }: http.IncomingMessage): boolean {
  const attempt = /attempt=(\d+)/.exec(String(headers["amz-sdk-request"]))?.[1];
  return Number(attempt ?? 1) > 1;
}

/** Who is asked for what: the signature says the account, the region and the service. */
function callOf(
  { headers, method = "", url = "" }: http.IncomingMessage,
  body: string,
  services: { readonly [signingName: string]: Service },
): Call {
  const credential = /Credential=([^/]*)\/\d+\/([^/]+)\/([^/]+)\/aws4_request/.exec(headers.authorization ?? "");
  const [, accountId = "", region = "", service = ""] = credential ?? [];
  const routes = services[service]?.routes;
  if (routes !== undefined) {
    const call = service === "s3" ? s3Call(routes, method, url, headers) : restJsonCall(routes, method, url);
    return { accountId, region, service, ...call };
  }
  const target = headers["x-amz-target"];
  return typeof target === "string"
    ? { accountId, region, service, operation: target.replace(/^.*\./, ""), protocol: JSON_PROTOCOL }
    : {
        accountId,
        region,
        service,
        operation: new URLSearchParams(body).get("Action") ?? "",
        protocol: service === "ec2" ? EC2_PROTOCOL : queryProtocol(service),
      };
}
