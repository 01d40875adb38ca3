import type { Command } from "commander";
import { SECURITY_GROUP_ID, SUBNET_ID, VPC_ID } from "../src/aws/ec2-ids";
import { REGION_NAME } from "../src/aws/partitions";
import { ImageReference, malformedName, parseReference } from "../src/image/image-reference";
import { privateRegistryAt } from "../src/image/registry-hosts";
import { examine } from "./doctor/examination";
import { conclusionOf, lineOf, reportAsData } from "./doctor/report";
import type { Step } from "./doctor/step";
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
const PRINCIPAL_ARN =
  /^arn:aws[a-z-]*:(iam::\d{12}:(role|user)\/[\w+=,.@/-]+|sts::\d{12}:assumed-role\/[\w+=,.@-]+\/[\w+=,.@-]+)$/;

const EXIT_CODES = `
It needs the AWS CLI, version 1 or 2, on PATH, with credentials of the account of the cache.

Exit codes:
  0  it found no cause
  1  it found a cause
  2  an argument is wrong, or the AWS CLI or its credentials are missing or not valid
  3  it found no cause, but it could not check all steps`;

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
    .option(
      "--role <arn>",
      "the role or user that the client pulls with, or a session of the role: look at its permissions in place of yours",
    )
    .option("--no-pull", "leave out the pull: sign-in, manifest and layer")
    .option("--map <file>", `the registry map (default: ${DEFAULT_MAP_FILE} if it exists, otherwise the rules in AWS)`)
    .option("--json", "print the steps as JSON")
    .addHelpText("after", EXIT_CODES)
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
  if (privateRegistryAt(text) !== undefined) {
    throw new CommandError(
      `${text} is the host of a registry and no image: add the name of an image, like ${text}/docker-hub/library/nginx:1.27`,
    );
  }
  // The AWS CLI reads the file of a value that begins with file://.
  check("--region", options.region, REGION_NAME.pattern, "the name of a region, like eu-west-1");
  check("--role", options.role, PRINCIPAL_ARN, "the ARN of a role, of a session of a role or of a user");
  check("--vpc", vpc, VPC_ID.pattern, "the ID of a VPC");
  subnet?.forEach((id) => check("--subnet", id, SUBNET_ID.pattern, "the ID of a subnet"));
  securityGroup?.forEach((id) =>
    check("--security-group", id, SECURITY_GROUP_ID.pattern, "the ID of a security group"),
  );
  if (vpc === undefined && (subnet ?? securityGroup) !== undefined) {
    throw new CommandError("--subnet and --security-group need --vpc");
  }
  const question = { image, ...options, vpc, subnets: subnet, securityGroups: securityGroup };
  const { steps, name, region } = await examine(io, question, (step) => {
    // AWS may be slow: each line is progress.
    if (json !== true) {
      io.stdout.write(lineOf(step));
    }
  });
  const exitCode = exitCodeOf(steps);
  io.stdout.write(
    json === true
      ? `${JSON.stringify(reportAsData({ image: text, name, region, exitCode }, steps), undefined, 2)}\n`
      : conclusionOf(steps),
  );
  return exitCode;
}

function exitCodeOf(steps: readonly Step[]): ExitCode {
  const kinds = steps.flatMap(({ remarks }) => remarks.map(({ kind }) => kind));
  return kinds.includes("cause") ? ExitCode.FOUND : kinds.includes("unchecked") ? ExitCode.UNCHECKED : ExitCode.OK;
}

function collect(value: string, former: readonly string[] = []): readonly string[] {
  return [...former, value];
}

function check(option: string, value: string | undefined, pattern: RegExp, requirement: string): void {
  if (value !== undefined && !pattern.test(value)) {
    throw new CommandError(`${option} must be ${requirement}, got ${JSON.stringify(value)}`);
  }
}
