import * as fs from "node:fs";
import * as path from "node:path";
import { isErrorOfAws } from "../local-aws/service-model";
import { readDocument } from "../support/documents";
import { ROOT } from "../support/examples";

const { text } = readDocument("docs/troubleshooting.md");
/** The messages in the headings. */
const MESSAGES = [...text.matchAll(/^### .*?`([^`]+)`/gm)].map(([, message = ""]) => message);

/** Messages that are worded outside of AWS's models, of the stand-in and of the library. */
const OF_OTHERS: { readonly [program: string]: readonly string[] } = {
  "Amazon ECS": ["CannotPullContainerError", "ResourceInitializationError"],
  "AWS Lambda": ["Source image … does not exist"],
  "CDK Terrain": [
    "Found constructs outside of a TerraformStack",
    "_resetResolveDiscoveredProviderFeatureUsage is not a function",
    "util.markAsUncloneable is not a function",
    "write-only attributes requires terraform >=1.11.0",
  ],
  "Docker Hub and Amazon ECR": ["toomanyrequests"],
  Kubernetes: ["ErrImagePull"],
  Terraform: [
    "Cannot import non-existent remote object",
    "Ephemeral value not allowed",
    "Error acquiring the state lock",
    "Instance cannot be destroyed",
    "Invalid count argument",
    "No value for required variable",
    "Provider configuration not present",
    "Saved plan is stale",
    "text file busy",
    "The error message included a sensitive value",
    "the lock file is read-only",
  ],
  "hashicorp/aws": [
    "AWS account ID not allowed",
    "couldn't find resource",
    "invalid AWS Region",
    "no matching CloudFormation Stack found",
  ],
};

/** What the stand-ins for AWS, Docker and kubectl print. */
const PRINTED = ["test/local-aws", "test/local-commands"]
  .flatMap((folder) =>
    fs
      .readdirSync(path.join(ROOT, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
      .map((file) => fs.readFileSync(path.join(ROOT, folder, file), "utf8")),
  )
  .join("\n");

test("every message in a heading is one that AWS, a stand-in or a named program has", () => {
  const others = Object.values(OF_OTHERS).flat();
  expect(MESSAGES.length).toBeGreaterThan(25);
  const unknown = MESSAGES.filter((message) => !isErrorOfAws(message) && !PRINTED.includes(message));
  expect(unknown.sort()).toEqual([...others].sort());
});

test("every code of an exception is one of AWS's", () => {
  const codes = [...new Set(text.match(/\b[A-Z]\w+Exception\b/g))];
  expect(codes.length).toBeGreaterThan(5);
  expect(codes.filter((code) => !isErrorOfAws(code))).toEqual([]);
});

test("every warning is described", () => {
  const source = fs.readFileSync(path.join(ROOT, "src/terraform/warnings.ts"), "utf8");
  const ids = [...source.matchAll(/^ {2}\| "([a-z-]+)"/gm)].map(([, id = ""]) => id);
  const described = [...text.matchAll(/^\| `([a-z-]+)` \| /gm)].map(([, id = ""]) => id);
  expect(described).toEqual(ids.sort());
});
