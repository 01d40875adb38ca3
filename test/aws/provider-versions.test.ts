import { PROVIDER_VERSIONS, VERSION_CONSTRAINT, allowsSupportedVersion } from "../../src/aws/provider-versions";
import { matches } from "../../src/validation/rule";

test.each([
  PROVIDER_VERSIONS,
  "5.100",
  "= 6.25.0",
  "> 5.100.0",
  ">= 5.90.0",
  "< 7",
  "<= 5.100.0",
  "~> 5.90",
  "~> 5.100.3",
  "~> 6.0",
  "~> 5",
  ">= 5.100.0, != 5.100.0, != 5.100.1",
  ">5.101,<6.0.0",
  "7.0.0-beta1",
])("%s allows a supported version", (constraint) => {
  expect(allowsSupportedVersion(constraint, PROVIDER_VERSIONS)).toBe(true);
});

test.each([
  "= 5.99.0",
  "5.90",
  "< 5.100",
  "<= 5.99",
  "~> 5.99.0",
  "~> 7.0",
  ">= 7",
  "> 5.100.0, < 5.100.0",
  "~> 4.0, >= 5",
])("%s allows none", (constraint) => {
  expect(allowsSupportedVersion(constraint, PROVIDER_VERSIONS)).toBe(false);
});

test("many conditions with many spaces are refused at once when the last one is wrong", () => {
  const conditions = `${" ".repeat(20)}6.0${" ".repeat(20)},`.repeat(50);
  expect(matches(`${conditions} 6.0`, VERSION_CONSTRAINT)).toBe(true);
  expect(matches(`${conditions} six`, VERSION_CONSTRAINT)).toBe(false);
});
