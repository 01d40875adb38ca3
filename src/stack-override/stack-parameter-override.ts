import { CloudformationStack } from "@cdktf/provider-aws/lib/cloudformation-stack";
import { DataAwsCloudcontrolapiResource } from "@cdktf/provider-aws/lib/data-aws-cloudcontrolapi-resource";
import { DataAwsCloudformationStack } from "@cdktf/provider-aws/lib/data-aws-cloudformation-stack";
import { DataAwsDefaultTags } from "@cdktf/provider-aws/lib/data-aws-default-tags";
import { TerraformLocal, Token } from "cdktf";
import type { TerraformElement, TerraformResource } from "cdktf";
import { Construct } from "constructs";
import { missingProvider, providerOf, regionalArguments } from "../aws/provider";
import { CheckBlock, ImportBlock, ProviderCopy, RemovedBlock, terraformData } from "../terraform/blocks";
import { requireTerraform } from "../terraform/required-version";
import { isUnresolved } from "../terraform/tokens";
import { JsonOnly } from "../validation/json-only";
import type { AllKeys } from "../validation/rule";
import { ValidationErrors, fail } from "../validation/validation-errors";
import { cliUpdate } from "./cli-update";
import {
  checkOverride,
  hiddenTags,
  markAsOverride,
  neighbourErrors,
  resolvedErrors,
  sameStackErrors,
} from "./override-checks";
import { OverrideStrategy } from "./override-strategy";
import {
  ADDRESS,
  ALL_PARAMETERS,
  AUTO_EXPAND,
  DECLARED_PARAMETERS,
  DIFFERING,
  KEPT,
  NAME_AT_APPLY,
  PARAMETERS_WITHOUT_EMPTIED,
  REMEMBERED,
  REMEMBERED_STACK,
  STACK_TYPE,
  UPDATE_MINUTES,
  VALUES_AS_TEXT,
  adoptedConditions,
  asDeclared,
  capabilitiesWith,
  changeAddress,
  currentValue,
  isOfNoStackSet,
  isProtected,
  losesNoCharacters,
  nameIn,
  sentConditions,
  stackRecord,
  templateLosesNoCharacters,
  updateConditions,
  valuesFit,
} from "./plan-conditions";
import type { Conditions, OverrideContext, Wording } from "./plan-conditions";
import type { StackParameterOverrideProps } from "./stack-parameter-override-props";

const PROPS = Object.keys({
  stackName: true,
  parameters: true,
  strategy: true,
  templateUrl: true,
  capabilities: true,
  questionMarksAreGenuine: true,
  requireTerminationProtection: true,
  updateTimeoutInMinutes: true,
  importBlock: true,
  undo: true,
  letGo: true,
  provider: true,
  region: true,
} satisfies AllKeys<StackParameterOverrideProps>);

/** The provider of a stack that Terraform has adopted. */
const PROVIDER_ALIAS = "stack-parameter-override";

const WORDING: Wording = {
  updateByCli: "OverrideStrategy.AWS_CLI",
  templateUrl: "templateUrl",
  capabilities: `capabilities: ["${AUTO_EXPAND}"]`,
  questionMarksAreGenuine: "set questionMarksAreGenuine",
  providerWithoutTags: "as its provider an AwsProvider without default tags",
  letGoFirst: "set letGo, apply, take the override out, apply, and declare it anew",
  setAgain: `terraform apply -replace=${ADDRESS.update}`,
};

/**
 * Changes parameters of a CloudFormation stack that somebody else made, and nothing else about it: every other
 * parameter, the template, tags, capabilities, role, topics and timeout stay as they are.
 *
 * With OverrideStrategy.ADOPT it creates an `aws_cloudformation_stack` that is imported and cannot be destroyed, with a
 * provider of its own, a copy of the stack's; and for each parameter a `terraform_data` with its values before and after,
 * which is what a reviewer sees in the first plan. With OverrideStrategy.AWS_CLI the `aws` command runs where Terraform
 * applies, with the credentials of its environment.
 *
 * The plan fails, before anything is changed, when a parameter is not in the template or does not allow the value, when
 * the stack is another one of the same name, when a NoEcho parameter would be overwritten, when the template is too large
 * to be sent back or would lose characters or digits, and when the provider has default tags that the stack does not have.
 * The apply fails, before anything is changed, when somebody has changed the stack since the plan.
 *
 * It needs JSON output, and to be alone in its Terraform stack: what must not be destroyed keeps everything beside it
 * from being destroyed. To take it out, apply it with `letGo` first: plans fail without it, as long as the state holds the
 * stack and the provider of the construct is gone. Enable the stack's termination protection before anything else.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateStack.html
 */
export class StackParameterOverride extends Construct {
  private readonly changes = new Map<string, TerraformResource>();

  /**
   * @param scope a Terraform stack of its own, for example one from `fleet.addFinalStack`
   * @param id part of no address: it can be changed
   * @param props what to change
   */
  public constructor(scope: Construct, id: string, props: StackParameterOverrideProps) {
    super(scope, id);
    const errors = new ValidationErrors();
    errors.checkKeys("", { ...props }, PROPS, "a property of an override");
    checkOverride(errors, this, { ...props });
    errors.throwAndRemove(this);

    markAsOverride(this, { stackName: props.stackName, provider: props.provider, region: props.region });
    requireTerraform(this, 7);
    new JsonOnly(
      this,
      "json-only",
      "cdktf's HCL has no removed blocks, without which Terraform would delete the stack",
    );
    const adopts = (props.strategy ?? OverrideStrategy.ADOPT) === OverrideStrategy.ADOPT;
    this.node.addValidation({
      validate: () => [
        ...missingProvider(this, props.provider),
        ...resolvedErrors(this, props.parameters),
        ...neighbourErrors(this),
        ...sameStackErrors(this),
        ...(adopts ? hiddenTags(this, props.provider) : []),
      ],
    });
    const provider = this.copyOfProvider(props);
    this.recordChanges(props);
    if (props.letGo === true || !adopts) {
      // Had it been adopted before, it would be deleted.
      new RemovedBlock(this, "removed", ADDRESS.adopted);
    }
    if (props.letGo === true) {
      return;
    }
    this.read("current", props, { provider: adopts ? provider : undefined });
    this.declareValues(props);
    if (adopts) {
      this.adopt(props, provider);
    } else {
      this.updateByCli(props);
    }
  }

  /**
   * The value of a parameter when it was first overridden, for an output; known once the override has been applied. If the
   * state is lost, it is the value when the override is applied again. Throws for a parameter that is not overridden.
   */
  public previousValue(parameter: string): string {
    const change = this.changes.get(parameter);
    if (change === undefined) {
      const hint = "ask for a parameter that is overridden";
      fail(this.node.path, "parameter", `be one of ${[...this.changes.keys()].join(", ")}`, parameter, hint);
    }
    return Token.asString(change.interpolationForAttribute("output.before"));
  }

  /**
   * The provider of what is adopted. A resource whose provider is not configured cannot be deleted, and this one goes with
   * the construct: once that is taken out, plans fail where they would delete the stack.
   * https://developer.hashicorp.com/terraform/language/meta-arguments/provider
   */
  private copyOfProvider({ provider }: StackParameterOverrideProps): string {
    return new ProviderCopy(this, "provider", {
      alias: PROVIDER_ALIAS,
      of: () => providerOf(this, provider),
    }).address;
  }

  /** Reads the stack. What is `current` must wait for nothing that changes: read late, every plan would show an update. */
  private read(
    key: "current" | "atApply" | "afterUpdate",
    { stackName, provider, region }: StackParameterOverrideProps,
    {
      name = stackName,
      ...others
    }: { readonly name?: string; readonly dependsOn?: string[]; readonly provider?: string },
  ): void {
    const config = { ...regionalArguments({ provider, region }), name };
    const data = named(ADDRESS[key], new DataAwsCloudformationStack(this, nameIn(ADDRESS[key]), config));
    data.dependsOn = others.dependsOn;
    setProvider(data, others.provider);
  }

  /**
   * A plan after an import lists every parameter as new: these say which ones change, and remember what they were, and of
   * which stack. They also keep `terraform destroy`, which knows nothing of removed blocks, from taking a stack along that
   * Terraform has not yet forgotten.
   */
  private recordChanges({ parameters, templateUrl, undo, letGo }: StackParameterOverrideProps): void {
    const isOver = undo === true || letGo === true;
    const record = (id: string, input: object, ignoreChanges: string[]): TerraformResource =>
      terraformData(this, id, { input, lifecycle: { preventDestroy: true, ignoreChanges } });
    const stack = letGo === true ? {} : stackRecord(templateUrl);
    named(ADDRESS.stack, record("record", stack, letGo === true ? ["input"] : REMEMBERED_STACK));
    for (const [name, after] of Object.entries(parameters)) {
      // A record that is made only now knows no former value.
      const before = isOver ? "${null}" : `\${${currentValue(`"${name}"`)}}`;
      const change = record(
        `change-${name}`,
        letGo === true ? { before } : { before, after },
        isOver ? ["input"] : REMEMBERED,
      );
      this.changes.set(name, named(changeAddress(name), change));
    }
  }

  private declareValues({ parameters, undo }: StackParameterOverrideProps): void {
    const previous = Object.keys(parameters).map((name) => [name, this.previousValue(name)]);
    const given = undo === true ? (Object.fromEntries(previous) as typeof parameters) : { ...parameters };
    named(ADDRESS.given, new TerraformLocal(this, "given", given));
    named(ADDRESS.values, new TerraformLocal(this, "values", VALUES_AS_TEXT));
    named(ADDRESS.declared, new TerraformLocal(this, "declared", DECLARED_PARAMETERS));
  }

  private adopt(props: StackParameterOverrideProps, ownProvider: string): void {
    const { stackName, templateUrl, questionMarksAreGenuine, importBlock, undo, provider, region } = props;
    const context = this.contextOf(props);
    const sent = sentConditions(context);
    named(ADDRESS.differing, new TerraformLocal(this, "differing", DIFFERING));
    this.read("atApply", props, { name: NAME_AT_APPLY, dependsOn: [ADDRESS.stack], provider: ownProvider });
    const tags = named(ADDRESS.defaultTags, new DataAwsDefaultTags(this, "default-tags"));
    setProvider(tags, ownProvider);
    if (props.requireTerminationProtection === true) {
      const properties = new DataAwsCloudcontrolapiResource(this, "properties", {
        ...regionalArguments({ provider, region }),
        typeName: STACK_TYPE,
        identifier: `\${${ADDRESS.current}.id}`,
      });
      setProvider(named(ADDRESS.properties, properties), ownProvider);
    }
    const stack = new CloudformationStack(this, "stack", {
      ...regionalArguments({ provider, region }),
      name: stackName,
      parameters: Token.asStringMap(undo === true ? PARAMETERS_WITHOUT_EMPTIED : ALL_PARAMETERS),
      capabilities: Token.asList(capabilitiesWith(props.capabilities && JSON.stringify(props.capabilities))),
      templateUrl,
      timeouts: { update: `${minutesOf(props)}m` },
      dependsOn: [...this.changes.values()],
      lifecycle: {
        preventDestroy: true,
        ignoreChanges: KEPT,
        precondition: [
          ...conditionsOf(adoptedConditions(context), context, undo),
          ...(questionMarksAreGenuine === true ? [] : [losesNoCharacters(context)]),
          ...(props.requireTerminationProtection === true ? [isProtected(context)] : []),
        ],
        postcondition: [
          ...sent.always,
          ...(templateUrl !== undefined ? [] : sent.template),
          ...(templateUrl !== undefined || questionMarksAreGenuine === true
            ? []
            : [templateLosesNoCharacters(context)]),
        ],
      },
    });
    named(ADDRESS.adopted, stack);
    setProvider(stack, ownProvider);
    if (importBlock === false) {
      // Conditions that only an apply can tell do not fail a plan, but a count does: Terraform knows the id of a stack
      // that it has adopted, and not of one that it is about to create, since nobody has imported it.
      const needed = terraformData(this, "needs-terraform-import", {});
      needed.addOverride("count", `\${length([for id in [${ADDRESS.adopted}.id] : id if id == ""])}`);
      named("terraform_data.needs-terraform-import", needed);
    } else {
      // https://registry.terraform.io/providers/hashicorp/aws/latest/docs/guides/enhanced-region-support
      const id = region === undefined ? stackName : `${stackName}@${region}`;
      new ImportBlock(this, "import", { to: ADDRESS.adopted, id });
    }
  }

  private updateByCli(props: StackParameterOverrideProps): void {
    const context = this.contextOf(props);
    const update = terraformData(this, "update", {
      triggersReplace: { stack: `\${${ADDRESS.current}.id}`, parameters: `\${${ADDRESS.values}}` },
      lifecycle: { precondition: conditionsOf(updateConditions(context), context, props.undo) },
    });
    named(ADDRESS.update, update);
    update.dependsOn = [ADDRESS.stack, ...[...this.changes.keys()].map(changeAddress)];
    update.addOverride("provisioner", [{ "local-exec": cliUpdate(String(minutesOf(props))) }]);
    // Terraform keeps only its own record, and would say nothing when somebody else sets a parameter again. What is read
    // after an update is asked, so that the update itself is no reason to warn.
    this.read("afterUpdate", props, { dependsOn: [ADDRESS.update] });
    named("check.parameters", new CheckBlock(this, "check", asDeclared(context)));
  }

  private contextOf({ stackName }: StackParameterOverrideProps): OverrideContext {
    // Quoted: a name may begin with a digit, or be a word of Terraform's language.
    const changes = [...this.changes.keys()].map((name) => `"${name}" = ${changeAddress(name)}`);
    return { stackName, changes: `{ ${changes.join(", ")} }`, wording: WORDING };
  }
}

function minutesOf({ updateTimeoutInMinutes = UPDATE_MINUTES }: StackParameterOverrideProps): number {
  return updateTimeoutInMinutes;
}

/** The conditions of a plan that sets values, or undoes that. */
function conditionsOf(
  { always, setting, undoing }: Conditions,
  context: OverrideContext,
  undo = false,
): Conditions["always"] {
  return [
    ...(isUnresolved(context.stackName) ? [isOfNoStackSet(context)] : []),
    ...always,
    ...(undo ? undoing : [valuesFit(context), ...setting]),
  ];
}

/** Gives an element the name that its address has. */
function named<T extends TerraformElement>(address: string, element: T): T {
  element.overrideLogicalId(nameIn(address));
  return element;
}

/** Gives an element the provider of an address, if there is one. */
function setProvider(element: TerraformElement, address: string | undefined): void {
  if (address !== undefined) {
    element.addOverride("provider", address);
  }
}
