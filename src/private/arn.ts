/** The parts of an Amazon Resource Name. */
export interface Arn {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly accountId: string;
  readonly resource: string;
}

/** Takes an ARN apart; undefined when `text` is none. */
export function tryParseArn(text: string): Arn | undefined {
  const [arn, partition, service, region, accountId, ...resource] = text.split(":");
  if (arn !== "arn" || !partition?.startsWith("aws") || !service || resource.length === 0) {
    return undefined;
  }
  return { partition, service, region: region ?? "", accountId: accountId ?? "", resource: resource.join(":") };
}
