import { EndpointService } from "cdktf-ecr-pull-through-cache";
import { KNOWN_SERVICES, knownServiceOf } from "../../src/aws/endpoint-service-names";

const CONSTANTS = Object.entries(EndpointService).filter(
  (entry): entry is [string, EndpointService] => entry[1] instanceof EndpointService,
);

test("there are constants", () => {
  expect(CONSTANTS.length).toBeGreaterThan(0);
});

test.each(CONSTANTS)("%s is known by the names of the constant and of its endpoint service", (constant, { name }) => {
  expect([constant, constant.toLowerCase(), name].map(knownServiceOf)).toEqual([name, name, name]);
});

test("every known service has a constant", () => {
  const names = CONSTANTS.map(([, { name }]) => name).sort();
  expect([...new Set(Object.values(KNOWN_SERVICES))].sort()).toEqual(names);
});

test.each(["kinesis-streams", "constructor", ""])("%j may be the name of any other service", (name) => {
  expect(knownServiceOf(name)).toBeUndefined();
});
