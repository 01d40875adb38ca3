import { Cidr } from "./cidr";

test.each([
  ["10.0.0.0/16", "10.0.0.0/16"],
  ["100.68.0.18/18", "100.68.0.0/18"],
  ["0.0.0.0/0", "0.0.0.0/0"],
  ["255.255.255.255/32", "255.255.255.255/32"],
  ["2001:DB8:0:0::1/64", "2001:db8::/64"],
  ["2001:db8:1:2:3:4:5:6/128", "2001:db8:1:2:3:4:5:6/128"],
  ["::/0", "::/0"],
])("%s is read as %s", (text, canonical) => {
  expect(Cidr.tryParse(text)?.toString()).toBe(canonical);
});

test.each([
  "10.0.0.0",
  "10.0.0.0/33",
  "10.0.0/8",
  "10.0.0.256/32",
  "::/129",
  "2001:db8::g/64",
  "fe80::1%eth0/64",
  "/8",
])("%s is no range", (text) => {
  expect(Cidr.tryParse(text)).toBeUndefined();
});

test.each([
  ["10.0.0.0/16", "10.0.255.255", true],
  ["10.0.0.0/16", "10.1.0.0", false],
  ["0.0.0.0/0", "2001:db8::1", false],
  ["::/0", "10.0.0.1", false],
  ["2001:db8::/56", "2001:db8:0:ff::1", true],
  ["2001:db8::/56", "2001:db8:0:100::1", false],
  ["10.0.0.0/16", "nonsense", false],
])("%s includes %s: %s", (range, address, expected) => {
  expect(Cidr.tryParse(range)?.includes(address)).toBe(expected);
});

test("a range includes a narrower one, and not a wider one", () => {
  const [wide, narrow] = ["10.0.0.0/16", "10.0.3.0/24"].map((text) => Cidr.tryParse(text));
  expect(narrow && wide?.includes(narrow)).toBe(true);
  expect(wide && narrow?.includes(wide)).toBe(false);
});

test.each([
  ["10.0.3.0/24", 4, "10.0.3.4"],
  ["2001:db8:0:3::/64", 4, "2001:db8:0:3::4"],
])("the addresses of %s are counted from its first", (range, n, address) => {
  const cidr = Cidr.tryParse(range);
  expect(cidr?.address(n)).toBe(address);
  expect(cidr?.offsetOf(address)).toBe(n);
});
