import type { WarningId } from "../../src/terraform/warnings";
import type { Block, Input, Inputs, ModuleDefinition } from "../generator/definition";
import { expression, hcl } from "../generator/hcl";
import { acknowledgedWarnings } from "../generator/warnings";
import { pullPolicy } from "../pull-policy/module";
import { CACHE_WARNINGS, pullThroughCache } from "../pull-through-cache/module";
import { ENDPOINT_WARNINGS } from "../registry-endpoints/inputs";
import { registryEndpoints } from "../registry-endpoints/module";

// Inputs that are outputs of another of the modules, or that are of no use for a single region.
const NO_INPUTS = ["prefixes", "tagged_prefixes", "regions", "acknowledged_warnings"];

const PREFIXES = { prefixes: "${module.cache.prefixes}", tagged_prefixes: "${module.cache.tagged_prefixes}" };

/** The inputs of a module that are inputs of this one; that module checks them. */
function inputsOf({ inputs }: ModuleDefinition): Inputs {
  const own = Object.entries(inputs).filter(([name]) => !NO_INPUTS.includes(name));
  return Object.fromEntries(own.map(([name, input]): [string, Input] => [name, { ...input, isCheckedBelow: true }]));
}

/** A call of a module with its inputs of this module, and with further arguments. */
function call(definition: ModuleDefinition, others: Block): Block {
  const same = Object.keys(inputsOf(definition)).map((name) => [name, expression(`var.${name}`)] as const);
  return { source: `../${definition.name}`, ...Object.fromEntries(same), ...others };
}

/** The acknowledged warnings that a module knows, as an expression. */
function acknowledged(ids: readonly WarningId[]): string {
  return expression(`setintersection(var.acknowledged_warnings, ${hcl(ids)})`);
}

/** A cache, the VPC endpoints with which private subnets reach it, and the permission to pull. */
export const privateRegistry: ModuleDefinition = {
  name: "private-registry",
  purpose: [
    "One registry for the private subnets of one VPC: the caches of pull-through-cache, the endpoints of registry-endpoints, and the permission to pull of pull-policy, in one call.",
    "Each of the three is described in its own README: [pull-through-cache](../pull-through-cache/README.md), [registry-endpoints](../registry-endpoints/README.md), [pull-policy](../pull-policy/README.md). The second README describes how endpoints change a VPC. To share a cache among VPCs, or endpoints among caches, call the modules one by one.",
  ],
  uses: [
    {
      title: "Smallest use",
      hcl: `
module "registry" {
  source = "../cdktf-ecr-pull-through-cache/modules/private-registry"

  upstreams       = { ecr-public = {}, quay = {} }
  vpc_id          = "vpc-0a1b2c3d4e5f60718"
  subnet_ids      = ["subnet-0a1b2c3d4e5f6071a", "subnet-0a1b2c3d4e5f6071b"]
  route_table_ids = { private = "rtb-0a1b2c3d4e5f60718" }
  client_cidrs    = { vpc = "10.0.0.0/16" }
  first_pull      = "INTERNET_ROUTE"
  role_names      = { nodes = "eks-node" }
}

output "node_exporter" {
  value = "\${module.registry.repository_uris["quay"]}/prometheus/node-exporter:v1.9.1"
}
`,
    },
  ],
  terraform: pullThroughCache.terraform,
  inputs: {
    ...inputsOf(pullThroughCache),
    ...inputsOf(registryEndpoints),
    ...inputsOf(pullPolicy),
    acknowledged_warnings: acknowledgedWarnings(...CACHE_WARNINGS, ...ENDPOINT_WARNINGS),
  },
  modules: {
    cache: call(pullThroughCache, { acknowledged_warnings: acknowledged(CACHE_WARNINGS) }),
    endpoints: call(registryEndpoints, {
      ...PREFIXES,
      acknowledged_warnings: acknowledged(ENDPOINT_WARNINGS),
    }),
    pulls: call(pullPolicy, PREFIXES),
  },
  outputs: {
    registry_uri: {
      description: "The host that clients in the VPC sign in to and pull from.",
      value: "${module.endpoints.registry_uri}",
    },
    repository_uris: {
      description: "The name to pull in place of a registry, by the keys of `upstreams`: append the repository.",
      value: expression(
        "{ for key, rule in module.cache.rules : key => module.endpoints.repository_uris[rule.prefix] }",
      ),
      depends_on: ["module.cache", "module.endpoints", "module.pulls"],
    },
    pull_policy_json: {
      description: "The IAM policy that allows to pull, as JSON.",
      value: "${module.pulls.json}",
    },
    policy_arn: {
      description: "ARN of the managed policy; null without one.",
      value: "${module.pulls.policy_arn}",
    },
    secret_arns: {
      description: "ARNs of the managed secrets, by the keys of their upstreams.",
      value: "${module.cache.secret_arns}",
    },
    security_group_id: {
      description: "The security group of the interface endpoints; null if there is none.",
      value: "${module.endpoints.security_group_id}",
    },
  },
};
