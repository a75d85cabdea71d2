// The two documents that make layers an image: its configuration and its manifest (OCI image specification 1.1). Pure: the same
// layers give the same bytes, hence the same digests. OCI media types, because they alone name an uncompressed layer by standard,
// and every engine from 18.06 on pulls them.
import { createHash } from 'node:crypto';
import type { BaseImage, Layer } from '../model/image.ts';
import type { Instant } from '../model/instant.ts';

/** Media types that the endpoint serves. */
export const MEDIA_TYPES = {
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar',
} as const;

/** What an image is computed from. */
export interface ImageRecipe {
  readonly architecture: string;
  readonly layers: readonly Layer[];
  /** `NAME=value`; later ones replace earlier ones. */
  readonly environment: readonly string[];
  readonly entrypoint: readonly string[];
  readonly workingDirectory: string;
  /** `uid:gid`; empty for the super-user. */
  readonly user: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly createdAt: Instant;
}

/** The bytes of an image's configuration and manifest with their digests. */
export interface ImageDocuments {
  readonly config: Buffer;
  readonly configDigest: string;
  readonly manifest: Buffer;
  readonly manifestDigest: string;
}

/** Writes the configuration and the manifest of an image. */
export function imageDocuments(recipe: ImageRecipe): ImageDocuments {
  const config = Buffer.from(JSON.stringify(configOf(recipe)));
  const configDigest = digestOf(config);
  const manifest = Buffer.from(JSON.stringify(manifestOf(recipe.layers, configDigest, config.length)));
  return { config, configDigest, manifest, manifestDigest: digestOf(manifest) };
}

/** The recipe of an application's image. */
export function applicationRecipe(
  base: BaseImage,
  layers: readonly Layer[],
  labels: Readonly<Record<string, string>>,
  createdAt: Instant,
): ImageRecipe {
  return {
    architecture: base.architecture,
    layers: [...base.layers, ...layers],
    environment: [...base.environment, ...APPLICATION_ENVIRONMENT],
    entrypoint: ['python3', '-B', '/opt/berth/sdk/launch.py'],
    workingDirectory: '/app',
    user: '65534:65534',
    labels,
    createdAt,
  };
}

/**
 * The recipe of the base image alone, in which dependencies are installed. It has no time of its own: a base that is made again of the
 * same layers is the same image, and what was installed in it stays good.
 */
export function baseRecipe({ id, architecture, layers, environment }: BaseImage): ImageRecipe {
  const nothing = { entrypoint: [], workingDirectory: '/', user: '', createdAt: 0 };
  return { ...nothing, architecture, layers, environment, labels: { [BASE_LABEL]: id } };
}

/** Label by which base images are found on a builder; its value is the base image's id. */
const BASE_LABEL = 'berth.base';

const APPLICATION_ENVIRONMENT = [
  'PYTHONPATH=/opt/berth/sdk:/opt/berth/dependencies',
  'PYTHONUNBUFFERED=1',
  'HOME=/scratch',
  'TMPDIR=/tmp',
];

function configOf(recipe: ImageRecipe) {
  const created = new Date(recipe.createdAt).toISOString();
  return {
    created,
    architecture: recipe.architecture,
    os: 'linux',
    config: {
      User: recipe.user,
      Env: environmentOf(recipe.environment),
      Entrypoint: recipe.entrypoint,
      WorkingDir: recipe.workingDirectory,
      Labels: Object.fromEntries(Object.entries(recipe.labels).sort(([a], [b]) => (a < b ? -1 : 1))),
    },
    rootfs: { type: 'layers', diff_ids: recipe.layers.map(({ digest }) => digest) },
    history: recipe.layers.map(({ role }) => ({ created, created_by: `berth: ${role}` })),
  };
}

function environmentOf(words: readonly string[]): readonly string[] {
  return [...new Map(words.map((word) => [word.split('=', 1)[0], word])).values()];
}

function manifestOf(layers: readonly Layer[], configDigest: string, configBytes: number) {
  return {
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.manifest,
    config: { mediaType: MEDIA_TYPES.config, digest: configDigest, size: configBytes },
    layers: layers.map(({ digest, sizeBytes }) => ({ mediaType: MEDIA_TYPES.layer, digest, size: sizeBytes })),
  };
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
