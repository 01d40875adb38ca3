import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { clientConfig, trusting } from "../local-aws/clients";
import { addNetworks } from "../local-aws/ec2/networks";
import { imageOf } from "../local-aws/ecr/images";
import { createCredential } from "../local-aws/secrets-manager/credentials";
import { ACCOUNT } from "../local-aws/server";
import type { LocalAws } from "../local-aws/server";
import type { GuideSetup } from "./guide";
import type { Puller } from "./puller";

/** A node of the example `private-eks`. */
const NODE: Puller = { roleName: "eks-node", subnetId: "subnet-0e45000000000000a" };

/** The network of that example, the role of its nodes, and the image that they pull. */
async function addPrivateEks(aws: LocalAws): Promise<void> {
  addNetworks(aws, ACCOUNT);
  aws.ecr.upstreams.put("registry-1.docker.io", "library/redis", "7.4", imageOf("layer"));
  await new IAMClient(clientConfig(aws)).send(
    new CreateRoleCommand({ RoleName: NODE.roleName, AssumeRolePolicyDocument: trusting("ec2.amazonaws.com") }),
  );
}

/** The guides, and what each takes for given. */
export const GUIDES: { readonly [name: string]: GuideSetup } = {
  "docs/eks-docker-hub.md": {
    files: {
      "main.ts": "examples/private-eks/main.ts",
      "deployment.yaml": "examples/private-eks/deployment.yaml",
    },
    typed: ["not-a-token"],
    prepare: addPrivateEks,
    nodes: NODE,
  },
  "docs/registry-credentials.md": {
    files: { "main.ts": "examples/docker-hub/main.ts" },
    typed: ["not-a-token", "not-a-token-either"],
    prepare: (aws) => aws.ecr.upstreams.put("registry-1.docker.io", "library/nginx", "1.29", imageOf("layer")),
  },
  "docs/vpc-endpoints.md": {
    files: { "main.ts": "examples/private-eks/main.ts" },
    prepare: async (aws) => {
      await addPrivateEks(aws);
      await createCredential(aws, "docker-hub", { region: "eu-west-1" });
    },
    machine: NODE,
  },
};
