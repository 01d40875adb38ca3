import type { Construct } from "constructs";
import { checkArn } from "../aws/arn-checks";
import { RETENTION, RETENTION_DAYS } from "../aws/log-retention";
import type { KnownLocation } from "../aws/registry";
import { KMS_KEY_REGION_HINT } from "../cache/rules";
import { isUnresolved, stableKey } from "../terraform/tokens";
import { isPlainObject } from "../validation/plain-object";
import type { AllKeys } from "../validation/rule";
import type { ValidationErrors } from "../validation/validation-errors";
import type {
  AlertDestination,
  AlertLogGroupOptions,
  DestinationSpec,
  ExistingTopicOptions,
  NewTopicOptions,
} from "./alert-destination";
import {
  ALERT_RULES,
  CONSTRUCT_RULES,
  EMAIL_ADDRESS,
  LOG_GROUP_NAME,
  TOPIC_ARN,
  TOPIC_KEY,
  TOPIC_NAME,
  TOPIC_REGION_HINT,
} from "./rules";

const OPTIONS: { readonly [kind in DestinationSpec["kind"]]: readonly string[] } = {
  topic: Object.keys({ kmsKeyArn: true } satisfies AllKeys<ExistingTopicOptions>),
  "new-topic": Object.keys({
    topicName: true,
    emailAddresses: true,
    kmsKeyArn: true,
  } satisfies AllKeys<NewTopicOptions>),
  "log-group": Object.keys({ logGroupName: true, retentionInDays: true } satisfies AllKeys<AlertLogGroupOptions>),
};

/** The declaration of a destination; undefined for a value that is none. */
export function specOf(destination: AlertDestination | undefined): DestinationSpec | undefined {
  return (destination as Partial<AlertDestination> | null | undefined)?._spec;
}

/** Adds the errors of a destination. */
export function checkDestination(
  errors: ValidationErrors,
  scope: Construct,
  destination: AlertDestination,
  location: KnownLocation,
): void {
  const spec = specOf(destination);
  if (spec === undefined) {
    errors.addBroken("destination", CONSTRUCT_RULES.destination, destination);
    return;
  }
  if (!isPlainObject(spec.options)) {
    errors.addBroken("destination.options", CONSTRUCT_RULES.options, spec.options);
    return;
  }
  errors.checkKeys("destination", spec.options, OPTIONS[spec.kind], "an option of this destination");
  switch (spec.kind) {
    case "topic":
      checkTopicArn(errors, spec.topicArn, location);
      checkKey(errors, spec.options.kmsKeyArn, location);
      break;
    case "new-topic":
      checkNewTopic(errors, scope, spec.options, location);
      break;
    case "log-group":
      checkLogGroup(errors, spec.options);
      break;
  }
}

function checkTopicArn(errors: ValidationErrors, topicArn: string, location: KnownLocation): void {
  const requirements = { rule: TOPIC_ARN, service: "sns", hint: TOPIC_ARN.hint, regionHint: TOPIC_REGION_HINT };
  checkArn(errors, "destination.topicArn", topicArn, requirements, location);
}

function checkKey(errors: ValidationErrors, kmsKeyArn: string | undefined, location: KnownLocation): void {
  if (kmsKeyArn !== undefined) {
    const requirements = { rule: TOPIC_KEY, service: "kms", hint: TOPIC_KEY.hint, regionHint: KMS_KEY_REGION_HINT };
    checkArn(errors, "destination.kmsKeyArn", kmsKeyArn, requirements, location);
  }
}

function checkNewTopic(
  errors: ValidationErrors,
  scope: Construct,
  { topicName, emailAddresses, kmsKeyArn }: NewTopicOptions,
  location: KnownLocation,
): void {
  if (topicName !== undefined) {
    errors.checkString("destination.topicName", topicName, TOPIC_NAME);
  }
  if (emailAddresses !== undefined) {
    errors.checkList("destination.emailAddresses", emailAddresses, ALERT_RULES.emailAddresses, (place, address) =>
      // The same reference may be a token and an expression.
      errors.checkString(place, address, EMAIL_ADDRESS) ? stableKey(scope, address) : undefined,
    );
  }
  checkKey(errors, kmsKeyArn, location);
}

function checkLogGroup(errors: ValidationErrors, { logGroupName, retentionInDays }: AlertLogGroupOptions): void {
  if (logGroupName !== undefined) {
    errors.checkString("destination.logGroupName", logGroupName, LOG_GROUP_NAME);
  }
  if (!isUnresolved(retentionInDays)) {
    errors.checkEnum("destination.retentionInDays", retentionInDays, RETENTION_DAYS, RETENTION.hint);
  }
}
