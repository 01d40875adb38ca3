import { readFile } from "../../cli/rewrite/file-type";
import type { FileType } from "../../cli/rewrite/file-type";
import { edited, planOf } from "../../cli/rewrite/plan";
import type { Plan } from "../../cli/rewrite/plan";
import { Target } from "../../cli/rewrite/target";
import { Positions } from "../../cli/rewrite/text-file";
import { RegistryMapping } from "../../src/image/registry-map";
import type { RegistryMap } from "../../src/image/registry-map";

export const HOST = "111122223333.dkr.ecr.eu-west-1.amazonaws.com";

/** The map of a cache of five registries. */
export const MAP: RegistryMap = {
  "docker.io": `${HOST}/docker-hub`,
  "ghcr.io": `${HOST}/github`,
  "public.ecr.aws": `${HOST}/ecr-public`,
  "quay.io": `${HOST}/quay`,
  "registry.k8s.io": `${HOST}/kubernetes`,
};

export const MAPPING = new RegistryMapping(MAP);

/** A text before and after its rewriting, from one in which `«from|to»` is a change, without the host of the cache. */
export function marked(text: string): { readonly before: string; readonly after: string } {
  const mark = /«([^|»]*)\|([^»]*)»/g;
  return { before: text.replace(mark, "$1"), after: text.replace(mark, `${HOST}/$2`) };
}

/** What becomes of a text. */
export interface Outcome {
  readonly text: string;
  readonly plan: Plan;
  /** `line:column image: reason`, for each name that stays. */
  readonly left: readonly string[];
  /** `line:column problem`, for each text that is no name. */
  readonly malformed: readonly string[];
}

/** Rewrites a text as a file of a type, or of a name. */
export function rewritten(
  text: string,
  file: { readonly type?: FileType; readonly name?: string },
  target = new Target(MAPPING, HOST),
): Outcome {
  const plan = planOf(readFile(text, file.name, file.type).mentions, target);
  const positions = new Positions(text);
  const at = (start: number): string => {
    const { line, column } = positions.of(start);
    return `${line}:${column}`;
  };
  return {
    text: edited(text, plan.edits),
    plan,
    left: plan.left.map(({ start, image, reason }) => `${at(start)} ${image}: ${reason}`),
    malformed: plan.malformed.map(({ start, problem }) => `${at(start)} ${problem}`),
  };
}
