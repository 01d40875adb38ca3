import * as path from "node:path";
import type { CreateStackCommandInput, Stack } from "@aws-sdk/client-cloudformation";
import { createStack, describeStack, parametersOf, vendorTemplate } from "../local-aws/cloudformation/vendor-stacks";
import { ACCOUNT } from "../local-aws/server";
import type { LocalAws, LoggedRequest } from "../local-aws/server";
import type { Scope } from "../local-aws/service";
import { pathWithAwsCli } from "../local-commands/path-with-aws-cli";
import { copyModules } from "./module-folders";
import { Workspace } from "./terraform";

/** The account and the region of the stacks that most tests override. */
export const HERE: Scope = { accountId: ACCOUNT, region: "us-east-1" };

/** Stacks of vendors in a stand-in, and the workspaces in which tests override them. */
export interface Overriding {
  /** A name that no other stack of the tests has. */
  readonly newName: () => string;
  /** A vendor's stack whose parameter `names` is not at its default. */
  readonly vendorStack: (input?: Partial<CreateStackCommandInput>, scope?: Scope) => Promise<string>;
  /** A workspace with a configuration, with the plain modules in its folder `modules` and the AWS CLI on its PATH. */
  readonly workspace: (json: object) => Promise<Workspace>;
  readonly current: (stackName: string, scope?: Scope) => Promise<Stack>;
  readonly parameters: (stackName: string, scope?: Scope) => Promise<{ readonly [name: string]: string }>;
  /** The requests for an operation on a stack. */
  readonly asked: (stackName: string, operation: string) => LoggedRequest[];
}

export function overriding(aws: LocalAws, here: Scope = HERE): Overriding {
  const PATH = pathWithAwsCli();
  let count = 0;
  const newName = (): string => `vendor-${(count += 1)}`;
  const current = (stackName: string, scope = here): Promise<Stack> => describeStack(aws, scope, stackName);
  return {
    newName,
    vendorStack: async (input = {}, scope = here) => {
      const StackName = newName();
      const Parameters = [{ ParameterKey: "names", ParameterValue: "long" }];
      await createStack(aws, scope, { StackName, TemplateBody: vendorTemplate(), Parameters, ...input });
      return StackName;
    },
    workspace: async (json) => {
      const made = new Workspace(json, { ...aws.environment(), PATH });
      copyModules(path.join(made.folder, "modules"), ["stack-parameter-override"]);
      await made.init();
      return made;
    },
    current,
    parameters: async (stackName, scope = here) => parametersOf(await current(stackName, scope)),
    asked: (stackName, operation) =>
      aws.requests.filter((request) => request.operation === operation && isAbout(stackName, request.input)),
  };
}

/** Whether the input of a request is about a stack, by its name, or by its ARN as the AWS CLI is given it. */
export function isAbout(stackName: string, input: { readonly [name: string]: unknown }): boolean {
  const name = String(input["StackName"]);
  return name === stackName || name.includes(`:stack/${stackName}/`);
}
