/**
 * Tests that need something which may be missing: where it is they are skipped, and the reason is printed; in CI that
 * fails.
 */
export function describeUnless(missing: string | undefined, name: string, tests: () => void): void {
  if (missing !== undefined && process.env["CI"]) {
    test(name, () => {
      throw new Error(missing);
    });
  } else {
    describeWherePossible(missing, name, tests);
  }
}

/** Tests that cannot run everywhere: elsewhere they are skipped, in CI as well, and the reason is printed. */
export function describeWherePossible(obstacle: string | undefined, name: string, tests: () => void): void {
  if (obstacle === undefined) {
    describe(name, tests);
  } else {
    process.stderr.write(`skipped: ${name}: ${obstacle}\n`);
    describe.skip(`${name} (${obstacle})`, tests);
  }
}
