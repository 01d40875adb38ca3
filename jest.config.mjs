import { availableParallelism } from "node:os";

const shared = {
  // Jest loads no ECMAScript modules.
  transform: {
    "\\.ts$|/cel-js/lib/": ["@swc/jest", { jsc: { parser: { syntax: "typescript" }, target: "es2022" } }],
  },
  transformIgnorePatterns: ["/node_modules/(?!@marcbachmann/cel-js/)"],
  moduleNameMapper: { "^cdktf-ecr-pull-through-cache$": "<rootDir>/src" },
};

/** @type {import("jest").Config} */
export default {
  projects: [
    {
      ...shared,
      displayName: "unit",
      testMatch: ["<rootDir>/test/**/*.test.ts"],
      testPathIgnorePatterns: ["<rootDir>/test/terraform/"],
      globalSetup: "<rootDir>/test/support/run-folder.ts",
    },
    {
      ...shared,
      displayName: "terraform",
      testMatch: ["<rootDir>/test/terraform/**/*.test.ts"],
      globalSetup: "<rootDir>/test/support/terraform-setup.ts",
      // The unit tests reach the threshold alone, and these tests need the CPU time that instrumentation takes.
      coveragePathIgnorePatterns: ["/"],
    },
  ],
  testSequencer: "<rootDir>/test/support/longest-first.mjs",
  reporters: ["default", "<rootDir>/test/support/run-summary.mjs"],
  collectCoverage: true,
  collectCoverageFrom: ["src/**/*.ts", "cli/**/*.ts", "!cli/main.ts"],
  coverageReporters: ["text", "lcovonly"],
  coverageThreshold: { global: { lines: 95 } },
  // Terraform waits for CloudFormation most of the time.
  maxWorkers: availableParallelism() * 2,
  maxConcurrency: 8,
  // Nothing is wrong with a test that is slow because the machine is busy.
  testTimeout: 600_000,
};
