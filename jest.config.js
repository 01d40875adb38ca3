/** @type {import("jest").Config} */
module.exports = {
  testEnvironment: "node",
  roots: ["<rootDir>/test"],
  transform: { "\\.ts$": ["@swc/jest", { jsc: { parser: { syntax: "typescript" }, target: "es2022" } }] },
  moduleNameMapper: { "^cdktf-ecr-pull-through-cache$": "<rootDir>/src" },
  collectCoverage: true,
  collectCoverageFrom: ["src/**/*.ts"],
  coverageReporters: ["text", "lcovonly"],
  coverageThreshold: { global: { lines: 95 } },
  // Much of the time Terraform waits for CloudFormation: no core is kept free.
  maxWorkers: "100%",
  testTimeout: 240_000,
};
