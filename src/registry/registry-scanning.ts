import { EcrRegistryScanningConfiguration } from "@cdktf/provider-aws/lib/ecr-registry-scanning-configuration";
import { Lazy, TerraformLocal } from "cdktf";
import { Construct } from "constructs";
import { missingProvider } from "../aws/provider";
import type { Registry } from "../aws/registry";
import { cachesBeside, missingRegion } from "../cache/caches-beside";
import { ForgottenResource, terraformData } from "../terraform/blocks";
import { requireTerraform } from "../terraform/required-version";
import { addressErrors } from "../validation/address-errors";
import { checkInStack } from "../validation/in-stack";
import { JsonOnly } from "../validation/json-only";
import { propsOf } from "../validation/props-of";
import { ValidationErrors } from "../validation/validation-errors";
import { ExistingSettings } from "./existing-settings";
import { importSetting } from "./imported-setting";
import { registryOf } from "./known-account";
import { hadNoOtherScanning, recordOfScanning } from "./plan-conditions";
import type { RegistryScanningProps, ScanRule } from "./registry-scanning-props";
import { DEFAULT_SCAN_TYPE, SCANNING_RULES, SCAN_FREQUENCIES } from "./rules";
import { filtersOf } from "./scanned-repositories";
import { checkScanning } from "./scanning-checks";
import { ownSetting } from "./setting-owner";

const TYPE = "aws_ecr_registry_scanning_configuration";

/**
 * The scanning configuration of a registry. AWS has one for each account and region, for all repositories, so an app
 * may declare one for each.
 *
 * It creates an `aws_ecr_registry_scanning_configuration`. Repositories that match no filter are not scanned
 * automatically: with BASIC they can be scanned manually, with ENHANCED their scans are disabled. Terraform resets the
 * registry to AWS's default, BASIC without rules, when it destroys the configuration; see `forget`.
 *
 * ENHANCED activates Amazon Inspector for the registry, which bills each scan; the construct creates no resources of
 * Amazon Inspector.
 *
 * It needs JSON output and Terraform 1.7 or later.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning.html
 */
export class RegistryScanning extends Construct {
  private readonly props: RegistryScanningProps;

  /**
   * @param scope a stack with an AWS provider of the registry's account and region, for example `fleet.stackIn(region)`
   * @param id part of the address of every resource: apply `forget` before you change it, since Terraform may destroy the
   * former resources last, and so reset the registry
   * @param props the scan type, and the repositories to scan
   * @throws before it creates a resource, if the props have mistakes. One error lists all of them: unknown props;
   * values that break a rule of their prop
   * @throws before it creates a resource, if the app declares the scanning configuration of the registry already
   * @throws at once, if no scope is a TerraformStack
   * @throws from `app.synth()`, if a rule has no `filters` and the stack has no cache with the same provider and region
   * @throws from `app.synth()`, if `provider` is left out and every AWS provider of the stack has an alias
   * @throws from `app.synth()`, if another element of the stack has an address of the construct
   * @throws from `app.synth()`, if the app has HCL output
   */
  public constructor(scope: Construct, id: string, props: RegistryScanningProps = {}) {
    super(scope, id);
    const errors = new ValidationErrors();
    this.props = propsOf(this, props);
    checkInStack(errors, this, "give a stack that has an AWS provider of the registry's region");
    checkScanning(errors, this, this.props);
    errors.throwAndRemove(this);
    const registry = registryOf(this, this.props);
    if (this.props.forget !== true) {
      ownSetting(errors, this, registry, "scanning configuration");
      errors.throwAndRemove(this);
    }

    requireTerraform(this, 7);
    new JsonOnly(this, "json-only", "the HCL output has no import and removed blocks");
    this.node.addValidation({
      validate: () => [
        ...missingProvider(this, this.props.provider),
        ...missingRegion(this, this.props),
        ...addressErrors(this),
        ...this.missingFilters(),
      ],
    });
    if (this.props.forget === true) {
      new ForgottenResource(this, "configuration", TYPE);
      new ForgottenResource(this, "existing", TYPE);
    } else {
      this.configure(registry);
    }
  }

  private configure(registry: Registry): void {
    const { scanType = DEFAULT_SCAN_TYPE, existing = ExistingSettings.NONE } = this.props;
    // Generated at synth, since caches may still be added.
    const rule = Lazy.anyValue({ produce: () => this.rules() });
    const configuration = new EcrRegistryScanningConfiguration(this, "configuration", {
      ...registry.regional,
      scanType,
      rule,
    });
    if (existing === ExistingSettings.OVERWRITE) {
      // Terraform would reset the registry if it destroyed the second resource of a former NONE.
      new ForgottenResource(this, "existing", TYPE);
      importSetting(this, configuration, registry);
    } else {
      const { condition, errorMessage } = this.verify(registry, { scan_type: scanType, rule });
      configuration.lifecycle = { precondition: [{ condition, errorMessage }] };
    }
  }

  /**
   * Reads what the registry has before the first apply. No data source does: a second resource, which ignores all
   * changes, is imported, and a `terraform_data` keeps what it was then.
   */
  private verify(registry: Registry, declaration: object): ReturnType<typeof hadNoOtherScanning> {
    const existing = new EcrRegistryScanningConfiguration(this, "existing", {
      ...registry.regional,
      scanType: "BASIC",
      lifecycle: { ignoreChanges: "all" },
    });
    importSetting(this, existing, registry);
    const before = terraformData(this, "before", {
      input: `\${${recordOfScanning(`${TYPE}.${existing.friendlyUniqueId}`)}}`,
      lifecycle: { ignoreChanges: ["input"] },
    });
    const declared = new TerraformLocal(this, "declared", declaration);
    return hadNoOtherScanning(`terraform_data.${before.friendlyUniqueId}.input`, `local.${declared.friendlyUniqueId}`);
  }

  /** The rules as Terraform has them, with the filters of the caches that exist by now. */
  private rules(): object[] {
    return this.declaredRules().map(({ frequency, filters = filtersOf(cachesBeside(this, this.props)) }) => ({
      scan_frequency: frequency,
      repository_filter: filters.map((filter) => ({ filter, filter_type: "WILDCARD" })),
    }));
  }

  private declaredRules(): readonly ScanRule[] {
    const { scanType = DEFAULT_SCAN_TYPE, rules } = this.props;
    return rules ?? [{ frequency: SCAN_FREQUENCIES[scanType][0] }];
  }

  private missingFilters(): string[] {
    const errors = new ValidationErrors();
    if (this.props.forget !== true && filtersOf(cachesBeside(this, this.props)).length === 0) {
      for (const [index, { filters }] of this.declaredRules().entries()) {
        if (filters === undefined) {
          const prop = this.props.rules === undefined ? "rules" : `rules[${index}].filters`;
          errors.addBroken(prop, SCANNING_RULES.filtersOrCache, undefined);
        }
      }
    }
    return errors.list();
  }
}
