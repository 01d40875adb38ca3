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
import type { Labels, Row } from "../rows";
import { assertSameInCloudFormation } from "../same-in-cloudformation";
import { assertSamePlans } from "../same-plans";
import { assertSameResources } from "../same-resources";
import { synthesizedFiles } from "../synthesized-files";
import { SYNTHESIS_REGIONS } from "../texts";
import { DOCKER_HUB_CREDENTIAL, REGIONS } from "../workloads/declaration";

/** What this package is compared with here; each but the first is a way to run a program of aws-cdk-lib. */
const BY_HAND = "cdktf by hand";
const AWS_CDK = "aws-cdk-lib";
const AWS_CDK_UNCHECKED = "aws-cdk-lib, validation off";
const PLAIN_HCL = "plain HCL";

const SYNTHESES: { readonly [against: string]: readonly [Workload, ...string[]] } = {
  [BY_HAND]: ["hand-written"],
  [AWS_CDK]: ["aws-cdk"],
  [AWS_CDK_UNCHECKED]: ["aws-cdk", "off"],
};

/** This package and another side, one directly after the other. */
type SamplePair = readonly [pack: Sample, other: Sample];

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

/** The rows that are measured apart from the syntheses, in the order of the table. */
const SINGLE_ROWS = {
  importByHand: { measure: "Import, CPU ms", size: "–", against: BY_HAND, target: 1.05 },
  importWithRoom: { measure: "Import with room in the heap, CPU ms", size: "–", against: BY_HAND },
  importAwsCdk: { measure: "Import, CPU ms", size: "–", against: AWS_CDK },
  tsx: { measure: "Whole process with tsx, CPU ms", size: regions(), against: BY_HAND, target: 1.05 },
  typeCheckByHand: { measure: "Type-check, CPU ms", size: "–", against: BY_HAND, target: 1.1 },
  typeCheckAwsCdk: { measure: "Type-check, CPU ms", size: "–", against: AWS_CDK },
  outputHcl: { measure: "Output, KiB", size: regions(), against: PLAIN_HCL },
  validateHcl: { measure: "terraform validate, CPU ms", size: "1 region", against: PLAIN_HCL },
  planHcl: { measure: "terraform plan, CPU ms", size: "1 region", against: PLAIN_HCL },
} satisfies { readonly [name: string]: Labels };

type SingleRow = keyof typeof SINGLE_ROWS;

/** Values of this package and of the other side, one pair for each time they were measured. */
type Values = [pack: number, other: number][];

/** Compares a fleet with the same by hand, by aws-cdk-lib and in HCL. */
export async function measureSynthesis(pairs: number): Promise<Row[]> {
  const consumer = await Consumer.create({ awsCdk: true });
  try {
    assertSameResources(consumer, [SYNTHESIS_REGIONS]);
    assertSameInCloudFormation(consumer, SYNTHESIS_REGIONS);
    const slowPairs = Math.ceil(pairs / SLOW);
    const syntheses = measureSyntheses(consumer, pairs);
    const values = {
      ...measureImports(consumer, pairs),
      ...(await measureTypeScript(consumer, pairs)),
      ...(await measureTypeChecks(consumer, slowPairs)),
      ...(await measureHcl(consumer, slowPairs)),
    };
    return synthesisRows(
      (against) => syntheses.get(against) ?? [],
      (row) => values[row],
    );
  } finally {
    consumer.remove();
  }
}

/** The rows of the part, from what was measured. */
export function synthesisRows(
  synthesesAgainst: (against: string) => readonly SamplePair[],
  valuesOf: (row: SingleRow) => Values,
): Row[] {
  return [
    ...Object.keys(SYNTHESES).flatMap((against) =>
      MEASURES.map(({ measure, target, of }) =>
        compare(
          { measure, size: regions(), against, target: against === BY_HAND ? target : undefined },
          synthesesAgainst(against).map(([pack, other]) => [of(pack), of(other)] as const),
        ),
      ),
    ),
    ...(Object.keys(SINGLE_ROWS) as SingleRow[]).map((row) => compare(SINGLE_ROWS[row], valuesOf(row))),
  ];
}

/** The pairs of each other side. One run of this package in each round is compared with all of them. */
function measureSyntheses(consumer: Consumer, pairs: number): ReadonlyMap<string, readonly SamplePair[]> {
  const measured = new Map(Object.keys(SYNTHESES).map((against): [string, SamplePair[]] => [against, []]));
  for (let pair = 0; pair < pairs; pair++) {
    const pack = consumer.synthesize("pack", [SYNTHESIS_REGIONS]);
    for (const [against, [workload, ...flags]] of Object.entries(SYNTHESES)) {
      measured.get(against)?.push([pack, consumer.synthesize(workload, [SYNTHESIS_REGIONS, ...flags])]);
    }
  }
  return measured;
}

function measureImports(
  consumer: Consumer,
  pairs: number,
): Record<"importByHand" | "importWithRoom" | "importAwsCdk", Values> {
  const cpu = ({ cpu: microseconds }: Sample): number => microseconds / 1e3;
  const importByHand: Values = [];
  const importWithRoom: Values = [];
  const importAwsCdk: Values = [];
  for (let pair = 0; pair < pairs; pair++) {
    const pack = cpu(consumer.load("pack"));
    importByHand.push([pack, cpu(consumer.load("hand-written"))]);
    importAwsCdk.push([pack, cpu(consumer.load("aws-cdk"))]);
    importWithRoom.push([cpu(consumer.load("pack", ROOM)), cpu(consumer.load("hand-written", ROOM))]);
  }
  return { importByHand, importWithRoom, importAwsCdk };
}

async function measureTypeScript(consumer: Consumer, pairs: number): Promise<Record<"tsx", Values>> {
  // The first run of each fills the cache of tsx.
  const sizes = [SYNTHESIS_REGIONS];
  await consumer.runTypeScript("pack", sizes);
  await consumer.runTypeScript("hand-written", sizes);
  const tsx: Values = [];
  for (let pair = 0; pair < pairs; pair++) {
    const pack = await consumer.runTypeScript("pack", sizes);
    tsx.push([pack.cpu, (await consumer.runTypeScript("hand-written", sizes)).cpu]);
  }
  return { tsx };
}

async function measureTypeChecks(
  consumer: Consumer,
  pairs: number,
): Promise<Record<"typeCheckByHand" | "typeCheckAwsCdk", Values>> {
  const typeCheckByHand: Values = [];
  const typeCheckAwsCdk: Values = [];
  for (let pair = 0; pair < pairs; pair++) {
    const { cpu: pack } = await consumer.typeCheck("pack");
    typeCheckByHand.push([pack, (await consumer.typeCheck("hand-written")).cpu]);
    typeCheckAwsCdk.push([pack, (await consumer.typeCheck("aws-cdk")).cpu]);
  }
  return { typeCheckByHand, typeCheckAwsCdk };
}

async function measureHcl(
  consumer: Consumer,
  pairs: number,
): Promise<Record<"outputHcl" | "validateHcl" | "planHcl", Values>> {
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
    const cpuOf = async (args: readonly string[]): Promise<Values> => {
      const values: Values = [];
      for (let pair = 0; pair < pairs; pair++) {
        const pack = await cost(["terraform", ...args], { cwd: json, env });
        values.push([pack.cpu, (await cost(["terraform", ...args], { cwd: hcl, env })).cpu]);
      }
      return values;
    };
    return {
      outputHcl: [[output / 1024, bytes / 1024]],
      validateHcl: await cpuOf(["validate"]),
      planHcl: await cpuOf(["plan", "-input=false"]),
    };
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
