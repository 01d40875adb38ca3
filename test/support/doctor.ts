import {
  CreatePullThroughCacheRuleCommand,
  CreateRepositoryCommand,
  CreateRepositoryCreationTemplateCommand,
  ECRClient,
} from "@aws-sdk/client-ecr";
import type { CreateRepositoryCommandInput, CreateRepositoryCreationTemplateCommandInput } from "@aws-sdk/client-ecr";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { run } from "../../cli/program";
import { clientConfig, trusting } from "../local-aws/clients";
import type { ClientConfig } from "../local-aws/clients";
import { imageOf } from "../local-aws/ecr/images";
import type { LocalAws } from "../local-aws/server";
import { ask } from "../local-commands/docker";
import { temporaryFolder } from "./temporary-folder";

export const REGION = "eu-west-1";
export const SIGN_IN = ["ecr:GetAuthorizationToken"];
export const READ = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:BatchCheckLayerAvailability"];
export const FIRST_PULL = ["ecr:BatchImportUpstreamImage", "ecr:CreateRepository"];
export const PULL = [...SIGN_IN, ...READ, ...FIRST_PULL];

export interface Remark {
  readonly kind: string;
  readonly detail: string;
  readonly cause?: string;
  readonly solution?: string;
  readonly link?: string;
}

export interface Report {
  readonly name: string | null;
  readonly steps: readonly { readonly step: string; readonly status: string; readonly remarks: readonly Remark[] }[];
}

/** What the command ended with, and what it printed. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How the machine of the command differs. */
export interface Machine {
  readonly env?: { readonly [name: string]: string | undefined };
  readonly cwd?: string;
  /** Answers a request by HTTP in place of the stand-in; undefined for one that the stand-in answers. */
  readonly intercept?: (url: URL) => Response | undefined;
  /** Is called with each text that the command prints. */
  readonly onOutput?: (text: string) => void;
}

/** An account of the stand-in, where each test creates what it needs. */
export class Account {
  public constructor(
    private readonly aws: LocalAws,
    public readonly id: string,
    public readonly region = REGION,
  ) {}

  public get host(): string {
    return `${this.id}.dkr.ecr.${this.region}.amazonaws.com`;
  }

  public roleArn(name: string): string {
    return `arn:aws:iam::${this.id}:role/${name}`;
  }

  /** A cache of Docker Hub, an image there, and the role of the caller, who may pull. */
  public async createCache(): Promise<string> {
    const secretArn = await this.createSecret();
    await this.createRule("docker-hub", "registry-1.docker.io", secretArn);
    await this.createRole("local", PULL);
    this.aws.ecr.upstreams.put("registry-1.docker.io", "library/nginx", "1.27", imageOf("layer"));
    return secretArn;
  }

  public async createSecret(name = "ecr-pullthroughcache/docker-hub"): Promise<string> {
    const SecretString = JSON.stringify({ username: "acme", accessToken: "not-a-token" });
    const secrets = this.client(SecretsManagerClient);
    return (await secrets.send(new CreateSecretCommand({ Name: name, SecretString }))).ARN ?? "";
  }

  public async createRule(prefix: string, url: string, credentialArn?: string): Promise<void> {
    await this.client(ECRClient).send(
      new CreatePullThroughCacheRuleCommand({ ecrRepositoryPrefix: prefix, upstreamRegistryUrl: url, credentialArn }),
    );
  }

  public async createTemplate(more: Partial<CreateRepositoryCreationTemplateCommandInput>): Promise<void> {
    await this.client(ECRClient).send(
      new CreateRepositoryCreationTemplateCommand({
        prefix: "docker-hub",
        appliedFor: ["PULL_THROUGH_CACHE"],
        ...more,
      }),
    );
  }

  public async createRepository(name: string, more: Partial<CreateRepositoryCommandInput> = {}): Promise<void> {
    await this.client(ECRClient).send(new CreateRepositoryCommand({ repositoryName: name, ...more }));
  }

  /** A client of the SDK in the account and the region. */
  public client<T>(type: new (config: ClientConfig) => T): T {
    return new type(clientConfig(this.aws, { accountId: this.id, region: this.region }));
  }

  public async createRole(
    RoleName: string,
    actions: readonly string[],
    { service = "ec2.amazonaws.com", condition }: { readonly service?: string; readonly condition?: object } = {},
  ): Promise<string> {
    const iam = this.client(IAMClient);
    const statement = { Effect: "Allow", Action: actions, Resource: "*", ...(condition && { Condition: condition }) };
    const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
    await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trusting(service) }));
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "policy", PolicyDocument }));
    return this.roleArn(RoleName);
  }

  /** Runs the command as the role `local` of the account. */
  public async doctor(args: readonly string[], { env, cwd, intercept, onOutput }: Machine = {}): Promise<Ran> {
    const [stdout, stderr]: [string[], string[]] = [[], []];
    const code = await run(["doctor", ...args], {
      stdin: process.stdin,
      stdout: {
        write: (text) => {
          stdout.push(text);
          onOutput?.(text);
        },
      },
      stderr: { write: (text) => stderr.push(text) },
      env: { ...this.aws.environment(this.id), AWS_REGION: this.region, ...env },
      cwd: cwd ?? temporaryFolder(),
      fetch: async (input, init) => {
        const url = new URL(input instanceof Request ? input.url : input);
        const answer = intercept?.(url);
        if (answer !== undefined) {
          return answer;
        }
        const headers: { [name: string]: string } = {};
        new Headers(init?.headers).forEach((value, name) => (headers[name] = value));
        const reply = await ask(this.aws, url.href, headers);
        const { location } = reply.headers;
        return new Response(reply.body, { status: reply.status, headers: location === undefined ? {} : { location } });
      },
    });
    return { code, stdout: stdout.join(""), stderr: stderr.join("") };
  }

  /** The report as data. */
  public async examine(args: readonly string[], machine?: Machine): Promise<Report & { readonly code: number }> {
    const { code, stdout, stderr } = await this.doctor([...args, "--json"], machine);
    if (stdout === "") {
      throw new Error(stderr);
    }
    return { code, ...(JSON.parse(stdout) as Report) };
  }
}

/** The remarks of a kind with the headings of the guide that they name. */
export function found({ steps }: Report, kind: string): Remark[] {
  return steps.flatMap(({ remarks }) => remarks.filter((remark) => remark.kind === kind));
}
