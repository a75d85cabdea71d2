// Removing what runs of tests left on the tests' own engine, and nothing that a living run still uses.
import type Docker from 'dockerode';
import { OWNER_LABEL } from './owner.ts';

/** Images of this name prefix are kept between runs. */
export const KEPT_IMAGES = 'berth-test/';

/**
 * Removes what belongs to no living run. With no run alive that is every container and volume, whoever made it, and every image that
 * is not meant to be kept.
 */
export async function clearLeftovers(docker: Docker, live: readonly string[]): Promise<void> {
  const alone = live.length === 0;
  const isLeft = (labels: Readonly<Record<string, string>> | undefined): boolean => {
    const owner = labels?.[OWNER_LABEL];
    return owner === undefined ? alone : !live.includes(owner);
  };
  await removeThings(docker, isLeft);
  if (alone) await removeImages(docker);
}

/** Removes the containers and volumes of one run. */
export async function clearOwner(docker: Docker, owner: string): Promise<void> {
  await removeThings(docker, (labels) => labels?.[OWNER_LABEL] === owner);
}

/** Removes the containers and volumes that a platform made. */
export async function clearPlatform(docker: Docker, platform: string): Promise<void> {
  await removeThings(docker, (labels) => labels?.['berth.platform'] === platform);
}

type IsLeft = (labels: Readonly<Record<string, string>> | undefined) => boolean;

async function removeThings(docker: Docker, isLeft: IsLeft): Promise<void> {
  const containers = (await docker.listContainers({ all: true })).filter((each) => isLeft(each.Labels));
  await Promise.all(
    containers.map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true }).catch(unlessGone)),
  );
  const volumes = ((await docker.listVolumes()).Volumes ?? []).filter((each) => isLeft(each.Labels));
  await Promise.all(volumes.map(({ Name }) => docker.getVolume(Name).remove({ force: true }).catch(unlessGone)));
}

async function removeImages(docker: Docker): Promise<void> {
  const images = await docker.listImages();
  const needless = images.filter((image) => !image.RepoTags?.some((tag) => tag.startsWith(KEPT_IMAGES)));
  await Promise.all(needless.map(({ Id }) => docker.getImage(Id).remove({ force: true }).catch(unlessGone)));
}

/** Being removed already, or used by what a living run has just made, is as good. */
export function unlessGone(error: { statusCode?: number }): void {
  if (error.statusCode !== 404 && error.statusCode !== 409) throw error;
}
