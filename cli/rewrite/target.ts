import { ImageReference, parseReference } from "../../src/image/image-reference";
import { canonicalDomain } from "../../src/image/registry-hosts";
import { startOf } from "../../src/image/registry-map";
import type { MappedImage, RegistryMap, RegistryMapping } from "../../src/image/registry-map";
import { isUnder } from "../../src/image/repository-path";

/** The start of names in a cache of another region, and the registry that it stands for. */
interface OtherStart {
  readonly domain: string;
  readonly prefix: string;
  readonly registry: string;
}

/** The cache and the host that names get, and the caches of other regions that they may have now. */
export class Target {
  /** The longest prefix first, which is the one that applies. */
  private readonly otherStarts: readonly OtherStart[];

  public constructor(
    private readonly mapping: RegistryMapping,
    public readonly host: string,
    others: readonly RegistryMap[] = [],
  ) {
    this.otherStarts = others
      .flatMap((map) => Object.entries(map))
      .map(([registry, start]) => {
        const domain = startOf(start);
        return { domain: canonicalDomain(domain), prefix: start.slice(domain.length + 1), registry };
      })
      .sort((one, other) => other.prefix.length - one.prefix.length);
  }

  /** The name of an image with the host; `own` if it stays as it is. */
  public map(reference: ImageReference): MappedImage {
    const { domain, path, suffix } = reference;
    const mapped = this.mapping.map(reference, this.host);
    if (mapped.kind === "own" && domain !== this.host) {
      const isOtherHost = domain === this.mapping.registry || domain === this.mapping.dualStackHost;
      return isOtherHost ? { kind: "cached", uri: `${this.host}/${path}${suffix}`, prefix: "", path } : mapped;
    }
    const original = mapped.kind === "no-upstream" ? this.originalOf(reference) : undefined;
    return original === undefined ? mapped : this.mapping.map(original, this.host);
  }

  /** The image that a name in the cache of another region stands for. */
  private originalOf({ domain, path, suffix }: ImageReference): ImageReference | undefined {
    const start = this.otherStarts.find(
      (other) => other.domain === canonicalDomain(domain) && (other.prefix === "" || isUnder(other.prefix, path)),
    );
    if (start === undefined) {
      return undefined;
    }
    const rest = start.prefix === "" ? path : path.slice(start.prefix.length + 1);
    const original = parseReference(`${start.registry}/${rest}${suffix}`);
    return original instanceof ImageReference ? original : undefined;
  }
}
