import { integerRequirement, oneOfRequirement } from "../validation/rule";
import type { Requirement, Rule } from "../validation/rule";
import { OverrideAction } from "./override-action";
import { OverrideStrategy } from "./override-strategy";

/** How long an update may take by default, in minutes. */
export const UPDATE_MINUTES = 60;

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
export const MAX_TEMPLATE_BYTES = 51_200;
/** How long the value of a parameter can be; from the same page. */
export const MAX_VALUE_BYTES = 4096;

/**
 * The capability that acknowledges the macros of a template.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateStack.html
 */
export const AUTO_EXPAND = "CAPABILITY_AUTO_EXPAND";
/** All capabilities; from the same page. */
export const CAPABILITIES: readonly string[] = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", AUTO_EXPAND];

export const ACTIONS: readonly string[] = Object.values(OverrideAction);
export const STRATEGIES: readonly string[] = Object.values(OverrideStrategy);

// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
export const CLOUDFORMATION_STACK_NAME: Rule = {
  pattern: /^[A-Za-z][A-Za-z0-9-]*$/,
  maxLength: 128,
  requirement: "be a stack name: a letter, then letters, digits and hyphens, at most 128 characters",
  hint: "use the name that CloudFormation shows, not the ARN",
};

// CloudFormation names the stacks of a stack set like this, and the set's next operation overwrites all parameters.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-concepts.html
export const NOT_OF_A_STACK_SET: Rule = {
  pattern: /^/,
  except: /^StackSet-/,
  requirement: "not belong to a stack set, whose next operation would overwrite the parameters",
  hint: "change the parameter in the stack set",
};

// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
export const PARAMETER_NAME: Rule = {
  pattern: /^[A-Za-z0-9]+$/,
  maxLength: 255,
  requirement: "have parameter names of letters and digits",
  hint: "copy the name from the template",
};

// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateStack.html
export const TEMPLATE_URL: Rule = {
  pattern: /^https:\/\/[A-Za-z0-9.-]*s3[A-Za-z0-9.-]*\.amazonaws\.com(\.cn)?\/[!->@-~]+(\?versionId=[!-%'-~]+)?$/,
  maxLength: 5120,
  requirement: "be the https URL of an object in S3, without a signature",
  hint: "upload the template to an S3 bucket",
};

export const CONTROL_CHARACTER = /[^\P{Cc}\t\n]/u;

/** Rules of an override that no pattern expresses. The plain module evaluates most of them in Terraform. */
export const OVERRIDE_RULES = {
  /** At least one parameter. */
  parameters: (collection: "an object" | "a map"): Requirement => ({
    requirement: `be ${collection} with at least one parameter`,
    hint: "declare the parameters to change with their values",
  }),
  text: { requirement: "be a string", hint: "write the value as text, such as `3` or `a,b`" },
  noAccessToken: {
    requirement: "contain no access token",
    hint: "keep secrets in Secrets Manager, since Terraform stores the values of parameters in its plan and state",
  },
  /** Terraform evaluates these itself, unless they are escaped: `$${` and `%%{`. */
  noTemplateSyntax: {
    requirement: "contain no `${…::…}` of CloudFormation and no `%{`, which Terraform would evaluate",
    hint: "write `$${` or `%%{` for the literal characters",
  },
  notEmpty: {
    requirement: "not be empty",
    hint: `set \`action\` to ${OverrideAction.RESTORE} to give a parameter its former value`,
  },
  maxBytes: { requirement: `be at most ${MAX_VALUE_BYTES} bytes long`, hint: "shorten it" },
  noControlCharacters: { requirement: "contain no control characters except tab and newline", hint: "remove them" },
  capabilities: { requirement: "be a list", hint: "write the list itself: only its elements may be tokens" },
  capability: { requirement: oneOfRequirement(CAPABILITIES), hint: "omit those that the stack lists already" },
  minutes: {
    requirement: integerRequirement(1),
    hint: "use whole minutes, enough for the longest update of the stack",
  },
  literalMinutes: { requirement: integerRequirement(1), hint: "use a number, not a token" },
  action: { requirement: oneOfRequirement(ACTIONS), hint: `omit it for ${OverrideAction.SET}` },
  strategy: { requirement: oneOfRequirement(STRATEGIES), hint: `omit it for ${OverrideStrategy.ADOPT}` },
  /** For what only a stack that Terraform has adopted takes. */
  adoptOnly: {
    requirement: `not be set with the strategy ${OverrideStrategy.AWS_CLI}`,
    hint: "omit it: this strategy does not adopt the stack and keeps its template",
  },
  oneInTerraformStack: {
    requirement: "contain no other StackParameterOverride",
    hint: "list all parameters of one CloudFormation stack in one override, and use another Terraform stack for another CloudFormation stack",
  },
  nothingBeside: {
    requirement: "contain no resources and no modules beside the override",
    hint: "move them or the override to another Terraform stack: Terraform cannot destroy them while the override has `prevent_destroy`",
  },
  overriddenOnce: (other: string): Requirement => ({
    requirement: `not be the stack of \`${other}\``,
    hint: "list all parameters of one CloudFormation stack in one override; for stacks of the same name in two accounts, set `allowedAccountIds` of both providers",
  }),
  noIgnoredTags: {
    requirement: "have no `ignoreTags`",
    hint: "use an AwsProvider without them: an update removes the tags that the provider ignores",
  },
} satisfies { readonly [name: string]: Requirement | ((argument: never) => Requirement) };
