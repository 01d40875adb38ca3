import * as fc from "fast-check";

/** Text that has a secret in a form that people paste. */
interface Secret {
  readonly text: string;
  /** The part that nobody must see. */
  readonly marker: string;
  /** Whether it is an access token of a known form, which no other text has. */
  readonly isAccessToken: boolean;
}

const rest = fc.stringMatching(/^[A-Za-z]{10}[0-9][A-Za-z0-9]{25}$/);

const accessToken = fc.constantFrom<(marker: string) => string>(
  (marker) => `ghp_${marker}`,
  (marker) => `dckr_pat_${marker}`,
  (marker) => `glpat-${marker}`,
  (marker) => `ecr-pullthroughcache/ghp_${marker}`,
);

const password = fc.constantFrom<(marker: string) => string>(
  (marker) => `https://deploy:${marker}@registry.example.com/x`,
  (marker) => `deploy:${marker}@quay.io`,
);

export const secret: fc.Arbitrary<Secret> = fc
  .tuple(rest, fc.boolean(), accessToken, password)
  .map(([marker, isAccessToken, writeToken, writePassword]) => ({
    text: (isAccessToken ? writeToken : writePassword)(marker),
    marker,
    isAccessToken,
  }));
