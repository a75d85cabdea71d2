// Reads a task file out of the tar in which the platform puts it: a directory's header, the file's header, the file (POSIX ustar).
import type { SimTaskFile } from './sim-container.ts';

const BLOCK = 512;
const SIZE_AT = 124;
const SIZE_LENGTH = 11;

/** What the launcher would find in `/scratch/.berth/task.json`. */
export function taskFileOfTar(tar: Buffer): SimTaskFile {
  const header = tar.subarray(BLOCK, 2 * BLOCK);
  const size = Number.parseInt(header.toString('latin1', SIZE_AT, SIZE_AT + SIZE_LENGTH), 8);
  return JSON.parse(tar.toString('utf8', 2 * BLOCK, 2 * BLOCK + size));
}
