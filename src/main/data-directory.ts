// The directory of everything that the platform keeps on this machine: made private, and used by one process at a time.
import { link, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BerthError } from '../model/errors.ts';

/** A data directory that this process holds until `release`. */
export interface DataDirectory {
  path(...names: readonly string[]): string;
  release(): Promise<void>;
}

/** Makes the directory if need be and takes it. @throws platform.data-directory-in-use */
export async function takeDataDirectory(directory: string): Promise<DataDirectory> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const lock = join(directory, 'berth.pid');
  await takeLock(directory, lock);
  return { path: (...names) => join(directory, ...names), release: () => rm(lock, { force: true }) };
}

async function takeLock(directory: string, lock: string): Promise<void> {
  try {
    const file = await open(lock, 'wx', 0o600);
    await file.writeFile(`${process.pid} ${await startOf(process.pid)}\n`);
    await file.close();
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
    await removeIfStale(directory, lock);
    await takeLock(directory, lock);
  }
}

/** A process id comes back after a reboot or a wrap-around: its start time tells whether it is still the same process. */
async function removeIfStale(directory: string, lock: string): Promise<void> {
  const held = await readIfThere(lock);
  const [pid = '', start = ''] = held.trim().split(' ');
  const alive = start !== '' && (await startOf(Number(pid))) === start;
  if (alive && Number(pid) !== process.pid) throw new BerthError('platform.data-directory-in-use', { pid, directory });
  await removeExactly(lock, held);
}

/** Somebody else may have taken the stale lock over by now: theirs is put back. */
async function removeExactly(lock: string, held: string): Promise<void> {
  const aside = `${lock}.${process.pid}`;
  try {
    await rename(lock, aside);
    if ((await readIfThere(aside)) !== held) await link(aside, lock);
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return '';
    throw error;
  }
}

/** Field 22 of /proc/<pid>/stat (proc(5)): when the process started, in clock ticks since boot. */
async function startOf(pid: number): Promise<string> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch (error) {
    if (isCode(error, 'ENOENT') || isCode(error, 'ESRCH')) return 'gone';
    throw error;
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
