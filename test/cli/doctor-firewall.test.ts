import * as fc from "fast-check";
import { INTERNET, shareOf } from "../../cli/doctor/addresses";
import { CLIENT_PORTS, HTTPS, throughAcl, throughGroups } from "../../cli/doctor/firewall";
import type { AclEntry, SecurityGroup } from "../../cli/doctor/network-facts";
import { Cidr } from "../local-aws/ec2/cidr";

test.each([
  ["10.0.0.0/16", "10.0.1.0/24", "all"],
  ["10.0.1.0/24", "10.0.1.0/24", "all"],
  ["10.0.1.0/25", "10.0.1.0/24", "part"],
  ["10.0.2.0/24", "10.0.1.0/24", "none"],
  ["0.0.0.0/0", INTERNET, "all"],
  ["52.216.0.0/15", INTERNET, "part"],
  ["10.0.0.0/8", INTERNET, "none"],
  ["172.20.0.0/16", INTERNET, "none"],
  ["::/0", "10.0.1.0/24", "none"],
  ["2001:db8::/56", "2001:db8:0:1::/64", "all"],
])("of the addresses of a peer, %s has of %s: %s", (range, peer, share) => {
  expect(shareOf(range, peer)).toBe(share);
});

function rule(RuleNumber: number, RuleAction: string, CidrBlock: string, From?: number, To = From): AclEntry {
  const PortRange = From === undefined || To === undefined ? undefined : { From, To };
  return {
    RuleNumber,
    Egress: false,
    RuleAction,
    CidrBlock,
    Protocol: PortRange === undefined ? "-1" : "6",
    PortRange,
  };
}

test.each<[string, AclEntry[], string]>([
  ["no rules", [], "closed"],
  ["rules of the other direction", [{ ...rule(1, "allow", "0.0.0.0/0"), Egress: true }], "closed"],
  ["rules for UDP", [{ ...rule(1, "allow", "0.0.0.0/0", 443), Protocol: "17" }], "closed"],
  ["rules for IPv6", [{ ...rule(1, "allow", "0.0.0.0/0"), CidrBlock: undefined }], "closed"],
  ["an Allow after a Deny", [rule(200, "allow", "0.0.0.0/0"), rule(100, "deny", "10.0.0.0/8")], "closed"],
  ["an Allow before a Deny", [rule(200, "deny", "0.0.0.0/0"), rule(100, "allow", "10.0.0.0/8", 443)], "open"],
  ["an Allow for a part", [rule(100, "allow", "10.0.1.0/25")], "partly"],
  ["a Deny for a part", [rule(100, "deny", "10.0.1.0/25"), rule(200, "allow", "0.0.0.0/0")], "partly"],
  ["a Deny for a part and nothing else", [rule(100, "deny", "10.0.1.0/25")], "closed"],
])("a network ACL with %s is %s", (_, entries, passage) => {
  expect(throughAcl(entries, false, "10.0.1.0/24", HTTPS)).toBe(passage);
});

test("a network ACL for a part of the ports of clients lets a part of the answers pass", () => {
  const through = (from: number, to: number) =>
    throughAcl([rule(100, "allow", "0.0.0.0/0", from, to)], false, INTERNET, CLIENT_PORTS);
  expect([through(1_024, 65_535), through(32_768, 60_999)]).toEqual(["open", "open"]);
  expect([through(49_152, 65_535), through(1_024, 40_000)]).toEqual(["partly", "partly"]);
  expect([through(443, 443), through(61_000, 65_535)]).toEqual(["closed", "closed"]);
});

test("a network ACL is open or closed only for what all its packets or none of them pass", () => {
  const blocks = ["0.0.0.0/0", "10.0.0.0/8", "10.0.1.0/24", "10.0.1.0/25", "10.0.1.128/25", "10.0.2.0/24"];
  const entry = fc
    .tuple(
      fc.constantFrom("allow", "deny"),
      fc.constantFrom(...blocks),
      fc.option(fc.constantFrom([443, 443], [1, 442], [400, 500], [444, 500]), { nil: undefined }),
    )
    .map(([action, block, ports]) => ({ action, block, ports }));
  const seen = new Set<string>();
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 5 }), (drawn) => {
      const entries = drawn.map(({ action, block, ports }, index) =>
        rule(index, action, block, ports?.[0], ports?.[1]),
      );
      const passes = (address: string, port: number): boolean =>
        drawn.find(
          ({ block, ports: [from = 0, to = 65_535] = [] }) =>
            Cidr.tryParse(block)?.includes(address) === true && from <= port && port <= to,
        )?.action === "allow";
      const packets = ["10.0.1.7", "10.0.1.200"].flatMap((address) => [443, 450].map((port) => passes(address, port)));
      const passage = throughAcl(entries, false, "10.0.1.0/24", [443, 450]);
      seen.add(passage);
      expect(passage === "open" && packets.includes(false)).toBe(false);
      expect(passage === "closed" && packets.includes(true)).toBe(false);
    }),
    { numRuns: 1_000 },
  );
  expect([...seen].sort()).toEqual(["closed", "open", "partly"]);
});

function group(IpProtocol: string, port: number | undefined, peers: object): SecurityGroup {
  return { GroupId: "sg-1", IpPermissions: [{ IpProtocol, FromPort: port, ToPort: port, ...peers }] };
}

const range = (CidrIp: string) => ({ IpRanges: [{ CidrIp }] });

test.each<[string, SecurityGroup, string]>([
  ["the block", group("tcp", 443, range("10.0.0.0/16")), "open"],
  ["all protocols", group("-1", undefined, range("10.0.0.0/16")), "open"],
  ["a part of the block", group("tcp", 443, range("10.0.1.0/26")), "partly"],
  ["another block", group("tcp", 443, range("10.0.2.0/24")), "closed"],
  ["another port", group("tcp", 80, range("10.0.0.0/16")), "closed"],
  ["UDP", group("udp", 443, range("10.0.0.0/16")), "closed"],
  ["a group", group("tcp", 443, { UserIdGroupPairs: [{ GroupId: "sg-2" }] }), "partly"],
  ["a prefix list", group("tcp", 443, { PrefixListIds: [{ PrefixListId: "pl-1" }] }), "partly"],
])("a security group that admits %s is %s for clients with unknown groups", (_, given, passage) => {
  expect(throughGroups([given], false, { block: "10.0.1.0/24" })).toBe(passage);
  expect(throughGroups([given], true, { block: "10.0.1.0/24" })).toBe("closed");
});

test("a security group that names a group or a prefix list is for these alone", () => {
  const named = { UserIdGroupPairs: [{ GroupId: "sg-2" }], PrefixListIds: [{ PrefixListId: "pl-1" }] };
  const through = (groupIds: string[], prefixListIds: string[]) =>
    throughGroups([group("tcp", 443, named)], false, { block: INTERNET, groupIds, prefixListIds });
  expect([through(["sg-2"], []), through([], ["pl-1"]), through(["sg-3"], ["pl-2"])]).toEqual([
    "open",
    "open",
    "closed",
  ]);
});
