// The image of a package, computed from layers: base, runtime, dependencies, SDK, code.
import type { Instant } from './instant.ts';

/** One layer: an uncompressed tar in Blobs, so that its digest is its diff id (OCI image specification 1.1). */
export interface Layer {
  /** `sha256:` and hex. */
  readonly digest: string;
  readonly sizeBytes: number;
  readonly role: 'base' | 'runtime' | 'dependencies' | 'sdk' | 'code';
}

/** How far an image is. `failed` is terminal until a person asks again or a new package comes. */
export type ImageState = 'waiting' | 'installing' | 'ready' | 'failed';

/** The image of one package (same id). Written by images. */
export interface Image {
  readonly id: string;
  readonly application: string;
  readonly state: ImageState;
  readonly layers: readonly Layer[];
  /** Digest of the OCI manifest, by which nodes pull; set when ready. */
  readonly manifestDigest?: string;
  /** Digest of the OCI image configuration; set when ready. */
  readonly configDigest?: string;
  /** Of the base and of compiled dependencies, as in NodeFacts; set when ready. */
  readonly architecture?: string;
  /** Where the live text of the dependency installation is kept, if there was one. */
  readonly installation?: string;
  readonly error?: {
    readonly code: string;
    readonly message: string;
    readonly remedy: string;
    readonly lastLines: readonly string[];
  };
  readonly attempts: number;
  readonly createdAt: Instant;
  readonly readyAt?: Instant;
  readonly shard: number;
  readonly nextAt: Instant | null;
}

/** A dependency layer, by the digest of what was asked (base, lists, mirrors). Written by images. */
export interface DependencyLayer {
  readonly id: string;
  readonly layer: Layer;
  readonly asked: {
    readonly base: string;
    readonly pip: readonly string[];
    readonly debian: readonly string[];
    /** Absent: none. */
    readonly npm?: readonly string[];
  };
  readonly createdAt: Instant;
  readonly usedAt: Instant;
}

/** The base image as Berth keeps it: its layers in Blobs and the parts of its configuration that matter. Written by images. */
export interface BaseImage {
  readonly id: string;
  /** Where it came from, in words. */
  readonly source: string;
  readonly layers: readonly Layer[];
  readonly architecture: string;
  readonly environment: readonly string[];
  readonly createdAt: Instant;
}

/** The repository under which the platform's own endpoint serves an application's images. */
export function imageRepository(application: string): string {
  return `berth/${application}`;
}

/** The tag under which a node keeps a ready image; it names the manifest, so that a recomputed image is another tag. */
export function imageTag(image: Pick<Image, 'id' | 'application' | 'manifestDigest'>): string {
  const manifest = (image.manifestDigest ?? '').slice('sha256:'.length, 'sha256:'.length + 12);
  return `${imageRepository(image.application)}:${image.id.slice(0, 12)}-${manifest}`;
}

/** By what a node pulls a ready image, when the platform's endpoint reaches it as a port of its own 127.0.0.1. */
export function pullReference(port: number, image: Pick<Image, 'application' | 'manifestDigest'>): string {
  return `127.0.0.1:${port}/${imageRepository(image.application)}@${image.manifestDigest}`;
}
