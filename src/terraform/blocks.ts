import { TerraformElement, TerraformResource } from "cdktf";
import type { TerraformProvider, TerraformResourceLifecycle } from "cdktf";
import type { Construct } from "constructs";
import type { PlanCondition } from "./plan-condition";

/**
 * An `import` block. cdktf's own `importFrom` runs Terraform when the app is synthesized.
 */
export class ImportBlock extends TerraformElement {
  public constructor(
    scope: Construct,
    id: string,
    private readonly block: { readonly to: string; readonly id: string },
  ) {
    super(scope, id);
  }

  public override toTerraform(): object {
    return { import: [this.block] };
  }
}

/**
 * A copy of an AWS provider under an alias, configured when the app is synthesized. cdktf writes all providers of a stack,
 * also those in other constructs.
 */
export class ProviderCopy extends TerraformElement {
  public constructor(
    scope: Construct,
    id: string,
    private readonly copy: { readonly alias: string; readonly of: () => TerraformProvider | undefined },
  ) {
    super(scope, id);
  }

  /** The address of the provider for resources and data sources. */
  public get address(): string {
    return `aws.${this.copy.alias}`;
  }

  public override toTerraform(): object {
    const { alias, of } = this.copy;
    return { provider: { aws: [{ ...argumentsOf(of()), alias }] } };
  }
}

/** The configuration of an AWS provider without its alias. */
export function argumentsOf(provider: TerraformProvider | undefined): object {
  const written = provider?.toTerraform() as { readonly provider: { readonly aws: readonly object[] } } | undefined;
  return { ...written?.provider.aws[0], alias: undefined };
}

/** A `removed` block: Terraform forgets the resource if its state has it, and does not destroy it. */
export class RemovedBlock extends TerraformElement {
  public constructor(
    scope: Construct,
    id: string,
    private readonly from: string,
  ) {
    super(scope, id);
  }

  public override toTerraform(): object {
    return { removed: [{ from: this.from, lifecycle: { destroy: false } }] };
  }
}

/** A `removed` block for the resource that had the id of the block: only one of the two exists at a time. */
export class ForgottenResource extends TerraformElement {
  public constructor(
    scope: Construct,
    id: string,
    private readonly type: string,
  ) {
    super(scope, id);
  }

  public override toTerraform(): object {
    return { removed: [{ from: `${this.type}.${this.friendlyUniqueId}`, lifecycle: { destroy: false } }] };
  }
}

/** A `check` block, named after its construct: a condition that is false is a warning of every plan and apply. */
export class CheckBlock extends TerraformElement {
  public constructor(
    scope: Construct,
    id: string,
    private readonly assertion: PlanCondition,
  ) {
    super(scope, id);
  }

  public override toTerraform(): object {
    const { condition, errorMessage } = this.assertion;
    return { check: { [this.friendlyUniqueId]: { assert: [{ condition, error_message: errorMessage }] } } };
  }
}

/** The arguments of a `terraform_data` resource. */
export interface TerraformDataConfig {
  readonly input?: unknown;
  readonly triggersReplace?: unknown;
  readonly lifecycle?: TerraformResourceLifecycle;
}

/**
 * A `terraform_data` resource, which is built into Terraform. cdktf's own class for it runs Terraform when the app is
 * synthesized.
 */
export function terraformData(scope: Construct, id: string, config: TerraformDataConfig): TerraformResource {
  const data = new TerraformResource(scope, id, {
    terraformResourceType: "terraform_data",
    terraformGeneratorMetadata: { providerName: "terraform" },
    lifecycle: config.lifecycle,
  });
  if (config.input !== undefined) {
    data.addOverride("input", config.input);
  }
  if (config.triggersReplace !== undefined) {
    data.addOverride("triggers_replace", config.triggersReplace);
  }
  return data;
}

/**
 * A lifecycle that replaces a resource when a `terraform_data` resource changes. It names that resource by its address:
 * Terraform refuses the "${…}" that cdktf writes for the resource itself.
 */
export function replacedWith(data: TerraformResource): TerraformResourceLifecycle {
  return { replaceTriggeredBy: [`terraform_data.${data.friendlyUniqueId}`] };
}
