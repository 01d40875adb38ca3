import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import type { App } from "cdktf";
import { TerraformStack, Testing } from "cdktf";
import { PullThroughCache, TagMutability, Upstream } from "cdktf-ecr-pull-through-cache";

const IMMUTABLE = { tagMutability: TagMutability.IMMUTABLE };

/** An app with a cache whose tags cannot move. */
function appWith(context: { readonly [key: string]: unknown } = {}): App {
  const app = Testing.app({ context });
  const stack = new TerraformStack(app, "stack");
  new AwsProvider(stack, "aws", { region: "us-east-1" });
  new PullThroughCache(stack, "cache", { upstreams: [Upstream.quay()], repositorySettings: IMMUTABLE });
  return app;
}

let printed: string[];
beforeEach(() => {
  printed = [];
  jest.spyOn(console, "warn").mockImplementation((line: string) => void printed.push(line));
});
afterEach(() => jest.restoreAllMocks());

test("a program prints each of its warnings once, with the construct's path, however often it is synthesized", () => {
  const app = appWith();
  expect(printed).toEqual([]);
  app.synth();
  app.synth();
  expect(printed).toEqual([expect.stringMatching(/^Warning: stack\/cache: .*"immutable-tags"/)]);
});

test.each([
  ["that is acknowledged", { "cdktf-ecr-pull-through-cache:acknowledgedWarnings": ["immutable-tags"] }],
  ["where the CLI of CDKTF runs the program, which prints warnings itself", { cdktfRelativeModules: [] }],
])("a program prints no warning %s", (_, context) => {
  appWith(context).synth();
  expect(printed).toEqual([]);
});
