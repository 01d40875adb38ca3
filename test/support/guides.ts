import { createDockerHubCache } from "../local-aws/ecr/docker-hub-cache";
import { imageOf } from "../local-aws/ecr/images";
import type { GuideSetup } from "./guide";

/** The guides, and what each takes for given. */
export const GUIDES: { readonly [name: string]: GuideSetup } = {
  "docs/import-existing-resources.md": {
    files: {
      "main.ts": "examples/docker-hub/import.ts",
      "main.tf": "modules/pull-through-cache/examples/import/main.tf",
    },
    typed: ["not-a-token"],
    prepare: async (aws) => {
      await createDockerHubCache(aws, "us-east-1");
      await createDockerHubCache(aws, "eu-west-1");
      aws.ecr.upstreams.put("registry-1.docker.io", "library/nginx", "1.29", imageOf("layer"));
    },
  },
  "docs/migrate.md": {
    files: {
      "docker-hub.tf": "test/project/hand-written/docker-hub.tf",
      "docker-hub.new": "examples/plain-terraform/migrate/main.tf",
      "europe/docker-hub.tf": "test/project/hand-written/docker-hub.tf",
      "europe/main.ts": "examples/docker-hub/migrate.ts",
    },
    typed: ["not-a-token"],
    prepare: (aws) => aws.ecr.upstreams.put("registry-1.docker.io", "library/nginx", "1.29", imageOf("layer")),
  },
  "docs/registry-credentials.md": {
    files: { "main.ts": "examples/docker-hub/main.ts" },
    typed: ["not-a-token", "not-a-token-either"],
    prepare: (aws) => aws.ecr.upstreams.put("registry-1.docker.io", "library/nginx", "1.29", imageOf("layer")),
  },
  "docs/remove.md": {
    files: { "main.ts": "examples/docker-hub/main.ts" },
    typed: ["not-a-token"],
    prepare: (aws) => aws.ecr.upstreams.put("registry-1.docker.io", "library/nginx", "1.29", imageOf("layer")),
  },
};
