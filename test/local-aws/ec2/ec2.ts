import { AwsError, optionalList } from "../service";
import type { Fields, Scope, Service, Tag } from "../service";
import { Network } from "./network";
import type { RouteTableSeed, SubnetSeed, VpcSeed } from "./network";
import { NetworkAcls } from "./network-acls";
import type { NetworkAclSeed } from "./network-acls";
import { NetworkChanges } from "./network-changes";
import { NetworkInterfaces } from "./network-interfaces";
import { endDryRun, withTags, withoutTags } from "./requests";
import type { Tagged } from "./requests";
import { SecurityGroups } from "./security-groups";
import { VpcEndpoints } from "./vpc-endpoints";

/** Amazon EC2's networks: security groups and VPC endpoints, in VPCs that tests or clients make. */
export class Ec2 implements Service {
  public readonly network = new Network();
  public readonly networkAcls = new NetworkAcls(this.network);
  private readonly interfaces = new NetworkInterfaces(this.network);
  public readonly securityGroups = new SecurityGroups(this.network, this.interfaces);
  public readonly vpcEndpoints = new VpcEndpoints(this.network, this.interfaces, this.securityGroups);
  private readonly changes = new NetworkChanges(this.network, this.interfaces, this.securityGroups, this.vpcEndpoints);

  public readonly operations: Service["operations"] = {
    ...this.network.operations,
    ...this.networkAcls.operations,
    ...this.changes.operations,
    ...this.interfaces.operations,
    ...this.securityGroups.operations,
    ...this.vpcEndpoints.operations,
    CreateTags: (input, scope) => this.tag(input, scope, withTags),
    DeleteTags: (input, scope) => this.tag(input, scope, withoutTags),
  };

  /** Lists what clients made, and not the networks that tests made. */
  public contents(): string[] {
    return [...this.changes.contents(), ...this.securityGroups.contents(), ...this.vpcEndpoints.contents()];
  }

  /** Makes a VPC, with the main route table and the security group that AWS gives to each. */
  public addVpc(scope: Scope, seed: VpcSeed): void {
    this.network.addVpc(scope, seed);
    this.securityGroups.addDefault(seed.vpcId, scope);
  }

  public addSubnet(scope: Scope, seed: SubnetSeed): void {
    this.network.addSubnet(scope, seed);
  }

  public addRouteTable(scope: Scope, seed: RouteTableSeed): void {
    this.network.addRouteTable(scope, seed);
  }

  public addNetworkAcl(scope: Scope, seed: NetworkAclSeed): void {
    this.networkAcls.add(scope, seed);
  }

  private tag(input: Fields, scope: Scope, change: (tags: readonly Tag[], named: readonly Tag[]) => Tag[]): Fields {
    const named = optionalList<Tag>(input, "Tag") ?? [];
    const ids = optionalList<string>(input, "ResourceId") ?? [];
    const resources = ids.map((id) => this.tagged(id, scope));
    const changed = resources.map(({ tags }) => change(tags, named));
    endDryRun(input);
    resources.forEach((resource, index) => {
      resource.tags = changed[index] ?? [];
    });
    return { return: true };
  }

  private tagged(id: string, scope: Scope): Tagged {
    const resource = [this.network, this.securityGroups, this.vpcEndpoints]
      .map((part) => part.tagged(id, scope))
      .find((tagged) => tagged !== undefined);
    if (resource === undefined) {
      throw new AwsError("InvalidID", `The ID '${id}' is not valid`);
    }
    return resource;
  }
}
