import { imageOf } from "../local-aws/ecr/images";
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
  "docs/registry-credentials.md": {
    files: { "main.ts": "examples/docker-hub/main.ts" },
    typed: ["not-a-token", "not-a-token-either"],
    prepare: (aws) => aws.ecr.upstreams.put("registry-1.docker.io", "library/nginx", "1.29", imageOf("layer")),
  },
};
