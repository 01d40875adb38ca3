import { TerraformElement, TerraformStack } from "cdktf";
import type { TerraformProvider } from "cdktf";
import type { Construct, IConstruct } from "constructs";
import { providerOf } from "../aws/provider";
import { checkRegistryProps } from "../aws/registry";
import { argumentsOf } from "../terraform/blocks";
import { isUnresolved, resolved } from "../terraform/tokens";
import { checkInStack } from "../validation/in-stack";
import { isPlainObject } from "../validation/plain-object";
import { Redacted, containsAccessToken } from "../validation/redaction";
import { matches, integerRequirement } from "../validation/rule";
import { ValidationErrors } from "../validation/validation-errors";
import { OverrideStrategy } from "./override-strategy";
import { MAX_VALUE_BYTES } from "./plan-conditions";
import {
  CAPABILITIES,
  CAPABILITY_HINT,
  CONTROL_CHARACTER,
  MINUTES_HINT,
  NOT_OF_A_STACK_SET,
  OVERRIDE_REQUIREMENTS,
  PARAMETER_NAME,
  CLOUDFORMATION_STACK_NAME,
  STACK_SET_HINT,
  STRATEGIES,
  TEMPLATE_URL,
} from "./rules";

/** What a caller has declared, of whatever type it is. */
export interface OverrideDeclaration {
  readonly stackName: unknown;
  readonly parameters: unknown;
  readonly strategy?: unknown;
  readonly templateUrl?: unknown;
  readonly capabilities?: unknown;
  readonly questionMarksAreGenuine?: unknown;
  readonly requireTerminationProtection?: unknown;
  readonly updateTimeoutInMinutes?: unknown;
  readonly importBlock?: unknown;
  readonly undo?: unknown;
  readonly letGo?: unknown;
  readonly provider?: TerraformProvider;
  readonly region?: string;
}

// `$${` and `%%{` are Terraform's way to write these as they are.
const FOREIGN_EXPRESSION = /(?<!\$)\$\{[A-Za-z0-9]+::|(?<!%)%\{/;
const SWITCHES_OF_ADOPTED = ["questionMarksAreGenuine", "requireTerminationProtection", "importBlock"] as const;

const OVERRIDE = Symbol.for("cdktf-ecr-pull-through-cache.StackParameterOverride");

/** Which stack an override is for. */
interface Target {
  readonly stackName: string;
  readonly provider: TerraformProvider | undefined;
  readonly region: string | undefined;
}

/** Lets other overrides of the app know of this one. */
export function markAsOverride(override: Construct, target: Target): void {
  Object.defineProperty(override, OVERRIDE, { value: target });
}

/** Records what is wrong with an override. */
export function checkOverride(errors: ValidationErrors, override: Construct, props: OverrideDeclaration): void {
  checkInStack(errors, override, "give a TerraformStack, for example one from `fleet.addFinalStack`");
  if (
    errors.checkString(
      "stackName",
      props.stackName,
      CLOUDFORMATION_STACK_NAME,
      "give the name that CloudFormation shows, not the ARN",
    )
  ) {
    errors.checkString("stackName", props.stackName, NOT_OF_A_STACK_SET, STACK_SET_HINT);
  }
  checkParameters(errors, props.parameters);
  checkStrategy(errors, props);
  if (props.capabilities !== undefined) {
    checkCapabilities(errors, props.capabilities);
  }
  const minutes = props.updateTimeoutInMinutes;
  if (isUnresolved(minutes)) {
    errors.add(
      "updateTimeoutInMinutes",
      integerRequirement(1),
      minutes,
      "it decides what is synthesized: give a number",
    );
  }
  errors.checkInteger("updateTimeoutInMinutes", minutes, { min: 1 }, MINUTES_HINT);
  for (const name of [...SWITCHES_OF_ADOPTED, "undo", "letGo"] as const) {
    const value = props[name];
    if (value !== undefined && typeof value !== "boolean") {
      errors.add(name, "be true or false", value, "it decides what is synthesized, so Terraform cannot");
    }
  }
  if (props.undo === true && props.letGo === true) {
    errors.add("letGo", "not be set beside `undo`", true, "apply `undo` first, then `letGo`");
  }
  checkRegistryProps(errors, override, { provider: props.provider, region: props.region });
  const other = TerraformStack.of(override)
    .node.findAll()
    .find((construct) => OVERRIDE in construct);
  if (other !== undefined) {
    const hint =
      "name all parameters of one CloudFormation stack in one override, and give another stack another scope";
    errors.add("scope", "hold one override", other.node.path, hint);
  }
}

/** Tells what tokens of cdktf stand for, where that is at error itself. */
export function resolvedErrors(override: Construct, parameters: { readonly [name: string]: string }): string[] {
  const errors = new ValidationErrors();
  for (const [name, value] of Object.entries(parameters)) {
    checkValue(errors, `parameters.${name}`, resolved(override, value));
  }
  return errors.list();
}

/** Tells that an override before this one is for the same stack: each would send back what the other one has changed. */
export function sameStackErrors(override: Construct): string[] {
  const all = override.node.root.node.findAll();
  const own = reached(override);
  const other = all
    .slice(0, all.indexOf(override))
    .find((candidate) => OVERRIDE in candidate && reached(candidate) === own);
  return other === undefined
    ? []
    : [
        `\`stackName\` must be overridden once, and \`${other.node.path}\` overrides it already, got ${JSON.stringify(targetOf(override).stackName)}; name all parameters of one CloudFormation stack in one override, and where there are two stacks of this name, have the providers name their accounts`,
      ];
}

function targetOf(override: IConstruct): Target {
  return (override as unknown as { readonly [OVERRIDE]: Target })[OVERRIDE];
}

/** Which stack an override reaches, as far as that can be told: its name, and how its provider is configured. */
function reached(override: IConstruct): string {
  const { stackName, provider, region } = targetOf(override);
  const name = resolved(override, stackName);
  const configured = argumentsOf(providerOf(override, provider));
  return isUnresolved(name) ? override.node.path : JSON.stringify(resolved(override, [name, region, configured]));
}

/** Tells that the provider hides tags of the stack: what it does not see it leaves out of every update. */
export function hiddenTags(override: Construct, given: TerraformProvider | undefined): string[] {
  const provider = providerOf(override, given) as { readonly ignoreTagsInput?: unknown } | undefined;
  return provider?.ignoreTagsInput === undefined
    ? []
    : [
        "`provider` must have no `ignoreTags`, got some; tags that the provider does not see are removed from the stack: give the override an AwsProvider without them",
      ];
}

/**
 * Tells what else is in the Terraform stack of an override and could never be destroyed there, or has one of its
 * addresses: of two elements with one address cdktf makes one, without a word.
 */
export function neighbourErrors(override: Construct): string[] {
  const own = new Set(override.node.findAll());
  const taken = new Set([...own].flatMap((construct) => blocksOf(construct)));
  const neighbours = TerraformStack.of(override)
    .node.findAll()
    .filter((construct) => !own.has(construct));
  const managed = neighbours.filter((one) => blocksOf(one).some((block) => /^(resource|module) /.test(block)));
  const clashes = neighbours.flatMap((one) =>
    blocksOf(one)
      .filter((block) => taken.has(block))
      .map(
        (block) =>
          `\`${one.node.path}\` must not have the address of a part of \`${override.node.path}\`, got ${block}; choose another id`,
      ),
  );
  return managed.length === 0
    ? clashes
    : [
        `\`scope\` must be a stack of the override's own, got one with ${managed.map(({ node }) => node.path).join(", ")}; Terraform would refuse to destroy them, since an override must not be destroyed: move them or the override to another stack`,
        ...clashes,
      ];
}

/** The named blocks of Terraform that an element writes, like `data aws_vpc.main`. */
function blocksOf(construct: IConstruct): string[] {
  if (!TerraformElement.isTerraformElement(construct)) {
    return [];
  }
  return Object.entries(construct.toTerraform() as { readonly [kind: string]: object }).flatMap(([kind, named]) => {
    switch (kind) {
      case "resource":
      case "data":
        return Object.entries(named).flatMap(([type, blocks]) =>
          Object.keys(blocks as object).map((name) => `${kind} ${type}.${name}`),
        );
      case "locals":
      case "module":
      case "check":
        return Object.keys(named).map((name) => `${kind} ${name}`);
      default:
        return [];
    }
  });
}

function checkParameters(errors: ValidationErrors, parameters: unknown): void {
  const hint = "name the parameters to change with their values";
  if (!isPlainObject(parameters) || Object.keys(parameters).length === 0) {
    errors.add("parameters", OVERRIDE_REQUIREMENTS.someParameters("an object"), parameters, hint);
    return;
  }
  for (const [name, value] of Object.entries(parameters as { [name: string]: unknown })) {
    errors.checkString("parameters", name, PARAMETER_NAME, "use the name as it stands in the template");
    checkValue(errors, `parameters.${name}`, value);
  }
}

function checkValue(errors: ValidationErrors, prop: string, value: unknown): void {
  if (typeof value === "string" && containsAccessToken(value)) {
    const hint = "keep secrets in Secrets Manager: the value stands in the JSON and in the state";
    errors.add(prop, OVERRIDE_REQUIREMENTS.noToken, Redacted.of(value), hint);
  } else if (typeof value === "string" && FOREIGN_EXPRESSION.test(value)) {
    const hint = "write `$${` or `%%{` to have it in the value as it is";
    errors.add(
      prop,
      "hold no `${…::…}` of CloudFormation and no `%{`, which Terraform would read as its own",
      value,
      hint,
    );
  } else if (isUnresolved(value)) {
    return;
  } else if (typeof value !== "string") {
    errors.add(
      prop,
      OVERRIDE_REQUIREMENTS.text,
      value,
      "write numbers and lists as CloudFormation takes them, as text",
    );
  } else if (value.trim() === "") {
    errors.add(prop, OVERRIDE_REQUIREMENTS.notEmpty, value, "use `undo` to give a parameter its former value back");
  } else if (new TextEncoder().encode(value).length > MAX_VALUE_BYTES) {
    errors.add(prop, OVERRIDE_REQUIREMENTS.notTooLong, `${value.slice(0, 20)}…`, "shorten it");
  } else if (CONTROL_CHARACTER.test(value)) {
    errors.add(prop, OVERRIDE_REQUIREMENTS.noControlCharacters, value, "take them out");
  }
}

function checkCapabilities(errors: ValidationErrors, capabilities: unknown): void {
  if (isUnresolved(capabilities) || !Array.isArray(capabilities)) {
    errors.add("capabilities", "be a list", capabilities, "write it out: a token may be one of its elements only");
    return;
  }
  for (const [index, capability] of (capabilities as unknown[]).entries()) {
    if (!isUnresolved(capability) && !CAPABILITIES.includes(capability as string)) {
      errors.add(`capabilities[${index}]`, OVERRIDE_REQUIREMENTS.capability, capability, CAPABILITY_HINT);
    }
  }
}

function checkStrategy(errors: ValidationErrors, props: OverrideDeclaration): void {
  const { strategy = OverrideStrategy.ADOPT } = props;
  if (!STRATEGIES.includes(strategy as string)) {
    const hint = `leave it out for OverrideStrategy.${OverrideStrategy.ADOPT}`;
    errors.add("strategy", OVERRIDE_REQUIREMENTS.strategy, strategy, hint);
  }
  const url = props.templateUrl;
  if (url !== undefined && !isUnresolved(url) && !matches(url, TEMPLATE_URL)) {
    // A signature is as good as a password while it lasts.
    const got = typeof url === "string" ? url.replace(/\?.*/s, "?…") : url;
    errors.add("templateUrl", TEMPLATE_URL.requirement, got, "put the template into a bucket of yours");
  }
  if (strategy === OverrideStrategy.AWS_CLI) {
    for (const name of ["templateUrl", "capabilities", ...SWITCHES_OF_ADOPTED] as const) {
      if (props[name] !== undefined) {
        const hint = "leave it out: the stack is not adopted, and its template stays where it is";
        errors.add(name, OVERRIDE_REQUIREMENTS.ofAdopted, props[name], hint);
      }
    }
  }
}
