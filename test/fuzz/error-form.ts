/** Longer messages hide what is wrong. */
export const MAX_MESSAGE = 8_000;

const PROBLEM = /^`.*` (?:is required|must .+, got .+|is not .+); .+$/s;
const MALFORMED_NAME = /^(?:".*"|a text of \d+ characters|[a-z]+) is not the name of an image: at character \d+: .+$/;
const SYNTHESIS =
  /^Validation failed with the following errors:\n(?<lines>[^]*)\n\nIf you wish to ignore these validations, /;

/** What is wrong with an error; undefined if it has the form that all errors of the library share. */
export function flawOf(error: unknown, isThrownByCall: boolean): string | undefined {
  if (!(error instanceof Error)) {
    return "no Error was thrown";
  }
  const { message } = error;
  if (Object.getPrototypeOf(error) !== Error.prototype && error.constructor.name !== "ConfigError") {
    return `a ${error.constructor.name} was thrown: ${error.stack?.slice(0, 1_500) ?? message}`;
  }
  if (message.length > MAX_MESSAGE) {
    return `the message has ${message.length} characters: ${message.slice(0, 500)}`;
  }
  const problems = isThrownByCall ? problemsOfCall(message) : problemsOfSynthesis(message);
  const wrong = problems?.find((problem) => !PROBLEM.test(problem));
  if ((problems === undefined || wrong !== undefined) && !MALFORMED_NAME.test(message)) {
    return `the message has another form: ${wrong ?? message}\n${error.stack?.slice(0, 1_500) ?? ""}`;
  }
  return undefined;
}

/** The problems in the message of an error that a call throws; undefined if it has another form. */
function problemsOfCall(message: string): string[] | undefined {
  const [, count] = /^[^`]*: (\d+|more than 20) validation errors\n/.exec(message) ?? [];
  if (count !== undefined) {
    const [, ...lines] = message.split("\n");
    const problems = lines.filter((line) => line.startsWith("- ")).map((line) => line.slice(2));
    return lines.length === Number(count.replace("more than ", "")) && problems.length === lines.length
      ? problems
      : undefined;
  }
  const start = message.indexOf(": `");
  return start === -1 || message.includes("\n") ? undefined : [message.slice(start + 2)];
}

/** The problems in what cdktf throws when a validation fails. */
function problemsOfSynthesis(message: string): string[] | undefined {
  return SYNTHESIS.exec(message)
    ?.groups?.["lines"]?.split("\n")
    .map((line) => line.replace(/^ {2}\[.*?\] /, ""));
}
