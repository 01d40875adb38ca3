import type { Iam } from "../iam/iam";
import type { Scope } from "../service";
import type { CacheRule, CacheRules } from "./cache-rules";
import type { CreationTemplate, CreationTemplates } from "./creation-templates";
import type { Manifest } from "./images";
import { now } from "./parameters";
import { absent, keep } from "./repositories";
import type { Repositories, Repository } from "./repositories";
import { kindOf } from "./upstream-kinds";
import type { Upstreams } from "./upstreams";

/** The error of a registry that has no image to answer. */
export class NoImage extends Error {
  /** @param code one of https://distribution.github.io/distribution/spec/api/#errors-2 */
  public constructor(
    public readonly status: 403 | 404,
    public readonly code: "DENIED" | "NAME_UNKNOWN" | "MANIFEST_UNKNOWN",
    message: string,
  ) {
    super(message);
  }
}

// https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates-iam.html
const TEMPLATE_ROLE_ACTIONS = ["ecr:CreateRepository", "ecr:ReplicateImage", "ecr:TagResource"];
const KEY_ACTIONS = ["kms:CreateGrant", "kms:RetireGrant", "kms:DescribeKey"];

/** The images that a registry caches. */
export class ImageCache {
  public constructor(
    private readonly rules: CacheRules,
    private readonly templates: CreationTemplates,
    private readonly repositories: Repositories,
    private readonly upstreams: Upstreams,
    private readonly iam: Iam,
  ) {}

  /**
   * A manifest by its tag or its digest. A tag that is not cached is fetched from the upstream; a digest never is. ECR
   * checks a cached tag again after 24 hours at the earliest. Time does not pass here, so a cached tag stays the same.
   * https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html
   */
  public manifest(name: string, reference: string, scope: Scope): Manifest {
    const repository = this.repositories.tryFind(name, scope);
    const cached = repository?.manifests.get(repository.tags.get(reference) ?? reference);
    if (repository !== undefined && cached !== undefined) {
      repository.pulledAt.set(cached.digest, now());
      return cached;
    }
    const rule = this.rules.ruleOf(name, scope);
    if (reference.includes(":") || rule === undefined) {
      throw repository === undefined ? unknownName(name, scope) : unknownManifest(reference);
    }
    return this.fetch(name, reference, rule, scope);
  }

  /** Whether a pull of a manifest needs nothing of the upstream. */
  public isCached(name: string, reference: string, scope: Scope): boolean {
    const repository = this.repositories.tryFind(name, scope);
    return repository?.manifests.has(repository.tags.get(reference) ?? reference) ?? false;
  }

  public blob(name: string, digest: string, scope: Scope): string | undefined {
    return this.repositories.tryFind(name, scope)?.blobs.get(digest);
  }

  /** The host that the upstream of a repository serves layers from, if a client has to go there; undefined otherwise. */
  public blobHost(name: string, scope: Scope): string | undefined {
    return this.upstreams.blobHosts.get(this.rules.ruleOf(name, scope)?.upstreamRegistryUrl ?? "");
  }

  private fetch(name: string, tag: string, rule: CacheRule, scope: Scope): Manifest {
    const failure = this.rules.failureOf(rule, scope);
    if (failure !== undefined) {
      throw new NoImage(403, "DENIED", `The authentication to the upstream registry failed. ${failure}`);
    }
    const host = rule.upstreamRegistryUrl;
    const upstreamName = upstreamNameOf(name, rule);
    const image = this.upstreams.tryFind(host, upstreamName, tag);
    if (image === undefined) {
      // Docker Hub denies access to an unknown repository as it denies access to a private one.
      if (kindOf(host)?.name === "docker-hub" && !this.upstreams.hasRepository(host, upstreamName)) {
        throw new NoImage(403, "DENIED", `The authentication to the upstream registry failed for ${upstreamName}.`);
      }
      throw this.repositories.tryFind(name, scope) ? unknownManifest(tag) : unknownName(name, scope);
    }
    const repository = this.repositories.tryFind(name, scope) ?? this.create(name, scope);
    const [manifest] = image.manifests;
    keep(repository, tag, image);
    repository.pulledAt.set(manifest.digest, now());
    return manifest;
  }

  private create(name: string, scope: Scope): Repository {
    const template = this.templates.templateOf(name, scope);
    if (template !== undefined && this.whyNotApplied(template, scope) !== undefined) {
      throw unknownName(name, scope);
    }
    return this.repositories.create(name, template, scope);
  }

  /**
   * Why ECR cannot create a repository by a template; undefined where it can. Tags and KMS need a role. A pull does not
   * tell the reason: it answers that the repository does not exist.
   */
  private whyNotApplied(template: CreationTemplate, scope: Scope): string | undefined {
    const { resourceTags = [], encryptionConfiguration, customRoleArn = "" } = template;
    const { encryptionType, kmsKey = "" } = encryptionConfiguration;
    if (customRoleArn !== "") {
      const actions = [...TEMPLATE_ROLE_ACTIONS, ...(kmsKey === "" ? [] : KEY_ACTIONS)];
      return this.iam.whyNot(customRoleArn, "ecr.amazonaws.com", actions, scope);
    }
    return resourceTags.length > 0 || encryptionType !== "AES256" ? "the template has no role" : undefined;
  }
}

/** The name that a repository has in its upstream. */
function upstreamNameOf(name: string, { ecrRepositoryPrefix, upstreamRepositoryPrefix = "ROOT" }: CacheRule): string {
  const rest = ecrRepositoryPrefix === "ROOT" ? name : name.slice(ecrRepositoryPrefix.replace(/\/$/, "").length + 1);
  return upstreamRepositoryPrefix === "ROOT" ? rest : `${upstreamRepositoryPrefix.replace(/\/$/, "")}/${rest}`;
}

function unknownName(name: string, scope: Scope): NoImage {
  return new NoImage(404, "NAME_UNKNOWN", absent(name, scope));
}

function unknownManifest(reference: string): NoImage {
  return new NoImage(404, "MANIFEST_UNKNOWN", `Requested image not found: ${reference}`);
}
