import type { Command } from "commander";
import { SECURITY_GROUP_ID, SUBNET_ID, VPC_ID } from "../src/aws/ec2-ids";
import { REGION_NAME } from "../src/aws/partitions";
import { ImageReference, malformedName, parseReference } from "../src/image/image-reference";
import { examine } from "./doctor/examination";
import { reportAsData, reportAsText } from "./doctor/report";
import { CommandError, ExitCode } from "./io";
import type { Io } from "./io";
import { DEFAULT_MAP_FILE } from "./map-file";

interface DoctorOptions {
  readonly region?: string;
  readonly vpc?: string;
  readonly subnet?: readonly string[];
  readonly securityGroup?: readonly string[];
  readonly role?: string;
  readonly pull: boolean;
  readonly map?: string;
  readonly json?: boolean;
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
const PRINCIPAL_ARN = /^arn:aws[a-z-]*:iam::\d{12}:(role|user)\/[\w+=,.@/-]+$/;

/** Adds the command that says why a pull fails. */
export function addDoctor(program: Command, io: Io, finish: (code: ExitCode) => void): void {
  program
    .command("doctor")
    .summary("say why a pull through the cache fails")
    .description(
      "Performs the steps of a client that pulls an image, by the AWS CLI, and says which one fails and why. It changes nothing, but for the pull itself.",
    )
    .argument("<image>", "the usual name of an image, like nginx:1.27, or its name in the cache")
    .option(
      "--region <region>",
      "the region of the cache (default: that of the name, of the map, of AWS_REGION or of the profile)",
    )
    .option("--vpc <id>", "the VPC that the client is in: look at its endpoints, routes and DNS")
    .option("--subnet <id>", "a subnet of the client, in place of all of the VPC; may be repeated", collect)
    .option("--security-group <id>", "a security group of the client; may be repeated", collect)
    .option("--role <arn>", "the role or user that the client pulls with: look at its permissions in place of yours")
    .option("--no-pull", "leave out the pull: sign-in, manifest and layer")
    .option("--map <file>", `the registry map (default: ${DEFAULT_MAP_FILE} if it exists, otherwise the rules in AWS)`)
    .option("--json", "print the steps as JSON")
    .action(async (image: string, options: DoctorOptions) => finish(await doctor(io, image, options)));
}

async function doctor(
  io: Io,
  text: string,
  { json, vpc, subnet, securityGroup, ...options }: DoctorOptions,
): Promise<ExitCode> {
  const image = parseReference(text);
  if (!(image instanceof ImageReference)) {
    throw new CommandError(malformedName(text, image));
  }
  // The AWS CLI reads the file of a value that begins with file://.
  check("--region", options.region, REGION_NAME.pattern, "the name of a region, like eu-west-1");
  check("--role", options.role, PRINCIPAL_ARN, "the ARN of a role or of a user");
  check("--vpc", vpc, VPC_ID.pattern, "the ID of a VPC");
  subnet?.forEach((id) => check("--subnet", id, SUBNET_ID.pattern, "the ID of a subnet"));
  securityGroup?.forEach((id) =>
    check("--security-group", id, SECURITY_GROUP_ID.pattern, "the ID of a security group"),
  );
  if (vpc === undefined && (subnet ?? securityGroup) !== undefined) {
    throw new CommandError("--subnet and --security-group need --vpc");
  }
  const { steps, name } = await examine(io, {
    image,
    ...options,
    vpc,
    subnets: subnet,
    securityGroups: securityGroup,
  });
  io.stdout.write(
    json === true ? `${JSON.stringify(reportAsData(text, name, steps), undefined, 2)}\n` : reportAsText(steps),
  );
  return steps.some(({ remarks }) => remarks.some(({ kind }) => kind === "cause")) ? ExitCode.FOUND : ExitCode.OK;
}

function collect(value: string, former: readonly string[] = []): readonly string[] {
  return [...former, value];
}

function check(option: string, value: string | undefined, pattern: RegExp, requirement: string): void {
  if (value !== undefined && !pattern.test(value)) {
    throw new CommandError(`${option} must be ${requirement}, got ${JSON.stringify(value)}`);
  }
}
