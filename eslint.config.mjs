import js from "@eslint/js";
import importX from "eslint-plugin-import-x";
import tseslint from "typescript-eslint";

const providerRoot = {
  name: "@cdktf/provider-aws",
  message: "It loads every resource of AWS: import @cdktf/provider-aws/lib/<resource>.",
};

const copyleft = {
  group: ["@cloud-copilot/*"],
  message: "It is under the AGPL: only test/local-aws/iam/policy-evaluation.ts may import it.",
};

export default tseslint.config(
  { ignores: ["lib/", "build/", "coverage/", "**/cdktf.out/", "node_modules/", "modules/*/*.js"] },
  js.configs.recommended,
  tseslint.configs.recommendedTypeChecked,
  {
    files: ["**/*.ts"],
    plugins: { "import-x": importX },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/explicit-module-boundary-types": "error",
      "import-x/no-duplicates": ["error", { "prefer-inline": false }],
      "import-x/no-extraneous-dependencies": [
        "error",
        { devDependencies: ["cli/**", "test/**", "bench/**", "scripts/**", "modules/**", "*.config.*"] },
      ],
      "import-x/order": [
        "error",
        {
          alphabetize: { order: "asc" },
          "newlines-between": "never",
          // The package by its own name is no neighbour, wherever it resolves to.
          pathGroups: [{ pattern: "cdktf-ecr-pull-through-cache", group: "external" }],
          pathGroupsExcludedImportTypes: ["builtin"],
        },
      ],
      "no-restricted-imports": ["error", { paths: [providerRoot], patterns: [copyleft] }],
    },
  },
  {
    files: ["src/**/*.ts"],
    rules: {
      // The library's users carry what it imports: its peers only, and cdktf only by its front door.
      "no-restricted-imports": [
        "error",
        {
          paths: [providerRoot],
          patterns: [copyleft, { group: ["cdktf/*", "node:*"], message: "Use the public API of the peers." }],
        },
      ],
    },
  },
  {
    files: ["test/local-aws/iam/policy-evaluation.ts"],
    rules: { "no-restricted-imports": ["error", { paths: [providerRoot] }] },
  },
  {
    files: ["**/*.mjs"],
    extends: [tseslint.configs.disableTypeChecked],
  },
);
