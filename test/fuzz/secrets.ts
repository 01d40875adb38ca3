import * as fc from "fast-check";

const rest = fc.stringMatching(/^[A-Za-z]{10}[0-9][A-Za-z0-9]{25}$/);

/** Text that has a secret in a form that people paste, with the part of it that nobody must see. */
export const secret: fc.Arbitrary<{ readonly text: string; readonly marker: string }> = fc
  .tuple(
    rest,
    fc.constantFrom<(marker: string) => string>(
      (marker) => `ghp_${marker}`,
      (marker) => `dckr_pat_${marker}`,
      (marker) => `glpat-${marker}`,
      (marker) => `https://deploy:${marker}@registry.example.com/x`,
      (marker) => `deploy:${marker}@quay.io`,
      (marker) => `ecr-pullthroughcache/ghp_${marker}`,
    ),
  )
  .map(([marker, write]) => ({ text: write(marker), marker }));
