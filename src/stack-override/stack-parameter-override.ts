import { CloudformationStack } from "@cdktf/provider-aws/lib/cloudformation-stack";
import { DataAwsCloudcontrolapiResource } from "@cdktf/provider-aws/lib/data-aws-cloudcontrolapi-resource";
import { DataAwsCloudformationStack } from "@cdktf/provider-aws/lib/data-aws-cloudformation-stack";
import { DataAwsDefaultTags } from "@cdktf/provider-aws/lib/data-aws-default-tags";
import { TerraformLocal, Token } from "cdktf";
import type { TerraformElement, TerraformResource } from "cdktf";
import { Construct } from "constructs";
import { missingProvider, providerOf, regionalArguments } from "../aws/provider";
import { writtenAddresses } from "../terraform/addresses";
import { CheckBlock, ImportBlock, ProviderCopy, RemovedBlock, terraformData } from "../terraform/blocks";
import { requireTerraform } from "../terraform/required-version";
import { isUnresolved } from "../terraform/tokens";
import { addressErrors } from "../validation/address-errors";
import { JsonOnly } from "../validation/json-only";
import { propsOf } from "../validation/props-of";
import { oneOfRequirement } from "../validation/rule";
import type { AllKeys } from "../validation/rule";
import { ValidationErrors, fail } from "../validation/validation-errors";
import { cliUpdate } from "./cli-update";
import {
  ADDRESS,
  ALL_PARAMETERS,
  DECLARED_PARAMETERS,
  DIFFERING,
  KEPT,
  NAME_AT_APPLY,
  PARAMETERS_WITHOUT_EMPTIED,
  REMEMBERED,
  REMEMBERED_STACK,
  STACK_TYPE,
  VALUES_AS_TEXT,
  capabilitiesWith,
  changeAddress,
  currentValue,
  nameIn,
  stackRecord,
} from "./expressions";
import { OverrideAction } from "./override-action";
import { checkOverride, markAsOverride, synthesisErrors } from "./override-checks";
import { OverrideStrategy } from "./override-strategy";
import {
  adoptedConditions,
  asDeclared,
  isOfNoStackSet,
  isProtected,
  losesNoCharacters,
  sentConditions,
  templateLosesNoCharacters,
  updateConditions,
  valuesFit,
} from "./plan-conditions";
import type { Conditions, OverrideContext, Wording } from "./plan-conditions";
import { AUTO_EXPAND, UPDATE_MINUTES } from "./rules";
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
  action: true,
  provider: true,
  region: true,
} satisfies AllKeys<StackParameterOverrideProps>);

/** The alias of the provider of an adopted stack. */
const PROVIDER_ALIAS = "stack-parameter-override";

const WORDING: Wording = {
  updateByCli: "OverrideStrategy.AWS_CLI",
  templateUrl: "templateUrl",
  capabilities: `capabilities: ["${AUTO_EXPAND}"]`,
  questionMarksAreGenuine: "set questionMarksAreGenuine",
  providerWithoutTags: "as its provider an AwsProvider without default tags",
  forgetFirst: `set action to OverrideAction.${OverrideAction.FORGET}, apply, delete the override, apply, and declare it again`,
  setAgain: `terraform apply -replace=${ADDRESS.update}`,
};

/**
 * Changes parameters of a CloudFormation stack that somebody else owns, and nothing else: all other parameters, the
 * template, tags, capabilities, role, topics and timeout keep their values.
 *
 * OverrideStrategy.ADOPT creates an `aws_cloudformation_stack` that Terraform imports and must not destroy, with a copy
 * of the Terraform stack's provider, and a `terraform_data` for each parameter with its values before and after. The
 * first plan lists every parameter of the imported stack as new: review the `terraform_data` instead.
 * OverrideStrategy.AWS_CLI runs the `aws` command where Terraform applies, with the credentials of its environment.
 *
 * The plan fails before it changes anything if the template does not have a parameter or does not allow its value; if
 * the stack is another one of the same name; if the update would overwrite a NoEcho parameter; if the template is too
 * large for an update or would lose characters or digits; and if the provider has default tags that the stack does not
 * have. The apply fails before it changes anything if somebody has changed the stack since the plan.
 *
 * It needs JSON output and a Terraform stack without other resources, since Terraform cannot destroy what shares a
 * stack with it. Enable the termination protection of the CloudFormation stack before you use it. Before you delete the
 * construct, apply it with OverrideAction.FORGET: otherwise every later plan fails, since the state contains the stack
 * and its provider is gone.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateStack.html
 */
export class StackParameterOverride extends Construct {
  private readonly changes = new Map<string, TerraformResource>();

  /**
   * @param scope a Terraform stack without other resources, for example one from `fleet.addFinalStack`
   * @param id not part of any address: you can change it later
   * @param props the CloudFormation stack, and the parameters to change
   * @throws before it creates an element, if the props have mistakes. One error lists all of them: unknown props;
   * values that break a rule of their prop; props of OverrideStrategy.ADOPT with OverrideStrategy.AWS_CLI; another
   * override in the Terraform stack
   * @throws at once, if no scope is a TerraformStack
   * @throws from `app.synth()`, if `provider` is left out and every AWS provider of the stack has an alias
   * @throws from `app.synth()`, if the Terraform stack has resources or modules beside the override, or an element with
   * one of its addresses
   * @throws from `app.synth()`, if an earlier override of the app changes the same CloudFormation stack
   * @throws from `app.synth()`, if a token resolves to a value that breaks a rule of `parameters`
   * @throws from `app.synth()`, if the provider of an adopted stack has `ignoreTags`
   * @throws from `app.synth()`, if the app has HCL output
   */
  public constructor(scope: Construct, id: string, props: StackParameterOverrideProps) {
    super(scope, id);
    const copy = propsOf(this, props);
    const errors = new ValidationErrors();
    errors.checkKeys("", copy, PROPS, "a property of StackParameterOverride");
    checkOverride(errors, this, copy);
    errors.throwAndRemove(this);

    markAsOverride(this, { stackName: copy.stackName, provider: copy.provider, region: copy.region });
    requireTerraform(this, 7);
    new JsonOnly(
      this,
      "json-only",
      "the HCL output has no removed blocks, without which Terraform would delete the stack",
    );
    this.node.addValidation({
      validate: () => [
        ...missingProvider(this, copy.provider),
        ...synthesisErrors(this, copy),
        ...addressErrors(this, writtenAddresses),
      ],
    });
    const adopts = (copy.strategy ?? OverrideStrategy.ADOPT) === OverrideStrategy.ADOPT;
    const forgets = copy.action === OverrideAction.FORGET;
    const provider = this.copyOfProvider(copy);
    this.recordChanges(copy);
    if (forgets || !adopts) {
      // Without it, Terraform would delete a stack that it adopted before.
      new RemovedBlock(this, "removed", ADDRESS.adopted);
    }
    if (forgets) {
      return;
    }
    this.read("current", copy, { provider: adopts ? provider : undefined });
    this.declareValues(copy);
    if (adopts) {
      this.adopt(copy, provider);
    } else {
      this.updateByCli(copy);
    }
  }

  /**
   * The value that a parameter had before the override first set it, for an output. Terraform knows the value after it
   * has applied the override. If you lose the state and apply the override again, it is the value at that time.
   *
   * @param parameter the name of a parameter that the override sets
   * @throws if the override does not set that parameter
   */
  public previousValue(parameter: string): string {
    const change = this.changes.get(parameter);
    if (change === undefined) {
      const hint = "name a parameter that the override sets";
      fail(this.node.path, "parameter", oneOfRequirement([...this.changes.keys()]), parameter, hint);
    }
    return Token.asString(change.interpolationForAttribute("output.before"));
  }

  /**
   * The provider of the adopted stack. It is part of the construct, and Terraform cannot delete a resource without its
   * provider: if somebody deletes the construct without OverrideAction.FORGET, plans fail and do not delete the stack.
   * https://developer.hashicorp.com/terraform/language/meta-arguments/provider
   */
  private copyOfProvider({ provider }: StackParameterOverrideProps): string {
    return new ProviderCopy(this, "provider", {
      alias: PROVIDER_ALIAS,
      of: () => providerOf(this, provider),
    }).address;
  }

  /**
   * Reads the stack. `current` must depend on nothing that changes: if Terraform read it in the apply only, every plan
   * would show an update.
   */
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
   * Records the stack and each change of a parameter. A plan after an import lists every parameter as new: the records
   * show which ones change, and the state keeps their former values. They also make `terraform destroy` fail, which
   * ignores removed blocks and would delete a stack that Terraform has not forgotten yet.
   */
  private recordChanges({ parameters, templateUrl, action = OverrideAction.SET }: StackParameterOverrideProps): void {
    const record = (id: string, { input, ignoreChanges }: ChangeRecord): TerraformResource =>
      terraformData(this, id, { input, lifecycle: { preventDestroy: true, ignoreChanges } });
    const stack =
      action === OverrideAction.FORGET
        ? { input: {}, ignoreChanges: ["input"] }
        : { input: stackRecord(templateUrl), ignoreChanges: REMEMBERED_STACK };
    named(ADDRESS.stack, record("record", stack));
    for (const [name, after] of Object.entries(parameters)) {
      const change = record(`change-${name}`, changeRecord(action, name, after));
      this.changes.set(name, named(changeAddress(name), change));
    }
  }

  private declareValues({ parameters, action }: StackParameterOverrideProps): void {
    const former = Object.keys(parameters).map((name) => [name, this.previousValue(name)]);
    const given =
      action === OverrideAction.RESTORE ? (Object.fromEntries(former) as typeof parameters) : { ...parameters };
    named(ADDRESS.given, new TerraformLocal(this, "given", given));
    named(ADDRESS.values, new TerraformLocal(this, "values", VALUES_AS_TEXT));
    named(ADDRESS.declared, new TerraformLocal(this, "declared", DECLARED_PARAMETERS));
  }

  private adopt(props: StackParameterOverrideProps, ownProvider: string): void {
    const { stackName, templateUrl, questionMarksAreGenuine, importBlock, action, provider, region } = props;
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
      parameters: Token.asStringMap(action === OverrideAction.RESTORE ? PARAMETERS_WITHOUT_EMPTIED : ALL_PARAMETERS),
      capabilities: Token.asList(capabilitiesWith(props.capabilities && JSON.stringify(props.capabilities))),
      templateUrl,
      timeouts: { update: `${minutesOf(props)}m` },
      dependsOn: [...this.changes.values()],
      lifecycle: {
        preventDestroy: true,
        ignoreChanges: KEPT,
        precondition: [
          ...conditionsOf(adoptedConditions(context), context, action),
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
      // An unknown condition does not fail a plan, but an unknown count does: Terraform knows the id of a stack that it has
      // imported, and does not know the id of one that it would create.
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
      lifecycle: { precondition: conditionsOf(updateConditions(context), context, props.action) },
    });
    named(ADDRESS.update, update);
    update.dependsOn = [ADDRESS.stack, ...[...this.changes.keys()].map(changeAddress)];
    update.addOverride("provisioner", [{ "local-exec": cliUpdate(String(minutesOf(props))) }]);
    // Terraform's state contains records only, so a plan would not show that somebody else has changed a parameter. The
    // check reads the stack after the update, so that the update itself causes no warning.
    this.read("afterUpdate", props, { dependsOn: [ADDRESS.update] });
    named("check.parameters", new CheckBlock(this, "check", asDeclared(context)));
  }

  private contextOf({ stackName }: StackParameterOverrideProps): OverrideContext {
    // Quoted, since a name may begin with a digit or be a keyword of Terraform.
    const changes = [...this.changes.keys()].map((name) => `"${name}" = ${changeAddress(name)}`);
    return { stackName, changes: `{ ${changes.join(", ")} }`, wording: WORDING };
  }
}

function minutesOf({ updateTimeoutInMinutes = UPDATE_MINUTES }: StackParameterOverrideProps): number {
  return updateTimeoutInMinutes;
}

/** The input of a record, and those of its attributes that keep their first values. */
interface ChangeRecord {
  readonly input: object;
  readonly ignoreChanges: string[];
}

/** The record of a parameter's change. A record that RESTORE or FORGET creates has no former value. */
function changeRecord(action: OverrideAction, name: string, after: string): ChangeRecord {
  switch (action) {
    case OverrideAction.SET:
      return { input: { before: `\${${currentValue(`"${name}"`)}}`, after }, ignoreChanges: REMEMBERED };
    case OverrideAction.RESTORE:
      return { input: { before: "${null}", after }, ignoreChanges: ["input"] };
    case OverrideAction.FORGET:
      return { input: { before: "${null}" }, ignoreChanges: ["input"] };
  }
}

/** The conditions of a plan that sets values or restores them. */
function conditionsOf(
  { always, setting, restoring }: Conditions,
  context: OverrideContext,
  action: OverrideAction | undefined,
): Conditions["always"] {
  return [
    ...(isUnresolved(context.stackName) ? [isOfNoStackSet(context)] : []),
    ...always,
    ...(action === OverrideAction.RESTORE ? restoring : [valuesFit(context), ...setting]),
  ];
}

/** Gives an element the name in an address. */
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
