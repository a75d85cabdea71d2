// The image of the fleet's servers: a Debian with an SSH server and a Docker engine of its own.
import type Docker from 'dockerode';
import { importRoot } from './base-image.ts';
import { KEPT_IMAGES } from './leftovers.ts';
import { locked } from './lock.ts';
import { rootTar } from './root-tar.ts';

const SERVER_PACKAGES = [
  'openssh-server',
  'docker.io',
  'iptables',
  'ca-certificates',
  'iproute2',
  'procps',
  'python3-minimal',
];

/** Without an engine: what the platform initializer meets on a new machine. */
const BARE_PACKAGES = ['openssh-server', 'ca-certificates', 'iproute2', 'procps', 'python3-minimal'];

/** Name of the image on the tests' engine, imported if it is not there. */
export async function serverImage(docker: Docker, kind: 'engine' | 'bare'): Promise<string> {
  const tar = await rootTar(`server-${kind}`, kind === 'engine' ? SERVER_PACKAGES : BARE_PACKAGES);
  const tag = `${KEPT_IMAGES}server-${kind}:${tar.mark}`;
  await locked(`image-${kind}`, async () => {
    const images = await docker.listImages({ filters: { reference: [tag] } });
    if (images.length === 0) await importRoot(docker, tar.path, tag);
  });
  return tag;
}
