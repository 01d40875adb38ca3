import { randomInt } from "node:crypto";
import * as fc from "fast-check";
import { MODULES } from "../../../modules/generator/modules";
import { MARKS, corpusOf, fuzzedCall } from "../../fuzz/modules/calls";
import type { Change, FuzzedCall, Kind } from "../../fuzz/modules/calls";
import { planFuzzed } from "../../fuzz/modules/plans";
import type { Outcome, PlanDiagnostic } from "../../fuzz/modules/plans";
import { describeWithTerraform } from "../../support/terraform";

/** The time of the longer mode; without it, CI plans the same few calls each time. */
const MINUTES = Number(process.env["FUZZ_MINUTES"] ?? 0);
const SEED = Number(process.env["FUZZ_SEED"] ?? (MINUTES === 0 ? 7 : randomInt(1_000_000)));
const CALLS_PER_MODULE = MINUTES === 0 ? 9 : 20;

/** Terraform's summaries of the conditions that a module has written. */
const OF_THE_MODULE = [
  "Invalid value for variable",
  "Resource precondition failed",
  "Resource postcondition failed",
  "Module output value precondition failed",
];

/** The summary of a check that waits for the apply: a warning in a plan, and an error in a test. */
const WAITING_CHECK = "Check block assertion known after apply";

/** The words with which a description says that a value decides which resources there are. */
const MUST_BE_KNOWN = /known when Terraform plans|plan must know/;

const TELLS_LATER: readonly Kind[] = ["unknown", "partly unknown"];

/** Terraform's own refusals by their summaries, each with the changes that justify it. */
const JUSTIFIED: { readonly [summary: string]: (change: Change, detail: string, all: readonly Change[]) => boolean } = {
  "Invalid value for input variable": ({ path, kind, input, value }, detail) =>
    isAbout(path, detail) && (kind === "wrong type" || kind === "plausible" || lacks(input, value)),
  "Required variable not set": ({ path, value }, detail) =>
    isAbout(path, detail) && value === null && path.length === 1,
  "Error message refers to sensitive values": ({ kind }) => kind === "sensitive",
  // Terraform has no function for whether a value is known: a message waits for the rest of a text, and for other elements.
  "Invalid error message": ({ kind, input: { type } }, _detail, all) =>
    TELLS_LATER.includes(kind) && (all.length > 1 || type === "string"),
  "Invalid for_each argument": decides,
  "Invalid count argument": decides,
};

/** How validations of the provider begin, which the AWS provider writes in lower case. */
const BY_PROVIDER = /^(?:expected|invalid) /;

/**
 * Whether the provider refuses what a rule of the module would refuse: Terraform evaluates no rule of an input of which
 * another part is known only after apply.
 */
function isBeforeRules(summary: string, changes: readonly Change[]): boolean {
  const [late, other] = [true, false].map((isLate) =>
    changes.filter(({ kind }) => TELLS_LATER.includes(kind) === isLate).map(({ path: [input] }) => input),
  );
  return BY_PROVIDER.test(summary) && late?.some((input) => other?.includes(input)) === true;
}

/** Whether a refusal of Terraform names the input. */
function isAbout([input = ""]: Change["path"], detail: string): boolean {
  return new RegExp(`\\.var\\.${input}\\b`).test(detail);
}

/** Whether a change may leave Terraform without the resources that there are. */
function decides({ kind, input }: Change): boolean {
  if (![...TELLS_LATER, "sensitive"].includes(kind)) {
    return false;
  }
  // Objects, maps and booleans may switch resources on. Where a text, a number or a list does so, the description says it.
  return (
    !/^(string|number|list|set)\b/.test(input.type) || input.decides === true || MUST_BE_KNOWN.test(input.description)
  );
}

/** Whether an object lacks an attribute that its type requires. */
function lacks({ attributes = {} }: Change["input"], value: unknown): boolean {
  const objects =
    typeof value === "object" && value !== null ? [value as unknown, ...(Object.values(value) as unknown[])] : [];
  return objects.some((object) =>
    Object.entries(attributes).some(
      ([name, { required }]) => required === true && !(typeof object === "object" && object !== null && name in object),
    ),
  );
}

function isAccepted({ diagnostics }: Outcome): boolean {
  return errorsOf(diagnostics).length === 0;
}

function errorsOf(diagnostics: readonly PlanDiagnostic[]): PlanDiagnostic[] {
  return diagnostics.filter(({ severity, summary }) => severity === "error" && summary !== WAITING_CHECK);
}

/** The laws by their names, each with what breaks it in an outcome. */
const LAWS: { readonly [law: string]: (outcome: Outcome) => readonly string[] } = {
  "the inputs of the tests of a module are accepted without their tests": (outcome) =>
    outcome.call.changes.length > 0 || isAccepted(outcome) ? [] : ["refused"],

  "a module refuses a call by its own rules, or Terraform does for a type or a value that must be known": ({
    call: { changes },
    diagnostics,
  }) =>
    errorsOf(diagnostics)
      .filter(({ summary, detail }) =>
        OF_THE_MODULE.includes(summary)
          ? detail.includes("will not be displayed") && !changes.some(({ kind }) => kind === "sensitive")
          : !changes.some((change) => JUSTIFIED[summary]?.(change, detail, changes) === true) &&
            !isBeforeRules(summary, changes),
      )
      .map(({ summary, detail, range }) => `${summary}: ${detail} (${range?.filename}:${range?.start.line})`),

  "no message shows a value that is sensitive, ephemeral or like an access token": ({ diagnostics }) =>
    diagnostics
      // Terraform names the keys of a value of a wrong type.
      .filter(({ summary }) => summary !== "Invalid value for input variable")
      .map(({ summary, detail }) => `${summary}: ${detail}`)
      .filter((text) => text.includes(MARKS.secret) || text.includes(MARKS.ephemeral)),

  "text that a module accepts is in its plan as it was given": ({ call: { changes }, plan }) => {
    // A value that is known only after apply may hide others beside it, and the provider alone gets an ephemeral one.
    if (plan === undefined || changes.some(({ kind }) => TELLS_LATER.includes(kind))) {
      return [];
    }
    const texts = plan
      .filter(({ address }) => !address.startsWith("terraform_data.unknown_"))
      .flatMap(({ change, index }) => [String(index), ...textsIn(change.after)]);
    return changes
      .filter(({ path: [name] }) => name !== "credentials")
      .flatMap(({ text }) => text ?? [])
      .filter((text) => !texts.some((other) => other.includes(text)))
      .map((text) => JSON.stringify(text));
  },

  "a plan has no ephemeral value, and sensitive values only where it hides them": ({
    call: { changes },
    plan = [],
  }) => [
    ...plan
      .filter(({ change }) => JSON.stringify(change.after).includes(MARKS.ephemeral))
      .map(({ address }) => address),
    ...(changes.some(({ kind }) => kind === "secret")
      ? []
      : plan.flatMap(({ address, change }) =>
          shown(change.after, change.after_sensitive, MARKS.secret) ? [`${address} shows a sensitive value`] : [],
        )),
  ],
};

/** All texts and keys in a value, also those of JSON in its texts. */
function textsIn(value: unknown): string[] {
  if (typeof value === "string") {
    try {
      const inner: unknown = JSON.parse(value);
      return typeof inner === "object" ? [value, ...textsIn(inner)] : [value];
    } catch {
      return [value];
    }
  }
  return typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([key, item]) => [key, ...textsIn(item)])
    : [];
}

/** Whether text is in a value outside the parts that a plan hides. */
function shown(value: unknown, hidden: unknown, text: string): boolean {
  if (hidden === true) {
    return false;
  }
  if (typeof value === "object" && value !== null) {
    const parts = (hidden ?? {}) as { readonly [key: string]: unknown };
    return Object.entries(value).some(([key, item]) => shown(item, parts[key], text));
  }
  return typeof value === "string" && value.includes(text);
}

/** A call as a message names it: the test that its inputs are from, and its changes. */
function named({ module, run, changes }: FuzzedCall, seed: number): string {
  const changed = changes.map(
    ({ kind, path, value }) => `${path.join(" > ")} ${kind} ${(JSON.stringify(value) ?? "").slice(0, 200)}`,
  );
  return `FUZZ_SEED=${seed} ${module}, ${run.name}: ${changed.join("; ")}`;
}

describeWithTerraform("fuzzed calls of the plain modules", () => {
  const broken = new Map<string, string[]>(Object.keys(LAWS).map((law) => [law, []]));
  const counts = new Map(MODULES.map(({ name }) => [name, { calls: 0, accepted: 0, changedAndAccepted: 0 }]));

  async function round(corpora: readonly Awaited<ReturnType<typeof corpusOf>>[], seed: number): Promise<void> {
    const calls = corpora.flatMap((corpus, index) =>
      fc.sample(fuzzedCall(corpus), { seed: seed * corpora.length + index, numRuns: CALLS_PER_MODULE }),
    );
    for (const outcome of await planFuzzed(calls)) {
      const count = counts.get(outcome.call.module);
      if (count !== undefined) {
        count.calls++;
        count.accepted += Number(isAccepted(outcome));
        count.changedAndAccepted += Number(isAccepted(outcome) && outcome.call.changes.length > 0);
      }
      for (const [law, breaches] of Object.entries(LAWS)) {
        broken.get(law)?.push(...breaches(outcome).map((breach) => `${named(outcome.call, seed)}\n${breach}`));
      }
    }
  }

  beforeAll(
    async () => {
      const end = Date.now() + MINUTES * 60_000;
      const corpora = await Promise.all(MODULES.map(corpusOf));
      let seed = SEED;
      do {
        await round(corpora, seed++);
      } while (Date.now() < end);
      const table = [...counts].map(([name, { calls, accepted }]) => `${name} ${accepted} of ${calls}`);
      console.info(`seeds ${SEED} to ${seed - 1}, accepted calls: ${table.join(", ")}`);
    },
    600_000 + MINUTES * 60_000,
  );

  test.each(Object.keys(LAWS))("%s", (law) => {
    expect(broken.get(law)).toEqual([]);
  });

  test("every module accepts changed calls, and refuses others", () => {
    const oneSided = [...counts].filter(
      ([, { calls, accepted, changedAndAccepted }]) => changedAndAccepted === 0 || accepted === calls,
    );
    expect(oneSided).toEqual([]);
  });
});
