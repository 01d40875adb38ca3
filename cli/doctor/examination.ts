import * as fs from "node:fs";
import * as path from "node:path";
import { partitionOf } from "../../src/aws/partitions";
import type { ImageReference } from "../../src/image/image-reference";
import { hostOf, privateRegistryAt } from "../../src/image/registry-hosts";
import type { RegistryMapping } from "../../src/image/registry-map";
import { CommandError } from "../io";
import type { Io } from "../io";
import { DEFAULT_MAP_FILE, readMapping } from "../map-file";
import type { CacheRule, Template } from "./answers";
import { AwsCli, AwsRefusal, AwsUnreachable, checked } from "./aws-cli";
import { imageRemarks, imageState } from "./image-state";
import type { ImageState } from "./image-state";
import { networkRemarks } from "./network";
import { giveRole, permissionRemarks, principalArnOf } from "./permission-step";
import type { Access } from "./permission-step";
import { byLongestPrefix, caches, mappingOf, nameProblem, noRule, pathIn, placeAt, ruleOf, uriOf } from "./place";
import type { Place } from "./place";
import { RegistryClient, signIn } from "./pull-steps";
import { secretRemarks } from "./secret-step";
import { ok, skipped, unchecked } from "./step";
import type { Remark, Step, StepName } from "./step";
import { templateRemarks } from "./template-step";
import { explained, upstreamRoleRemarks, validationRemarks } from "./upstream-steps";

/** What the command is asked. */
export interface Question {
  readonly image: ImageReference;
  readonly region?: string;
  readonly map?: string;
  /** The role that pulls. @default - the caller of the command */
  readonly role?: string;
  /** The VPC that it pulls from. @default - its network is not looked at */
  readonly vpc?: string;
  /** The subnets that it may be in. @default - all of the VPC */
  readonly subnets?: readonly string[];
  /** Its security groups. @default - unknown */
  readonly securityGroups?: readonly string[];
  /** Whether to pull the manifest, and a byte of a layer. */
  readonly pull: boolean;
}

/** What the steps have learned. */
export interface Examination {
  readonly steps: readonly Step[];
  /** The name that a client pulls; undefined if the image has none in the cache. */
  readonly name?: string;
  readonly region: string;
}

interface Caller {
  readonly accountId: string;
  readonly arn: string;
}

const SETTINGS: readonly StepName[] = ["image", "upstream", "credential", "template", "permissions"];
const NETWORK = "network";
const PULL: readonly StepName[] = ["sign-in", "manifest", "layer"];

const NO_RULE = "no rule caches the image";
const RULES_UNKNOWN = "the rules are not known";

/** What the registry of an image has for it; undefined where it is not known. */
interface Registered {
  readonly rule?: CacheRule;
  readonly state?: ImageState;
  /** Whether there is neither a rule nor the image, so that no setting of the cache applies. */
  readonly isUseless?: boolean;
  /** Whether the rules are known. */
  readonly hasRules?: boolean;
  /** The template by which ECR creates repositories like that of the image. */
  readonly template?: Template;
}

/**
 * Performs the steps of a client that pulls an image. Reads only, but for the pull.
 *
 * @param report is called with each step when it has ended
 */
export async function examine(io: Io, question: Question, report: (step: Step) => void): Promise<Examination> {
  return new Examiner(io, question, await regionOf(io, question), report).examine();
}

/** The region to look at: that of the option, of the name, of the map, of the environment or of the profile. */
async function regionOf(io: Io, { image, region, map }: Question): Promise<string> {
  const known = region ?? privateRegistryAt(image.domain)?.region ?? regionOfMap(io, map);
  const chosen = known ?? (await usualRegions(io))[0];
  if (chosen === undefined) {
    throw new CommandError("give --region: neither the name of the image, nor a map, nor the environment has one");
  }
  return chosen;
}

/** The region of a map; undefined if there is none, or if the file has several and the environment names none of them. */
function regionOfMap(io: Io, map = DEFAULT_MAP_FILE): string | undefined {
  try {
    return privateRegistryAt(readMapping(io, { map }).registry)?.region;
  } catch (error) {
    if (error instanceof CommandError) {
      return undefined;
    }
    throw error;
  }
}

/** The regions that the environment and the profile name. */
async function usualRegions(io: Io): Promise<string[]> {
  const regions = [io.env["AWS_REGION"], io.env["AWS_DEFAULT_REGION"], await AwsCli.configuredRegion(io)];
  return regions.flatMap((region) => (region === undefined || region === "" ? [] : [region]));
}

class Examiner {
  private readonly cli: AwsCli;
  private readonly steps: Step[] = [];

  public constructor(
    private readonly io: Io,
    private readonly question: Question,
    private readonly region: string,
    private readonly report: (step: Step) => void,
  ) {
    this.cli = new AwsCli(io, region);
  }

  public async examine(): Promise<Examination> {
    const map = this.mapOfFile();
    const identity = await this.identify();
    const caller = "kind" in identity ? undefined : identity;
    const rules = "kind" in identity ? identity : await this.rules();
    const place = await this.locate(caller, rules, map);
    if ("kind" in place) {
      if (place.kind === "unchecked") {
        throw new CommandError(
          `cannot find the image in the cache: ${place.detail}; give --map, or its name in the cache`,
        );
      }
      this.add("name and rule", [place]);
      this.skip("the image has no name in the cache", ...SETTINGS, NETWORK, ...PULL);
      return { steps: this.steps, region: this.region };
    }
    const isOwn = caller === undefined || caller.accountId === place.registry.accountId;
    let registered: Registered = {};
    if (isOwn) {
      registered = await this.lookAtSettings(place, await this.register(place, rules), caller);
    } else {
      this.cannotLook(place.registry.accountId, "name and rule", ...SETTINGS);
    }
    await this.lookAtNetwork(place, registered, caller);
    await this.pull(place, registered, isOwn);
    return { steps: this.steps, name: uriOf(place), region: this.region };
  }

  /** Whose credentials they are, or why that is not known. */
  private async identify(): Promise<Caller | Remark> {
    try {
      const { Account, Arn } = await this.cli.call<{ readonly Account: string; readonly Arn: string }>(
        "sts",
        "get-caller-identity",
      );
      this.add("credentials", [ok(`${Arn} of the account ${Account}`)]);
      return { accountId: Account, arn: Arn };
    } catch (error) {
      if (error instanceof AwsRefusal || error instanceof AwsUnreachable) {
        const remark = unchecked(`who the credentials belong to: ${error.message}`);
        this.add("credentials", [remark]);
        return remark;
      }
      throw error;
    }
  }

  /** The rules of the caller's registry, or why they are not known. */
  private async rules(): Promise<readonly CacheRule[] | Remark> {
    let rules: readonly CacheRule[] = [];
    const [remark] = await checked("the rules", async () => {
      rules = await rulesOf(this.cli);
      return [];
    });
    return remark ?? rules;
  }

  /** The place of the image, or why it has none. */
  private async locate(
    caller: Caller | undefined,
    rules: readonly CacheRule[] | Remark,
    map: RegistryMapping | undefined,
  ): Promise<Place | Remark> {
    const { image } = this.question;
    const { region } = this;
    const named = privateRegistryAt(image.domain);
    const isUpstream = isList(rules) && rules.some((rule) => caches(rule, image.domain));
    const isHome = named?.region === region && (caller === undefined || named.accountId === caller.accountId);
    if (named !== undefined && (isHome || !isUpstream)) {
      if (named.region !== region) {
        throw new CommandError(`${image.name} is an image of ${named.region}: leave out --region ${region}`);
      }
      return placeAt(named, image.domain, image.path, image);
    }
    if (map === undefined && !isList(rules)) {
      return rules;
    }
    const home = { accountId: caller?.accountId ?? "", region };
    const mapping = map ?? mappingOf(home, isList(rules) ? rules : []);
    const registry = privateRegistryAt(mapping.registry) ?? home;
    const path = await pathIn(mapping, image, region, () => this.elsewhere((rule) => caches(rule, image.domain)));
    return typeof path === "string" ? placeAt(registry, hostOf(registry), path, image) : path;
  }

  /** The map of the file; undefined if the usual file has none for the region. */
  private mapOfFile(): RegistryMapping | undefined {
    const { map } = this.question;
    if (map !== undefined) {
      return readMapping(this.io, { map, region: this.region });
    }
    if (!fs.existsSync(path.resolve(this.io.cwd, DEFAULT_MAP_FILE))) {
      return undefined;
    }
    try {
      return readMapping(this.io, { map: DEFAULT_MAP_FILE, region: this.region });
    } catch (error) {
      // Nobody named the file, and the rules say the same.
      if (error instanceof CommandError) {
        return undefined;
      }
      throw error;
    }
  }

  /** Other regions that are used here, and that have such a rule. */
  private async elsewhere(isMeant: (rule: CacheRule) => boolean): Promise<string[]> {
    const others = new Set((await usualRegions(this.io)).filter((region) => region !== this.region));
    const found = await Promise.all(
      [...others].map(async (region) => {
        let hasRule = false;
        await checked("the rules", async () => {
          hasRule = (await rulesOf(this.cli.in(region))).some(isMeant);
          return [];
        });
        return hasRule ? [region] : [];
      }),
    );
    return found.flat();
  }

  /** Looks at the rule of an image, at what ECR has of it, and at its name. */
  private async register(place: Place, rules: readonly CacheRule[] | Remark): Promise<Registered> {
    let state: ImageState | undefined;
    const image = await checked(`the repository ${place.path}`, async () => {
      state = await imageState(this.cli, place);
      return imageRemarks(state, place);
    });
    const rule = isList(rules) ? ruleOf(rules, place.path) : undefined;
    const isCached = state?.image !== undefined;
    const isUseless = isList(rules) && rule === undefined && !isCached;
    const remark = isList(rules) ? await this.ruleRemark(place, rule, isCached) : rules;
    this.add("name and rule", [remark]);
    // Otherwise the step would say that the next pull caches the image.
    const why = isUseless ? NO_RULE : remark.kind === "cause" ? "the name of the image is wrong" : undefined;
    this.add("image", why === undefined || state === undefined ? image : [skipped(why)]);
    return { rule, state, isUseless, hasRules: isList(rules) };
  }

  private async ruleRemark(place: Place, rule: CacheRule | undefined, isCached: boolean): Promise<Remark> {
    if (rule !== undefined) {
      const { ecrRepositoryPrefix, upstreamRegistryUrl } = rule;
      const problem = isCached ? undefined : nameProblem(rule, place);
      return problem ?? ok(`${uriOf(place)}: the rule ${ecrRepositoryPrefix} caches ${upstreamRegistryUrl}`);
    }
    return isCached
      ? ok(`${uriOf(place)}: no rule caches it, and ECR has it`)
      : noRule(
          `has a prefix of ${place.path}`,
          this.region,
          await this.elsewhere((other) => ruleOf([other], place.path) !== undefined),
          "correct the name of the image, or create the rule: prefix of an upstream of PullThroughCache, or the module pull-through-cache",
        );
  }

  private async lookAtSettings(place: Place, registered: Registered, caller: Caller | undefined): Promise<Registered> {
    const { rule, state, isUseless, hasRules } = registered;
    if (isUseless === true) {
      this.skip(NO_RULE, ...SETTINGS.filter((name) => name !== "image"));
      return registered;
    }
    const { accountId, region } = place.registry;
    const repositoryArn = `arn:${partitionOf(region)}:ecr:${region}:${accountId}:repository/${place.path}`;
    const isNew = state !== undefined && state.repository === undefined;
    let template: Template | undefined;
    const templates = await checked("the template", async () => {
      template = await templateOf(this.cli, place.path);
      return state === undefined
        ? [unchecked("whether ECR has the repository is not known")]
        : templateRemarks(this.cli, template, state.repository, repositoryArn, place.reference);
    });
    const [upstream, credential, permissions] = await Promise.all([
      hasRules === true ? this.validate(rule) : [unchecked(RULES_UNKNOWN)],
      hasRules === true ? this.lookAtCredential(place, rule, repositoryArn) : [unchecked(RULES_UNKNOWN)],
      this.permissions(caller, {
        accountId,
        repository: place.path,
        repositoryArn,
        // If it is not known, what every pull needs.
        isCached: state === undefined || state.image !== undefined,
        isNew,
        template,
      }),
    ]);
    const [upstreamRemarks, credentialRemarks] = explained(rule, upstream, credential);
    this.add("upstream", upstreamRemarks);
    this.add("credential", credentialRemarks);
    this.add("template", templates);
    this.add("permissions", permissions);
    return { rule, state, template };
  }

  private async lookAtNetwork(
    { registry, path: repository }: Place,
    { state, template }: Registered,
    caller: Caller | undefined,
  ): Promise<void> {
    const { vpc: vpcId, subnets: subnetIds, securityGroups: clientGroupIds, role } = this.question;
    if (vpcId === undefined) {
      return this.skip("give --vpc to look at the network of the client", NETWORK);
    }
    const isCached = state?.image !== undefined;
    const isNew = state?.repository === undefined;
    const hasTags = (template?.resourceTags ?? []).length > 0;
    const arn = role ?? caller?.arn;
    const client = { accountId: accountOf(arn ?? "") ?? registry.accountId, arn };
    const where = { vpcId, subnetIds, clientGroupIds };
    this.add(
      NETWORK,
      await networkRemarks(this.cli, { ...where, registry, repository, isCached, isNew, hasTags, caller: client }),
    );
  }

  private validate(rule: CacheRule | undefined): Promise<readonly Remark[]> | readonly Remark[] {
    return rule === undefined ? [skipped(NO_RULE)] : checked("the rule", () => validationRemarks(this.cli, rule));
  }

  private lookAtCredential(
    { registry }: Place,
    rule: CacheRule | undefined,
    repositoryArn: string,
  ): Promise<readonly Remark[]> | Remark[] {
    const { credentialArn = "", customRoleArn = "", upstreamRegistryUrl = "" } = rule ?? {};
    if (credentialArn !== "") {
      return checked("the secret", () => secretRemarks(this.cli, registry, credentialArn));
    }
    return customRoleArn === ""
      ? [skipped(rule === undefined ? NO_RULE : "the rule needs none")]
      : checked("the role of the rule", () =>
          upstreamRoleRemarks(this.cli, customRoleArn, upstreamRegistryUrl, repositoryArn),
        );
  }

  private async permissions(caller: Caller | undefined, access: Access): Promise<readonly Remark[]> {
    const { role } = this.question;
    const accountId = role === undefined ? undefined : accountOf(role);
    if (role !== undefined && accountId !== access.accountId) {
      const subject = `what ${role} may do`;
      return [unchecked(`${subject}: only its own account can simulate its policies`, useAccount(String(accountId)))];
    }
    const arn = role ?? caller?.arn;
    if (arn === undefined) {
      return [unchecked("what the caller may do: its ARN is not known")];
    }
    let principal: string | undefined;
    const [failure] = await checked(`what ${arn} may do`, async () => {
      principal = await principalArnOf(this.cli, arn);
      return [];
    });
    if (failure !== undefined) {
      return [unchecked(failure.detail, giveRole(arn))];
    }
    if (principal === undefined) {
      return role === undefined
        ? [unchecked(`what ${arn} may do: IAM simulates only users and roles`, "give --role")]
        : noSuch(role);
    }
    const simulated = principal;
    return checked(`what ${arn} may do`, () =>
      permissionRemarks(this.cli, simulated, access).catch((error: unknown) => {
        if (role !== undefined && error instanceof AwsRefusal && error.code === "NoSuchEntity") {
          return noSuch(role);
        }
        throw error;
      }),
    );
  }

  private async pull(place: Place, { rule, state }: Registered, isOwn: boolean): Promise<void> {
    const why = this.whyNoPull;
    if (why !== undefined) {
      return this.skip(why, ...PULL);
    }
    const { token, remark } = await signIn(this.cli);
    this.add("sign-in", [remark]);
    if (token === undefined) {
      return this.skip("no token", "manifest", "layer");
    }
    const isCached = state?.image !== undefined;
    const effect = isCached ? "" : "; if ECR does not have it, ECR creates the repository and caches the image";
    const role = this.question.role === undefined ? "" : `, and not with ${this.question.role}`;
    this.io.stderr.write(
      `pulling the manifest of ${uriOf(place)} with your credentials${role}${effect} (--no-pull leaves this out)\n`,
    );
    const client = new RegistryClient(this.io, token, place, { isOwn, rule });
    const { manifest, remark: answer } = await client.manifest();
    this.add("manifest", [answer]);
    if (manifest === undefined) {
      return this.skip("no manifest", "layer");
    }
    this.add("layer", [await client.layer(manifest)]);
  }

  private get whyNoPull(): string | undefined {
    const named = this.steps.filter(({ name }) => name === "name and rule" || name === "image");
    return !this.question.pull
      ? "--no-pull"
      : named.some(({ remarks }) => remarks.some(({ kind }) => kind === "cause"))
        ? "ECR cannot have an image of this name"
        : undefined;
  }

  private add(name: StepName, remarks: readonly Remark[]): void {
    const step = { name, remarks };
    this.steps.push(step);
    this.report(step);
  }

  private skip(detail: string, ...names: readonly StepName[]): void {
    names.forEach((name) => this.add(name, [skipped(detail)]));
  }

  private cannotLook(accountId: string, ...names: readonly StepName[]): void {
    const detail = `your credentials are not of the account ${accountId}`;
    names.forEach((name) => this.add(name, [unchecked(detail, useAccount(accountId))]));
  }
}

function noSuch(role: string): never {
  throw new CommandError(`there is no ${role}: give the ARN with its path, as aws iam get-role prints it`);
}

function useAccount(accountId: string): string {
  return `use credentials of the account ${accountId}, for example with AWS_PROFILE`;
}

async function rulesOf(cli: AwsCli): Promise<readonly CacheRule[]> {
  const { pullThroughCacheRules } = await cli.call<{ readonly pullThroughCacheRules: readonly CacheRule[] }>(
    "ecr",
    "describe-pull-through-cache-rules",
  );
  return pullThroughCacheRules;
}

/** The template that ECR applies to a new repository of the cache; undefined if there is none. */
async function templateOf(cli: AwsCli, repository: string): Promise<Template | undefined> {
  const { repositoryCreationTemplates } = await cli.call<{ readonly repositoryCreationTemplates: readonly Template[] }>(
    "ecr",
    "describe-repository-creation-templates",
  );
  const applied = repositoryCreationTemplates.filter(({ appliedFor = [] }) =>
    appliedFor.includes("PULL_THROUGH_CACHE"),
  );
  return byLongestPrefix(applied, ({ prefix }) => prefix, repository);
}

/** The account of an ARN. */
function accountOf(arn: string): string | undefined {
  return arn.split(":")[4];
}

function isList(rules: readonly CacheRule[] | Remark): rules is readonly CacheRule[] {
  return Array.isArray(rules);
}
