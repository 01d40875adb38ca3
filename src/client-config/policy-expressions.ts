import { DEFAULT_DOMAIN, DIGEST, IMAGE_ID, MAX_PATH, OFFICIAL_PATH, PATH, TAG } from "../image/image-grammar";
import { otherDomainsOf } from "../image/registry-hosts";
import { REGISTRY_HOST } from "../image/supported-registries";
import type { CachedName } from "./registry-names";

/** A variable of a policy: CEL that later variables and the mutation use as `variables.<name>`. */
export interface PolicyVariable {
  readonly name: string;
  readonly expression: string;
}

/** The lists of containers in the spec of a pod. */
const CONTAINERS = ["containers", "initContainers", "ephemeralContainers"];

// The first part of a name if it is a domain, with its slash.
const DOMAIN_PART = "(?:localhost|[^/]*[.:A-Z][^/]*)/";

// The API server has no patterns with lookaround: https://github.com/google/re2/wiki/Syntax
const IMAGE = `^(?:${DOMAIN_PART})?${PATH}(?::${TAG})?(?:@(?:${DIGEST}))?$`;

/**
 * The variables of a policy, each of which uses those before it; the last one has the images to rewrite. Kubernetes has
 * all the functions since 1.23: https://kubernetes.io/docs/reference/using-api/cel/
 */
export function policyVariables(registry: string, names: readonly CachedName[]): PolicyVariable[] {
  return [
    { name: "caches", expression: list(names.map(({ name, start }) => object({ from: `${name}/`, to: `${start}/` }))) },
    { name: "domains", expression: domains(names) },
    // An update of a pod must not change images that the pod has: its containers would restart.
    { name: "former", expression: `oldObject == null ? [] : ${imagesOf("oldObject")}` },
    {
      name: "images",
      expression: `${imagesOf("object")}
  .filter(i, !(i in variables.former) && i.matches(${raw(IMAGE)}) && !i.matches(${raw(IMAGE_ID.source)}))`,
    },
    { name: "names", expression: NAMES },
    { name: "rewrites", expression: rewrites(registry) },
  ];
}

/** The expression of the JSON patch, which replaces the names of the images to rewrite. */
export function patchExpression(): string {
  return CONTAINERS.map(
    (containers) => `(has(object.spec.${containers}) ? object.spec.${containers} : [])
  .filter(c, has(c.image) && variables.rewrites.exists(r, r.image == c.image))
  .map(c, JSONPatch{
    op: 'replace',
    path: '/spec/${containers}/' + string(object.spec.${containers}.indexOf(c)) + '/image',
    value: variables.rewrites.filter(r, r.image == c.image)[0].uri
  })`,
  ).join("\n+ ");
}

/** The images of a pod. */
function imagesOf(pod: string): string {
  const lists = CONTAINERS.map((containers) => `(has(${pod}.spec.${containers}) ? ${pod}.spec.${containers} : [])`);
  return `(
  ${lists.join("\n  + ")}
).filter(c, has(c.image)).map(c, string(c.image))`;
}

/** The domain that stands for each other domain of its registry, all with a slash; names without a domain are in it, too. */
function domains(names: readonly CachedName[]): string {
  const canonical = [...new Set([DEFAULT_DOMAIN, ...names.map(({ domain }) => domain)])];
  const entries = canonical.flatMap((domain) =>
    otherDomainsOf(domain).map((other): [string, string] => [`${other}/`, `${domain}/`]),
  );
  return object({ "": `${DEFAULT_DOMAIN}/`, ...Object.fromEntries(entries) });
}

/**
 * The images with their normalized names and what follows them, a tag or a digest. A name is empty if its path has the
 * host of a registry, or if it is too long.
 */
const NAMES = `variables.images
  .map(i, {'image': i, 'domain': i.find(${raw(`^${DOMAIN_PART}`)})})
  .map(n, {'image': n.image, 'domain': n.domain, 'rest': n.image.substring(size(n.domain))})
  .map(n, {
    'image': n.image,
    'domain': n.domain.lowerAscii().replace(':443/', '/'),
    'rest': n.rest,
    'suffix': n.rest.find('[:@].*$')
  })
  .map(n, {
    'image': n.image,
    'domain': n.domain in variables.domains ? variables.domains[n.domain] : n.domain,
    'path': n.rest.substring(0, size(n.rest) - size(n.suffix)),
    'suffix': n.suffix
  })
  .map(n, {
    'image': n.image,
    'domain': n.domain,
    'path': (n.domain == ${quoted(`${DEFAULT_DOMAIN}/`)} && !n.path.contains('/') ? ${quoted(OFFICIAL_PATH)} : '') + n.path,
    'suffix': n.suffix
  })
  .filter(n,
    size(n.path) <= ${MAX_PATH}
    && !n.path.startsWith(n.domain)
    && !n.path.matches(${raw(REGISTRY_HOST.source.replace(/\$$/, "/"))})
  )
  .map(n, {'image': n.image, 'name': n.domain + n.path, 'suffix': n.suffix})`;

/** The images that a cache has, with their names in it. ECR applies the rule with the longest matching prefix. */
function rewrites(registry: string): string {
  return `variables.names
  .map(n, {
    'image': n.image,
    'uri': (variables.caches
      .filter(c, n.name.startsWith(c.from))
      .map(c, {'to': c.to, 'place': c.to + n.name.substring(size(c.from))})
      .filter(p,
        size(p.place) <= size(${quoted(`${registry}/`)}) + ${MAX_PATH}
        && !variables.caches.exists(o, size(o.to) > size(p.to) && p.place.startsWith(o.to))
      )
      .map(p, p.place + n.suffix) + [''])[0]
  })
  .filter(r, r.uri != '')`;
}

function list(items: readonly string[]): string {
  return `[\n${items.map((item) => `  ${item}`).join(",\n")}\n]`;
}

function object(entries: { readonly [key: string]: string }): string {
  const texts = Object.entries(entries).map(([key, value]) => `${quoted(key)}: ${quoted(value)}`);
  return texts.length > 2 ? `{\n${texts.map((text) => `  ${text}`).join(",\n")}\n}` : `{${texts.join(", ")}}`;
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}

/** A pattern as a raw string, in which a backslash has no meaning. */
function raw(pattern: string): string {
  return `r'${pattern}'`;
}
