import { createHash } from "node:crypto";

/** A manifest, as a registry keeps it. https://github.com/opencontainers/image-spec/blob/main/manifest.md */
export interface Manifest {
  readonly digest: string;
  readonly mediaType: string;
  readonly body: string;
}

/** An image for one platform or for several. */
export interface Image {
  /** The manifest that a tag of the image names, and those that this manifest names. */
  readonly manifests: readonly [Manifest, ...Manifest[]];
  /** Configurations and layers, by their digests. */
  readonly blobs: ReadonlyMap<string, string>;
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

interface Content {
  readonly config?: Descriptor;
  readonly layers?: readonly Descriptor[];
  readonly manifests?: readonly Descriptor[];
}

const OCI = "application/vnd.oci.image";

/** An image for one platform, with layers that are any text. */
export function imageOf(...layers: readonly string[]): Image {
  const [config, ...rest] = [JSON.stringify({ architecture: "amd64", os: "linux" }), ...layers];
  const manifest = manifestOf(`${OCI}.manifest.v1+json`, {
    config: descriptor(`${OCI}.config.v1+json`, config),
    layers: rest.map((layer) => descriptor(`${OCI}.layer.v1.tar+gzip`, layer)),
  });
  return { manifests: [manifest], blobs: new Map([config, ...rest].map((blob) => [digestOf(blob), blob])) };
}

/** An image for the platforms of several. */
export function indexOf(...images: readonly Image[]): Image {
  const manifests = images.flatMap((image) => image.manifests);
  const index = manifestOf(`${OCI}.index.v1+json`, {
    manifests: manifests.map(({ mediaType, body }) => descriptor(mediaType, body)),
  });
  return { manifests: [index, ...manifests], blobs: new Map(images.flatMap(({ blobs }) => [...blobs])) };
}

/** The digests of the manifests that a manifest names. */
export function named(manifest: Manifest): string[] {
  return (contentOf(manifest).manifests ?? []).map(({ digest }) => digest);
}

/** The size of an image; where the image is for several platforms, the size of its largest one. */
export function sizeOf(manifest: Manifest, all: ReadonlyMap<string, Manifest>): number {
  const { config, layers = [], manifests } = contentOf(manifest);
  if (manifests !== undefined) {
    return Math.max(0, ...manifests.flatMap(({ digest }) => all.get(digest) ?? []).map((part) => sizeOf(part, all)));
  }
  return [...(config === undefined ? [] : [config]), ...layers].reduce((sum, { size }) => sum + size, 0);
}

export function digestOf(content: string): string {
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}

function manifestOf(mediaType: string, content: object): Manifest {
  const body = JSON.stringify({ schemaVersion: 2, mediaType, ...content });
  return { digest: digestOf(body), mediaType, body };
}

function contentOf({ body }: Manifest): Content {
  return JSON.parse(body) as Content;
}

function descriptor(mediaType: string, content: string): Descriptor {
  return { mediaType, digest: digestOf(content), size: Buffer.byteLength(content) };
}
