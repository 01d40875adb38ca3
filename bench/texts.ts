import { AWS_PROVIDER, TERRAFORM } from "./versions";

/** The parts of the benchmark, in the order of the page. */
export const PARTS = ["synthesis", "growth", "plans", "layouts", "deploy", "rewrite"] as const;

export type PartName = (typeof PARTS)[number];

/** What a reader must know to read the rows of a part. */
export interface PartText {
  /** What the column Part of the table has. */
  readonly name: string;
  /** What the part is about, if the name does not say it. */
  readonly title?: string;
  /** How many pairs it runs if nobody says otherwise. */
  readonly pairs: number;
  /** How many it runs at most, if a pair takes minutes. */
  readonly mostPairs?: number;
  readonly text: string;
}

/** How many processes of each side are profiled. */
export const PROFILES = 7;

/** Smaller differences in a profile are noise, in milliseconds. */
export const SMALLEST_DIFFERENCE = 0.5;

/** The regions of the rows of the part synthesis. */
export const SYNTHESIS_REGIONS = 17;

/** How many stacks of a region are planned in place of all of them. */
export const SAMPLED_STACKS = 3;

export const TEXTS: { readonly [name in PartName]: PartText } = {
  synthesis: {
    name: "Synthesis",
    pairs: 31,
    text: `A fleet in ${SYNTHESIS_REGIONS} regions, one stack per region: Amazon ECR Public, Kubernetes, Quay, Docker Hub with a managed
credential and GitHub with an existing secret, with tagged repositories. Before anything is timed, a comparison verifies
that all sides declare the same.

- **By hand** uses the classes of \`@cdktf/provider-aws\`, imported one by one, directly in the stack. Resources,
  variables, providers and backends are the same.
- **aws-cdk-lib** uses the L1 classes. Its templates have the same rules, creation templates, roles, policies and secrets
  with the same settings. CloudFormation has no data sources, so the ARN of GitHub's secret is a parameter. CloudFormation
  has no \`terraform_data\` and no resource for the version of a secret, and names of roles have no prefix. The bytes count
  the templates only, not the other files of the output folder. "Validation off" is
  \`builtinCloudFormationValidation: false\`. AWS evaluates the template, as \`terraform plan\` evaluates the JSON. The
  benchmark does not measure this work of AWS.
- **Plain HCL** is one file for each region. Terraform reads the file as it is, so there is no synthesis to compare.
  Terraform validates and plans one region from both sides, against the stand-in for AWS.
- Import: a process that only loads the framework, the files of the resources and this package. Outside the benchmark,
  this package loads the file of a resource at its first use. "With room in the heap" starts V8 with a larger heap, so
  that V8 need not collect the whole heap. Without it, V8 may do so on one side only.
- Construct and synth: the time after cdktf, the files of the resources and this package are loaded. aws-cdk-lib loads
  some of its files during this time.
- Whole process: from start to exit, compiled to JavaScript. With tsx: the program in TypeScript, run by tsx with a
  filled cache, without npx.
- Memory: the largest resident memory. Type-check: \`tsc --noEmit\` with \`skipLibCheck\` of the program alone.
- Type-checks, \`terraform validate\` and \`terraform plan\` take seconds, and run with a third of the pairs.`,
  },
  growth: {
    name: "Growth",
    pairs: 21,
    text: `The same programs with 1, 4, 17 and 34 regions, and with 1 to 50 caches of ECR Public in one region. An exponent is the
slope of the line that best fits the logarithms of sizes and values. 1 means linear growth; less than 1 means that the
fixed part is large. Each pair has its own exponent. The target is for the exponent itself, not for the ratio. "By hand"
is as in Synthesis.`,
  },
  plans: {
    name: "Plans",
    title: "the module pull-through-cache",
    pairs: 11,
    text: `The CPU time of \`terraform plan\`, with the real provider and from an empty state. A third of the upstreams has no
credential, a third has an existing secret, a third has a managed secret and settings, and all have tagged repositories.
Before anything is timed, a comparison verifies that both sides plan the same resources. By hand means resources in the
root module without validations and preconditions (bench/workloads/plan-by-hand). On both sides, Terraform needs most of
the time to load the provider and its schema.`,
  },
  layouts: {
    name: "Layouts",
    title: "plans of a fleet in one stack",
    pairs: 5,
    text: `\`terraform plan\` of a fleet in 34 regions with four upstreams, from an empty state and without refresh. The part
fails unless all layouts plan the same number of resources.

- The other side is a stack for each region, planned one after the other. Each round plans ${SAMPLED_STACKS} of the 34
  stacks and multiplies their time. The memory is that of one plan.
- One stack: one provider for all resources. This layout needs hashicorp/aws 6, where each resource has the argument
  \`region\`. The benchmark runs hashicorp/aws ${AWS_PROVIDER}, which does not have the argument, and leaves it out. It does not
  run hashicorp/aws 6 and its requests to 34 regions.
- Aliases: one stack with a provider for each region. Each of these providers is a process.
- Memory: the largest sum over Terraform and its providers, with shared pages counted once.
- The benchmark does not measure a refresh, which reads the same resources in each layout.`,
  },
  deploy: {
    name: "Deploy",
    title: "cdktf deploy of a fleet",
    pairs: 1,
    mostPairs: 2,
    text: `\`cdktf deploy '*' --skip-synth --skip-provider-lock\` of a new fleet with a stack for each region and four upstreams,
against the stand-in for AWS. The part fails unless the stand-in has all rules afterwards. The other side has no plugin
cache and the default \`--parallelism\`, with which cdktf deploys all stacks at once.

- Plugin cache: \`TF_PLUGIN_CACHE_DIR\`, filled by one \`terraform init\` before the deployment, and the lock file of that
  run in the folder of each stack. Without a lock file, Terraform ${TERRAFORM} installs the provider into the cache again for
  each stack, and fails with "text file busy" while another stack runs the provider. The part fails if a deployment
  changes the provider in the cache.
- No plugin cache: \`CDKTF_DISABLE_PLUGIN_CACHE_ENV=1\`, because cdktf otherwise sets a plugin cache below the home
  directory. Each \`terraform init\` unpacks the provider from an archive on this disk, as it does after a download. **The
  download is not measured**: without a plugin cache, each stack downloads the archive.
- AWS: the stand-in answers within milliseconds, in the process of the benchmark. Its CPU time is not counted, but it
  uses the same CPUs. With AWS, stacks wait longer, and more parallelism saves more wall time.
- CPU: cdktf, Terraform and its providers. Memory: the largest sum over all of them, with shared pages counted once,
  measured twice a second. Disk: the output folder and the plugin cache at the end.
- If the machine has too little memory for a configuration, the benchmark leaves it out and says so.`,
  },
  rewrite: {
    name: "Rewrite",
    title: "names of images",
    pairs: 11,
    text: `Both sides print all files with the names of the cache. Before anything is timed, a comparison verifies that they print
the same text. Each file has three objects of Kubernetes and six images of three registries in 2 KiB. The other side is
one run of \`sed\` with one substitution for each registry. \`sed\` does not parse YAML, so it would also change comments
and other texts. The command starts Node.js and parses every file.`,
  },
};

/** The heading of a part. */
export function headingOf(part: PartName): string {
  const { name, title } = TEXTS[part];
  return title === undefined ? name : `${name}: ${title}`;
}
