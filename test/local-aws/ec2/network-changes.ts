import { AwsError, Store, optionalText } from "../service";
import type { Fields, Scope, Service } from "../service";
import { Cidr } from "./cidr";
import type { Network } from "./network";
import type { NetworkInterfaces } from "./network-interfaces";
import { endDryRun, invalidValue, newId, optionalFlag, required, tagsOf } from "./requests";
import type { Tagged } from "./requests";
import type { SecurityGroups } from "./security-groups";
import type { VpcEndpoints } from "./vpc-endpoints";

/** The DNS settings of a VPC, by the parameters that change them. */
const DNS = { EnableDnsSupport: "enableDnsSupport", EnableDnsHostnames: "enableDnsHostnames" } as const;

/** The parts of a network that clients of EC2 make, change and delete. */
export class NetworkChanges {
  private readonly made = new Store<true>("network");

  public constructor(
    private readonly network: Network,
    private readonly interfaces: NetworkInterfaces,
    private readonly groups: SecurityGroups,
    private readonly endpoints: VpcEndpoints,
  ) {}

  public readonly operations: Service["operations"] = {
    CreateVpc: (input, scope) => {
      const cidrBlock = checkedRange(input, "InvalidVpc.Range");
      const tags = tagsOf(input, "vpc");
      endDryRun(input);
      const vpcId = newId("vpc");
      // https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html
      this.network.addVpc(scope, { vpcId, cidrBlock, enableDnsHostnames: false });
      this.groups.addDefault(vpcId, scope);
      this.keep(vpcId, tags, scope);
      return { vpc: this.network.describedVpc(vpcId, scope) };
    },
    ModifyVpcAttribute: (input, scope) => {
      const { vpcId } = this.network.vpc(required(input, "VpcId"), scope);
      const [name, ...others] = Object.keys(DNS).filter((key) => input[key] !== undefined) as (keyof typeof DNS)[];
      // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcAttribute.html
      if (name === undefined || others.length > 0) {
        throw new AwsError("InvalidParameterCombination", "Fields for exactly one VPC attribute must be given");
      }
      const value = optionalFlag(input[name] as Fields, "Value");
      if (value === undefined) {
        throw new AwsError("MissingParameter", `The request must contain the parameter ${name}.Value`);
      }
      this.network.setDns(vpcId, { [DNS[name]]: value }, scope);
      return { return: true };
    },
    DeleteVpc: (input, scope) => {
      const { vpcId } = this.network.vpc(required(input, "VpcId"), scope);
      const isUsed =
        this.network.hasParts(vpcId, scope) || this.groups.anyIn(vpcId, scope) || this.endpoints.anyIn(vpcId, scope);
      return this.delete(vpcId, isUsed, input, scope, () => this.groups.removeDefault(vpcId, scope));
    },
    CreateSubnet: (input, scope) => {
      const { vpcId, cidrBlock: range } = this.network.vpc(required(input, "VpcId"), scope);
      const cidrBlock = checkedRange(input, "InvalidSubnet.Range");
      if (Cidr.tryParse(range)?.includes(cidrBlock.replace(/\/.*/, "")) !== true) {
        throw new AwsError("InvalidSubnet.Range", `The CIDR '${cidrBlock}' is invalid.`);
      }
      if (this.network.overlaps(vpcId, cidrBlock, scope)) {
        throw new AwsError("InvalidSubnet.Conflict", `The CIDR '${cidrBlock}' conflicts with another subnet`);
      }
      const availabilityZone = optionalText(input, "AvailabilityZone") ?? `${scope.region}a`;
      if (!new RegExp(`^${scope.region}[a-f]$`).test(availabilityZone)) {
        throw invalidValue(`Value (${availabilityZone}) for parameter availabilityZone is invalid.`);
      }
      const tags = tagsOf(input, "subnet");
      endDryRun(input);
      const subnetId = newId("subnet");
      this.network.addSubnet(scope, { subnetId, vpcId, availabilityZone, cidrBlock });
      this.keep(subnetId, tags, scope);
      return { subnet: this.network.describedSubnet(subnetId, scope) };
    },
    DeleteSubnet: (input, scope) => {
      const { subnetId } = this.network.subnet(required(input, "SubnetId"), scope);
      return this.delete(subnetId, this.interfaces.anyIn(subnetId, scope), input, scope);
    },
    CreateRouteTable: (input, scope) => {
      const { vpcId } = this.network.vpc(required(input, "VpcId"), scope);
      const tags = tagsOf(input, "route-table");
      endDryRun(input);
      const routeTableId = newId("rtb");
      this.network.addRouteTable(scope, { routeTableId, vpcId });
      this.keep(routeTableId, tags, scope);
      return { routeTable: this.network.describedRouteTable(this.network.routeTable(routeTableId, scope), scope) };
    },
    DeleteRouteTable: (input, scope) => {
      const table = this.network.routeTable(required(input, "RouteTableId"), scope);
      return this.delete(table.routeTableId, this.network.isAssociated(table, scope), input, scope);
    },
  };

  /** Lists what clients made. */
  public contents(): string[] {
    return this.made.contents();
  }

  private keep(id: string, tags: Tagged["tags"], scope: Scope): void {
    this.made.in(scope).set(id, true);
    (this.network.tagged(id, scope) as Tagged).tags = tags;
  }

  private delete(id: string, isUsed: boolean, input: Fields, scope: Scope, andMore = (): void => undefined): Fields {
    if (isUsed) {
      throw new AwsError("DependencyViolation", `The resource '${id}' has dependencies and cannot be deleted.`);
    }
    endDryRun(input);
    andMore();
    this.network.remove(id, scope);
    this.made.in(scope).delete(id);
    return { return: true };
  }
}

/** The CIDR block that a request gives, from /16 to /28. */
function checkedRange(input: Fields, code: string): string {
  const range = required(input, "CidrBlock");
  const length = Number(range.split("/")[1]);
  if (Cidr.tryParse(range)?.toString() !== range || length < 16 || length > 28) {
    throw new AwsError(code, `The CIDR '${range}' is invalid.`);
  }
  return range;
}
