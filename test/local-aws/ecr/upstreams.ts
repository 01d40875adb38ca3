import type { Image } from "./images";

/** The images that upstream registries have. A test puts them there. */
export class Upstreams {
  private readonly images = new Map<string, Image>();
  /**
   * The hosts that upstreams serve layers from, by their own hosts. As long as one is set, ECR has not cached the layers of
   * the upstream yet, and redirects clients there.
   * https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html
   */
  public readonly blobHosts = new Map<string, string>();

  /** Puts an image into an upstream. The official images of Docker Hub lie under `library/`. */
  public put(host: string, repository: string, tag: string, image: Image): void {
    this.images.set(`${host}/${repository}:${tag}`, image);
  }

  /** Empties an upstream. */
  public clear(host: string): void {
    for (const name of [...this.images.keys()].filter((candidate) => candidate.startsWith(`${host}/`))) {
      this.images.delete(name);
    }
  }

  public tryFind(host: string, repository: string, tag: string): Image | undefined {
    return this.images.get(`${host}/${repository}:${tag}`);
  }

  /** Whether an upstream has a repository of that name. */
  public hasRepository(host: string, repository: string): boolean {
    return [...this.images.keys()].some((name) => name.startsWith(`${host}/${repository}:`));
  }
}
