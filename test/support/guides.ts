import { imageOf } from "../local-aws/ecr/images";
import { createStateBucket } from "../local-aws/s3/state-bucket";
import type { LocalAws } from "../local-aws/server";
import type { GuideSetup } from "./guide";

/** The guides, and what each takes for given. */
export const GUIDES: { readonly [name: string]: GuideSetup } = {
  "docs/getting-started.md": {
    files: {
      "main.ts": "examples/ecr-public/main.ts",
      "hcl/main.tf": "modules/pull-through-cache/examples/minimal/main.tf",
    },
    prepare: (aws) => aws.ecr.upstreams.put("public.ecr.aws", "nginx/nginx", "1.29", imageOf("layer")),
  },
  "docs/pipelines.md": {
    files: { "main.ts": "examples/pipeline/main.ts", ".github/workflows": "examples/pipeline/github" },
    typed: ["not-a-token"],
    prepare: async (aws) => {
      await createStateBucket(aws);
      publishAlpine(aws);
    },
  },
  "docs/regions.md": {
    files: { "main.ts": "examples/elastio-connector/main.ts" },
    prepare: publishAlpine,
  },
  "docs/registry-credentials.md": {
    files: { "main.ts": "examples/docker-hub/main.ts" },
    typed: ["not-a-token", "not-a-token-either"],
    prepare: (aws) => aws.ecr.upstreams.put("registry-1.docker.io", "library/nginx", "1.29", imageOf("layer")),
  },
};

/** An image that ECR Public has. */
function publishAlpine(aws: LocalAws): void {
  aws.ecr.upstreams.put("public.ecr.aws", "docker/library/alpine", "3.22", imageOf("layer"));
}
