// Stands in for the AWS CLI: takes its options as the model of the operation has them, calls AWS through the SDK, and
// prints and ends as the CLI does.
import * as fs from "node:fs";
import * as path from "node:path";
import { NormalizedSchema } from "@smithy/core/schema";
import { search } from "jmespath";
import { without } from "../support/without";
import type { Ended, Given } from "./answered-command";

// https://docs.aws.amazon.com/cli/latest/topic/return-codes.html
const USAGE = 252;
const NOT_CONFIGURED = 253;
const REFUSED = 254;

/** The services by their names in the CLI, and the package of the SDK that has each. */
const PACKAGES: { readonly [service: string]: string } = {
  cloudformation: "client-cloudformation",
  cloudwatch: "client-cloudwatch",
  codebuild: "client-codebuild",
  ec2: "client-ec2",
  ecr: "client-ecr",
  events: "client-eventbridge",
  iam: "client-iam",
  logs: "client-cloudwatch-logs",
  scheduler: "client-scheduler",
  secretsmanager: "client-secrets-manager",
  sns: "client-sns",
  sts: "client-sts",
};

/** Services that have one endpoint for all regions. */
const GLOBAL: readonly string[] = ["iam"];

/** Options that every command has. */
const COMMON: readonly string[] = [
  "region",
  "output",
  "query",
  "no-cli-pager",
  "no-paginate",
  "cli-connect-timeout",
  "cli-read-timeout",
];

/** Members of IAM's answers that are documents. IAM encodes them, and the CLI prints what they say. */
const DOCUMENTS: readonly string[] = ["AssumeRolePolicyDocument", "Document", "PolicyDocument"];

type Shape = NormalizedSchema;

interface Answer {
  readonly [member: string]: unknown;
}

interface Client {
  send(command: object): Promise<Answer>;
  destroy(): void;
}

interface Package {
  readonly [name: string]: unknown;
}

interface CommandLine {
  readonly service: string;
  readonly operation: string;
  /** The words after each option. */
  readonly options: ReadonlyMap<string, readonly string[]>;
}

/** The command line says something that the CLI does not know. */
class UsageError extends Error {}

/** `ecrRepositoryPrefix` or `EcrRepositoryPrefix` as the CLI has it: `ecr-repository-prefix`. */
function optionOf(member: string): string {
  return member
    .replace(/(.)([A-Z][a-z]+)/g, "$1-$2")
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .toLowerCase();
}

function parse(args: readonly string[]): CommandLine {
  const [service = "", operation = "", ...rest] = args;
  const options = new Map<string, string[]>();
  let words: string[] | undefined;
  for (const arg of rest) {
    if (arg.startsWith("--")) {
      words = [];
      options.set(arg.slice(2), words);
    } else if (words === undefined && service !== "configure") {
      throw new UsageError(`Unknown options: ${arg}`);
    } else {
      words?.push(arg);
    }
  }
  return { service, operation, options };
}

function packageOf(service: string): Package {
  const name = PACKAGES[service];
  if (name === undefined) {
    throw new UsageError(`aws ${service} is not known here`);
  }
  return jest.requireActual(`@aws-sdk/${name}`);
}

/** Loads the SDK of every service. Jest refuses to load one in a command that runs while no test is the current one. */
export function loadServices(): void {
  Object.keys(PACKAGES).forEach(packageOf);
}

/** The name of an operation of a service, such as DescribeStacks for describe-stacks. */
function operationOf(sdk: Package, { service, operation }: CommandLine): string {
  const suffix = "Command";
  const found = Object.keys(sdk).find(
    (name) => name.endsWith(suffix) && optionOf(name.slice(0, -suffix.length)) === operation,
  );
  if (found === undefined) {
    throw new UsageError(`aws ${service} ${operation} is no command of the AWS CLI`);
  }
  return found.slice(0, -suffix.length);
}

/** What the options say, as the input of the operation. */
function inputOf(sdk: Package, operation: string, { options }: CommandLine): object {
  const [, , , , sent] = sdk[`${operation}$`] as [number, string, string, unknown, () => object];
  const members = new Map(
    [...NormalizedSchema.of(sent() as never).structIterator()].map(([name, shape]) => [
      optionOf(name),
      { name, shape },
    ]),
  );
  const input: { [member: string]: unknown } = {};
  for (const [option, words] of options) {
    const { name, shape } = members.get(option) ?? members.get(option.replace(/^no-/, "")) ?? {};
    if (name !== undefined && shape !== undefined) {
      input[name] = valueOf(option, words, shape, members.has(option));
    } else if (!COMMON.includes(option)) {
      throw new UsageError(`Unknown options: --${option}`);
    }
  }
  return input;
}

function valueOf(option: string, words: readonly string[], shape: Shape, isMeant: boolean): unknown {
  if (shape.isBooleanSchema()) {
    return isMeant;
  }
  if (shape.isListSchema()) {
    const [first = ""] = words;
    return first.startsWith("[")
      ? (JSON.parse(first) as unknown)
      : words.map((word) => parsedWord(option, word, shape.getValueSchema()));
  }
  const [word, ...more] = words;
  if (word === undefined || more.length > 0) {
    throw new UsageError(`argument --${option}: expected one argument`);
  }
  return parsedWord(option, word, shape);
}

/** A word in JSON or in the CLI's shorthand, `key=value,key=value`, which a list as the last value may follow. */
function parsedWord(option: string, word: string, shape: Shape): unknown {
  if (shape.isNumericSchema()) {
    return Number(word);
  }
  if (!shape.isStructSchema()) {
    return word;
  }
  if (word.startsWith("{")) {
    return JSON.parse(word) as unknown;
  }
  const members = new Map([...shape.structIterator()]);
  const value: { [member: string]: unknown } = {};
  for (const part of word.split(/,(?=\w+=)/)) {
    const [, key = "", text = ""] = /^(\w+)=(.*)$/s.exec(part) ?? [];
    const member = members.get(key);
    if (member === undefined) {
      throw new UsageError(`Error parsing parameter '--${option}': ${part} has no known key`);
    }
    value[key] = member.isListSchema() ? text.split(",") : text;
  }
  return value;
}

/** All pages of an answer as one, or the first one alone. */
async function answerTo(
  sdk: Package,
  operation: string,
  client: Client,
  input: object,
  paginates: boolean,
): Promise<Answer> {
  const paginate = sdk[`paginate${operation}`] as
    ((config: object, input: object) => AsyncIterable<Answer>) | undefined;
  if (paginate === undefined || !paginates) {
    const Command = sdk[`${operation}Command`] as new (input: object) => object;
    return client.send(new Command(input));
  }
  const whole: { [member: string]: unknown } = {};
  for await (const page of paginate({ client }, input)) {
    for (const [member, value] of Object.entries(page)) {
      const former = whole[member];
      whole[member] = Array.isArray(former) ? (former as unknown[]).concat(value) : value;
    }
  }
  return whole;
}

/** Text output: a row for each list, and None for nothing. */
function asText(value: unknown): string {
  if (Array.isArray(value)) {
    const cells = value.every((item) => !Array.isArray(item));
    return value.map(asText).join(cells ? "\t" : "\n");
  }
  return typeof value === "string" ? value : value === null || value === undefined ? "None" : JSON.stringify(value);
}

function printed(answer: Answer, { service, options }: CommandLine): string {
  const members = without(answer, "$metadata");
  const plain: unknown = JSON.parse(JSON.stringify(members), (name, value: unknown) =>
    service === "iam" && DOCUMENTS.includes(name) && typeof value === "string"
      ? (JSON.parse(decodeURIComponent(value)) as unknown)
      : value,
  );
  const query = options.get("query")?.[0];
  const selected: unknown = query === undefined ? plain : search(plain, query);
  if (options.get("output")?.[0] === "text") {
    return `${asText(selected)}\n`;
  }
  const isNothing = query === undefined && Object.keys(members).length === 0;
  return isNothing ? "" : `${JSON.stringify(selected, undefined, 4)}\n`;
}

/** `aws ecr get-login-password` is a command of the CLI alone: it prints the second part of the token. */
function passwordOf(answer: Answer): string {
  const [data] = answer["authorizationData"] as readonly { readonly authorizationToken: string }[];
  const decoded = Buffer.from(data?.authorizationToken ?? "", "base64").toString();
  return `${decoded.replace(/^AWS:/, "")}\n`;
}

/** The credentials of an environment, or of the profile that it selects. */
function credentialsOf(env: NodeJS.ProcessEnv): { readonly accessKeyId: string; readonly secretAccessKey: string } {
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SHARED_CREDENTIALS_FILE: file } = env;
  if (id !== undefined || file === undefined) {
    return { accessKeyId: id ?? "", secretAccessKey: secret ?? "" };
  }
  const [, section = ""] = fs.readFileSync(file, "utf8").split(`[${env["AWS_PROFILE"] ?? "default"}]\n`);
  const valueOf = (name: string): string => new RegExp(`^${name} = (.*)$`, "m").exec(section)?.[1] ?? "";
  return { accessKeyId: valueOf("aws_access_key_id"), secretAccessKey: valueOf("aws_secret_access_key") };
}

async function run(line: CommandLine, env: NodeJS.ProcessEnv): Promise<Ended> {
  if (line.service === "configure") {
    // There is no profile, so that no setting has a value.
    return { stdout: "", stderr: "", exitCode: 1 };
  }
  const sdk = packageOf(line.service);
  const signsIn = line.service === "ecr" && line.operation === "get-login-password";
  const operation = signsIn ? "GetAuthorizationToken" : operationOf(sdk, line);
  const input = inputOf(sdk, operation, line);
  const region = line.options.get("region")?.[0] ?? env["AWS_REGION"] ?? env["AWS_DEFAULT_REGION"];
  if (region === undefined && !GLOBAL.includes(line.service)) {
    const stderr = '\nYou must specify a region. You can also configure your region by running "aws configure".\n';
    return { stdout: "", stderr, exitCode: NOT_CONFIGURED };
  }
  const [, Constructor] = Object.entries(sdk).find(([name]) => /^[A-Z]\w*Client$/.test(name)) as [
    string,
    new (config: object) => Client,
  ];
  const client = new Constructor({
    region: region ?? "us-east-1",
    endpoint: env["AWS_ENDPOINT_URL"],
    credentials: credentialsOf(env),
  });
  try {
    const answer = await answerTo(sdk, operation, client, input, !line.options.has("no-paginate"));
    return { stdout: signsIn ? passwordOf(answer) : printed(answer, line), stderr: "", exitCode: 0 };
  } catch (error) {
    // The SDK has names of its own for the errors of some services, such as NoSuchEntityException for NoSuchEntity.
    const { name, Code, message, $fault } = error as Error & { readonly $fault?: string; readonly Code?: string };
    if ($fault === undefined) {
      throw error;
    }
    const stderr = `\nAn error occurred (${Code ?? name}) when calling the ${operation} operation: ${message}\n`;
    return { stdout: "", stderr, exitCode: REFUSED };
  } finally {
    // Otherwise its connection stays open for some seconds, and many commands would exhaust the files of this process.
    client.destroy();
  }
}

/** A word of the command line, or the text of the file that it names. */
function wordOrFile(word: string, { cwd, stdin }: Given): string {
  // https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-parameters-file.html
  const [, file] = /^file:\/\/(.+)$/.exec(word) ?? [];
  if (file === undefined) {
    return word;
  }
  return file === "/dev/stdin" ? stdin : fs.readFileSync(path.resolve(cwd, file), "utf8");
}

/** Runs the CLI with arguments and an environment. */
export async function runAwsCli(args: readonly string[], env: NodeJS.ProcessEnv, given: Given): Promise<Ended> {
  try {
    return await run(parse(args.map((word) => wordOrFile(word, given))), env);
  } catch (error) {
    return { stdout: "", stderr: `${String(error)}\n`, exitCode: USAGE };
  }
}
