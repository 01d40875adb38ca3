import type { LoggedRequest } from "../local-aws/server";
import { without } from "./without";

/** A recorded request with one fault, in itself or in its answer. */
export interface Mutation {
  readonly what: string;
  readonly request: LoggedRequest;
}

/** Members that are maps: their keys are free. */
const MAPS: readonly string[] = ["InputPathsMap"];

/** All mutations of a request: each member with another name and another type, and each name of the answer changed. */
export function mutationsOf(request: LoggedRequest): Mutation[] {
  const { service, operation, input, answer } = request;
  const named = (what: string, changed: Partial<LoggedRequest>): Mutation => ({
    what: `${service} ${operation} ${what}`,
    request: { ...request, ...changed },
  });
  const { Action, Version, ...members } = input;
  const form = Action === undefined ? {} : { Action, Version };
  return [
    ...mutated(members).map(([what, changed]) =>
      named(`request${what}`, { input: { ...form, ...(changed as object) } }),
    ),
    ...namesIn(answer).map((name) => named(`answer ${name} renamed`, { answer: renamed(answer, name) })),
  ];
}

/** All copies of a value with one change, and the place and kind of each change. */
function mutated(value: unknown, isMap = false): (readonly [string, unknown])[] {
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    return items.flatMap((item, index) =>
      mutated(item).map(
        ([what, changed]) => [`[${index}]${what}`, items.map((other, at) => (at === index ? changed : other))] as const,
      ),
    );
  }
  if (typeof value !== "object" || value === null) {
    return [];
  }
  return Object.entries(value).flatMap(([key, item]: [string, unknown]) => {
    const others = without(value, key);
    const otherType = typeof item === "object" ? "text" : { text: item };
    return [
      ...(isMap ? [] : [[`.${key} renamed`, { ...others, [`${key}Renamed`]: item }] as const]),
      [`.${key} of another type`, { ...others, [key]: otherType }] as const,
      ...mutated(item, MAPS.includes(key)).map(
        ([what, changed]) => [`.${key}${what}`, { ...others, [key]: changed }] as const,
      ),
    ];
  });
}

/** The names of members in an answer, as JSON or XML writes them. */
function namesIn(answer: string): string[] {
  const withoutMaps = answer.replace(new RegExp(`"(${MAPS.join("|")})":\\{[^}]*\\}`, "g"), '"$1":{}');
  const names = answer.startsWith("{") ? withoutMaps.matchAll(/"(\w+)":/g) : answer.matchAll(/<(\w+)>/g);
  return [...new Set([...names].map(([, name = ""]) => name))];
}

function renamed(answer: string, name: string): string {
  return answer.replace(new RegExp(`(["<]|</)${name}(?=":|>)`, "g"), `$&Renamed`);
}
