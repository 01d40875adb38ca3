/** The first number of a version. */
export function majorOf(version: string): number {
  return Number(version.split(".")[0]);
}

/** The first two numbers of a version. */
export function minorOf(version: string): string {
  return version.split(".").slice(0, 2).join(".");
}
