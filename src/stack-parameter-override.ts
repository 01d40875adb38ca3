import { CloudformationStack } from "@cdktf/provider-aws/lib/cloudformation-stack";
import { DataAwsCloudformationStack } from "@cdktf/provider-aws/lib/data-aws-cloudformation-stack";
import { DataAwsDefaultTags } from "@cdktf/provider-aws/lib/data-aws-default-tags";
import { TerraformLocal, Token } from "cdktf";
import type { TerraformElement, TerraformProvider, TerraformResource } from "cdktf";
import { Construct } from "constructs";
import { OverrideStrategy } from "./override-strategy";
import { checkOverride, hiddenTags, markAsOverride, neighbourFaults, resolvedFaults } from "./private/check-override";
import { asDeclared, cliUpdate } from "./private/cli-update";
import { Faults, fail } from "./private/faults";
import {
  ADDRESS,
  ALL_PARAMETERS,
  DECLARED_PARAMETERS,
  KEPT,
  PARAMETERS_WITHOUT_EMPTIED,
  REMEMBERED,
  VALUES_AS_TEXT,
  adoptedConditions,
  changeAddress,
  changeRecord,
  nameIn,
  templateFits,
  updateConditions,
  valuesFit,
} from "./private/overridden-stack";
import type { Conditions, OverrideFacts, Wording } from "./private/overridden-stack";
import { missingProvider, regionalArguments } from "./private/registry";
import { CheckBlock, ImportBlock, JsonOnly, RemovedBlock } from "./private/terraform-blocks";
import { terraformData } from "./private/terraform-data";
import { requireTerraform } from "./private/terraform-version";

/** Which parameters of which stack to change. */
export interface StackParameterOverrideProps {
  /** Name of the CloudFormation stack, which must exist; may be a token. */
  readonly stackName: string;
  /** The values to give, by the names of parameters that the stack's template has; a value may be a token. */
  readonly parameters: { readonly [name: string]: string };
  /**
   * How to change them. Stacks with NoEcho parameters can only be changed by OverrideStrategy.AWS_CLI.
   * @default OverrideStrategy.ADOPT
   */
  readonly strategy?: OverrideStrategy;
  /**
   * URL of an object in S3 with the stack's template as it is, for templates over 51,200 bytes, which cannot be sent back
   * in any other way. What it holds becomes the stack's template: keep it equal to the vendor's.
   * @default - the template is sent back as it was read
   */
  readonly templateUrl?: string;
  /**
   * Whether to write the import block by which Terraform adopts the stack. It does nothing once the stack is adopted.
   * Where such blocks cannot stand, turn it off and import once by hand, before the first plan:
   * `terraform import aws_cloudformation_stack.adopted <name of the stack>`.
   * @default true
   */
  readonly importBlock?: boolean;
  /**
   * Gives every parameter the value back that it had when it was first overridden, which the state remembers until the
   * stack is let go.
   * @default false
   */
  readonly undo?: boolean;
  /**
   * Has Terraform forget the stack and leave it as it is. Apply this once before you take the construct out: without it,
   * Terraform deletes a stack whose construct is gone.
   * @default false
   */
  readonly letGo?: boolean;
  /**
   * The AWS provider of the stack's account and region.
   * @default - the stack's AWS provider without an alias
   */
  readonly provider?: TerraformProvider;
  /**
   * The region of the stack. Needs @cdktf/provider-aws 21; with 20 it is an error, since its resources have no region of
   * their own.
   * @default - the region of the provider
   */
  readonly region?: string;
}

const PROPS: readonly string[] = [
  "stackName",
  "parameters",
  "strategy",
  "templateUrl",
  "importBlock",
  "undo",
  "letGo",
  "provider",
  "region",
] satisfies (keyof StackParameterOverrideProps)[];

const WORDING: Wording = {
  updateByCli: "OverrideStrategy.AWS_CLI",
  templateUrl: "templateUrl",
  providerWithoutTags: "as its provider an AwsProvider without default tags",
  letGoFirst: "apply with its name and letGo, take the override out, apply, and declare it anew",
  setAgain: `terraform apply -replace=${ADDRESS.update}`,
};

/**
 * Changes parameters of a CloudFormation stack that somebody else made, and nothing else about it: every other
 * parameter, the template, tags, capabilities, role, topics and timeout stay as they are.
 *
 * With OverrideStrategy.ADOPT it creates an `aws_cloudformation_stack` that is imported and cannot be destroyed, and for
 * each parameter a `terraform_data` with its values before and after, which is what a reviewer sees in the first plan.
 * With OverrideStrategy.AWS_CLI the `aws` command runs where Terraform applies, with the credentials of its environment.
 *
 * The plan fails, before anything is changed, when a parameter is not in the template or does not allow the value, when
 * the template is too large to be sent back, when a NoEcho parameter would be overwritten, and when the provider has
 * default tags that the stack does not have.
 *
 * It needs JSON output, and to be alone in its Terraform stack: what must not be destroyed keeps everything beside it
 * from being destroyed. To take it out, apply it with `letGo` first.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateStack.html
 */
export class StackParameterOverride extends Construct {
  private readonly changes = new Map<string, TerraformResource>();

  /**
   * @param scope a Terraform stack of its own, for example one from `fleet.stackAfterAll`
   * @param id part of no address: it can be changed
   * @param props what to change
   */
  public constructor(scope: Construct, id: string, props: StackParameterOverrideProps) {
    super(scope, id);
    const faults = new Faults();
    faults.checkKeys("", { ...props }, PROPS, "a property of an override");
    checkOverride(faults, this, { ...props });
    faults.throwAndRemove(this);

    markAsOverride(this);
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
        ...resolvedFaults(this, props.parameters),
        ...neighbourFaults(this),
        ...(adopts ? hiddenTags(this, props.provider) : []),
      ],
    });
    this.recordChanges(props);
    if (props.letGo === true || !adopts) {
      // Had it been adopted before, it would be deleted.
      new RemovedBlock(this, "removed", ADDRESS.adopted);
    }
    if (props.letGo === true) {
      return;
    }
    this.readCurrent(props);
    this.declareValues(props);
    if (adopts) {
      this.adopt(props);
    } else {
      this.updateByCli(props);
    }
  }

  /**
   * What a parameter was before it was overridden, for an output; known once the override has been applied. Throws for a
   * parameter that is not overridden.
   */
  public previousValue(parameter: string): string {
    const change = this.changes.get(parameter);
    if (change === undefined) {
      const way = "ask for a parameter that is overridden";
      fail(this.node.path, "parameter", `be one of ${[...this.changes.keys()].join(", ")}`, parameter, way);
    }
    return Token.asString(change.interpolationForAttribute("output.before"));
  }

  private readCurrent({ stackName, provider, region }: StackParameterOverrideProps): void {
    // It must wait for nothing that changes: read late, it would have every plan show an update.
    const config = { ...regionalArguments({ provider, region }), name: stackName };
    named(ADDRESS.current, new DataAwsCloudformationStack(this, "current", config));
  }

  /**
   * A plan after an import lists every parameter as new: these say which ones change, and remember what they were. They
   * also keep `terraform destroy`, which knows nothing of removed blocks, from taking a stack along that Terraform has
   * not yet forgotten.
   */
  private recordChanges({ parameters, undo, letGo }: StackParameterOverrideProps): void {
    for (const [name, after] of Object.entries(parameters)) {
      const change = terraformData(this, `change-${name}`, {
        input: letGo === true ? {} : changeRecord(`"${name}"`, after),
        lifecycle: {
          preventDestroy: true,
          ignoreChanges: undo === true || letGo === true ? ["input"] : REMEMBERED,
        },
      });
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

  private adopt(props: StackParameterOverrideProps): void {
    const { stackName, templateUrl, importBlock, undo, provider, region } = props;
    const facts = this.factsOf(props);
    named(ADDRESS.defaultTags, new DataAwsDefaultTags(this, "default-tags", { provider }));
    const stack = new CloudformationStack(this, "stack", {
      ...regionalArguments({ provider, region }),
      name: stackName,
      parameters: Token.asStringMap(undo === true ? PARAMETERS_WITHOUT_EMPTIED : ALL_PARAMETERS),
      templateUrl,
      dependsOn: [...this.changes.values()],
      lifecycle: {
        preventDestroy: true,
        ignoreChanges: KEPT,
        precondition: conditionsOf(adoptedConditions(facts), facts, undo),
        postcondition: templateUrl === undefined ? [templateFits(facts)] : undefined,
      },
    });
    named(ADDRESS.adopted, stack);
    if (importBlock !== false) {
      // https://registry.terraform.io/providers/hashicorp/aws/latest/docs/guides/enhanced-region-support
      const id = region === undefined ? stackName : `${stackName}@${region}`;
      new ImportBlock(this, "import", { to: ADDRESS.adopted, id, provider });
    }
  }

  private updateByCli(props: StackParameterOverrideProps): void {
    const { stackName, undo, provider, region } = props;
    const facts = this.factsOf(props);
    const update = terraformData(this, "update", {
      triggersReplace: { stack: `\${${ADDRESS.current}.id}`, parameters: `\${${ADDRESS.values}}` },
      lifecycle: { precondition: conditionsOf(updateConditions(facts), facts, undo) },
    });
    named(ADDRESS.update, update);
    update.dependsOn = [...this.changes.keys()].map(changeAddress);
    update.addOverride("provisioner", [{ "local-exec": cliUpdate() }]);
    // Terraform keeps only its own record, and would say nothing when somebody else sets a parameter again. What is read
    // after an update is asked, so that the update itself is no reason to warn.
    const after = { ...regionalArguments({ provider, region }), name: stackName };
    const data = named(ADDRESS.afterUpdate, new DataAwsCloudformationStack(this, "after-update", after));
    data.dependsOn = [ADDRESS.update];
    named("check.parameters", new CheckBlock(this, "check", asDeclared(facts)));
  }

  private factsOf({ stackName }: StackParameterOverrideProps): OverrideFacts {
    const recorded = [...this.changes.keys()].map((name) => `${changeAddress(name)}.output.stack`);
    return { stackName, recordedStacks: `[${recorded.join(", ")}]`, wording: WORDING };
  }
}

/** The conditions of a plan that sets values, or undoes that. */
function conditionsOf(
  { always, setting, undoing }: Conditions,
  facts: OverrideFacts,
  undo = false,
): Conditions["always"] {
  return [...always, ...(undo ? undoing : [valuesFit(facts), ...setting])];
}

/** Gives an element the name that its address has. */
function named<T extends TerraformElement>(address: string, element: T): T {
  element.overrideLogicalId(nameIn(address));
  return element;
}
