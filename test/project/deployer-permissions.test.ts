import * as fs from "node:fs";
import * as path from "node:path";
import { Construct } from "constructs";
import { PARTS, permissionsPage, policyOf } from "../../scripts/permissions";
import { whyMalformed } from "../local-aws/iam/policy-document";
import { ROOT } from "../support/examples";
import { MODULE_NAMES } from "../support/module-folders";

const PAGE = fs.readFileSync(path.join(ROOT, "docs", "reference", "deployer-permissions.md"), "utf8");

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
const MAX_MANAGED_POLICY = 6_144;

test("the page is what its statements make: npm run permissions renews it", () => {
  expect(PAGE).toBe(permissionsPage());
});

test("the page names every construct and every module", () => {
  const constructs = Object.entries(
    jest.requireActual<{ readonly [name: string]: { readonly prototype: unknown } }>("../../src"),
  )
    .filter(([, { prototype }]) => prototype instanceof Construct)
    .map(([name]) => name);
  expect(constructs.length).toBeGreaterThan(4);
  expect(MODULE_NAMES.length).toBeGreaterThan(4);
  for (const name of [...constructs.map((construct) => `\`${construct}`), ...MODULE_NAMES]) {
    expect(PAGE).toContain(name);
  }
});

test.each(Object.entries(PARTS))("the policies of %s are such as IAM takes, together in one, too", (_, part) => {
  for (const statements of [part.plan, part.apply, [...part.plan, ...part.apply]]) {
    const text = JSON.stringify(policyOf(statements));
    expect(whyMalformed(text, "identity")).toBeUndefined();
    expect(text.length).toBeLessThan(MAX_MANAGED_POLICY);
  }
  const known = [...part.plan, ...part.apply].map(({ Sid }) => Sid);
  expect(known).toEqual(expect.arrayContaining(Object.keys(part.notes)));
});
