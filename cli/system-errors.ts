/** The sentence in an error of the file system, without its code and the absolute paths that Node.js adds. */
export function reasonOf(error: unknown): string {
  const { message } = error as Error;
  return /^[A-Z]+: ([^,]+)/.exec(message)?.[1] ?? message;
}
