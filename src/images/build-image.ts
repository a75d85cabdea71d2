// Computes the image of a package: base, dependencies, SDK and code as layers, then the two documents that make them an image.
import type { Image, Layer } from '../model/image.ts';
import type { Package } from '../model/package.ts';
import type { Archives } from '../ports/archives.ts';
import type { Blobs } from '../ports/blobs.ts';
import type { BaseImages } from './base-images.ts';
import { storeCodeLayer } from './code-layer.ts';
import type { DependencyLayers, OnInstalling } from './dependency-layers.ts';
import { applicationRecipe, imageDocuments } from './image-config.ts';
import type { InstallationLog } from './installation-log.ts';
import { storeSdkLayer } from './sdk-layer.ts';

/** What computing images needs. */
export interface BuildParts {
  readonly blobs: Blobs;
  readonly archives: Archives;
  readonly bases: BaseImages;
  readonly dependencyLayers: DependencyLayers;
  /** Where the Python SDK lies. */
  readonly sdkDirectory: string;
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
  const { blobs, bases, archives } = parts;
  const base = await bases.ensure((line) => text.line(line));
  const dependencies = await parts.dependencyLayers.ensure(base, pkg.config.dependencies, text, onInstalling);
  // The SDK changes less often than the code, so it lies below it.
  const sdk = await storeSdkLayer(blobs, parts.sdkDirectory);
  const code = await storeCodeLayer(archives, blobs, pkg);
  const own: readonly Layer[] = [...(dependencies ? [dependencies] : []), sdk, code];
  const recipe = applicationRecipe(base, own, labelsOf(pkg, parts.platform), pkg.createdAt);
  const documents = imageDocuments(recipe);
  await blobs.put(documents.config);
  await blobs.put(documents.manifest);
  const { manifestDigest, configDigest } = documents;
  return { layers: recipe.layers, manifestDigest, configDigest, architecture: base.architecture };
}

function labelsOf(pkg: Package, platform: string): Readonly<Record<string, string>> {
  return { 'berth.platform': platform, 'berth.application': pkg.application, 'berth.package': pkg.id };
}
