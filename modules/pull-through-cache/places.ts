import { ofCache } from "../../src/aws/arn-checks";
import { ROLE_REQUIREMENTS } from "../../src/aws/role-arn";
import { KMS_KEY_REGION_HINT, SECRET_ARN_HINTS, UPSTREAM_RULES } from "../../src/cache/rules";
import type { Condition } from "../generator/definition";
import { expression, inSnakeCase } from "../generator/hcl";
import { PARTITION, REGION_EXPRESSION, partitionOf } from "../generator/registry";
import { conditionOf } from "../generator/rules";

const ROLE_HINTS = { account: ROLE_REQUIREMENTS.accountHint } as const;

/** The conditions of a cache rule on the location of the cache, which only the provider knows. */
export function ruleConditions(): Condition[] {
  const upstream = "local.upstreams[each.key]";
  const place = "upstreams[${jsonencode(each.key)}]";
  const secret = `${upstream}.credential_secret_arn`;
  return [
    ...arnConditions(`${place}.credential_secret_arn`, secret, {
      ...SECRET_ARN_HINTS,
      region: "replicate the secret there and use `credential_secret_name`, which looks it up in each region",
    }),
    ...arnConditions(`${place}.role.arn`, `try(${upstream}.role.arn, null)`, ROLE_HINTS),
    ...[
      {
        holds: `${upstream}.role == null || contains(local.cross_account, each.key)`,
        place: `${place}.role`,
        requirement: UPSTREAM_RULES.otherAccount.requirement,
        got: `${upstream}.role`,
        hint: inSnakeCase(UPSTREAM_RULES.otherAccount.hint),
      },
      {
        holds: `${upstream}.region == null || try(${partitionOf(`${upstream}.region`)} == ${PARTITION}, false)`,
        place: `${place}.region`,
        ...UPSTREAM_RULES.ownPartition(expression(PARTITION)),
        got: `${upstream}.region`,
      },
      {
        holds: `${upstream}.region != ${REGION_EXPRESSION} || contains(local.cross_account, each.key)`,
        place: `${place}.region`,
        ...UPSTREAM_RULES.otherRegion,
        got: `${upstream}.region`,
      },
    ].map(conditionOf),
  ];
}

/** The conditions of a template on the location of the cache. */
export function templateConditions(): Condition[] {
  // The place of the setting: an upstream's own settings take precedence over the common ones.
  const place = (name: string): string =>
    `\${local.own_settings[each.key].${name} == null ? "" : "upstreams[\${jsonencode(each.key)}]."}repository_settings.${name}.arn`;
  return [
    ...arnConditions(place("kms_key"), "try(each.value.kms_key.arn, null)", {
      region: KMS_KEY_REGION_HINT,
    }),
    ...arnConditions(place("role"), "try(each.value.role.arn, null)", ROLE_HINTS),
  ];
}

const ARN_PARTS = {
  partition: { index: 1, own: PARTITION },
  region: { index: 3, own: REGION_EXPRESSION },
  account: { index: 4, own: "local.account_id" },
} as const;

/** The conditions that an ARN is in the partition of the cache, and in its region or account if there is a hint. */
function arnConditions(
  place: string,
  arn: string,
  hints: { readonly region?: string; readonly account?: string },
): Condition[] {
  return (Object.keys(ARN_PARTS) as (keyof typeof ARN_PARTS)[]).flatMap((part) => {
    const { index, own } = ARN_PARTS[part];
    const hint = part === "partition" ? "use one of that partition" : hints[part];
    const holds = `${arn} == null || try(split(":", ${arn})[${index}] == ${own}, false)`;
    return hint === undefined
      ? []
      : [conditionOf({ holds, place, requirement: ofCache(part, expression(own)), got: arn, hint })];
  });
}
