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

function print(answer: object, { query = "@", output = "json" }: Options): void {
  const selected: unknown = search(answer, query);
  process.stdout.write(`${output === "text" ? asText(selected) : JSON.stringify(selected)}\n`);
}

async function run(operation: string, options: Options): Promise<void> {
  const client = new CloudFormationClient({ region: options.region });
  const StackName = options["stack-name"];
  switch (operation) {
    case "describe-stacks":
      print(await client.send(new DescribeStacksCommand({ StackName })), options);
      return;
    case "describe-stack-events":
      print(await client.send(new DescribeStackEventsCommand({ StackName })), options);
      return;
    case "get-template-summary":
      print(await client.send(new GetTemplateSummaryCommand({ StackName })), options);
      return;
    case "update-stack":
      print(
        await client.send(
          new UpdateStackCommand({
            StackName,
            UsePreviousTemplate: options["use-previous-template"],
            Parameters: JSON.parse(options.parameters ?? "[]") as Parameter[],
            Capabilities: options.capabilities as Capability[] | undefined,
          }),
        ),
        options,
      );
      return;
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

async function main(): Promise<void> {
  try {
    const { values, positionals } = parseArgs({
      args: separated(process.argv.slice(2)),
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
    await run(operation.join(" "), values as unknown as Options);
  } catch (error) {
    if (error instanceof CloudFormationServiceException) {
      process.stderr.write(`\nAn error occurred (${error.name}) when calling an operation: ${error.message}\n`);
      process.exitCode = REFUSED;
    } else {
      process.stderr.write(`${String(error)}\n`);
      process.exitCode = USAGE;
    }
  }
}

void main();
