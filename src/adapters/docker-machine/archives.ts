// Files into and out of containers, as tars.
import type { Readable } from 'node:stream';
import { BerthError } from '../../model/errors.ts';
import type { EngineApi } from './engine-api.ts';
import { refusedWith } from './engine-errors.ts';

/** Unpacks a tar below a path of a container. A small one, in memory, does not queue behind transfers. @throws machine.no-container */
export async function putArchive(api: EngineApi, name: string, path: string, tar: Readable | Buffer): Promise<void> {
  const act = `put files into container ${name}`;
  const lane = Buffer.isBuffer(tar) ? 'call' : 'transfer';
  try {
    await api.text({ act, method: 'PUT', path: pathOf(name), query: { path }, tar, judged: [404] }, lane);
  } catch (error) {
    if (refusedWith(error, 404)) throw new BerthError('machine.no-container', { name }, { cause: error });
    throw error;
  }
}

/** A tar of a path of a container; undefined when there is no such path, or no such container. */
export async function getArchive(api: EngineApi, name: string, path: string): Promise<Readable | undefined> {
  const act = `get files of container ${name}`;
  try {
    return await api.download({ act, method: 'GET', path: pathOf(name), query: { path }, judged: [404] });
  } catch (error) {
    if (refusedWith(error, 404)) return undefined;
    throw error;
  }
}

function pathOf(name: string): string {
  return `/containers/${encodeURIComponent(name)}/archive`;
}
