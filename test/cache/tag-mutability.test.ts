import { EcrRepositoryCreationTemplate } from "@cdktf/provider-aws/lib/ecr-repository-creation-template";
import { Fn } from "cdktf";
import { PullThroughCache, TagMutability, Upstream } from "cdktf-ecr-pull-through-cache";
import type { RepositorySettings } from "cdktf-ecr-pull-through-cache";
import { copySettings, mergeSettings, repositoryTemplate } from "../../src/cache/repository-template";
import { messageOf, stackIn, stackWithCache, warnings } from "../support/synthesis";

const { IMMUTABLE_WITH_EXCLUSION, MUTABLE_WITH_EXCLUSION } = TagMutability;
const LATEST = { tagMutability: IMMUTABLE_WITH_EXCLUSION, tagMutabilityExclusionFilters: ["latest", "dev-*"] };

function cacheWith(repositorySettings: unknown): PullThroughCache {
  return new PullThroughCache(stackIn("eu-west-1"), "cache", {
    upstreams: [Upstream.quay()],
    repositorySettings: repositorySettings as RepositorySettings,
  });
}

function blocksOf(settings: RepositorySettings): unknown {
  const { imageTagMutability, imageTagMutabilityExclusionFilter } = repositoryTemplate(settings)?.config ?? {};
  return { imageTagMutability, imageTagMutabilityExclusionFilter };
}

describe("with a provider package whose templates take no exclusion filters", () => {
  test.each([IMMUTABLE_WITH_EXCLUSION, MUTABLE_WITH_EXCLUSION])("fails with %s", (tagMutability) => {
    expect(messageOf(() => cacheWith({ tagMutability, tagMutabilityExclusionFilters: ["latest"] }))).toBe(
      `stack/cache: \`repositorySettings.tagMutability\` must be one of MUTABLE, IMMUTABLE with @cdktf/provider-aws before 21.9, whose templates take no exclusion filters, got "${tagMutability}"; use @cdktf/provider-aws 21.9 or later`,
    );
  });
});

describe("with a provider package whose templates take exclusion filters", () => {
  const ATTRIBUTE = "imageTagMutabilityExclusionFilterInput";
  beforeAll(() => {
    // Newer packages have it.
    if (!(ATTRIBUTE in EcrRepositoryCreationTemplate.prototype)) {
      Object.defineProperty(EcrRepositoryCreationTemplate.prototype, ATTRIBUTE, { configurable: true, value: [] });
    }
  });
  afterAll(() => Reflect.deleteProperty(EcrRepositoryCreationTemplate.prototype, ATTRIBUTE));

  test("each filter is a block of the template", () => {
    expect(() => cacheWith(LATEST)).not.toThrow();
    expect(blocksOf(LATEST)).toEqual({
      imageTagMutability: "IMMUTABLE_WITH_EXCLUSION",
      imageTagMutabilityExclusionFilter: [
        { filter: "latest", filterType: "WILDCARD" },
        { filter: "dev-*", filterType: "WILDCARD" },
      ],
    });
    expect(blocksOf({})).toEqual({ imageTagMutability: "MUTABLE", imageTagMutabilityExclusionFilter: undefined });
  });

  test("an upstream's mutability replaces that of the cache, filters and all", () => {
    const own = { tagMutability: MUTABLE_WITH_EXCLUSION, tagMutabilityExclusionFilters: ["v*.*"] };
    expect(mergeSettings(LATEST, own)).toMatchObject(own);
    expect(blocksOf(mergeSettings(LATEST, { tagMutability: TagMutability.MUTABLE }))).toEqual(blocksOf({}));
    expect(blocksOf(mergeSettings(LATEST, { keepLastImages: 5 }))).toEqual(blocksOf(LATEST));
  });

  test("a later change of the given filters changes nothing", () => {
    const filters = ["latest"];
    const copy = copySettings({ ...LATEST, tagMutabilityExclusionFilters: filters });
    filters.push("other");
    expect(copy.tagMutabilityExclusionFilters).toEqual(["latest"]);
  });

  test("only the mutability by which tags are immutable unless a filter matches them adds a warning", () => {
    const warningsWith = (tagMutability: TagMutability): string[] =>
      warnings(stackWithCache({ upstreams: [Upstream.quay()], repositorySettings: { ...LATEST, tagMutability } }));
    expect(warningsWith(MUTABLE_WITH_EXCLUSION)).toEqual([]);
    expect(warningsWith(IMMUTABLE_WITH_EXCLUSION)).toEqual([
      'tags under quay that match no exclusion filter are immutable: Amazon ECR will never refresh such a cached tag (if this is meant, add "immutable-tags" to the list "cdktf-ecr-pull-through-cache:acknowledgedWarnings" in the app\'s context)',
    ]);
  });

  test.each([
    ["five filters at their bounds", ["*", "a".repeat(128), "*.*", "0_Z-.", `${"b".repeat(126)}**`]],
    ["a filter that is a token", [Fn.join("", ["la", "test"])]],
  ])("%s are taken", (_, tagMutabilityExclusionFilters) => {
    expect(() => cacheWith({ ...LATEST, tagMutabilityExclusionFilters })).not.toThrow();
  });

  const FILTERS = "`repositorySettings.tagMutabilityExclusionFilters";
  const FILTER = "must be 1 to 128 letters, digits and ._*- with at most two `*`";
  const HOW = "give a tag, like latest, or a pattern, like dev-*";
  const PLACE = "give both settings at the same place, or leave the filters out";
  test.each<[string, unknown, string]>([
    [
      "another mutability",
      { tagMutability: "SOMETIMES" },
      '`repositorySettings.tagMutability` must be one of MUTABLE, IMMUTABLE, IMMUTABLE_WITH_EXCLUSION, MUTABLE_WITH_EXCLUSION, got "SOMETIMES"; leave it out for MUTABLE',
    ],
    [
      "no filters where some are needed",
      { tagMutability: MUTABLE_WITH_EXCLUSION },
      `${FILTERS}\` is required; give the tags that the mutability excludes, at the same place, like latest`,
    ],
    [
      "filters without a mutability",
      { tagMutabilityExclusionFilters: ["latest"] },
      `${FILTERS}\` must be given only with a \`tagMutability\` of IMMUTABLE_WITH_EXCLUSION or MUTABLE_WITH_EXCLUSION, got ["latest"]; ${PLACE}`,
    ],
    [
      "filters beside immutable tags",
      { tagMutability: TagMutability.IMMUTABLE, tagMutabilityExclusionFilters: ["latest"] },
      `${FILTERS}\` must be given only with a \`tagMutability\` of IMMUTABLE_WITH_EXCLUSION or MUTABLE_WITH_EXCLUSION, got ["latest"]; ${PLACE}`,
    ],
    [
      "an empty list",
      { ...LATEST, tagMutabilityExclusionFilters: [] },
      `${FILTERS}\` must be a list of at least one filter, known at synth, got []; ${HOW}`,
    ],
    [
      "a text in place of a list",
      { ...LATEST, tagMutabilityExclusionFilters: "latest" },
      `${FILTERS}\` must be a list of at least one filter, known at synth, got "latest"; ${HOW}`,
    ],
    [
      "six filters",
      { ...LATEST, tagMutabilityExclusionFilters: ["a", "b", "c", "d", "e", "f"] },
      `${FILTERS}\` must have at most 5 filters, got 6; ECR accepts no more: let a pattern match several tags`,
    ],
    [
      "a filter that is given twice",
      { ...LATEST, tagMutabilityExclusionFilters: ["a", "a"] },
      `${FILTERS}[1]\` must be given once, got "a"; leave out the second one`,
    ],
    [
      "an empty filter",
      { ...LATEST, tagMutabilityExclusionFilters: [""] },
      `${FILTERS}[0]\` ${FILTER}, got ""; ${HOW}`,
    ],
    [
      "a filter with a slash",
      { ...LATEST, tagMutabilityExclusionFilters: ["a/b"] },
      `${FILTERS}[0]\` ${FILTER}, got "a/b"; ${HOW}`,
    ],
    [
      "a filter with three wildcards",
      { ...LATEST, tagMutabilityExclusionFilters: ["*.*.*"] },
      `${FILTERS}[0]\` ${FILTER}, got "*.*.*"; ${HOW}`,
    ],
  ])("fails with %s", (_, settings, message) => {
    expect(messageOf(() => cacheWith(settings))).toBe(`stack/cache: ${message}`);
  });

  test("fails with a list that only Terraform knows, and with a filter of 129 characters", () => {
    const list = Fn.split(",", "a,b");
    expect(messageOf(() => cacheWith({ ...LATEST, tagMutabilityExclusionFilters: list }))).toContain(
      "must be a list of at least one filter, known at synth, got ",
    );
    expect(messageOf(() => cacheWith({ ...LATEST, tagMutabilityExclusionFilters: ["a".repeat(129)] }))).toContain(
      `${FILTERS}[0]\` ${FILTER}`,
    );
  });
});
