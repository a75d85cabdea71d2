// Secrets in files on the platform's machine. What everybody on the machine may read is no secret, and is refused.
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { BerthError } from '../../model/errors.ts';
import type { SecretFiles } from '../../ports/secret-files.ts';

const MOST_BYTES = 64 * 1024;
/** Of a file's mode: whether others than its user and group may read, write or run it. */
const OTHERS = 0o007;

/** Reads secrets from files. */
export class FileSecrets implements SecretFiles {
  /** What is checked is what is read: the file is opened once, and a path that is changed meanwhile changes nothing. */
  async read(path: string): Promise<string> {
    if (!isAbsolute(path)) throw unreadable(path, 'its path is not absolute');
    const file = await opened(path);
    try {
      return await contents(path, file);
    } finally {
      await file.close();
    }
  }
}

async function opened(path: string): Promise<FileHandle> {
  try {
    // A pipe without a writer would hold the opening up for ever.
    return await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw unreadable(path, error instanceof Error ? (codeOf(error) ?? error.message) : String(error), error);
  }
}

async function contents(path: string, file: FileHandle): Promise<string> {
  const { mode, size, isOrdinary } = await statOf(file);
  if (!isOrdinary) throw unreadable(path, 'it is no ordinary file');
  if ((mode & OTHERS) !== 0) throw unreadable(path, 'everybody on the machine may read it');
  if (size > MOST_BYTES) throw unreadable(path, `it is larger than ${MOST_BYTES} bytes`);
  const text = (await file.readFile('utf8')).replace(/\r?\n$/, '');
  if (text === '') throw unreadable(path, 'it is empty');
  if (/\p{Cc}/u.test(text)) throw unreadable(path, 'it holds more than one line');
  return text;
}

async function statOf(file: FileHandle) {
  const stat = await file.stat();
  return { mode: stat.mode, size: stat.size, isOrdinary: stat.isFile() };
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: "the platform's user may not read it",
  EISDIR: 'it is a directory',
};

function codeOf(error: Error): string | undefined {
  const code = 'code' in error ? String(error.code) : '';
  return REASONS[code];
}

function unreadable(path: string, reason: string, cause?: unknown): BerthError {
  return new BerthError('platform.secret-unreadable', { path, reason }, { cause });
}
