import { closed } from "./json-schema";

/**
 * A buildspec for AWS CodeBuild with a batch in it, as AWS describes them; what is not described is refused.
 * https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html
 * https://docs.aws.amazon.com/codebuild/latest/userguide/batch-build-buildspec.html
 */
const text = { type: "string", minLength: 1 };
const texts = { type: "array", items: text, minItems: 1 };
const flag = { type: "boolean" };
// "must contain only alphanumeric characters and underscores and be less than 128 characters in length", says CodeBuild.
const identifier = { type: "string", pattern: "^[A-Za-z0-9_]{1,127}$" };
const variables = {
  type: "object",
  propertyNames: { pattern: "^[A-Za-z_][A-Za-z0-9_]*$" },
  additionalProperties: text,
};

const phase = closed(
  {
    "run-as": text,
    "on-failure": { enum: ["ABORT", "CONTINUE"] },
    "runtime-versions": { type: "object" },
    commands: texts,
    finally: texts,
  },
  ["commands"],
);

const taskEnv = closed({
  "compute-type": text,
  fleet: text,
  image: text,
  "privileged-mode": flag,
  type: text,
  variables,
});

const task = { identifier, buildspec: text, "debug-session": flag, env: taskEnv, "ignore-failure": flag };

export const BUILDSPEC_SCHEMA = closed(
  {
    version: { const: 0.2 },
    "run-as": text,
    env: closed({
      shell: { enum: ["bash", "/bin/sh", "powershell.exe", "cmd.exe"] },
      variables,
      "parameter-store": variables,
      // <secret>:<key>:<version stage>:<version>
      "secrets-manager": { ...variables, additionalProperties: { type: "string", pattern: "^[^:]+(:[^:]*){0,3}$" } },
      "exported-variables": texts,
      "git-credential-helper": { enum: ["yes", "no"] },
    }),
    proxy: closed({ "upload-artifacts": { enum: ["yes", "no"] }, logs: { enum: ["yes", "no"] } }),
    batch: closed(
      {
        "fast-fail": flag,
        "build-graph": {
          type: "array",
          minItems: 1,
          items: closed({ ...task, "depend-on": { type: "array", items: identifier, minItems: 1 } }, ["identifier"]),
        },
      },
      ["build-graph"],
    ),
    phases: closed({ install: phase, pre_build: phase, build: phase, post_build: phase }, ["build"]),
    artifacts: closed(
      {
        files: texts,
        name: text,
        "base-directory": text,
        "discard-paths": { enum: ["yes", "no"] },
        "exclude-paths": texts,
        "enable-symlinks": { enum: ["yes", "no"] },
        "s3-prefix": text,
      },
      ["files"],
    ),
    cache: closed({ key: text, "fallback-keys": texts, action: text, paths: texts }),
  },
  ["version", "phases"],
);
