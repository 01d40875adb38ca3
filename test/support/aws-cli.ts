// Stands in for the AWS CLI, with the options that the project gives it: calls AWS through the SDK and ends as the CLI does.
import { parseArgs } from "node:util";
import {
  CloudFormationClient,
  CloudFormationServiceException,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  GetTemplateSummaryCommand,
  UpdateStackCommand,
} from "@aws-sdk/client-cloudformation";
import type { Capability, Parameter } from "@aws-sdk/client-cloudformation";
import { search } from "jmespath";
import type { Ended } from "./answered-command";

// https://docs.aws.amazon.com/cli/latest/topic/return-codes.html
const USAGE = 252;
const REFUSED = 254;

interface Options {
  readonly "stack-name": string;
  readonly region?: string;
  readonly output?: string;
  readonly query?: string;
  readonly parameters?: string;
  readonly capabilities?: string[];
  readonly "use-previous-template"?: boolean;
}

/** Text output: a row for each list, and None for nothing. */
function asText(value: unknown): string {
  if (Array.isArray(value)) {
    const cells = value.every((item) => !Array.isArray(item));
    return value.map(asText).join(cells ? "\t" : "\n");
  }
  return typeof value === "string" ? value : value === null || value === undefined ? "None" : JSON.stringify(value);
}

function printed(answer: object, { query = "@", output = "json" }: Options): string {
  const selected: unknown = search(answer, query);
  return `${output === "text" ? asText(selected) : JSON.stringify(selected)}\n`;
}

async function answer(operation: string, client: CloudFormationClient, options: Options): Promise<object> {
  const StackName = options["stack-name"];
  switch (operation) {
    case "describe-stacks":
      return client.send(new DescribeStacksCommand({ StackName }));
    case "describe-stack-events":
      return client.send(new DescribeStackEventsCommand({ StackName }));
    case "get-template-summary":
      return client.send(new GetTemplateSummaryCommand({ StackName }));
    case "update-stack":
      return client.send(
        new UpdateStackCommand({
          StackName,
          UsePreviousTemplate: options["use-previous-template"],
          Parameters: JSON.parse(options.parameters ?? "[]") as Parameter[],
          Capabilities: options.capabilities as Capability[] | undefined,
        }),
      );
    default:
      throw new TypeError(`aws cloudformation ${operation} is not known here`);
  }
}

/** Options that take several values take all words up to the next option. */
function separated(args: readonly string[]): string[] {
  let several: string | undefined;
  return args.flatMap((arg) => {
    if (arg.startsWith("--")) {
      several = arg === "--capabilities" ? arg : undefined;
      return several === undefined ? [arg] : [];
    }
    return several === undefined ? [arg] : [several, arg];
  });
}

/** Runs the CLI with arguments and an environment. */
export async function runAwsCli(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Ended> {
  try {
    const { values, positionals } = parseArgs({
      args: separated(args),
      allowPositionals: true,
      options: {
        "stack-name": { type: "string" },
        region: { type: "string" },
        output: { type: "string" },
        query: { type: "string" },
        parameters: { type: "string" },
        capabilities: { type: "string", multiple: true },
        "use-previous-template": { type: "boolean" },
      },
    });
    const [service, ...operation] = positionals;
    if (service !== "cloudformation") {
      throw new TypeError(`aws ${service ?? ""} is not known here`);
    }
    const options = values as unknown as Options;
    const client = new CloudFormationClient({
      region: options.region,
      endpoint: env["AWS_ENDPOINT_URL"],
      credentials: {
        accessKeyId: env["AWS_ACCESS_KEY_ID"] ?? "",
        secretAccessKey: env["AWS_SECRET_ACCESS_KEY"] ?? "",
      },
    });
    return { stdout: printed(await answer(operation.join(" "), client, options), options), stderr: "", exitCode: 0 };
  } catch (error) {
    return error instanceof CloudFormationServiceException
      ? {
          stdout: "",
          stderr: `\nAn error occurred (${error.name}) when calling an operation: ${error.message}\n`,
          exitCode: REFUSED,
        }
      : { stdout: "", stderr: `${String(error)}\n`, exitCode: USAGE };
  }
}
