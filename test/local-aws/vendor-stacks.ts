import { setTimeout } from "node:timers/promises";
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from "@aws-sdk/client-cloudformation";
import type { CreateStackCommandInput, Parameter, Stack } from "@aws-sdk/client-cloudformation";
import { clientConfig } from "./clients";
import type { LocalAws } from "./server";
import type { Scope } from "./service";

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

/** Creates that stack, which needs no capabilities and has a timeout. */
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
  // Characters of two bytes, so that counting characters would not do.
  const missing = (bytes ?? 0) - Buffer.byteLength(written(""));
  return missing <= 0 ? written("") : written("é".repeat(Math.floor(missing / 2)) + "a".repeat(missing % 2));
}

/** Creates a stack and waits until it is made. */
export async function createStack(
  aws: LocalAws,
  scope: Partial<Scope>,
  input: CreateStackCommandInput,
): Promise<Stack> {
  await client(aws, scope).send(new CreateStackCommand(input));
  for (;;) {
    const stack = await describeStack(aws, scope, input.StackName ?? "");
    if (stack.StackStatus !== "CREATE_IN_PROGRESS") {
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
