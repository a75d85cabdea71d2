// Computes the image of a package: base, runtime, dependencies, SDK and code as layers, then the two documents that make them an image.
import type { Image, Layer } from '../model/image.ts';
import type { Package } from '../model/package.ts';
import type { Archives } from '../ports/archives.ts';
import type { Blobs } from '../ports/blobs.ts';
import type { BaseImages, OnLine } from './base-images.ts';
import { storeCodeLayer } from './code-layer.ts';
import type { DependencyLayers, OnInstalling } from './dependency-layers.ts';
import { applicationRecipe, imageDocuments } from './image-config.ts';
import type { InstallationLog } from './installation-log.ts';
import type { NodeBase, NodeRuntime } from './node-runtime.ts';
import { type SdkDirectories, storeSdkLayer } from './sdk-layer.ts';

/** What computing images needs. */
export interface BuildParts {
  readonly blobs: Blobs;
  readonly archives: Archives;
  readonly bases: BaseImages;
  readonly nodeRuntime: NodeRuntime;
  readonly dependencyLayers: DependencyLayers;
  readonly sdkDirectories: SdkDirectories;
  /** The platform's uid. */
  readonly platform: string;
}

/** What a ready image consists of. */
export type BuiltImage = Required<Pick<Image, 'layers' | 'manifestDigest' | 'configDigest' | 'architecture'>>;

/** Computes an image and stores everything that nodes pull. Repeatable: the same package, base and SDK give the same digests. */
export async function buildImage(
  parts: BuildParts,
  pkg: Package,
  text: InstallationLog,
  onInstalling: OnInstalling,
): Promise<BuiltImage> {
  const { blobs, archives } = parts;
  const { base, debian } = await baseFor(parts, pkg, (line) => text.line(line));
  const asked = { ...pkg.config.dependencies, debian: [...pkg.config.dependencies.debian, ...debian] };
  const dependencies = await parts.dependencyLayers.ensure(base, asked, text, onInstalling);
  // The SDK changes less often than the code, so it lies below it.
  const sdk = await storeSdkLayer(blobs, parts.sdkDirectories);
  const code = await storeCodeLayer(archives, blobs, pkg);
  const own: readonly Layer[] = [...(dependencies ? [dependencies] : []), sdk, code];
  const recipe = applicationRecipe(base, own, labelsOf(pkg, parts.platform), pkg.createdAt);
  const documents = imageDocuments(recipe);
  await blobs.put(documents.config);
  await blobs.put(documents.manifest);
  const { manifestDigest, configDigest } = documents;
  return { layers: recipe.layers, manifestDigest, configDigest, architecture: base.architecture };
}

// The launcher is Python's in every image: Node comes on top of the same base.
async function baseFor({ bases, nodeRuntime }: BuildParts, { config }: Package, onLine: OnLine): Promise<NodeBase> {
  const base = await bases.ensure(onLine);
  return config.runtime === 'node' ? nodeRuntime.ensure(base, onLine) : { base, debian: [] };
}

function labelsOf(pkg: Package, platform: string): Readonly<Record<string, string>> {
  return { 'berth.platform': platform, 'berth.application': pkg.application, 'berth.package': pkg.id };
}
