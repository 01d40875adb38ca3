import type { LocalAws } from "../server";

/** The VPCs of the networks that the examples name, and their region. */
export const NETWORKS = { region: "eu-west-1", codeBuild: "vpc-0c0de000000000001", eks: "vpc-0e450000000000001" };

/** The networks that the examples name: one that nothing leads out of, and one with a NAT gateway. */
export function addNetworks(aws: LocalAws, accountId: string): void {
  const { region, codeBuild, eks } = NETWORKS;
  const scope = { accountId, region };
  aws.ec2.addVpc(scope, { vpcId: codeBuild, cidrBlock: "10.0.0.0/16", enableDnsHostnames: true });
  aws.ec2.addRouteTable(scope, { routeTableId: "rtb-0c0de000000000001", vpcId: codeBuild });
  aws.ec2.addVpc(scope, { vpcId: eks, cidrBlock: "10.0.0.0/16", enableDnsHostnames: true });
  for (const [index, zone] of ["a", "b"].entries()) {
    const availabilityZone = `${region}${zone}`;
    const cidrBlock = `10.0.${index}.0/24`;
    aws.ec2.addSubnet(scope, {
      subnetId: `subnet-0c0de00000000000${zone}`,
      vpcId: codeBuild,
      availabilityZone,
      cidrBlock,
      routeTableId: "rtb-0c0de000000000001",
    });
    const routeTableId = `rtb-0e45000000000000${zone}`;
    const routes = [{ destination: "0.0.0.0/0", target: "nat-0e450000000000001" }];
    aws.ec2.addRouteTable(scope, { routeTableId, vpcId: eks, routes });
    aws.ec2.addSubnet(scope, {
      subnetId: `subnet-0e45000000000000${zone}`,
      vpcId: eks,
      availabilityZone,
      cidrBlock,
      routeTableId,
    });
  }
}
