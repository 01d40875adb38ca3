/** The parts of the benchmark, in the order of the page. */
export const PARTS = ["synthesis", "growth", "plans", "layouts", "deploy", "rewrite"] as const;

export type PartName = (typeof PARTS)[number];

/** What a reader must know to read the rows of a part. */
export interface PartText {
  readonly title: string;
  /** How many pairs it runs if nobody says otherwise. */
  readonly pairs: number;
  /** How many it runs at most, if a pair takes minutes. */
  readonly mostPairs?: number;
  readonly text: string;
}

/** The regions of the rows of the part synthesis. */
export const SYNTHESIS_REGIONS = 17;

/** How many stacks of a region are planned in place of all of them. */
export const SAMPLED_STACKS = 3;

export const TEXTS: { readonly [name in PartName]: PartText } = {
  synthesis: {
    title: "Synthesis",
    pairs: 31,
    text: `A fleet in ${SYNTHESIS_REGIONS} regions, one stack per region: Amazon ECR Public, Kubernetes, Quay, Docker Hub with a managed
credential and GitHub with an existing secret, with tagged repositories. Before anything is timed, a comparison verifies
that all sides declare the same.

- **By hand** uses the classes of \`@cdktf/provider-aws\`, imported one by one, directly in the stack. Resources,
  variables, providers and backends are the same.
- **aws-cdk-lib** uses the L1 classes. Its templates have the same rules, templates, roles, policies and secrets with the
  same settings. CloudFormation has no data source, so the ARN of GitHub's secret is a parameter; it has no
  \`terraform_data\`; the version of the secret belongs to the secret; names of roles have no prefix. The templates come with
  other files, which the bytes do not count. "Validation off" is \`builtinCloudFormationValidation: false\`. AWS
  evaluates the template, as \`terraform plan\` evaluates the JSON. The benchmark does not measure this work of AWS.
- **Plain HCL** is one file for each region, which Terraform reads as it is: there is no synthesis to compare. Terraform
  plans the same resources from both, in one region, against the stand-in for AWS.
- Import: a process that loads what each side needs, and nothing else: the framework, the files of the resources, which
  the pack otherwise loads when it first uses them, and the pack. With room in the heap, V8 has no reason to collect all
  of it. Otherwise it may do so on one side only.
- Construct and synth: cdktf, the files of the resources and the pack are loaded before; aws-cdk-lib loads parts of itself
  meanwhile. Whole process: from start to exit, compiled to JavaScript. With tsx: as
  \`npx tsx main.ts\` runs the program, without npx, with the cache of tsx filled.
- Memory: the most memory that was resident. Type-check: \`tsc --noEmit\` with \`skipLibCheck\` of the program alone.
- Type-checks and plans take longer than the rest, and run with a third of the pairs.`,
  },
  growth: {
    title: "Growth",
    pairs: 21,
    text: `The same programs with 1, 4, 17 and 34 regions, and with 1 to 50 caches of ECR Public in one region. An exponent is the
slope of the line that fits the logarithms of sizes and values best: 1 is linear, and less means that the fixed part is
large. Each pair has its own exponent. Its target is for the exponent itself, not for the ratio. "By hand" is as above.`,
  },
  plans: {
    title: "Plans of the module pull-through-cache",
    pairs: 11,
    text: `The CPU time of \`terraform plan\`, with the real provider and from an empty state. Both sides plan the same resources,
which is verified before anything is timed: a third of the upstreams without a credential, a third with a secret of its
own, a third with a managed secret and settings, all with tagged repositories. By hand means resources in the root
module without validations and preconditions (bench/workloads/plan-by-hand). Most of the time on both sides is what
Terraform needs to load the provider and its schema.`,
  },
  layouts: {
    title: "Plans of a fleet in one stack",
    pairs: 5,
    text: `\`terraform plan\` of a fleet in 34 regions with four upstreams, from an empty state and without refresh. All layouts plan
the same number of resources, which is verified.

- The other side is a stack for each region, planned one after the other. ${SAMPLED_STACKS} of the 34 are planned in each round, and their
  time is multiplied; the memory is that of one plan.
- One stack: one provider for all resources. It stands in for hashicorp/aws 6, where each resource has the argument
  \`region\`: the provider that runs here is hashicorp/aws 5.100.0, which does not know the argument. Not run:
  hashicorp/aws 6 itself, and its requests to 34 regions.
- Aliases: one stack with a provider for each region, each a process.
- Memory: the largest sum over Terraform and its providers, with shared pages counted once.
- A refresh reads the same resources in each layout; it is not measured.`,
  },
  deploy: {
    title: "cdktf deploy of a fleet",
    pairs: 1,
    mostPairs: 2,
    text: `\`cdktf deploy '*' --skip-synth --skip-provider-lock\` of a new fleet with a stack for each region and four upstreams, against
the stand-in for AWS. Afterwards the stand-in must have all rules. The other side has no plugin cache and the default
\`--parallelism\`, with which cdktf deploys all stacks at once.

- Plugin cache: \`TF_PLUGIN_CACHE_DIR\`, filled before by one \`terraform init\`, and the lock file of this run in the folder
  of each stack. Without a lock file, Terraform 1.11 installs the provider into the cache again for each stack, and fails
  with "text file busy" while another stack runs it. The part fails if a deployment changes the provider in the cache.
- Without the plugin cache (\`CDKTF_DISABLE_PLUGIN_CACHE_ENV=1\`: cdktf sets one below the home directory), each \`terraform init\` unpacks the provider from a packed mirror on this disk, as it does after
  a download. **The download is not measured**: each stack would download the archive.
- AWS: the stand-in answers within milliseconds, in the process of the benchmark. Its CPU time is not counted, but it shares
  the CPUs. With AWS, stacks wait more, and more parallelism saves more wall time.
- CPU: cdktf, Terraform and its providers. Memory: the largest sum over all of them, with shared pages counted once,
  measured twice a second. Disk: what the output folder and the plugin cache have at the end.
- A configuration for which the machine has too little memory is left out, and the command says so.`,
  },
  rewrite: {
    title: "Rewriting names of images",
    pairs: 11,
    text: `Both sides print all files with the names of the cache, which is verified to be the same text before anything is timed.
Each file has three objects of Kubernetes and six images of three registries in 2 KiB. The other side is one run of \`sed\`
with one substitution for each registry, which knows nothing of YAML: it would also change comments and other texts. The
command parses every file, and starts Node.js. It needs GNU time.`,
  },
};
