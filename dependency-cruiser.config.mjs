// Who may import whom, type imports included; CONTRIBUTING.md describes the folders.
const FLOORS = ["terraform", "validation", "aws", "image", "cache"];
const FEATURES_OF_CACHES = ["network", "warmer", "fleet", "registry", "alerts"];
const FOLDERS = [...FLOORS, ...FEATURES_OF_CACHES, "stack-override", "client-config"];

/** The rule that a folder of src/ imports nothing but itself and the folders below it. */
function above(folder, below) {
  return {
    name: `${folder}-imports-what-is-below`,
    severity: "error",
    from: { path: `^src/${folder}/` },
    to: { path: "^src/", pathNot: `^src/(${[folder, ...below].join("|")})/` },
  };
}

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    { name: "no-cycle", severity: "error", from: {}, to: { circular: true } },
    ...FLOORS.map((floor, index) => above(floor, FLOORS.slice(0, index))),
    above("stack-override", ["aws", "validation", "terraform"]),
    above("client-config", ["image", "aws", "validation"]),
    ...FEATURES_OF_CACHES.map((feature) => above(feature, FLOORS)),
    {
      name: "modules-share-rules-conditions-and-statements",
      comment:
        "What a plain module shares with a construct is a rule, a condition of a plan, a policy statement or an enum.",
      severity: "error",
      from: { path: "^modules/" },
      to: {
        path: "^src/",
        pathNot:
          "^src/(aws|image|validation|terraform)/|^src/[a-z-]+/(rules|plan-conditions|policy-statements)[.]ts$|" +
          "^src/(cache/repository-settings|network/(first-pull|security-group)|registry/existing-settings|stack-override/(override-action|override-strategy|cli-update)|warmer/(buildspec|fixed-arguments))[.]ts$",
      },
    },
    {
      name: "the-command-line-runs-without-cdktf",
      comment:
        "It is one file without dependencies, and cdktf takes a second to load. It uses src/image and src/client-config.",
      severity: "error",
      from: { path: "^(cli|src/(image|client-config))/" },
      to: { path: "^node_modules/(cdktf|constructs|@cdktf)/", reachable: true },
    },
    {
      name: "each-folder-has-its-place",
      comment: "A folder that no rule above names could import anything.",
      severity: "error",
      from: { path: "^src/", pathNot: `^src/(${FOLDERS.join("|")})/|^src/index[.]ts$` },
      to: {},
    },
    {
      name: "the-library-knows-nothing-of-the-rest",
      severity: "error",
      from: { path: "^src/" },
      to: { path: "^(cli|modules|test|examples|scripts|bench)/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(lib|coverage)/|cdktf[.]out" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
  },
};
