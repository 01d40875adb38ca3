import { canonicalDomain, dualStackHostOf, hostOf, privateRegistryAt } from "../../src/image/registry-hosts";

const ACCOUNT = "111122223333";

test.each([
  ["docker.io", "docker.io"],
  ["Docker.IO:443", "docker.io"],
  ["index.docker.io", "docker.io"],
  ["registry-1.docker.io", "docker.io"],
  ["registry.hub.docker.com", "docker.io"],
  ["k8s.gcr.io", "registry.k8s.io"],
  ["K8S.gcr.io:443", "registry.k8s.io"],
  ["quay.io", "quay.io"],
  ["quay.io:8443", "quay.io:8443"],
  ["gcr.io", "gcr.io"],
  ["localhost:5000", "localhost:5000"],
  ["[::1]:443", "[::1]"],
])("%s stands for %s", (domain, canonical) => {
  expect(canonicalDomain(domain)).toBe(canonical);
});

test.each([
  ["eu-west-1", "eu-west-1.amazonaws.com", "eu-west-1.on.aws"],
  ["us-gov-west-1", "us-gov-west-1.amazonaws.com", "us-gov-west-1.on.aws"],
  ["cn-north-1", "cn-north-1.amazonaws.com.cn", "cn-north-1.on.amazonwebservices.com.cn"],
  ["us-iso-east-1", "us-iso-east-1.c2s.ic.gov", undefined],
  ["us-isob-east-1", "us-isob-east-1.sc2s.sgov.gov", undefined],
  ["eu-isoe-west-1", "eu-isoe-west-1.cloud.adc-e.uk", undefined],
  ["us-isof-south-1", "us-isof-south-1.csp.hci.ic.gov", undefined],
  ["eusc-de-east-1", "eusc-de-east-1.amazonaws.eu", undefined],
])("every host of a private registry in %s stands for the one that a pull uses", (region, host, dualStack) => {
  const registry = { accountId: ACCOUNT, region };
  const own = `${ACCOUNT}.dkr.ecr.${host}`;
  const ownDualStack = dualStack && `${ACCOUNT}.dkr-ecr.${dualStack}`;
  expect([hostOf(registry), dualStackHostOf(registry)]).toEqual([own, ownDualStack]);
  for (const each of [own, own.replace("ecr.", "ecr-fips."), ownDualStack ?? own]) {
    expect(privateRegistryAt(each)).toEqual(registry);
    expect(canonicalDomain(`${each.toUpperCase()}:443`)).toBe(own);
  }
});

test.each([
  `${ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com.example.com`,
  `${ACCOUNT}.dkr.ecr.eu-west-1.example.com`,
  `${ACCOUNT}.dkr-ecr.eu-west-1.on.aws.example.com`,
  `${ACCOUNT}.dkr.ecr.eu-west-1.amazonaws-com`,
  `${ACCOUNT}.dkr.ecr.eu-west-1`,
  "1234.dkr.ecr.eu-west-1.amazonaws.com",
  "public.ecr.aws",
  "",
])("%j is the host of no private registry", (host) => {
  expect(privateRegistryAt(host)).toBeUndefined();
});
