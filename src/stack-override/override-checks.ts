import { TerraformStack } from "cdktf";
import type { TerraformProvider } from "cdktf";
import type { Construct, IConstruct } from "constructs";
import { providerOf } from "../aws/provider";
import { checkRegistryProps } from "../aws/registry";
import { writtenAddresses } from "../terraform/addresses";
import { argumentsOf } from "../terraform/blocks";
import { isUnresolved, resolved } from "../terraform/tokens";
import { checkInStack } from "../validation/in-stack";
import { isPlainObject } from "../validation/plain-object";
import { Redacted } from "../validation/redaction";
import { byteLength, matches } from "../validation/rule";
import { containsAccessToken } from "../validation/secret-patterns";
import { ValidationErrors } from "../validation/validation-errors";
import { OverrideStrategy } from "./override-strategy";
import {
  ACTIONS,
  CAPABILITIES,
  CLOUDFORMATION_STACK_NAME,
  CONTROL_CHARACTER,
  MAX_VALUE_BYTES,
  NOT_OF_A_STACK_SET,
  OVERRIDE_RULES,
  PARAMETER_NAME,
  STRATEGIES,
  TEMPLATE_URL,
} from "./rules";
import type { StackParameterOverrideProps } from "./stack-parameter-override-props";

const TEMPLATE_SYNTAX = /(?<!\$)\$\{[A-Za-z0-9]+::|(?<!%)%\{/;
const BOOLEANS = ["questionMarksAreGenuine", "requireTerminationProtection", "importBlock"] as const;
const OF_ADOPTED = ["templateUrl", "capabilities", ...BOOLEANS] as const;

// Addresses of what `terraform destroy` has nothing to destroy for.
const UNMANAGED = /^(data|local|check)\./;

const OVERRIDE = Symbol.for("cdktf-ecr-pull-through-cache.StackParameterOverride");

/** The props of an override that identify its CloudFormation stack. */
type Target = Pick<StackParameterOverrideProps, "stackName" | "provider" | "region">;

/** Marks a construct as an override, for the checks of other overrides in the app. */
export function markAsOverride(override: Construct, target: Target): void {
  Object.defineProperty(override, OVERRIDE, { value: target });
}

/** Adds the errors in the props of an override, which may have any type where the caller writes JavaScript. */
export function checkOverride(
  errors: ValidationErrors,
  override: Construct,
  props: Partial<StackParameterOverrideProps>,
): void {
  checkInStack(errors, override, "use a TerraformStack, for example one from `fleet.addFinalStack`");
  if (errors.checkString("stackName", props.stackName, CLOUDFORMATION_STACK_NAME)) {
    errors.checkString("stackName", props.stackName, NOT_OF_A_STACK_SET);
  }
  checkParameters(errors, props.parameters);
  checkStrategy(errors, props);
  checkCapabilities(errors, props.capabilities);
  const minutes = props.updateTimeoutInMinutes;
  if (isUnresolved(minutes)) {
    errors.addBroken("updateTimeoutInMinutes", OVERRIDE_RULES.literalMinutes, minutes);
  }
  errors.checkInteger("updateTimeoutInMinutes", minutes, { min: 1 }, OVERRIDE_RULES.minutes.hint);
  for (const name of BOOLEANS) {
    errors.checkBoolean(name, props[name], "use a literal: it decides what is synthesized");
  }
  errors.checkEnum("action", props.action, ACTIONS, OVERRIDE_RULES.action.hint);
  checkRegistryProps(errors, override, { provider: props.provider, region: props.region });
  const other = TerraformStack.of(override)
    .node.findAll()
    .find((construct) => OVERRIDE in construct);
  if (other !== undefined) {
    errors.addBroken("scope", OVERRIDE_RULES.oneInTerraformStack, other.node.path);
  }
}

/** Errors that depend on the rest of the app, or on tokens of cdktf, and so can only be found when it is synthesized. */
export function synthesisErrors(override: Construct, props: StackParameterOverrideProps): string[] {
  const errors = new ValidationErrors();
  for (const [name, value] of Object.entries(props.parameters)) {
    checkValue(errors, `parameters.${name}`, resolved(override, value));
  }
  checkNeighbours(errors, override);
  checkOtherOverrides(errors, override);
  if (props.strategy !== OverrideStrategy.AWS_CLI) {
    checkIgnoredTags(errors, providerOf(override, props.provider));
  }
  return errors.list();
}

/** Adds an error for what Terraform could not destroy while the override, which it must not destroy, is in its stack. */
function checkNeighbours(errors: ValidationErrors, override: Construct): void {
  const neighbours = TerraformStack.of(override)
    .node.findAll()
    .filter((construct) => !construct.node.scopes.includes(override))
    .filter((construct) => writtenAddresses(construct).some((address) => !UNMANAGED.test(address)))
    .map(({ node }) => node.scopes.find((scope) => !override.node.scopes.includes(scope))?.node.path);
  if (neighbours.length > 0) {
    errors.addBroken("scope", OVERRIDE_RULES.nothingBeside, [...new Set(neighbours)]);
  }
}

/** Adds an error for an earlier override of the same stack: each would revert the changes of the other one. */
function checkOtherOverrides(errors: ValidationErrors, override: Construct): void {
  const all = override.node.root.node.findAll();
  const own = identityOf(override);
  const other = all
    .slice(0, all.indexOf(override))
    .find((candidate) => OVERRIDE in candidate && identityOf(candidate) === own);
  if (other !== undefined) {
    errors.addBroken("stackName", OVERRIDE_RULES.overriddenOnce(other.node.path), targetOf(override).stackName);
  }
}

function targetOf(override: IConstruct): Target {
  return (override as unknown as { readonly [OVERRIDE]: Target })[OVERRIDE];
}

/** The CloudFormation stack of an override, as far as the app knows it: its name, region and provider configuration. */
function identityOf(override: IConstruct): string {
  const { stackName, provider, region } = targetOf(override);
  const name = resolved(override, stackName);
  const configured = argumentsOf(providerOf(override, provider));
  return isUnresolved(name) ? override.node.path : JSON.stringify(resolved(override, [name, region, configured]));
}

/** Adds an error for a provider that ignores tags: updates of the stack would remove them. */
function checkIgnoredTags(errors: ValidationErrors, provider: TerraformProvider | undefined): void {
  if (provider !== undefined && (provider as { readonly ignoreTagsInput?: unknown }).ignoreTagsInput !== undefined) {
    errors.addBroken("provider", OVERRIDE_RULES.noIgnoredTags, provider.node.path);
  }
}

function checkParameters(errors: ValidationErrors, parameters: unknown): void {
  if (!isPlainObject(parameters) || Object.keys(parameters).length === 0) {
    errors.addBroken("parameters", OVERRIDE_RULES.parameters("an object"), parameters);
    return;
  }
  for (const [name, value] of Object.entries(parameters as { [name: string]: unknown })) {
    if (errors.checkString("parameters", name, PARAMETER_NAME)) {
      checkValue(errors, `parameters.${name}`, value);
    }
  }
}

function checkValue(errors: ValidationErrors, prop: string, value: unknown): void {
  if (typeof value === "string" && containsAccessToken(value)) {
    errors.addBroken(prop, OVERRIDE_RULES.noAccessToken, Redacted.of(value));
  } else if (typeof value === "string" && TEMPLATE_SYNTAX.test(value)) {
    errors.addBroken(prop, OVERRIDE_RULES.noTemplateSyntax, value);
  } else if (isUnresolved(value)) {
    return;
  } else if (typeof value !== "string") {
    errors.addBroken(prop, OVERRIDE_RULES.text, value);
  } else if (value.trim() === "") {
    errors.addBroken(prop, OVERRIDE_RULES.notEmpty, value);
  } else if (byteLength(value) > MAX_VALUE_BYTES) {
    errors.addBroken(prop, OVERRIDE_RULES.maxBytes, `${value.slice(0, 20)}…`);
  } else if (CONTROL_CHARACTER.test(value)) {
    errors.addBroken(prop, OVERRIDE_RULES.noControlCharacters, value);
  }
}

function checkCapabilities(errors: ValidationErrors, capabilities: unknown): void {
  if (capabilities === undefined) {
    return;
  }
  if (isUnresolved(capabilities) || !Array.isArray(capabilities)) {
    errors.addBroken("capabilities", OVERRIDE_RULES.capabilities, capabilities);
    return;
  }
  for (const [index, capability] of (capabilities as unknown[]).entries()) {
    if (!isUnresolved(capability) && !CAPABILITIES.includes(capability as string)) {
      errors.addBroken(`capabilities[${index}]`, OVERRIDE_RULES.capability, capability);
    }
  }
}

function checkStrategy(errors: ValidationErrors, props: Partial<StackParameterOverrideProps>): void {
  errors.checkEnum("strategy", props.strategy, STRATEGIES, OVERRIDE_RULES.strategy.hint);
  const url: unknown = props.templateUrl;
  if (url !== undefined && !isUnresolved(url) && !matches(url, TEMPLATE_URL)) {
    // A signature is as good as a password until it expires.
    errors.addBroken("templateUrl", TEMPLATE_URL, typeof url === "string" ? url.replace(/\?.*/s, "?…") : url);
  }
  if (props.strategy === OverrideStrategy.AWS_CLI) {
    for (const name of OF_ADOPTED.filter((key) => props[key] !== undefined)) {
      errors.addBroken(name, OVERRIDE_RULES.adoptOnly, props[name]);
    }
  }
}
