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

const PACKAGES = {
  engine: SERVER_PACKAGES,
  bare: BARE_PACKAGES,
  // As a Debian is installed on a machine of its own.
  systemd: [...BARE_PACKAGES, 'systemd-sysv', 'dbus'],
} as const;

/** What a server is when it is new. */
export type ServerKind = keyof typeof PACKAGES;

/** Name of the image on the tests' engine, imported if it is not there. */
export async function serverImage(docker: Docker, kind: ServerKind): Promise<string> {
  const tar = await rootTar(`server-${kind}`, PACKAGES[kind]);
  const tag = `${KEPT_IMAGES}server-${kind}:${tar.mark}`;
  await locked(`image-${kind}`, async () => {
    const images = await docker.listImages({ filters: { reference: [tag] } });
    if (images.length === 0) await importRoot(docker, tar.path, tag);
  });
  return tag;
}
