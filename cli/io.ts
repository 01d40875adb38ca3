/** What a command reads from and writes to. */
export interface Io {
  readonly stdin: NodeJS.ReadableStream;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  readonly env: { readonly [name: string]: string | undefined };
  /** The folder that relative paths start from. */
  readonly cwd: string;
  /** Sends a request by HTTP. */
  readonly fetch: typeof fetch;
}

/** How a command ended. https://tldp.org/LDP/abs/html/exitcodes.html */
export const ExitCode = {
  OK: 0,
  /** The command worked and has found something: a file to rewrite, an image without a cache, or a cause. */
  FOUND: 1,
  /** The command could not do its work: an argument or a file is wrong, or a tool failed. */
  FAILED: 2,
  /** The command found nothing, but it could not look at everything. */
  UNCHECKED: 3,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** An error to print as it is, without a stack trace. */
export class CommandError extends Error {}
