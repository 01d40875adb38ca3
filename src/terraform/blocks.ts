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
 * A provider that is configured as another one is when the app is synthesized, under an alias. cdktf writes what every
 * provider of a stack says, whatever construct it is in.
 */
export class ProviderCopy extends TerraformElement {
  public constructor(
    scope: Construct,
    id: string,
    private readonly copy: { readonly alias: string; readonly of: () => TerraformProvider | undefined },
  ) {
    super(scope, id);
  }

  /** What resources and data sources name as their provider. */
  public get address(): string {
    return `aws.${this.copy.alias}`;
  }

  public override toTerraform(): object {
    const { alias, of } = this.copy;
    return { provider: { aws: [{ ...argumentsOf(of()), alias }] } };
  }
}

/** How an AWS provider is configured; an alias is no part of that. */
export function argumentsOf(provider: TerraformProvider | undefined): object {
  const written = provider?.toTerraform() as { readonly provider: { readonly aws: readonly object[] } } | undefined;
  return { ...written?.provider.aws[0], alias: undefined };
}

/** Has Terraform forget a resource, if its state holds it, and leave the thing itself as it is. */
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

/** A `check` block, named after its place: what does not hold is a warning of every plan and apply. */
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

/** What a `terraform_data` resource holds. */
export interface TerraformDataConfig {
  readonly input?: unknown;
  readonly triggersReplace?: unknown;
  readonly lifecycle?: TerraformResourceLifecycle;
}

/**
 * A `terraform_data` resource, which is part of Terraform itself. cdktf's own class for it runs Terraform when the app
 * is synthesized.
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
 * What replaces a resource when the input of a `terraform_data` resource changes. It is named by its address: Terraform
 * refuses the "${…}" that cdktf would make of the resource itself.
 */
export function replacedWith(data: TerraformResource): TerraformResourceLifecycle {
  return { replaceTriggeredBy: [`terraform_data.${data.friendlyUniqueId}`] };
}
