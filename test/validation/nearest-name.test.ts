import * as fc from "fast-check";
import { nearestName } from "../../src/validation/nearest-name";

const KNOWN = ["upstreams", "repositorySettings", "region", "accountId", "on"];

test.each([
  ["upstream", "upstreams"],
  ["upstraems", "upstreams"],
  ["regoin", "region"],
  ["acountID", "accountId"],
  ["repository_settings", "repositorySettings"],
  ["REGION", "region"],
  ["regions2", "region"],
  ["repository", "repositorySettings"],
  ["repo", "repositorySettings"],
  ["account", "accountId"],
  ["acc", "accountId"],
])("%s is taken for %s", (name, nearest) => {
  expect(nearestName(name, KNOWN)).toBe(nearest);
});

test.each(["repositorySettingsxyz", "prefix", "", "onto", "no", "x", "re"])(
  "%j is not taken for another name",
  (name) => {
    expect(nearestName(name, KNOWN)).toBeUndefined();
  },
);

test("the shortest name that begins with the unknown one wins over a similar one", () => {
  expect(nearestName("registry", ["registri", "registryUrl", "registryName"])).toBe("registryUrl");
  expect(nearestName("registry", ["registryNames", "registryName"])).toBe("registryName");
});

test("the name with the fewest changed letters wins, and the first one of several", () => {
  expect(nearestName("regiom", ["regions", "region"])).toBe("region");
  expect(nearestName("region", ["regionA", "regionB"])).toBe("regionA");
});

test("no name is suggested if none is known", () => {
  expect(nearestName("region", [])).toBeUndefined();
});

test("a name with one letter changed, added or removed is taken for the known name", () => {
  const name = fc.stringMatching(/^[a-z]{6,20}$/);
  fc.assert(
    fc.property(name, fc.nat(), fc.constantFrom("", "x", "xy"), (known, where, replacement) => {
      const at = where % known.length;
      const misspelt = `${known.slice(0, at)}${replacement}${known.slice(at + 1)}`;
      expect(nearestName(misspelt, ["unrelated-name-that-is-long", known])).toBe(known);
    }),
  );
});
