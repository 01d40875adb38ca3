import { EcrReplicationConfiguration } from "@cdktf/provider-aws/lib/ecr-replication-configuration";
import { Aspects } from "cdktf";
import { Construct } from "constructs";
import { missingProvider } from "../aws/provider";
import type { Registry } from "../aws/registry";
import { missingRegion } from "../cache/caches-beside";
import { ForgottenResource } from "../terraform/blocks";
import { requireTerraform } from "../terraform/required-version";
import { warn } from "../terraform/warnings";
import { addressErrors } from "../validation/address-errors";
import { checkInStack } from "../validation/in-stack";
import { JsonOnly } from "../validation/json-only";
import { propsOf } from "../validation/props-of";
import { ValidationErrors } from "../validation/validation-errors";
import { ExistingSettings } from "./existing-settings";
import { importSetting } from "./imported-setting";
import { registryOf } from "./known-account";
import type { RegistryReplicationProps } from "./registry-replication-props";
import { cacheConflicts, checkDestinations, checkReplication, conflictErrors } from "./replication-checks";
import type { CacheConflict } from "./replication-checks";
import { ownSetting } from "./setting-owner";

const TYPE = "aws_ecr_replication_configuration";
const ID = "configuration";

/**
 * The replication configuration of a registry: Amazon ECR copies images that are pushed to it from then on to
 * registries in other regions and accounts. AWS has one for each account and region, so an app may declare one for
 * each. Storage in the destinations and traffic between regions are not free of charge.
 *
 * It creates an `aws_ecr_replication_configuration` with one rule. Terraform deletes all replication rules of the
 * registry when it destroys the configuration, see `forget`; copies remain. Copies do not get the settings, policies
 * and lifecycle policies of their source: creation templates with the type of replication do that, which a
 * `PullThroughCache` does not create.
 *
 * A repository is either replicated or cached: a destination must not be a registry with a cache that fills the same
 * repositories. If both are in the app, synthesis fails, or warns where accounts are not known.
 *
 * It needs JSON output and Terraform 1.7 or later.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/replication.html
 */
export class RegistryReplication extends Construct {
  private readonly props: RegistryReplicationProps;
  private readonly registry: Registry;

  /**
   * @param scope a stack with an AWS provider of the replicated registry's account and region, for example
   * `fleet.stackIn(region)`
   * @param id part of the address of the resource: apply `forget` before you change it, since Terraform may destroy the
   * former resource last, and so delete the rules
   * @param props the destinations, and the repositories to replicate
   * @throws before it creates a resource, if the props have mistakes. One error lists all of them: unknown props;
   * values that break a rule of their prop; a destination that is the registry itself, in another partition, or given
   * twice; both or none of `repositoryPrefixes` and `allRepositories`
   * @throws before it creates a resource, if the app declares the replication configuration of the registry already
   * @throws at once, if no scope is a TerraformStack
   * @throws from `app.synth()`, if a cache of the app in the account and region of a destination has a prefix that is
   * replicated
   * @throws from `app.synth()`, if `provider` is left out and every AWS provider of the stack has an alias
   * @throws from `app.synth()`, if another element of the stack has an address of the construct
   * @throws from `app.synth()`, if the app has HCL output
   */
  public constructor(scope: Construct, id: string, props: RegistryReplicationProps) {
    super(scope, id);
    const errors = new ValidationErrors();
    this.props = propsOf(this, props);
    checkInStack(errors, this, "give a stack that has an AWS provider of the registry's region");
    checkReplication(errors, this, this.props);
    this.registry = registryOf(this, this.props);
    checkDestinations(errors, this.props.destinations, this.registry.location);
    errors.throwAndRemove(this);
    if (this.props.forget !== true) {
      ownSetting(errors, this, this.registry, "replication configuration");
      errors.throwAndRemove(this);
    }

    requireTerraform(this, 7);
    new JsonOnly(this, "json-only", "the HCL output has no import and removed blocks");
    this.node.addValidation({
      validate: () => [
        ...missingProvider(this, this.props.provider),
        ...missingRegion(this, this.props),
        ...addressErrors(this),
        ...conflictErrors(this.conflicts()),
      ],
    });
    if (this.props.forget === true) {
      new ForgottenResource(this, ID, TYPE);
    } else {
      this.configure();
      Aspects.of(this).add({ visit: (node) => node === this && this.warnOfPossibleConflicts() });
    }
  }

  private configure(): void {
    const { destinations, repositoryPrefixes, existing } = this.props;
    const configuration = new EcrReplicationConfiguration(this, ID, {
      ...this.registry.regional,
      replicationConfiguration: {
        rule: [
          {
            destination: destinations.map((destination) => ({
              region: destination.region,
              registryId: destination.accountId ?? this.registry.accountId,
            })),
            repositoryFilter: repositoryPrefixes?.map((filter) => ({ filter, filterType: "PREFIX_MATCH" })),
          },
        ],
      },
    });
    if (existing === ExistingSettings.OVERWRITE) {
      importSetting(this, configuration, this.registry);
    }
  }

  /** The caches as they are by now, since they may follow this construct. */
  private conflicts(): CacheConflict[] {
    return this.props.forget === true ? [] : cacheConflicts(this, this.props, this.registry.location);
  }

  private warnOfPossibleConflicts(): void {
    for (const { region, cache, prefix } of this.conflicts().filter(({ isSameAccount }) => isSameAccount !== true)) {
      const message = `copies of repositories may go to ${region}, where ${cache.node.path} caches ${prefix}: a repository is either replicated or cached. If both are in one account, replicate other prefixes; give both an \`accountId\` to make this an error`;
      warn(this, "replicates-to-cache", message);
    }
  }
}
