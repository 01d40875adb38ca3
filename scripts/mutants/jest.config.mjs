import base from "../../jest.config.mjs";

const [unit] = base.projects;

/** @type {import("jest").Config} */
export default {
  ...unit,
  rootDir: "../..",
  // The stand-ins of the tests, and the test that packs and installs the package, notice no fault that another test misses.
  testPathIgnorePatterns: [
    ...unit.testPathIgnorePatterns,
    "<rootDir>/test/(local-aws|local-commands)/",
    "<rootDir>/test/project/consumer.test.ts",
  ],
  collectCoverageFrom: ["src/**/*.ts"],
  coverageReporters: ["json-summary"],
  cacheDirectory: "<rootDir>/build/jest",
  testEnvironment: "<rootDir>/scripts/mutants/first-failure.mjs",
  testSequencer: "<rootDir>/scripts/mutants/given-order.mjs",
  testTimeout: base.testTimeout,
};
