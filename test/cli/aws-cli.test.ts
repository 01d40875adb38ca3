import * as fs from "node:fs";
import * as path from "node:path";
import { AwsCli, AwsCliTooOld, AwsRefusal, AwsUnreachable, checked } from "../../cli/doctor/aws-cli";
import { unchecked } from "../../cli/doctor/step";
import { CommandError } from "../../cli/io";
import type { Io } from "../../cli/io";
import { run } from "../../cli/program";
import { pathWithAwsCli } from "../local-commands/path-with-aws-cli";
import { temporaryFolder } from "../support/temporary-folder";
import { useLocalAws } from "../support/use-local-aws";

const aws = useLocalAws();

function io(env: Io["env"]): Io {
  const none = { write: () => true };
  return { stdin: process.stdin, stdout: none, stderr: none, env, cwd: temporaryFolder(), fetch };
}

/** An `aws` that prints a text and ends with a code. */
function printing({
  stdout = "",
  stderr = "",
  code = 255,
}: {
  stdout?: string;
  stderr?: string;
  code?: number;
}): AwsCli {
  const folder = temporaryFolder();
  fs.writeFileSync(path.join(folder, "out"), stdout);
  fs.writeFileSync(path.join(folder, "err"), stderr);
  const script = `#!/bin/sh\n/bin/cat '${folder}/out'\n/bin/cat '${folder}/err' >&2\nexit ${code}\n`;
  fs.writeFileSync(path.join(folder, "aws"), script, { mode: 0o755 });
  return new AwsCli(io({ PATH: folder }), "eu-west-1");
}

async function failure(cli: AwsCli): Promise<unknown> {
  return cli.call("ecr", "describe-repositories").catch((error: unknown) => error);
}

test("calls an operation in a region, with options and lists", async () => {
  const cli = new AwsCli(io({ ...aws.environment(), PATH: pathWithAwsCli() }), "eu-west-1");
  expect(await cli.call("sts", "get-caller-identity")).toMatchObject({ Account: "111122223333" });
  expect(await cli.in("us-east-1").call("ecr", "describe-repositories")).toEqual({
    repositories: [],
  });
  expect(aws.requests.map(({ region }) => region)).toEqual(["eu-west-1", "us-east-1"]);
  const refused = await cli
    .call("ecr", "describe-repositories", { "repository-names": ["one", "two"] })
    .catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: "RepositoryNotFoundException", action: "ecr:DescribeRepositories" });
});

test("passes words to the program and not to a shell", async () => {
  const cli = new AwsCli(io({ ...aws.environment(), PATH: pathWithAwsCli() }), "eu-west-1");
  const error = await cli.call("ecr", "describe-repositories", { "repository-names": ["$(id)"] }).catch(String);
  expect(error).toContain("'$(id)'");
});

describe("an error of the CLI", () => {
  const refused = "An error occurred (AccessDeniedException) when calling the DescribeRepositories operation: User: x";

  test.each([
    ["version 1", `\n${refused}\n`],
    ["version 2", `\naws: [ERROR]: ${refused}\n`],
    ["a retried request", `\n${refused.replace("operation:", "operation (reached max retries: 2):")}\n`],
  ])("of %s has code, permission and message", async (_, stderr) => {
    const error = await failure(printing({ stderr }));
    expect(error).toBeInstanceOf(AwsRefusal);
    expect(error).toMatchObject({ code: "AccessDeniedException", action: "ecr:DescribeRepositories", isDenied: true });
    expect((error as Error).message).toBe("User: x");
  });

  test.each([
    'Could not connect to the endpoint URL: "https://api.ecr.eu-west-1.amazonaws.com/"',
    'Connect timeout on endpoint URL: "https://api.ecr.eu-west-1.amazonaws.com/"',
    'Failed to connect to proxy URL: "http://proxy.example.com"',
  ])("%s says that AWS is not reached", async (stderr) => {
    const error = await failure(printing({ stderr: `\n${stderr}\n` }));
    expect(error).toBeInstanceOf(AwsUnreachable);
    expect((error as Error).message).toBe(stderr);
  });

  test.each([
    [
      'Unable to locate credentials. You can configure credentials by running "aws login".',
      "the AWS CLI finds no credentials",
    ],
    ["The config profile (none) could not be found", "the AWS CLI finds no credentials"],
    [refused.replace("AccessDeniedException", "ExpiredTokenException"), "the AWS credentials have expired"],
    [
      "Error when retrieving token from sso: Token has expired and refresh failed",
      "the AWS credentials have expired: sign in again",
    ],
    [
      refused.replace("AccessDeniedException", "UnrecognizedClientException"),
      "AWS does not accept the credentials: UnrecognizedClientException: User: x",
    ],
    ["Unknown options: --cli-read-timeout", "the AWS CLI failed at ecr:DescribeRepositories: Unknown options"],
    ["", "the AWS CLI failed at ecr:DescribeRepositories without a word"],
  ])("%s ends the command", async (stderr, message) => {
    const error = await failure(printing({ stderr }));
    expect(error).toBeInstanceOf(CommandError);
    expect((error as Error).message).toContain(message);
  });

  test.each([
    [
      "version 1",
      "usage: aws [options] <command>\n\naws: error: argument operation: Invalid choice, valid choices are:\n\nwait | help",
    ],
    ["version 2", "aws: [ERROR]: argument operation: Found invalid choice 'describe-repositories'"],
  ])("says that the CLI of %s is too old for a command", async (_, stderr) => {
    const error = await failure(printing({ stderr, code: 252 }));
    expect(error).toBeInstanceOf(AwsCliTooOld);
    expect((error as Error).message).toBe("this AWS CLI does not know the command for ecr:DescribeRepositories");
  });

  test("says how to install the CLI where it is missing", async () => {
    const error = await failure(new AwsCli(io({ PATH: temporaryFolder() }), "eu-west-1"));
    expect(error).toBeInstanceOf(CommandError);
    expect((error as Error).message).toContain("the AWS CLI is not on PATH");
  });

  test("repeats nothing of an answer that is not JSON", async () => {
    const error = await failure(printing({ stdout: "s3cret", code: 0 }));
    expect((error as Error).message).toBe("the AWS CLI printed something else than JSON");
  });
});

test("where AWS is not reached, doctor prints the words of the AWS CLI", async () => {
  const folder = temporaryFolder();
  const words = 'Could not connect to the endpoint URL: "https://sts.eu-west-1.amazonaws.com/"';
  fs.writeFileSync(
    path.join(folder, "aws"),
    `#!/bin/sh\n[ "$1" = configure ] && exit 1\necho '${words}' >&2\nexit 255\n`,
    { mode: 0o755 },
  );
  const printed: string[] = [];
  const output = { write: (text: string) => printed.push(text) };
  const machine = { ...io({ PATH: folder, AWS_REGION: "eu-west-1" }), stdout: output, stderr: output };
  expect(await run(["doctor", "nginx:1.27"], machine)).toBe(2);
  expect(printed).toEqual([
    expect.stringMatching(/^\? {7}credentials {4}who the credentials belong to: Could not connect/),
    expect.stringContaining(words),
  ]);
});

test("an empty answer is an empty object", async () => {
  expect(await printing({ code: 0 }).call("ecr", "describe-repositories")).toEqual({});
});

describe("the region of the profile", () => {
  const configured = (stdout: string, code: number): Promise<string | undefined> => {
    const folder = temporaryFolder();
    const script = `#!/bin/sh\n[ "$*" = "configure get region" ] && printf '%s' '${stdout}'\nexit ${code}\n`;
    fs.writeFileSync(path.join(folder, "aws"), script, { mode: 0o755 });
    return AwsCli.configuredRegion(io({ PATH: folder }));
  };

  test("comes from the CLI", async () => {
    expect(await configured("eu-west-3\n", 0)).toBe("eu-west-3");
  });

  test("is undefined if the profile has none", async () => {
    expect(await configured("", 1)).toBeUndefined();
  });

  test("fails where the CLI is missing", async () => {
    await expect(AwsCli.configuredRegion(io({ PATH: temporaryFolder() }))).rejects.toThrow(CommandError);
  });
});

describe("a check that AWS refuses", () => {
  test.each<[Error, string]>([
    [
      new AwsRefusal("AccessDenied", "iam:GetRole", "User: x"),
      "the role: your credentials lack the permission iam:GetRole",
    ],
    [
      new AwsRefusal("ThrottlingException", "iam:GetRole", "Rate exceeded"),
      "the role: AWS answers ThrottlingException: Rate exceeded",
    ],
    [new AwsUnreachable("no answer"), "the role: no answer"],
    [
      new AwsRefusal("AccessDenied", "iam:GetRole, iam:GetUser", "User: x"),
      "the role: your credentials lack the permissions iam:GetRole, iam:GetUser",
    ],
  ])("is one that could not be made: %s", async (error, detail) => {
    expect(await checked("the role", () => Promise.reject(error))).toEqual([unchecked(detail)]);
  });

  test("could be made with a newer AWS CLI", async () => {
    const error = new AwsCliTooOld("this AWS CLI does not know the command");
    expect(await checked("the template", () => Promise.reject(error))).toEqual([
      unchecked(`the template: ${error.message}`, expect.stringMatching(/^update the AWS CLI/) as string),
    ]);
  });

  test("fails if the CLI itself fails", async () => {
    await expect(checked("the role", () => Promise.reject(new CommandError("x")))).rejects.toThrow("x");
  });
});
