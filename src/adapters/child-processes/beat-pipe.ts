// A named pipe on which a process shows that its loop turns. It outlives both ends: a reader that comes back reads on, and a writer
// without a reader knows it at once.
import { execFile } from 'node:child_process';
import { closeSync, constants, openSync, readSync, statSync, writeSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Makes a named pipe where there is none. */
export async function makeBeatPipe(path: string): Promise<void> {
  if (statSync(path, { throwIfNoEntry: false })?.isFIFO()) return;
  await run('mkfifo', ['-m', '600', path]);
}

/** The end of whoever looks whether a process lives. */
export class BeatReader {
  readonly #fd: number;
  readonly #buffer = Buffer.alloc(4096);

  constructor(path: string) {
    this.#fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  }

  /** Beats since this was asked the last time. */
  take(): number {
    try {
      return readSync(this.#fd, this.#buffer);
    } catch (error) {
      if (codeOf(error) === 'EAGAIN') return 0;
      throw error;
    }
  }

  /** Reads no more. */
  close(): void {
    closeSync(this.#fd);
  }
}

/** Opens the end that a process is handed; somebody must read already. */
export function openBeatWriter(path: string): number {
  return openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
}

/** One beat. `unread`: nobody reads any more. A pipe that is full of beats is as good as one more. */
export function beatOnce(fd: number): 'beaten' | 'unread' {
  try {
    writeSync(fd, '.');
    return 'beaten';
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EPIPE') return 'unread';
    if (code === 'EAGAIN') return 'beaten';
    throw error;
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
