// Applications and packages as the API answers them.
import type { z } from 'zod';
import type { PackageSummary } from '../../applications/application-reads.ts';
import { DEFAULT_PROJECT } from '../../model/access.ts';
import type { Image } from '../../model/image.ts';
import type { Algorithm, Application } from '../../model/package.ts';
import type * as contract from '../contract/views.ts';
import { iso, isoOrNull } from './iso.ts';

/** An application. */
export function applicationView(application: Application): z.output<typeof contract.applicationView> {
  const { id, description, project = DEFAULT_PROJECT, currentPackage, createdAt, updatedAt } = application;
  return { name: id, description, project, currentPackage, createdAt: iso(createdAt), updatedAt: iso(updatedAt) };
}

function algorithmView(algorithm: Algorithm): z.output<typeof contract.packageView>['algorithms'][number] {
  const { id, name, script, kind, output, resources, exactlyOne, sensors, controls, actions } = algorithm;
  return {
    ...{ id, name, script, kind, output, resources, exactlyOne },
    sensors: sensors.map((need) => ({ ...need })),
    controls: controls.map((need) => ({ ...need })),
    actions: [...actions],
  };
}

/** A package with its image, if that was begun. */
export function packageView(pkg: PackageSummary, image: Image | undefined): z.output<typeof contract.packageView> {
  const { id, application, sizeBytes, fileCount, config, createdAt } = pkg;
  const algorithms = config.algorithms.map(algorithmView);
  const about = { id, application, version: config.version, sizeBytes, files: fileCount, createdAt: iso(createdAt) };
  return { ...about, algorithms, image: image ? imageView(image) : null };
}

/** How far an image is. */
export function imageView(image: Image): z.output<typeof contract.imageView> {
  const layers = image.layers.map(({ role, digest, sizeBytes }) => ({ role, digest, sizeBytes }));
  const error = image.error ? { ...image.error, lastLines: [...image.error.lastLines] } : null;
  return { state: image.state, layers, error, readyAt: isoOrNull(image.readyAt) };
}
