import * as fs from "node:fs";
import * as path from "node:path";
import { Construct } from "constructs";
import { BOUNDARY_CONDITION, PARTS, permissionsPage, policyOf } from "../../scripts/permissions";
import type { Statement } from "../../scripts/permissions";
import { whyMalformed } from "../local-aws/iam/policy-document";
import { evaluate } from "../local-aws/iam/policy-evaluation";
import { requiredPermissions } from "../local-aws/iam/required-permissions";
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

test("with the condition on the boundary, a deployer creates and changes only roles that have it", async () => {
  const accountId = "111122223333";
  const boundary = `arn:aws:iam::${accountId}:policy/boundary`;
  const other = `arn:aws:iam::${accountId}:policy/other`;
  const statements = PARTS.WARMER.apply.map((statement): Statement => {
    const Action = statement.Action.filter((action) => action !== "iam:DeleteRolePermissionsBoundary");
    const isBound = ["WriteRoles", "ChangeBoundaries"].includes(statement.Sid);
    return { ...statement, Action, ...(isBound && { Condition: BOUNDARY_CONDITION }) };
  });
  const mayDo = async (operation: string, given?: string, had?: string): Promise<boolean> => {
    const input = { RoleName: "ecr-cache-warmer-1", PermissionsBoundary: given };
    const role = { path: "/", boundary: had };
    const [permission] = requiredPermissions({
      accountId,
      region: "eu-west-1",
      service: "iam",
      operation,
      input,
      role,
    });
    const { overall } = await evaluate({
      action: `iam:${operation}`,
      resource: "",
      ...permission,
      accountId,
      principalArn: `arn:aws:iam::${accountId}:role/deployer`,
      identityPolicies: [policyOf(statements)],
    });
    return overall === "Allowed";
  };
  expect(await mayDo("CreateRole", boundary)).toBe(true);
  expect(await mayDo("CreateRole", other)).toBe(false);
  expect(await mayDo("CreateRole")).toBe(false);
  expect(await mayDo("PutRolePolicy", undefined, boundary)).toBe(true);
  expect(await mayDo("PutRolePolicy", undefined, other)).toBe(false);
  expect(await mayDo("PutRolePermissionsBoundary", boundary, other)).toBe(true);
  expect(await mayDo("PutRolePermissionsBoundary", other, boundary)).toBe(false);
  expect(await mayDo("DeleteRolePermissionsBoundary", undefined, boundary)).toBe(false);
  expect(await mayDo("DeleteRole", undefined, boundary)).toBe(true);
});
