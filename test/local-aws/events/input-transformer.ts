import { AwsError, optionalText } from "../service";
import type { Fields } from "../service";
import type { AwsEvent } from "./event-pattern";

const PLACEHOLDER = /<([^<>]+)>/g;
const MAX_PATHS = 100;
const MAX_TEMPLATE = 8192;

/**
 * The transformation of events for a target.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 */
export class InputTransformer {
  private readonly paths: { readonly [name: string]: string };
  private readonly template: string;

  public constructor(input: Fields, isForLogs: boolean) {
    this.paths = (input["InputPathsMap"] ?? {}) as { readonly [name: string]: string };
    this.template = optionalText(input, "InputTemplate") ?? "";
    this.check(isForLogs);
  }

  /** The text that the target gets; undefined if it is not valid, so that EventBridge delivers nothing. */
  public transformed(event: AwsEvent): string | undefined {
    const valueOf = (name: string): unknown => valueAt(event, this.paths[name] ?? "");
    if (this.isText()) {
      // Values are not escaped. A variable whose path the event lacks does not appear. The quotes stay.
      return this.template.replace(PLACEHOLDER, (_, name: string) => textOf(valueOf(name)));
    }
    const json = this.template.replace(PLACEHOLDER, (_, name: string) => {
      const value = valueOf(name);
      return typeof value === "string" ? `"${value}"` : textOf(value);
    });
    return isJson(json) ? JSON.stringify(JSON.parse(json)) : undefined;
  }

  private check(isForLogs: boolean): void {
    if (Object.keys(this.paths).length > MAX_PATHS || this.template.length > MAX_TEMPLATE || this.template === "") {
      throw invalid("InputTransformer has too many paths, or a template that is empty or too long");
    }
    for (const [name, path] of Object.entries(this.paths)) {
      if (!/^[A-Za-z0-9_-]+$/.test(name) || name.startsWith("AWS.") || !/^\$(\.[A-Za-z0-9_-]+)*$/.test(path)) {
        throw invalid(`InputPathsMap has the invalid entry ${name}: ${path}`);
      }
    }
    for (const [, name = ""] of this.template.matchAll(PLACEHOLDER)) {
      if (!(name in this.paths)) {
        throw invalid(`InputTemplate has the unknown placeholder ${name}`);
      }
    }
    if (isForLogs && !/^\{"timestamp":<[\w-]+>,"message":<[\w-]+>\}$/.test(this.template.replace(/\s/g, ""))) {
      throw invalid('InputTemplate for a log group must be {"timestamp":<timestamp>,"message":<message>}');
    }
    if (!this.isText() && !isJson(this.template.replace(PLACEHOLDER, "null"))) {
      throw invalid("InputTemplate is not valid JSON");
    }
  }

  /** Whether each line of the template is a string in quotes. */
  private isText(): boolean {
    return this.template.split("\n").every((line) => /^\s*".*"\s*$/.test(line) && isJson(line));
  }
}

function invalid(message: string): AwsError {
  return new AwsError("ValidationException", message);
}

function valueAt(event: AwsEvent, path: string): unknown {
  const keys = path.split(".").slice(1);
  return keys.reduce<unknown>((value, key) => (value as Fields | undefined)?.[key], event);
}

function textOf(value: unknown): string {
  return value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
