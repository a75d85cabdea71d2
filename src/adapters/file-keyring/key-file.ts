// The file in which keys are kept: JSON that only its owner may read, replaced as a whole so that a crash leaves the old or the new one.
import { constants } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { BerthError } from '../../model/errors.ts';
import type { Instant } from '../../model/instant.ts';

/** A key with its bytes. */
export interface FileKey {
  readonly id: string;
  readonly bytes: Buffer;
  readonly createdAt: Instant;
  readonly retiredAt: Instant | null;
}

/** AES-256. */
export const KEY_BYTES = 32;
const MOST_BYTES = 1024 * 1024;
/** Of a file's mode: whatever others than its owner may do. */
const OTHERS = 0o077;

/** The keys in a file, in order; undefined when there is no such file. @throws secret.key-file-unusable */
export async function readKeyFile(path: string): Promise<readonly FileKey[] | undefined> {
  const file = await openedIfThere(path);
  if (!file) return undefined;
  try {
    return keysOf(path, await contents(path, file));
  } finally {
    await file.close();
  }
}

/** Replaces the file; resolves when it is durable. */
export async function writeKeyFile(path: string, keys: readonly FileKey[]): Promise<void> {
  const listed = keys.map(({ bytes, ...rest }) => ({ ...rest, bytes: bytes.toString('base64') }));
  const part = `${path}.part`;
  // Of a write that a crash broke off.
  await rm(part, { force: true });
  const file = await open(part, 'wx', 0o600);
  try {
    await file.writeFile(`${JSON.stringify({ version: 1, keys: listed }, undefined, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(part, path);
  await syncDirectory(dirname(path));
}

async function openedIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'ENOENT') return undefined;
    throw unusable(path, code === 'EACCES' ? "the platform's user may not read it" : `it cannot be read (${code})`);
  }
}

async function contents(path: string, file: FileHandle): Promise<string> {
  const stat = await file.stat();
  if (!stat.isFile()) throw unusable(path, 'it is no ordinary file');
  if ((stat.mode & OTHERS) !== 0) throw unusable(path, `others than its owner may use it; 'chmod 600' closes it`);
  if (stat.size > MOST_BYTES) throw unusable(path, 'it is far too large');
  return file.readFile('utf8');
}

/** Never says what stands in the file. */
function keysOf(path: string, text: string): readonly FileKey[] {
  const found = parsed(text);
  const listed = isRecord(found) && found.version === 1 && Array.isArray(found.keys) ? found.keys : undefined;
  if (!listed) throw unusable(path, 'it is not a key file of this version');
  const keys = listed.map(keyOf);
  const whole = keys.filter((key) => key !== undefined);
  if (whole.length !== keys.length) throw unusable(path, 'one of its keys is damaged');
  const seals = whole.filter(({ retiredAt }) => retiredAt === null);
  if (seals.length !== 1 || whole.at(-1) !== seals[0]) throw unusable(path, 'it does not say which key seals');
  if (new Set(whole.map(({ id }) => id)).size !== whole.length) throw unusable(path, 'two of its keys have one name');
  return whole;
}

function keyOf(value: unknown): FileKey | undefined {
  if (!isRecord(value)) return undefined;
  const { id, bytes, createdAt, retiredAt } = value;
  if (typeof id !== 'string' || typeof bytes !== 'string' || typeof createdAt !== 'number') return undefined;
  if (retiredAt !== null && typeof retiredAt !== 'number') return undefined;
  const decoded = Buffer.from(bytes, 'base64');
  return decoded.length === KEY_BYTES ? { id, bytes: decoded, createdAt, retiredAt } : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, constants.O_RDONLY);
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

function unusable(path: string, reason: string): BerthError {
  return new BerthError('secret.key-file-unusable', { path, reason });
}
