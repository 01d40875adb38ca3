import { ofCache } from "../../src/aws/arn-checks";
import { UPSTREAM_REQUIREMENTS } from "../../src/cache/rules";
import type { Condition } from "../generator/definition";
import { expression } from "../generator/hcl";
import { PARTITION, REGION_EXPRESSION, partitionOf } from "../generator/registry";
import { conditionOf } from "../generator/rules";

/** What a rule is held against that only the provider knows: where the cache is. */
export function ruleConditions(): Condition[] {
  const upstream = "local.upstreams[each.key]";
  const place = "upstreams[${jsonencode(each.key)}]";
  const secret = `${upstream}.credential_secret_arn`;
  return [
    ...arnConditions(`${place}.credential_secret_arn`, secret, {
      partition: "give one of that partition",
      region: "replicate the secret there and use `credential_secret_name`, which is looked up in each region",
      account: "make a secret there: ECR reads none of another account",
    }),
    ...arnConditions(`${place}.role.arn`, `try(${upstream}.role.arn, null)`, {
      partition: "give one of that partition",
      account: "give a role of the account that caches, or leave it out to have one made",
    }),
    ...[
      {
        holds: `${upstream}.role == null || contains(local.cross_account, each.key)`,
        place: `${place}.role`,
        requirement: UPSTREAM_REQUIREMENTS.otherAccount,
        got: `${upstream}.role`,
        hint: "set `account_id` to that account or leave the role out",
      },
      {
        holds: `${upstream}.region == null || try(${partitionOf(`${upstream}.region`)} == ${PARTITION}, false)`,
        place: `${place}.region`,
        requirement: UPSTREAM_REQUIREMENTS.ownPartition(expression(PARTITION)),
        got: `${upstream}.region`,
        hint: "ECR cannot reach a registry of another partition",
      },
      {
        holds: `${upstream}.region != ${REGION_EXPRESSION} || contains(local.cross_account, each.key)`,
        place: `${place}.region`,
        requirement: UPSTREAM_REQUIREMENTS.otherRegion,
        got: `${upstream}.region`,
        hint: "a registry cannot cache itself: pull from it directly",
      },
    ].map(conditionOf),
  ];
}

/** The same for a template. */
export function templateConditions(): Condition[] {
  // Where it was given: an upstream's own settings win over the common ones.
  const place = (name: string): string =>
    `\${local.own_settings[each.key].${name} == null ? "" : "upstreams[\${jsonencode(each.key)}]."}repositories.${name}.arn`;
  return [
    ...arnConditions(place("kms_key"), "try(each.value.kms_key.arn, null)", {
      partition: "give one of that partition",
      region: "give a key of that region",
    }),
    ...arnConditions(place("role"), "try(each.value.role.arn, null)", {
      partition: "give one of that partition",
      account: "give a role of the account that caches, or leave it out to have one made",
    }),
  ];
}

const ARN_PARTS = {
  partition: { index: 1, own: PARTITION },
  region: { index: 3, own: REGION_EXPRESSION },
  account: { index: 4, own: "local.account_id" },
} as const;

/** That an ARN, where there is one, is of the partition, region or account of the cache. */
function arnConditions(
  place: string,
  arn: string,
  waysOut: { readonly [part in keyof typeof ARN_PARTS]?: string },
): Condition[] {
  return (Object.keys(ARN_PARTS) as (keyof typeof ARN_PARTS)[]).flatMap((part) => {
    const { index, own } = ARN_PARTS[part];
    const hint = waysOut[part];
    const holds = `${arn} == null || try(split(":", ${arn})[${index}] == ${own}, false)`;
    return hint === undefined
      ? []
      : [conditionOf({ holds, place, requirement: ofCache(part, expression(own)), got: arn, hint })];
  });
}
