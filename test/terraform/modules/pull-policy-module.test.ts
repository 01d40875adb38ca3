import type { TerraformStack } from "cdktf";
import { PullThroughCache, PullThroughCacheFleet, Upstream } from "cdktf-ecr-pull-through-cache";
import * as fc from "fast-check";
import { ACCOUNT } from "../../local-aws/server";
import { planBoth, refuseBoth } from "../../support/module-agreement";
import type { Declaration, PlannedResource, Subject } from "../../support/module-agreement";
import { describeWithTerraform } from "../../support/terraform";
import { useLocalAws } from "../../support/use-local-aws";

const REGION = "eu-west-1";

interface Given {
  readonly prefixes: readonly string[];
  readonly tagged?: readonly string[];
  readonly createRepositories?: boolean;
  readonly roles: readonly string[];
  readonly accountId?: string;
}

// With a role that exists, so that the roles that pull are the only ones with a policy.
const TAGS = { tags: { team: "platform" }, roleArn: `arn:aws:iam::${ACCOUNT}:role/creates` };

/** A cache of nothing but Quay under some prefixes, in a stack of its own. */
function cacheOf(stack: TerraformStack, { prefixes, tagged = [], accountId }: Omit<Given, "roles">): PullThroughCache {
  return new PullThroughCache(stack, "cache", {
    upstreams: prefixes.map((prefix) =>
      Upstream.quay({ prefix, repositorySettings: tagged.includes(prefix) ? TAGS : undefined }),
    ),
    accountId,
  });
}

/** Grants to roles, as the cache makes them and as the module does. */
function granted({ prefixes, createRepositories, roles, accountId, ...rest }: Given): Declaration {
  // In the order of the prefixes, as the module that makes the caches tells them.
  const tagged = prefixes.filter((prefix) => rest.tagged?.includes(prefix));
  return {
    construct: (stack) => {
      const cache = cacheOf(stack, { prefixes: [...new Set([...prefixes, "other"])], tagged, accountId });
      roles.forEach((role) => cache.grantPullToRoleNamed(role, { prefixes: [...prefixes], createRepositories }));
    },
    inputs: {
      prefixes,
      ...(tagged.length === 0 ? {} : { tagged_prefixes: tagged }),
      role_names: Object.fromEntries(roles.map((role, index) => [`role ${index}`, role])),
      ...(createRepositories === undefined ? {} : { create_repositories: createRepositories }),
      ...(accountId === undefined ? {} : { account_id: accountId }),
    },
  };
}

/** A managed policy for many regions, as a fleet makes it and as the module does. */
function managed(regions: readonly string[], prefixes: readonly string[], areTagged = false): Declaration {
  return {
    construct: (stack) => {
      const fleet = new PullThroughCacheFleet(stack.node.root, "fleet", {
        accountId: ACCOUNT,
        regions: [...regions],
        upstreams: prefixes.map((prefix) => Upstream.quay({ prefix })),
        repositorySettings: areTagged ? TAGS : undefined,
      });
      fleet.addPullPolicy("pull");
      return stack.node.root.node.findChild("fleet-iam");
    },
    inputs: {
      prefixes,
      tagged_prefixes: areTagged ? prefixes : [],
      regions,
      account_id: ACCOUNT,
      managed_policy: { name: "fleet-pull" },
    },
  };
}

/** The policies among what is planned; only a fleet's description names the fleet. */
function policiesIn(planned: readonly PlannedResource[]): object[] {
  return planned
    .filter(({ type }) => /^aws_iam_(role_)?policy$/.test(type))
    .map(({ type, after, unknown }) => ({ type, after: { ...(after as object), description: undefined }, unknown }));
}

const given: fc.Arbitrary<Given> = fc.record(
  {
    prefixes: fc.uniqueArray(fc.constantFrom("quay", "team/a", "my.docker-hub/", "ROOT"), { minLength: 1 }),
    tagged: fc.subarray(["quay", "team/a", "my.docker-hub/", "ROOT"]),
    createRepositories: fc.boolean(),
    roles: fc.uniqueArray(fc.constantFrom("eks-node", "builds@ci", "a+b=c,d.e"), { minLength: 1 }),
    accountId: fc.constant(ACCOUNT),
  },
  { requiredKeys: ["prefixes", "roles"] },
);

/** What is declared wrong, one fault each. */
const BAD: { readonly [fault: string]: Declaration } = {
  "nothing to pull": granted({ prefixes: [], roles: ["eks-node"] }),
  "a role's ARN": granted({ prefixes: ["quay"], roles: [`arn:aws:iam::${ACCOUNT}:role/eks-node`] }),
  "a role's name of 65 characters": granted({ prefixes: ["quay"], roles: ["r".repeat(65)] }),
  "an account of 11 digits": granted({ prefixes: ["quay"], roles: [], accountId: "11112222333" }),
  "more than fits a managed policy": managed(
    ["us-east-1", "eu-west-1"],
    Array.from({ length: 49 }, (_, index) => `as-long-as-a-prefix-can-be-${index + 10}`),
  ),
};

describeWithTerraform("the module pull-policy", () => {
  // With one item a page, the provider must read every page of a list.
  const subject: Subject = { module: "pull-policy", region: REGION, aws: useLocalAws({ pageSize: 1 }) };

  test("plans the same policies as grants do, and as a fleet does for all of its regions", async () => {
    const declarations = [
      ...fc.sample(given, { numRuns: 24, seed: 20_26 }).map(granted),
      managed(["us-east-1"], ["quay"]),
      managed(["us-east-1", "eu-west-1"], ["quay", "team/a"]),
      managed(["eu-west-1", "ap-southeast-2"], ["ROOT", "quay"]),
      managed(["eu-west-1", "us-east-1"], ["quay", "team/a"], true),
    ];
    const pairs = await planBoth(subject, declarations);
    for (const { construct, module } of pairs) {
      expect(policiesIn(module)).toEqual(policiesIn(construct));
    }
    expect(pairs.flatMap(({ module }) => policiesIn(module)).length).toBeGreaterThan(30);
  });

  test("refuses what grants refuse, by the same rules", async () => {
    const faults = Object.keys(BAD);
    const refusals = await refuseBoth(subject, Object.values(BAD));
    for (const [index, { construct, module }] of refusals.entries()) {
      // Terraform has no constructs to give in place of names.
      const rules = construct.map((rule) => rule.replace("an IamRole, or ", ""));
      expect({ fault: faults[index], rules: module }).toEqual({ fault: faults[index], rules });
    }
  });
});
