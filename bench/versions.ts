import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What a consumer of aws-cdk-lib installs. */
export const AWS_CDK = { "aws-cdk-lib": "2.276.0", constructs: "10.8.1" };

/** The version of hashicorp/aws that plans and deploys. */
export const AWS_PROVIDER = "5.100.0";

/** The Terraform that plans and deploys. */
export const TERRAFORM = "1.11.4";

/** The packages of the repository that both programs of cdktf use. */
const OF_CDKTF = ["cdktf", "cdktf-cli", "constructs", "@cdktf/provider-aws"];

/** The versions that are compared, for a sentence. */
export function versions(): string {
  const { devDependencies } = JSON.parse(readFileSync(join(__dirname, "..", "package.json"), "utf8")) as {
    readonly devDependencies: { readonly [name: string]: string };
  };
  const installed = [
    ...Object.entries(AWS_CDK).slice(0, 1),
    ...OF_CDKTF.map((name): [string, string] => [name, devDependencies[name] ?? ""]),
    ["Terraform", TERRAFORM],
    ["hashicorp/aws", AWS_PROVIDER],
  ];
  return installed.map(([name, version]) => `${name} ${version}`).join(", ");
}
