import { ACCOUNT, LocalAws } from "./server";
import type { LocalAwsOptions } from "./server";
import type { Scope } from "./service";

// The project supports Node.js 20 longer than the SDK does, which says so at every start.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";

export const REGION = "us-east-1";

/** What a client of the AWS SDK is made with. */
export interface ClientConfig {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** The configuration of a client that talks to a stand-in, as one of its accounts in a region. */
export function clientConfig(
  aws: LocalAws,
  { accountId = ACCOUNT, region = REGION }: Partial<Scope> = {},
): ClientConfig {
  return { endpoint: aws.url, region, credentials: { accessKeyId: accountId, secretAccessKey: "local" } };
}

/** A policy that lets a service of AWS assume a role. */
export function trusting(service: string): string {
  const statement = { Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" };
  return JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
}

/** All the pages of a list, which a client of the SDK reads one after the other. */
export async function pagesOf<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const read: T[] = [];
  for await (const page of pages) {
    read.push(page);
  }
  return read;
}

interface Client {
  destroy(): void;
}

/** A stand-in and the clients of the AWS SDK that talk to it. */
export class Sdk {
  public static async start(options?: LocalAwsOptions): Promise<Sdk> {
    return new Sdk(await LocalAws.start(options));
  }

  private readonly clients: Client[] = [];

  private constructor(public readonly aws: LocalAws) {}

  public client<T extends Client>(type: new (config: ClientConfig) => T, scope: Partial<Scope> = {}): T {
    const client = new type(clientConfig(this.aws, scope));
    this.clients.push(client);
    return client;
  }

  public async stop(): Promise<void> {
    for (const client of this.clients) {
      client.destroy();
    }
    await this.aws.stop();
  }
}
