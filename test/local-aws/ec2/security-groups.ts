import { AwsError, Store, optionalList, optionalText } from "../service";
import type { Fields, Scope, Service } from "../service";
import { Cidr } from "./cidr";
import type { Network } from "./network";
import type { NetworkInterfaces } from "./network-interfaces";
import { endDryRun, existing, idWith, invalidValue, isId, listed, newId, required, tagSet, tagsOf } from "./requests";
import type { Tagged } from "./requests";
import { groupedPermissions, inWords, isSame, modifiedPermission, permissionsOf } from "./security-group-rules";
import type { Permission, Rule } from "./security-group-rules";

interface SecurityGroup extends Tagged {
  readonly groupId: string;
  readonly groupName: string;
  readonly groupDescription: string;
  readonly vpcId: string;
  readonly rules: Map<string, Rule>;
}

/** Who opens a connection to what a security group guards. */
export interface Caller {
  readonly address: string;
  readonly groupIds: readonly string[];
}

// https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-security-groups
const MAX_RULES = 60;
const DEFAULT = "default";
const TEXT = /^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{1,255}$/;
const NO_RULE = "InvalidSecurityGroupRuleId.NotFound";

/** The security groups of EC2 with their rules. */
export class SecurityGroups {
  private readonly groups = new Store<SecurityGroup>("security group");

  public constructor(
    private readonly network: Network,
    private readonly interfaces: NetworkInterfaces,
  ) {}

  public readonly operations: Service["operations"] = {
    CreateSecurityGroup: (input, scope) => {
      const groupName = checkedText(input, "GroupName");
      const groupDescription = checkedText(input, "GroupDescription");
      const vpcId = optionalText(input, "VpcId");
      if (vpcId === undefined) {
        throw new AwsError("VPCIdNotSpecified", "No default VPC for this user");
      }
      this.network.vpc(vpcId, scope);
      this.checkName(groupName, vpcId, scope);
      const tags = tagsOf(input, "security-group");
      const group: SecurityGroup = { groupId: newId("sg"), groupName, groupDescription, vpcId, rules: new Map(), tags };
      endDryRun(input);
      this.add(group, scope);
      return { groupId: group.groupId, tagSet: tagSet(group) };
    },
    DescribeSecurityGroups: (input, scope) =>
      listed("securityGroupInfo", input, scope, {
        items: this.groups.in(scope),
        ids: { name: "GroupId", find: (id) => this.group(id, scope) },
        filters: {
          "group-id": ({ groupId }) => [groupId],
          "group-name": ({ groupName }) => [groupName],
          "vpc-id": ({ vpcId }) => [vpcId],
        },
        describe: (group) => described(group, scope),
      }),
    DeleteSecurityGroup: (input, scope) => {
      const group = this.group(required(input, "GroupId"), scope);
      if (group.groupName === DEFAULT) {
        throw new AwsError("CannotDelete", `the specified group: "${group.groupId}" name: "default" cannot be deleted`);
      }
      if (this.isInUse(group, scope)) {
        throw new AwsError("DependencyViolation", `resource ${group.groupId} has a dependent object`);
      }
      endDryRun(input);
      this.groups.in(scope).delete(group.groupId);
      return { return: true, groupId: group.groupId };
    },
    AuthorizeSecurityGroupIngress: (input, scope) => this.authorize(input, false, scope),
    AuthorizeSecurityGroupEgress: (input, scope) => this.authorize(input, true, scope),
    DescribeSecurityGroupRules: (input, scope) => {
      const groups = [...this.groups.in(scope).values()];
      const rules = new Map(groups.flatMap((group) => [...group.rules].map(([id, rule]) => [id, { rule, group }])));
      return listed("securityGroupRuleSet", input, scope, {
        items: rules,
        ids: {
          name: "SecurityGroupRuleId",
          find: (id) => existing(rules, id, NO_RULE, "security group rule ID"),
        },
        filters: {
          "group-id": ({ group }) => [group.groupId],
          "security-group-rule-id": ({ rule }) => [rule.securityGroupRuleId],
        },
        describe: ({ rule, group }) => describedRule(rule, group, scope),
      });
    },
    ModifySecurityGroupRules: (input, scope) => {
      const group = this.group(required(input, "GroupId"), scope);
      const updates = (optionalList<Fields>(input, "SecurityGroupRule") ?? []).map((update) => {
        const rule = existing(group.rules, required(update, "SecurityGroupRuleId"), NO_RULE, "security group rule ID");
        const permission = modifiedPermission(update["SecurityGroupRule"] as Fields);
        if (permission.peer.type !== rule.peer.type) {
          throw invalidValue(`The type of the source of ${rule.securityGroupRuleId} cannot be changed`);
        }
        return { ...rule, ...permission };
      });
      const changed = updates.map(({ securityGroupRuleId }) => securityGroupRuleId);
      const others = [...group.rules.values()].filter((rule) => !changed.includes(rule.securityGroupRuleId));
      this.checkRules(group, others, updates, scope);
      endDryRun(input);
      putRules(group, updates);
      return { return: true };
    },
    RevokeSecurityGroupIngress: (input, scope) => this.revoke(input, false, scope),
    RevokeSecurityGroupEgress: (input, scope) => this.revoke(input, true, scope),
  };

  /** Lists what clients made: a VPC's default group comes with it. */
  public contents(): string[] {
    return this.groups.contents(({ groupName }) => groupName !== DEFAULT);
  }

  /** Makes the default security group of a VPC, whose members may talk to each other. */
  public addDefault(vpcId: string, scope: Scope): void {
    const groupId = idWith("sg", vpcId);
    const groupDescription = "default VPC security group";
    const group: SecurityGroup = { groupId, groupName: DEFAULT, groupDescription, vpcId, rules: new Map(), tags: [] };
    this.add(group, scope);
    const members = { type: "referencedGroupId", value: groupId } as const;
    const rule = newRule({ ...EVERYTHING, peer: members }, false, []);
    group.rules.set(rule.securityGroupRuleId, rule);
  }

  public removeDefault(vpcId: string, scope: Scope): void {
    this.groups.in(scope).delete(idWith("sg", vpcId));
  }

  /** Whether clients have made groups in a VPC. */
  public anyIn(vpcId: string, scope: Scope): boolean {
    return [...this.groups.in(scope).values()].some((group) => group.vpcId === vpcId && group.groupName !== DEFAULT);
  }

  public defaultOf(vpcId: string, scope: Scope): string {
    return this.checkedId(idWith("sg", vpcId), vpcId, scope);
  }

  /** The ID of a group, when it is one of the VPC. */
  public checkedId(id: string, vpcId: string, scope: Scope): string {
    const group = this.group(id, scope);
    if (group.vpcId !== vpcId) {
      throw new AwsError("InvalidGroup.NotFound", `The security group '${id}' does not exist in VPC '${vpcId}'`);
    }
    return group.groupId;
  }

  /** Whether any of these groups admits a caller to a TCP port. */
  public admit(groupIds: readonly string[], caller: Caller, port: number, scope: Scope): boolean {
    return groupIds
      .flatMap((id) => [...this.group(id, scope).rules.values()])
      .filter(({ isEgress }) => !isEgress)
      .filter(({ ipProtocol, fromPort, toPort }) =>
        ipProtocol === "tcp" ? fromPort <= port && port <= toPort : ipProtocol === "-1",
      )
      .some(({ peer }) =>
        peer.type === "referencedGroupId"
          ? caller.groupIds.includes(peer.value)
          : Cidr.tryParse(peer.value)?.includes(caller.address),
      );
  }

  public tagged(id: string, scope: Scope): Tagged | undefined {
    const groups = this.groups.in(scope);
    return groups.get(id) ?? [...groups.values()].map(({ rules }) => rules.get(id)).find((rule) => rule !== undefined);
  }

  private group(id: string, scope: Scope): SecurityGroup {
    if (!isId(id, "sg")) {
      throw new AwsError("InvalidGroupId.Malformed", `Invalid id: "${id}" (expecting "sg-...")`);
    }
    return existing(this.groups.in(scope), id, "InvalidGroup.NotFound", "security group");
  }

  /** AWS lets a new group's members go out everywhere, by IPv6 too where the VPC has it. */
  private add(group: SecurityGroup, scope: Scope): void {
    const { ipv6CidrBlock } = this.network.vpc(group.vpcId, scope);
    const everywhere = [
      { type: "cidrIpv4", value: "0.0.0.0/0" } as const,
      ...(ipv6CidrBlock === undefined ? [] : [{ type: "cidrIpv6", value: "::/0" } as const]),
    ];
    for (const peer of everywhere) {
      const rule = newRule({ ...EVERYTHING, peer }, true, []);
      group.rules.set(rule.securityGroupRuleId, rule);
    }
    this.groups.in(scope).set(group.groupId, group);
  }

  private checkName(name: string, vpcId: string, scope: Scope): void {
    if (name.startsWith("sg-")) {
      throw invalidValue(
        `Value (${name}) for parameter groupName is invalid. Group names may not be in the format sg-*`,
      );
    }
    if (name.toLowerCase() === DEFAULT) {
      throw new AwsError("InvalidGroup.Reserved", `Cannot use reserved security group name: ${name}`);
    }
    const isTaken = [...this.groups.in(scope).values()].some(
      (group) => group.vpcId === vpcId && group.groupName.toLowerCase() === name.toLowerCase(),
    );
    if (isTaken) {
      throw new AwsError("InvalidGroup.Duplicate", `The security group '${name}' already exists for VPC '${vpcId}'`);
    }
  }

  private isInUse({ groupId }: SecurityGroup, scope: Scope): boolean {
    const references = [...this.groups.in(scope).values()].some(
      (other) => other.groupId !== groupId && [...other.rules.values()].some(({ peer }) => peer.value === groupId),
    );
    return references || this.interfaces.anyHas(groupId, scope);
  }

  /** Whether a group may have the rules that a request adds, beside those that it keeps. */
  private checkRules(group: SecurityGroup, kept: Rule[], added: Rule[], scope: Scope): void {
    const rules = [...kept];
    for (const rule of added) {
      if (rule.peer.type === "referencedGroupId") {
        this.checkedId(rule.peer.value, group.vpcId, scope);
      }
      if (rules.some((other) => other.isEgress === rule.isEgress && isSame(other, rule))) {
        throw new AwsError("InvalidPermission.Duplicate", `the specified rule ${inWords(rule)} already exists`);
      }
      rules.push(rule);
    }
    for (const family of ["cidrIpv4", "cidrIpv6"]) {
      // A rule that names a group counts for either family, and each direction for itself.
      const counted = rules.filter(
        ({ isEgress, peer }) =>
          isEgress === added[0]?.isEgress && (peer.type === family || peer.type === "referencedGroupId"),
      );
      if (counted.length > MAX_RULES) {
        throw new AwsError(
          "RulesPerSecurityGroupLimitExceeded",
          "The maximum number of rules per security group has been reached.",
        );
      }
    }
  }

  private authorize(input: Fields, isEgress: boolean, scope: Scope): Fields {
    const group = this.group(required(input, "GroupId"), scope);
    const permissions = permissionsOf(input);
    if (permissions.length === 0) {
      throw new AwsError("MissingParameter", "The request must contain the parameter ipPermissions");
    }
    const tags = tagsOf(input, "security-group-rule");
    const rules = permissions.map((permission) => newRule(permission, isEgress, tags));
    this.checkRules(group, [...group.rules.values()], rules, scope);
    endDryRun(input);
    putRules(group, rules);
    return { return: true, securityGroupRuleSet: rules.map((rule) => describedRule(rule, group, scope)) };
  }

  private revoke(input: Fields, isEgress: boolean, scope: Scope): Fields {
    const group = this.group(required(input, "GroupId"), scope);
    const rules = [...group.rules.values()].filter((rule) => rule.isEgress === isEgress);
    const byId = (optionalList<string>(input, "SecurityGroupRuleId") ?? []).map((id) =>
      existing(new Map(rules.map((rule) => [rule.securityGroupRuleId, rule])), id, NO_RULE, "security group rule ID"),
    );
    const byPermission = permissionsOf(input).map((permission) => {
      const rule = rules.find((candidate) => isSame(candidate, permission));
      if (rule === undefined) {
        throw new AwsError("InvalidPermission.NotFound", "The specified rule does not exist in this security group.");
      }
      return rule;
    });
    endDryRun(input);
    [...byId, ...byPermission].forEach(({ securityGroupRuleId }) => group.rules.delete(securityGroupRuleId));
    return { return: true };
  }
}

const EVERYTHING = { ipProtocol: "-1", fromPort: -1, toPort: -1, description: undefined };

function newRule(permission: Permission, isEgress: boolean, tags: Rule["tags"]): Rule {
  return { securityGroupRuleId: newId("sgr"), isEgress, ...permission, tags };
}

function putRules(group: SecurityGroup, rules: readonly Rule[]): void {
  rules.forEach((rule) => group.rules.set(rule.securityGroupRuleId, rule));
}

function checkedText(input: Fields, name: string): string {
  const value = required(input, name);
  if (!TEXT.test(value)) {
    throw invalidValue(`Value (${value}) for parameter ${name} is invalid.`);
  }
  return value;
}

function described(group: SecurityGroup, { accountId }: Scope): Fields {
  const { groupId, groupName, groupDescription, vpcId } = group;
  const rules = [...group.rules.values()];
  const directed = (isEgress: boolean): Rule[] => rules.filter((rule) => rule.isEgress === isEgress);
  return {
    groupId,
    groupName,
    groupDescription,
    vpcId,
    ownerId: accountId,
    ipPermissions: groupedPermissions(directed(false), accountId),
    ipPermissionsEgress: groupedPermissions(directed(true), accountId),
    tagSet: tagSet(group),
  };
}

function describedRule(rule: Rule, { groupId }: SecurityGroup, { accountId }: Scope): Fields {
  const { securityGroupRuleId, isEgress, ipProtocol, fromPort, toPort, peer, description } = rule;
  return {
    securityGroupRuleId,
    groupId,
    groupOwnerId: accountId,
    isEgress,
    ipProtocol,
    fromPort,
    toPort,
    ...(peer.type === "referencedGroupId"
      ? { referencedGroupInfo: { groupId: peer.value, userId: accountId } }
      : { [peer.type]: peer.value }),
    description,
    tagSet: tagSet(rule),
  };
}
