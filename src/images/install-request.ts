// What the installer is given: its program, its request and extra certificates, as a tar of plain files. No word of it passes through
// a shell, an environment variable or a command line, because a mirror's address may hold a password.
import { buffer } from 'node:stream/consumers';
import type { Dependencies } from '../model/package.ts';
import { npmEntries } from './npm-entries.ts';
import { directoryEntry, fileEntry, tarStream } from './tar-stream.ts';

/** Where packages come from during an installation; empty words mean the base image's own sources. */
export interface PackageSources {
  readonly pipIndexUrl: string;
  readonly npmRegistryUrl: string;
  readonly aptMirror: string;
  readonly proxy: string;
  /** PEM certificates to trust while installing, beside the base image's. */
  readonly caCertificates: string;
}

/** Directory of the installer inside its container; it removes it when it is done. */
const DIRECTORY = 'opt/berth-install';

/** The installer's command. */
export const INSTALL_COMMAND: readonly string[] = ['python3', '-B', `/${DIRECTORY}/install-dependencies.py`];

/** What is put into an installing container. */
export interface InstallRequest {
  readonly script: Buffer;
  readonly dependencies: Dependencies;
  readonly sources: PackageSources;
  /** Where the platform's npm lies; read only when npm packages are asked for. */
  readonly npmDirectory: string;
}

/** A tar to be put at `/` of the installing container. */
export async function installFiles({ script, dependencies, sources, npmDirectory }: InstallRequest): Promise<Buffer> {
  const { caCertificates, ...words } = sources;
  const npm = dependencies.npm?.length ? await npmEntries(npmDirectory, `${DIRECTORY}/npm`) : [];
  const request = Buffer.from(JSON.stringify({ ...dependencies, ...words }));
  const certificates =
    caCertificates === '' ? [] : [fileEntry(`${DIRECTORY}/ca.pem`, 0o600, Buffer.from(caCertificates))];
  const files = [
    directoryEntry(DIRECTORY, 0o700, 0),
    fileEntry(`${DIRECTORY}/install-dependencies.py`, 0o600, script),
    fileEntry(`${DIRECTORY}/request.json`, 0o600, request),
    ...certificates,
    ...npm,
  ];
  return buffer(tarStream(files));
}
