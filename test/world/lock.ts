// One process at a time: a lock of the kernel's (flock(1)), which ends with whoever holds it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { cacheDirectory } from './directories.ts';

const WAIT_SECONDS = '900';

/** Does something while nobody else holds the lock of that name. */
export async function locked<T>(name: string, act: () => Promise<T>): Promise<T> {
  const file = join(cacheDirectory, `${name}.lock`);
  const holder = spawn('flock', ['--exclusive', '--timeout', WAIT_SECONDS, file, 'cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(holder, 'close');
  holder.stdin.write('held\n');
  const held = await Promise.race([once(holder.stdout, 'data'), ended.then(() => undefined)]);
  if (!held) throw new Error(`the lock ${file} was not free within ${WAIT_SECONDS} s`);
  try {
    return await act();
  } finally {
    holder.stdin.end();
    await ended;
  }
}
