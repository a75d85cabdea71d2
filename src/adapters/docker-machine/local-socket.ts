// A Unix socket of this machine under a known name, replaced without a gap.
import { chmod, lstat, mkdir, readdir, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { BerthError } from '../../model/errors.ts';
import type { Opened } from '../../ports/machine.ts';
import type { Random } from '../../ports/random.ts';
import { ConnectionServer } from './connection-server.ts';
import { type SocketNames, socketNames } from './socket-names.ts';

/** Where the socket is to be. */
export interface SocketPlace {
  readonly directory: string;
  readonly name: string;
  readonly address: string;
  readonly random: Random;
}

/** Listens under a fresh name and renames a relative symlink over the known one: it works inside containers that mount the directory. */
export async function listenLocalSocket(place: SocketPlace, accept: (connection: Duplex) => void): Promise<Opened> {
  const names = socketNames(place.name, place.random, place.address);
  const server = new ConnectionServer(accept);
  try {
    await openUnder(server, place, names);
  } catch (cause) {
    await server.close();
    const reason = cause instanceof Error ? cause.message : String(cause);
    const path = join(place.directory, place.name);
    throw new BerthError('machine.forward-refused', { address: place.address, path, reason }, { cause });
  }
  return {
    close: async () => {
      await server.close();
      await rm(join(place.directory, names.fresh), { force: true });
    },
  };
}

async function openUnder(
  server: ConnectionServer,
  { directory, name }: SocketPlace,
  names: SocketNames,
): Promise<void> {
  const path = join(directory, names.fresh);
  await mkdir(directory, { recursive: true });
  // Containers' users must reach the socket, but need not list what else is there.
  await chmod(directory, 0o711);
  await server.listen({ path });
  await chmod(path, 0o666);
  await symlink(names.fresh, join(directory, names.link));
  await rename(join(directory, names.link), join(directory, name));
  await removeStale(directory, names);
}

/** Sockets of connections that ended without removing theirs. */
async function removeStale(directory: string, names: SocketNames): Promise<void> {
  for (const other of (await readdir(directory)).filter(names.isStale)) {
    const path = join(directory, other);
    const found = await lstat(path);
    if (found.isSocket()) await rm(path, { force: true });
  }
}
