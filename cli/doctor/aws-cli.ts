import { execFile } from "node:child_process";
import { CommandError } from "../io";
import type { Io } from "../io";
import { unchecked } from "./step";
import type { Remark } from "./step";

/** Options of an operation by their names without hyphens before them; a list is one option with several words. */
export interface CliOptions {
  readonly [option: string]: string | readonly string[];
}

/** AWS refused a request. */
export class AwsRefusal extends Error {
  public constructor(
    /** The error's code, like `RepositoryNotFoundException`. */
    public readonly code: string,
    /** The permission that the request needs, like `ecr:DescribeRepositories`; or several with commas between them. */
    public readonly action: string,
    message: string,
  ) {
    super(message);
  }

  /** Whether the caller lacks a permission. */
  public get isDenied(): boolean {
    return /^(AccessDenied(Exception)?|UnauthorizedOperation|Client\.UnauthorizedOperation)$/.test(this.code);
  }
}

/** The AWS CLI did not reach AWS. Its message is that of the CLI. */
export class AwsUnreachable extends Error {}

/** The AWS CLI is older than the operation. */
export class AwsCliTooOld extends CommandError {
  public readonly solution =
    "update the AWS CLI, https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html";
}

const SECONDS_TO_CONNECT = 10;
const SECONDS_TO_ANSWER = 30;

// https://docs.aws.amazon.com/cli/latest/userguide/cli-chap-troubleshooting.html
const REFUSED = /An error occurred \(([\w.:-]+)\) when calling the (\w+) operation(?: \([^)]*\))?: (.*)/s;
const UNREACHABLE =
  /could not connect to the endpoint|timeout on endpoint url|connection was closed before|failed to connect to proxy|ssl validation failed/i;
const UNKNOWN_OPERATION = /invalid choice/i;
const NO_CREDENTIALS = /unable to locate credentials|partial credentials found|config profile .* could not be found/i;
const EXPIRED = /expired|error loading sso token|error when retrieving (token|credentials)|refresh failed/i;

// https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
const EXPIRED_CODES = ["ExpiredToken", "ExpiredTokenException", "RequestExpired"];
const INVALID_CODES = [
  "AuthFailure",
  "IncompleteSignature",
  "InvalidClientTokenId",
  "InvalidSignatureException",
  "SignatureDoesNotMatch",
  "UnrecognizedClientException",
];

/** Calls AWS in one region by the AWS CLI of either major version, with the credentials that the CLI finds. */
export class AwsCli {
  public constructor(
    private readonly io: Io,
    public readonly region: string,
  ) {}

  /** The same in another region. */
  public in(region: string): AwsCli {
    return new AwsCli(this.io, region);
  }

  /**
   * The answer of an operation: all pages of it.
   *
   * @throws AwsRefusal if AWS refuses the request, AwsUnreachable if it does not answer, AwsCliTooOld if the CLI does not
   * know the operation, and CommandError if the CLI or its credentials are missing or no longer valid
   */
  public async call<Answer>(service: string, operation: string, options: CliOptions = {}): Promise<Answer> {
    const words = Object.entries(options).flatMap(([option, value]) => [`--${option}`, ...[value].flat()]);
    const common = ["--region", this.region, "--output", "json"];
    const timeouts = [
      ...["--cli-connect-timeout", String(SECONDS_TO_CONNECT)],
      ...["--cli-read-timeout", String(SECONDS_TO_ANSWER)],
    ];
    const args = [service, operation, ...words, ...common, ...timeouts];
    const stdout = await run(this.io, `${service}:${pascal(operation)}`, args);
    // The CLI prints nothing for an empty answer.
    return (stdout.trim() === "" ? {} : jsonOf(stdout)) as Answer;
  }

  /** The region of the profile that the CLI uses; undefined if it has none. */
  public static async configuredRegion(io: Io): Promise<string | undefined> {
    try {
      return (await run(io, "configure", ["configure", "get", "region"])).trim() || undefined;
    } catch (error) {
      // It fails without a word if there is none.
      if (error instanceof NothingPrinted) {
        return undefined;
      }
      throw error;
    }
  }
}

/**
 * The remarks of a check, or that it could not be made, because the caller may not do what it needs, AWS cannot be
 * reached from here or the AWS CLI is too old.
 *
 * @param subject what is checked, as the subject of a sentence
 */
export async function checked(subject: string, check: () => Promise<readonly Remark[]>): Promise<readonly Remark[]> {
  try {
    return await check();
  } catch (error) {
    if (error instanceof AwsRefusal && error.isDenied) {
      return [
        unchecked(
          `${subject}: your credentials lack the permission${error.action.includes(",") ? "s" : ""} ${error.action}`,
        ),
      ];
    }
    if (error instanceof AwsRefusal) {
      return [unchecked(`${subject}: AWS answers ${error.code}: ${error.message}`)];
    }
    if (error instanceof AwsUnreachable) {
      return [unchecked(`${subject}: ${error.message}`)];
    }
    if (error instanceof AwsCliTooOld) {
      return [unchecked(`${subject}: ${error.message}`, error.solution)];
    }
    throw error;
  }
}

function pascal(operation: string): string {
  return operation
    .split("-")
    .map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`)
    .join("");
}

function missing(): CommandError {
  return new CommandError(
    "the AWS CLI is not on PATH: install it, https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html",
  );
}

function errorOf(action: string, stderr: string): Error {
  const [, code, , message = ""] = REFUSED.exec(stderr) ?? [];
  const lastLine = (stderr.split("\n").at(-1) ?? "").replace(/\.$/, "");
  if (code !== undefined) {
    if (EXPIRED_CODES.includes(code)) {
      return expired();
    }
    return INVALID_CODES.includes(code)
      ? new CommandError(
          `AWS does not accept the credentials: ${code}: ${message}; check them with aws sts get-caller-identity`,
        )
      : new AwsRefusal(code, action, message);
  }
  if (UNKNOWN_OPERATION.test(stderr)) {
    return new AwsCliTooOld(`this AWS CLI does not know the command for ${action}`);
  }
  if (UNREACHABLE.test(stderr)) {
    return new AwsUnreachable(lastLine);
  }
  if (NO_CREDENTIALS.test(stderr)) {
    return new CommandError(
      `the AWS CLI finds no credentials: ${lastLine}; https://docs.aws.amazon.com/cli/latest/userguide/cli-chap-configure.html`,
    );
  }
  if (stderr === "") {
    return new NothingPrinted(`the AWS CLI failed at ${action} without a word`);
  }
  return EXPIRED.test(stderr) ? expired() : new CommandError(`the AWS CLI failed at ${action}: ${lastLine}`);
}

function expired(): CommandError {
  return new CommandError("the AWS credentials have expired: sign in again");
}

/** The CLI failed without a word. */
class NothingPrinted extends CommandError {}

function run(io: Io, action: string, args: readonly string[]): Promise<string> {
  // Version 1 does not know --no-cli-pager, and either version obeys its environment.
  const env = { ...io.env, AWS_PAGER: "", AWS_CLI_AUTO_PROMPT: "off" };
  return new Promise((resolve, reject) => {
    const child = execFile("aws", args, { env, cwd: io.cwd, maxBuffer: Infinity }, (error, stdout, stderr) => {
      if (error === null) {
        resolve(stdout);
      } else {
        reject(error.code === "ENOENT" ? missing() : errorOf(action, stderr.trim()));
      }
    });
    child.stdin?.end();
  });
}

/** The error of JSON.parse repeats a part of the text, which may be a token. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new CommandError("the AWS CLI printed something else than JSON");
  }
}
