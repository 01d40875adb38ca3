import { TerraformResource } from "cdktf";
import type { Construct, IConstruct } from "constructs";
import { providerAndRegion } from "../cache/names-in-use";
import { stableKey } from "../terraform/tokens";
import { ValidationErrors } from "../validation/validation-errors";
import { CONSTRUCT_RULES } from "./rules";

/** A resource whose name is unique in its account and region. */
interface NamedResource extends TerraformResource {
  readonly nameInput?: string;
  /** Only the newer provider packages have it. */
  readonly regionInput?: string;
}

/** The props with names, by the types of the resources, and the reasons why two resources cannot have one name. */
const NAMES: { readonly [type: string]: readonly [prop: string, reason: string] } = {
  aws_cloudwatch_event_rule: ["ruleName", "of two rules with one name, the last apply wins"],
  aws_sns_topic: [
    "destination.topicName",
    "two topics with one name are one topic; for one topic, give the second alert AlertDestination.topic(first.topicArn)",
  ],
  aws_cloudwatch_log_group: ["destination.logGroupName", "AWS refuses a second log group with the name"],
};

/** The errors for resources of an alert that have the name of another resource of their type, provider and region. */
export function nameClashes(alert: Construct): string[] {
  const errors = new ValidationErrors();
  const named = alert.node.root.node.findAll().filter(isNamed);
  for (const own of named.filter(({ node }) => node.scopes.includes(alert))) {
    const [prop, reason] = NAMES[own.terraformResourceType] ?? ["", ""];
    const other = named.find((one) => one !== own && placeOf(one) === placeOf(own));
    if (other !== undefined) {
      errors.addBroken(prop, CONSTRUCT_RULES.uniqueName(other.node.path, reason), own.nameInput);
    }
  }
  return errors.list();
}

function isNamed(construct: IConstruct): construct is NamedResource {
  return (
    TerraformResource.isTerraformResource(construct) &&
    construct.terraformResourceType in NAMES &&
    (construct as NamedResource).nameInput !== undefined
  );
}

function placeOf(resource: NamedResource): string {
  const { provider, regionInput: region, nameInput, terraformResourceType: type, cdktfStack } = resource;
  return [
    type,
    cdktfStack.node.path,
    providerAndRegion(resource, { provider, region }),
    stableKey(resource, nameInput),
  ].join(" ");
}
