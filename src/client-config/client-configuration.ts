import { DEFAULT_DOMAIN } from "../image/image-grammar";
import { ImageReference, parseReference, problemText } from "../image/image-reference";
import { reasonWithoutPlace } from "../image/no-place";
import { canonicalDomain } from "../image/registry-hosts";
import { RegistryMapping } from "../image/registry-map";
import type { RegistryMap } from "../image/registry-map";
import { isPlainObject } from "../validation/plain-object";
import type { AllKeys } from "../validation/rule";
import { OBJECT_OF_OPTIONS, matches, oneOfRequirement } from "../validation/rule";
import { ConfigErrors } from "./config-errors";
import { FailurePolicy } from "./failure-policy";
import { patchExpression, policyVariables } from "./policy-expressions";
import { cachedNames, checkRegistryMap } from "./registry-names";
import type { CachedName } from "./registry-names";
import { DEFAULT_EXCLUDED_NAMESPACES, DEFAULT_POLICY_NAME, NAMESPACE, POLICY_NAME } from "./rules";

/** Options of the policies that rewrite the names of images in a cluster. */
export interface MutatingPolicyOptions {
  /**
   * The name of the policy, and of its binding.
   * @default "ecr-pull-through-cache"
   */
  readonly name?: string;
  /**
   * What the API server does with a pod if the expressions of the policy fail.
   * @default FailurePolicy.IGNORE, so that no defect of the policy stops pods
   */
  readonly failurePolicy?: FailurePolicy;
  /**
   * Namespaces whose pods keep their images. An empty list excludes none.
   * @default ["kube-system"], so that the pods that a node needs for its network do not depend on the cache
   */
  readonly excludedNamespaces?: string[];
}

const POLICY_OPTIONS = Object.keys({
  name: true,
  failurePolicy: true,
  excludedNamespaces: true,
} satisfies AllKeys<MutatingPolicyOptions>);

/** An entry of the field `images` of a kustomization. */
export interface KustomizeImage {
  /** The name as manifests have it, without tag and digest. */
  readonly name: string;
  /** The name in the cache. */
  readonly newName: string;
}

/** A component of Kustomize: a folder has it as `kustomization.yaml`, and kustomizations name the folder. */
export interface KustomizeComponent {
  /** `kustomize.config.k8s.io/v1alpha1`. */
  readonly apiVersion: string;
  /** `Component`. */
  readonly kind: string;
  /** The images, which you can also add to the field `images` of a kustomization. */
  readonly images: KustomizeImage[];
}

/**
 * The configuration of clients that pull through a cache, as plain objects for JSON or YAML files: policies of
 * Kubernetes and Kyverno, Kustomize, Helm and Renovate.
 *
 * The map of a cache has the host of its registry. Where account or region are tokens, Terraform has to write the files.
 */
export class ClientConfiguration {
  /**
   * The configuration for a registry map.
   *
   * @param registryMap the result of `cache.registryMap()`, one map of `fleet.registryMaps()`, or the output
   * `registry_map` of the module pull-through-cache
   * @throws if the value is no registry map of one cache
   */
  public static fromRegistryMap(registryMap: { readonly [name: string]: string }): ClientConfiguration {
    checkRegistryMap(registryMap);
    return new ClientConfiguration({ ...registryMap });
  }

  private readonly mapping: RegistryMapping;
  private readonly names: readonly CachedName[];

  private constructor(map: RegistryMap) {
    this.mapping = new RegistryMapping(map);
    this.names = cachedNames(map);
  }

  /**
   * A `MutatingAdmissionPolicy` and its `MutatingAdmissionPolicyBinding`, for Kubernetes 1.36 or later. The API server
   * then rewrites the images of ordinary, init and ephemeral containers when a pod is created, and those that an update
   * adds. Images that the cache does not have, and images of its registry, stay as they are.
   *
   * @param options the name of the policy, what happens if it fails, and the namespaces that it leaves out
   * @throws if an option is unknown or its value is not valid
   * @see https://kubernetes.io/docs/reference/access-authn-authz/mutating-admission-policy/
   */
  public mutatingAdmissionPolicy(options: MutatingPolicyOptions = {}): { readonly [key: string]: unknown }[] {
    const { name, spec } = this.policy(options);
    return [
      {
        apiVersion: "admissionregistration.k8s.io/v1",
        kind: "MutatingAdmissionPolicy",
        metadata: { name },
        spec,
      },
      {
        apiVersion: "admissionregistration.k8s.io/v1",
        kind: "MutatingAdmissionPolicyBinding",
        metadata: { name },
        spec: { policyName: name },
      },
    ];
  }

  /**
   * A `MutatingPolicy` of Kyverno, for clusters without `MutatingAdmissionPolicy` v1. It rewrites the same images. It
   * changes pods and not their Deployments, so that GitOps tools find no difference to their manifests.
   *
   * @param options the name of the policy, what happens if it fails, and the namespaces that it leaves out
   * @throws if an option is unknown or its value is not valid
   * @see https://kyverno.io/docs/policy-types/mutating-policy/
   */
  public kyvernoMutatingPolicy(options: MutatingPolicyOptions = {}): { readonly [key: string]: unknown } {
    const { name, spec } = this.policy(options);
    return {
      apiVersion: "policies.kyverno.io/v1",
      kind: "MutatingPolicy",
      metadata: { name },
      spec: { autogen: { podControllers: { controllers: [] } }, ...spec },
    };
  }

  /**
   * A component of Kustomize with the field `images`. Kustomize compares names as they are written, so give every spelling that the
   * manifests have, as `nginx` and `docker.io/library/nginx`. Tags and digests are left out, and names of the registry
   * of the cache, too.
   *
   * @param images names of images, as manifests have them
   * @throws if an image is not the name of an image, or the cache does not have it
   * @see https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/components/
   */
  public kustomizeComponent(images: string[]): KustomizeComponent {
    const errors = new ConfigErrors();
    const entries = new Map<string, KustomizeImage>();
    if (!Array.isArray(images) || images.length === 0) {
      errors.add("images", "be a list of at least one image", images, "give names like nginx or quay.io/org/app");
    } else {
      for (const [index, image] of images.entries()) {
        const entry = this.kustomizeImage(errors, `images[${index}]`, image);
        if (entry !== undefined) {
          entries.set(entry.name, entry);
        }
      }
    }
    errors.throwIfAny();
    return { apiVersion: "kustomize.config.k8s.io/v1alpha1", kind: "Component", images: [...entries.values()] };
  }

  /**
   * Values for charts that have `global.imageRegistry`, as those of Bitnami do. The chart uses this registry for all of its
   * images, so all of them must come from the registry of `domain`. Charts write the path of a repository themselves:
   * for an official image of Docker Hub, set the chart's own value to `library/…`.
   *
   * The values for Docker Hub also have `global.security.allowInsecureImages`: without it the charts of Bitnami refuse
   * every other registry.
   *
   * @param domain the registry of the chart's images, like `docker.io`
   * @throws if the cache does not have the registry, or only parts of it
   */
  public helmValues(domain: string): { readonly [key: string]: unknown } {
    const errors = new ConfigErrors();
    const wholeRegistries = this.names.filter(({ name, domain: registry }) => name === registry);
    const given = typeof domain === "string" ? canonicalDomain(domain) : undefined;
    const found = wholeRegistries.find(({ name }) => name === given);
    if (found === undefined) {
      const known = wholeRegistries.map(({ name }) => name).join(", ");
      errors.add(
        "domain",
        "be a registry that the cache has as a whole",
        domain,
        known === "" ? "the cache has only parts of registries" : `use one of ${known}`,
      );
    }
    errors.throwIfAny();
    return {
      global: {
        imageRegistry: found?.start,
        ...(found?.name === DEFAULT_DOMAIN ? { security: { allowInsecureImages: true } } : {}),
      },
    };
  }

  /**
   * Settings of Renovate: it then looks for updates of images in the cache at their original registries, and the names in
   * files keep the registry of the cache. Amazon ECR knows only the tags that clients have pulled.
   *
   * The settings are package rules and not `registryAliases`: with an alias, Renovate writes a new tag in place of the
   * first text that equals the old one, which may be a digit of the registry's account.
   *
   * @see https://docs.renovatebot.com/configuration-options/#overridepackagename
   */
  public renovate(): { readonly [key: string]: unknown } {
    // A rule sees the name that the rules before it have given.
    const longestFirst = [...this.names].sort((one, other) => other.start.length - one.start.length);
    return {
      packageRules: longestFirst.map(({ name, start }) => ({
        matchDatasources: ["docker"],
        matchPackageNames: [`${start}/**`],
        overridePackageName: `{{{replace '^${start}/' '${name}/' packageName}}}`,
      })),
    };
  }

  /** The name and the fields of the specification that both kinds of policies have. */
  private policy(options: MutatingPolicyOptions): { readonly name: string; readonly spec: object } {
    checkPolicyOptions(options);
    const { name = DEFAULT_POLICY_NAME, failurePolicy = FailurePolicy.IGNORE } = options;
    const { excludedNamespaces = DEFAULT_EXCLUDED_NAMESPACES } = options;
    return {
      name,
      spec: {
        failurePolicy,
        // A sidecar that a later webhook adds is rewritten, too. A rewritten name stays as it is.
        reinvocationPolicy: "IfNeeded",
        matchConstraints: {
          ...(excludedNamespaces.length === 0 ? {} : { namespaceSelector: allBut(excludedNamespaces) }),
          resourceRules: [
            {
              apiGroups: [""],
              apiVersions: ["v1"],
              operations: ["CREATE", "UPDATE"],
              resources: ["pods", "pods/ephemeralcontainers"],
            },
          ],
        },
        variables: policyVariables(this.mapping.registry, this.names),
        mutations: [{ patchType: "JSONPatch", jsonPatch: { expression: patchExpression() } }],
      },
    };
  }

  private kustomizeImage(errors: ConfigErrors, place: string, image: unknown): KustomizeImage | undefined {
    if (typeof image !== "string") {
      errors.add(place, "be the name of an image", image, "give a name like nginx");
      return undefined;
    }
    const reference = parseReference(image);
    if (!(reference instanceof ImageReference)) {
      errors.add(place, "be the name of an image", image, problemText(reference));
      return undefined;
    }
    const mapped = this.mapping.map(reference);
    if (mapped.kind === "own") {
      return undefined;
    }
    if (mapped.kind !== "cached") {
      errors.add(place, "be an image that the cache has", image, reasonWithoutPlace(mapped));
      return undefined;
    }
    const withoutSuffix = (name: string): string => name.slice(0, name.length - reference.suffix.length);
    return { name: withoutSuffix(image), newName: withoutSuffix(mapped.uri) };
  }
}

function checkPolicyOptions(options: unknown): void {
  const errors = new ConfigErrors();
  if (!isPlainObject(options)) {
    errors.add("options", OBJECT_OF_OPTIONS, options, `use ${POLICY_OPTIONS.join(", ")}`);
    return errors.throwIfAny();
  }
  errors.checkKeys(options, POLICY_OPTIONS);
  const { name, failurePolicy, excludedNamespaces } = options as { readonly [key: string]: unknown };
  if (name !== undefined && !matches(name, POLICY_NAME)) {
    errors.add("name", POLICY_NAME.requirement, name, POLICY_NAME.hint);
  }
  const policies: unknown[] = Object.values(FailurePolicy);
  if (failurePolicy !== undefined && !policies.includes(failurePolicy)) {
    errors.add("failurePolicy", oneOfRequirement(policies), failurePolicy, "leave it out for Ignore");
  }
  if (excludedNamespaces !== undefined && !Array.isArray(excludedNamespaces)) {
    errors.add("excludedNamespaces", "be a list of namespaces", excludedNamespaces, "an empty list excludes none");
  } else {
    for (const [index, namespace] of ((excludedNamespaces ?? []) as unknown[]).entries()) {
      if (!matches(namespace, NAMESPACE)) {
        errors.add(`excludedNamespaces[${index}]`, NAMESPACE.requirement, namespace, NAMESPACE.hint);
      }
    }
  }
  errors.throwIfAny();
}

/** The selector of all namespaces but some. https://kubernetes.io/docs/reference/labels-annotations-taints/ */
function allBut(namespaces: readonly string[]): object {
  return { matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "NotIn", values: [...namespaces] }] };
}
