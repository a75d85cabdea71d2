// Private keys: those of people, and the platform's own, which is made once, at first use.
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import ssh from 'ssh2';
import { BerthError } from '../../model/errors.ts';
import type { Random } from '../../ports/random.ts';
import { describeKey } from './host-key.ts';
import { makeKeyPair } from './key-pair.ts';

/** A private key and what may be told of it. */
export interface Identity {
  readonly privateKey: Buffer;
  /** One line for authorized_keys. */
  readonly publicLine: string;
  readonly fingerprint: string;
}

const FILE = 'platform_ed25519';
const COMMENT = 'berth';

/** The platform's private key, made if there is none. Two processes that make it at once end with the same one. */
export async function loadPlatformKey(directory: string, random: Random): Promise<Identity> {
  const path = join(directory, FILE);
  try {
    return await readPrivateKey(path);
  } catch (error) {
    if (!isAbsent(error)) throw error;
  }
  await makeKey(directory, path, random);
  return readPrivateKey(path);
}

/** Reads a private key of a person's or the platform's own. @throws machine.identity-unusable */
export async function readPrivateKey(path: string): Promise<Identity> {
  const privateKey = await readFile(path).catch((error: unknown) => {
    throw unusable(path, error);
  });
  const key = ssh.utils.parseKey(privateKey);
  if (key instanceof Error) throw unusable(path, key);
  if (!key.isPrivateKey()) throw unusable(path, new Error('it is a public key'));
  const { line, fingerprint } = describeKey(key.getPublicSSH());
  return { privateKey, publicLine: `${line} ${COMMENT}`, fingerprint };
}

async function makeKey(directory: string, path: string, random: Random): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const fresh = `${path}.${random.id(8)}`;
  try {
    const file = await open(fresh, 'wx', 0o600);
    await file.writeFile(makeKeyPair(COMMENT).privateKey);
    await file.sync();
    await file.close();
    // A link never replaces a file that somebody else made in the meantime.
    await link(fresh, path).catch(unlessThere);
  } finally {
    await rm(fresh, { force: true });
  }
}

function unlessThere(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

function isAbsent(error: unknown): boolean {
  return error instanceof BerthError && (error.cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
}

function unusable(path: string, cause: unknown): BerthError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new BerthError('machine.identity-unusable', { path, reason }, { cause });
}
