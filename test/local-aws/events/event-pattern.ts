import { AwsError } from "../service";
import type { Fields } from "../service";

/** An event, as EventBridge has it. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html */
export interface AwsEvent extends Fields {
  readonly source: string;
  readonly "detail-type": string;
  readonly account: string;
  readonly region: string;
  readonly detail: Fields;
}

const MAX_PATTERN = 2048;

/**
 * The pattern of a rule: exact values, anything-but and prefix. Another operator is refused here, though AWS has more.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export class EventPattern {
  public static parse(text: string): EventPattern {
    if (text.length > MAX_PATTERN) {
      throw new AwsError("LimitExceededException", `The event pattern has more than ${MAX_PATTERN} characters`);
    }
    let pattern: unknown;
    try {
      pattern = JSON.parse(text);
    } catch {
      throw invalid("it is not JSON");
    }
    checkFields(pattern, "the pattern");
    return new EventPattern(pattern);
  }

  private constructor(private readonly pattern: Fields) {}

  public matches(event: AwsEvent): boolean {
    return fieldsMatch(this.pattern, event);
  }
}

function invalid(reason: string): AwsError {
  return new AwsError("InvalidEventPatternException", `Event pattern is not valid. Reason: ${reason}`);
}

function checkFields(pattern: unknown, place: string): asserts pattern is Fields {
  if (!isObject(pattern) || Object.keys(pattern).length === 0) {
    throw invalid(`${place} must be an object that is not empty`);
  }
  for (const [name, value] of Object.entries(pattern)) {
    if (!Array.isArray(value)) {
      checkFields(value, name);
    } else if (value.length === 0) {
      throw invalid(`${name} must be a list that is not empty`);
    } else {
      value.forEach((item) => checkItem(item, name));
    }
  }
}

function checkItem(item: unknown, name: string): void {
  if (Array.isArray(item)) {
    throw invalid(`${name} must have no list in its list`);
  }
  if (!isObject(item)) {
    return;
  }
  const [[operator, operand] = ["", undefined], ...more] = Object.entries(item);
  const operands = [operand].flat();
  const isKnown =
    (operator === "prefix" && typeof operand === "string") ||
    (operator === "anything-but" && operands.length > 0 && operands.every((value) => typeof value === "string"));
  if (!isKnown || more.length > 0) {
    throw invalid(`${name} has the unknown match type ${operator}`);
  }
}

function fieldsMatch(pattern: Fields, event: unknown): boolean {
  return (
    isObject(event) &&
    Object.entries(pattern).every(([name, wanted]) => {
      const value = event[name];
      return Array.isArray(wanted)
        ? // A field that an event lacks matches nothing, not even anything-but.
          value !== undefined && [value].flat().some((one) => wanted.some((item) => itemMatches(item, one)))
        : fieldsMatch(wanted as Fields, value);
    })
  );
}

function itemMatches(item: unknown, value: unknown): boolean {
  if (!isObject(item)) {
    return item === value;
  }
  const { prefix, "anything-but": excluded } = item;
  return typeof prefix === "string"
    ? typeof value === "string" && value.startsWith(prefix)
    : ![excluded].flat().includes(value);
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
