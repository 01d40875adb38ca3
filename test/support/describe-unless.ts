/**
 * Tests that need something which may be missing: where it is they are skipped, and the reason is printed; in CI that
 * fails.
 */
export function describeUnless(missing: string | undefined, name: string, tests: () => void): void {
  if (missing === undefined) {
    describe(name, tests);
  } else if (process.env["CI"]) {
    test(name, () => {
      throw new Error(missing);
    });
  } else {
    process.stderr.write(`skipped: ${name}: ${missing}\n`);
    describe.skip(`${name} (${missing})`, tests);
  }
}
