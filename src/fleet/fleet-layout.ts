/** How the regions of a fleet are divided into stacks. A change moves resources to other states: see the guide. */
export enum FleetLayout {
  /**
   * A stack, an AWS provider and a state for each region, named `<id>-<region>`. Regions are applied one by one or in
   * parallel jobs, and a region that fails does not affect the others.
   */
  STACK_PER_REGION = "STACK_PER_REGION",
  /**
   * One stack for all regions, named `<id>-regions`, with one AWS provider and one state: each resource has the argument
   * `region`. One plan and one apply reach all regions, in one process of the provider. Needs hashicorp/aws 6, and so
   * `@cdktf/provider-aws` 21 or CDK Terrain.
   */
  ONE_STACK = "ONE_STACK",
}
