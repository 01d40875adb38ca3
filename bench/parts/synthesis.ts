import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCredential } from "../../test/local-aws/secrets-manager/credentials";
import { LocalAws } from "../../test/local-aws/server";
import { terraformEnvironment } from "../../test/support/terraform-environment";
import { Consumer } from "../consumer";
import type { Sample, Workload } from "../consumer";
import { plainHcl } from "../plain-hcl";
import { cost } from "../processes";
import { compare } from "../rows";
import type { Row } from "../rows";
import { assertSameInCloudFormation } from "../same-in-cloudformation";
import { assertSamePlans } from "../same-plans";
import { assertSameResources } from "../same-resources";
import { synthesizedFiles } from "../synthesized-files";
import { SYNTHESIS_REGIONS } from "../texts";
import { DOCKER_HUB_CREDENTIAL, REGIONS } from "../workloads/declaration";

/** What the pack is compared with here; each but the first is a way to run a program of aws-cdk-lib. */
const BY_HAND = "cdktf by hand";
const AWS_CDK = "aws-cdk-lib";
const AWS_CDK_UNCHECKED = "aws-cdk-lib, validation off";
const PLAIN_HCL = "plain HCL";

const SYNTHESES: { readonly [against: string]: readonly [Workload, ...string[]] } = {
  [BY_HAND]: ["hand-written"],
  [AWS_CDK]: ["aws-cdk"],
  [AWS_CDK_UNCHECKED]: ["aws-cdk", "off"],
};

/** The measures of a synthesis, and the targets against the program by hand. */
const MEASURES: readonly {
  readonly measure: string;
  readonly target?: number;
  readonly of: (sample: Sample) => number;
}[] = [
  { measure: "Whole process, CPU ms", target: 1.05, of: ({ cpu }) => cpu / 1e3 },
  { measure: "Whole process, wall ms", of: ({ wall }) => wall },
  { measure: "Construct and synth, CPU ms", target: 1.25, of: ({ constructAndSynth }) => constructAndSynth / 1e3 },
  { measure: "Peak memory, MiB", of: ({ maxRss }) => maxRss / 1024 },
  { measure: "Output, KiB", target: 1.05, of: ({ bytes }) => bytes / 1024 },
];

/** V8 does not collect its whole heap with this one. */
const ROOM = ["--initial-heap-size=96"];

/** A third of the pairs is enough for what takes seconds. */
const SLOW = 3;

/** Compares a fleet with the same by hand, by aws-cdk-lib and in HCL. */
export async function measureSynthesis(pairs: number): Promise<Row[]> {
  const consumer = await Consumer.create({ awsCdk: true });
  try {
    assertSameResources(consumer, [SYNTHESIS_REGIONS]);
    assertSameInCloudFormation(consumer, SYNTHESIS_REGIONS);
    const slowPairs = Math.ceil(pairs / SLOW);
    return [
      ...compareSyntheses(consumer, pairs),
      ...compareImports(consumer, pairs),
      ...(await compareTypeScript(consumer, pairs)),
      ...(await compareTypeChecks(consumer, slowPairs)),
      ...(await compareWithHcl(consumer, slowPairs)),
    ];
  } finally {
    consumer.remove();
  }
}

function compareSyntheses(consumer: Consumer, pairs: number): Row[] {
  const rounds = Array.from({ length: pairs }, () => {
    const pack = consumer.synthesize("pack", [SYNTHESIS_REGIONS]);
    return new Map(
      Object.entries(SYNTHESES).map(([against, [workload, ...flags]]) => [
        against,
        [pack, consumer.synthesize(workload, [SYNTHESIS_REGIONS, ...flags])] as const,
      ]),
    );
  });
  return Object.keys(SYNTHESES).flatMap((against) =>
    MEASURES.map(({ measure, target, of }) =>
      compare(
        { measure, size: regions(), against, target: against === BY_HAND ? target : undefined },
        rounds
          .flatMap((round) => [round.get(against) ?? []].flat())
          .flatMap((_, index, all) =>
            index % 2 === 0 ? [[of(all[index] as Sample), of(all[index + 1] as Sample)] as const] : [],
          ),
      ),
    ),
  );
}

function compareImports(consumer: Consumer, pairs: number): Row[] {
  const cpu = ({ cpu: microseconds }: Sample): number => microseconds / 1e3;
  const [plain, withRoom, awsCdk]: (readonly [number, number])[][] = [[], [], []];
  for (let pair = 0; pair < pairs; pair++) {
    const pack = cpu(consumer.load("pack"));
    plain?.push([pack, cpu(consumer.load("hand-written"))]);
    awsCdk?.push([pack, cpu(consumer.load("aws-cdk"))]);
    withRoom?.push([cpu(consumer.load("pack", ROOM)), cpu(consumer.load("hand-written", ROOM))]);
  }
  return [
    compare({ measure: "Import, CPU ms", size: "–", against: BY_HAND, target: 1.05 }, plain ?? []),
    compare({ measure: "Import with room in the heap, CPU ms", size: "–", against: BY_HAND }, withRoom ?? []),
    compare({ measure: "Import, CPU ms", size: "–", against: AWS_CDK }, awsCdk ?? []),
  ];
}

async function compareTypeScript(consumer: Consumer, pairs: number): Promise<Row[]> {
  // The first run of each fills the cache of tsx.
  const sizes = [SYNTHESIS_REGIONS];
  await consumer.runTypeScript("pack", sizes);
  await consumer.runTypeScript("hand-written", sizes);
  const costs: [number, number][] = [];
  for (let pair = 0; pair < pairs; pair++) {
    const pack = await consumer.runTypeScript("pack", sizes);
    costs.push([pack.cpu, (await consumer.runTypeScript("hand-written", sizes)).cpu]);
  }
  const measure = "Whole process with tsx, CPU ms";
  return [compare({ measure, size: regions(), against: BY_HAND, target: 1.05 }, costs)];
}

async function compareTypeChecks(consumer: Consumer, pairs: number): Promise<Row[]> {
  const [byHand, awsCdk]: [number, number][][] = [[], []];
  for (let pair = 0; pair < pairs; pair++) {
    const { cpu: pack } = await consumer.typeCheck("pack");
    byHand?.push([pack, (await consumer.typeCheck("hand-written")).cpu]);
    awsCdk?.push([pack, (await consumer.typeCheck("aws-cdk")).cpu]);
  }
  const measure = "Type-check, CPU ms";
  return [
    compare({ measure, size: "–", against: BY_HAND, target: 1.1 }, byHand ?? []),
    compare({ measure, size: "–", against: AWS_CDK }, awsCdk ?? []),
  ];
}

async function compareWithHcl(consumer: Consumer, pairs: number): Promise<Row[]> {
  const [region = ""] = REGIONS;
  const root = mkdtempSync(join(tmpdir(), "ecr-cache-bench-"));
  const aws = await LocalAws.start();
  const env = terraformEnvironment({
    ...aws.environment(),
    // The garbage collection of users, whatever the tests use.
    GOGC: "100",
    [`TF_VAR_${DOCKER_HUB_CREDENTIAL.usernameVariable}`]: "bot",
    [`TF_VAR_${DOCKER_HUB_CREDENTIAL.accessTokenVariable}`]: "not-a-token",
  });
  try {
    await createCredential(aws, "github", { region });
    const prepare = async (name: string, file: string, text: string): Promise<string> => {
      const folder = mkdtempSync(join(root, name));
      writeFileSync(join(folder, file), text);
      await cost(["terraform", "init", "-input=false"], { cwd: folder, env });
      return folder;
    };
    const json = await prepare("json-", "cdk.tf.json", firstFileOf(consumer));
    const hcl = await prepare("hcl-", "main.tf", plainHcl(region));
    await assertSamePlans([json, hcl], env);
    const bytes = REGIONS.slice(0, SYNTHESIS_REGIONS).reduce((sum, name) => sum + plainHcl(name).length, 0);
    const output = consumer.synthesize("pack", [SYNTHESIS_REGIONS]).bytes;
    const rows = [
      compare({ measure: "Output, KiB", size: regions(), against: PLAIN_HCL }, [[output / 1024, bytes / 1024]]),
    ];
    for (const command of ["validate", "plan"]) {
      const args = ["terraform", command, ...(command === "plan" ? ["-input=false"] : [])];
      const costs: [number, number][] = [];
      for (let pair = 0; pair < pairs; pair++) {
        const pack = await cost(args, { cwd: json, env });
        costs.push([pack.cpu, (await cost(args, { cwd: hcl, env })).cpu]);
      }
      rows.push(compare({ measure: `terraform ${command}, CPU ms`, size: "1 region", against: PLAIN_HCL }, costs));
    }
    return rows;
  } finally {
    await aws.stop();
    rmSync(root, { recursive: true });
  }
}

/** The Terraform JSON of the first region. */
function firstFileOf(consumer: Consumer): string {
  let text = "";
  consumer.synthesize("pack", [1], (outdir) => (text = readFileSync(synthesizedFiles(outdir)[0] ?? "", "utf8")));
  return text;
}

function regions(): string {
  return `${SYNTHESIS_REGIONS} regions`;
}
