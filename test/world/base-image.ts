// The default Python base image, as the platform makes it where no registry answers.

import { finished } from 'node:stream/promises';
import type Docker from 'dockerode';
import { BASE_PACKAGES } from '../../src/images/base-images.ts';
import { rootTar } from './root-tar.ts';

/** Path of a tar of the default Python base's root file system, kept between runs. */
export async function baseImageTar(): Promise<string> {
  return (await rootTar('base', BASE_PACKAGES)).path;
}

/** Makes an image `repository:tag` of the default base on an engine. */
export async function importTestImage(docker: Docker, tag: string): Promise<void> {
  await importRoot(docker, await baseImageTar(), tag);
}

/** Makes an image `repository:tag` of a root file system's tar. */
export async function importRoot(docker: Docker, path: string, tag: string): Promise<void> {
  const [repo = tag, version = 'latest'] = tag.split(':');
  const answer = await docker.importImage(path, { repo, tag: version });
  await finished(answer.resume());
}
