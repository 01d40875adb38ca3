import { setTimeout } from "node:timers/promises";
import {
  CloudFormationClient,
  CreateChangeSetCommand,
  CreateStackCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  UpdateStackCommand,
  UpdateTerminationProtectionCommand,
} from "@aws-sdk/client-cloudformation";
import type {
  CreateStackCommandInput,
  Parameter,
  Stack,
  UpdateStackCommandInput,
} from "@aws-sdk/client-cloudformation";
import { clientConfig } from "../clients";
import type { LocalAws } from "../server";
import type { Scope } from "../service";

/** The name that the stack of the Elastio Cloud Connector has. */
export const ELASTIO_STACK = "elastio-account-level-stack";

/** A stack like that of the Elastio Cloud Connector: eight parameters, a named role, and short forms that only YAML has. */
export const ELASTIO_TEMPLATE = `AWSTemplateFormatVersion: "2010-09-09"
Description: Account-level resources of a connector
Parameters:
  ecrPublicPrefix: { Type: String, Default: "" }
  encryptWithCmk: { Type: String, Default: "false", AllowedValues: ["true", "false"] }
  lambdaTracing: { Type: String, Default: "false", AllowedValues: ["true", "false"] }
  globalManagedPolicies: { Type: CommaDelimitedList, Default: "" }
  globalPermissionBoundary: { Type: String, Default: "" }
  iamResourceNamesPrefix: { Type: String, Default: "" }
  iamResourceNamesSuffix: { Type: String, Default: "" }
  supportRoleExpirationDate: { Type: String, Default: "" }
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: !Sub "\${iamResourceNamesPrefix}connector\${iamResourceNamesSuffix}"
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: [{ Effect: Allow, Principal: { Service: lambda.amazonaws.com }, Action: "sts:AssumeRole" }]
`;

/** What somebody has set it to: two parameters are not at their defaults. */
export const ELASTIO_PARAMETERS: { readonly [name: string]: string } = {
  ecrPublicPrefix: "",
  encryptWithCmk: "true",
  lambdaTracing: "false",
  globalManagedPolicies: "",
  globalPermissionBoundary: "",
  iamResourceNamesPrefix: "acme-",
  iamResourceNamesSuffix: "",
  supportRoleExpirationDate: "",
};

/** A stack's parameters as CloudFormation shows them. */
export function parametersOf(stack: Stack): { readonly [name: string]: string } {
  return Object.fromEntries(
    (stack.Parameters ?? []).map(({ ParameterKey = "", ParameterValue = "" }) => [ParameterKey, ParameterValue]),
  );
}

/** Creates the connector's stack, as its vendor would. */
export async function createElastioStack(aws: LocalAws, scope: Partial<Scope>): Promise<Stack> {
  return createStack(aws, scope, {
    StackName: ELASTIO_STACK,
    TemplateBody: ELASTIO_TEMPLATE,
    Parameters: asParameters(ELASTIO_PARAMETERS),
    Capabilities: ["CAPABILITY_NAMED_IAM"],
    Tags: [{ Key: "vendor", Value: "elastio" }],
  });
}

/** The name of another vendor's stack. */
export const AGENT_STACK = "acme-agent";

/** What somebody has set it to. */
export const AGENT_PARAMETERS: { readonly [name: string]: string } = { imageRegistry: "quay.io", logLevel: "debug" };

/** Creates that stack, which needs no capabilities, has a timeout and is protected from being deleted. */
export async function createAgentStack(aws: LocalAws, scope: Partial<Scope>): Promise<Stack> {
  return createStack(aws, scope, {
    StackName: AGENT_STACK,
    TemplateBody: JSON.stringify({
      Parameters: {
        imageRegistry: { Type: "String", Default: "quay.io" },
        logLevel: { Type: "String", Default: "info", AllowedValues: ["debug", "info"] },
      },
      Resources: { Topic: { Type: "AWS::SNS::Topic" } },
    }),
    Parameters: asParameters(AGENT_PARAMETERS),
    TimeoutInMinutes: 15,
    EnableTerminationProtection: true,
  });
}

/** Parameters of any vendor's stack. */
export const VENDOR_PARAMETERS = {
  image: { Type: "String", Default: "" },
  names: { Type: "String", Default: "short" },
};

/** A resource that needs a capability, and the capability. */
export const NAMED_ROLE = { Type: "AWS::IAM::Role", Properties: { RoleName: "vendor" } };
export const NAMED_IAM = ["CAPABILITY_NAMED_IAM"] as const;

/** A template of a vendor, as text of a certain size where it matters. */
export function vendorTemplate(
  content: { readonly parameters?: object; readonly resource?: object; readonly bytes?: number } = {},
): string {
  const { parameters = VENDOR_PARAMETERS, resource = { Type: "AWS::SNS::Topic" }, bytes } = content;
  const written = (description: string): string =>
    JSON.stringify({ Description: description, Parameters: parameters, Resources: { It: resource } });
  return written("a".repeat(Math.max(0, (bytes ?? 0) - Buffer.byteLength(written("")))));
}

/** Creates a stack and waits until it is made. */
export async function createStack(
  aws: LocalAws,
  scope: Partial<Scope>,
  input: CreateStackCommandInput,
): Promise<Stack> {
  await client(aws, scope).send(new CreateStackCommand(input));
  return settledStack(aws, scope, input.StackName ?? "");
}

/** Creates a stack by a change set, which acknowledges no macros, and waits until it is made unless it is to be reviewed. */
export async function createStackByChangeSet(
  aws: LocalAws,
  scope: Partial<Scope>,
  { StackName, ...input }: CreateStackCommandInput,
  isReviewed = true,
): Promise<Stack> {
  const ChangeSetName = "creation";
  await client(aws, scope).send(
    new CreateChangeSetCommand({ StackName, ChangeSetName, ChangeSetType: "CREATE", ...input }),
  );
  if (isReviewed) {
    await client(aws, scope).send(new ExecuteChangeSetCommand({ StackName, ChangeSetName }));
  }
  return settledStack(aws, scope, StackName ?? "");
}

/** Updates a stack, with all of its parameters as they are unless the input says otherwise, and waits for it. */
export async function updateStack(
  aws: LocalAws,
  scope: Partial<Scope>,
  input: UpdateStackCommandInput,
): Promise<Stack> {
  const { StackName = "" } = input;
  const { Parameters: present = [], Capabilities } = await describeStack(aws, scope, StackName);
  const given = new Set((input.Parameters ?? []).map(({ ParameterKey }) => ParameterKey));
  const Parameters = [
    ...present
      .filter(({ ParameterKey }) => !given.has(ParameterKey))
      .map(({ ParameterKey }) => ({ ParameterKey, UsePreviousValue: true })),
    ...(input.Parameters ?? []),
  ];
  await client(aws, scope).send(
    new UpdateStackCommand({
      Capabilities,
      UsePreviousTemplate: input.TemplateBody === undefined,
      ...input,
      Parameters,
    }),
  );
  return settledStack(aws, scope, StackName);
}

/** Enables the termination protection of a stack, or disables it. */
export async function protectStack(
  aws: LocalAws,
  scope: Partial<Scope>,
  StackName: string,
  EnableTerminationProtection = true,
): Promise<void> {
  await client(aws, scope).send(new UpdateTerminationProtectionCommand({ StackName, EnableTerminationProtection }));
}

async function settledStack(aws: LocalAws, scope: Partial<Scope>, name: string): Promise<Stack> {
  for (;;) {
    const stack = await describeStack(aws, scope, name);
    if (!/^(CREATE|UPDATE).*_IN_PROGRESS$/.test(stack.StackStatus ?? "")) {
      return stack;
    }
    await setTimeout(50);
  }
}

/** Starts an update of some parameters that leaves everything else as it was. */
export async function startUpdate(
  aws: LocalAws,
  scope: Partial<Scope>,
  name: string,
  values: { readonly [name: string]: string },
): Promise<void> {
  const names = Object.keys(parametersOf(await describeStack(aws, scope, name)));
  const Parameters = names.map((ParameterKey) =>
    ParameterKey in values
      ? { ParameterKey, ParameterValue: values[ParameterKey] }
      : { ParameterKey, UsePreviousValue: true },
  );
  const Capabilities = ["CAPABILITY_NAMED_IAM" as const];
  await client(aws, scope).send(
    new UpdateStackCommand({ StackName: name, UsePreviousTemplate: true, Parameters, Capabilities }),
  );
}

/** A stack as it is. */
export async function describeStack(aws: LocalAws, scope: Partial<Scope>, name: string): Promise<Stack> {
  const { Stacks = [] } = await client(aws, scope).send(new DescribeStacksCommand({ StackName: name }));
  const [stack] = Stacks;
  if (stack === undefined) {
    throw new Error(`there is no stack ${name}`);
  }
  return stack;
}

function asParameters(values: { readonly [name: string]: string }): Parameter[] {
  return Object.entries(values).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue }));
}

function client(aws: LocalAws, scope: Partial<Scope>): CloudFormationClient {
  return new CloudFormationClient(clientConfig(aws, scope));
}
