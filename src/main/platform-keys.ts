// The platform's own secret, outside the database, and the keys derived from it for each purpose.
import { createHmac, hkdfSync } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import type { Random } from '../ports/random.ts';

/** Keys of the platform; none of them is stored anywhere. */
export interface PlatformKeys {
  /** Signs task tokens. */
  readonly taskTokens: Uint8Array;
  /** From which each node's password for pulling images is made. */
  readonly nodePasswords: Uint8Array;
  /** Seals what one process of the platform asks of another. */
  readonly peers: Uint8Array;
  /** What identifies the secret without telling it. */
  readonly fingerprint: string;
}

const SECRET_BYTES = 32;

/** Reads the secret from a file that only its owner can read, making it at the first start, and derives the keys (HKDF, RFC 5869). */
export async function loadPlatformKeys(path: string, random: Random): Promise<PlatformKeys> {
  const secret = (await readIfThere(path)) ?? (await makeSecret(path, random));
  const key = (purpose: string) => new Uint8Array(hkdfSync('sha256', secret, '', `berth ${purpose}`, SECRET_BYTES));
  return {
    taskTokens: key('task tokens'),
    nodePasswords: key('node passwords'),
    peers: key('peers'),
    fingerprint: fingerprint(secret),
  };
}

/** The fingerprint of the secret in a file; undefined when it is not there. */
export async function fingerprintOf(path: string): Promise<string | undefined> {
  const secret = await readIfThere(path);
  return secret && fingerprint(secret);
}

function fingerprint(secret: Uint8Array): string {
  return createHmac('sha256', secret).update('fingerprint').digest('hex').slice(0, 16);
}

async function makeSecret(path: string, random: Random): Promise<Buffer> {
  const fresh = `${path}.${random.id(8)}`;
  await writeFile(fresh, random.bytes(SECRET_BYTES), { mode: 0o600, flag: 'wx', flush: true });
  try {
    await link(fresh, path);
  } catch (error) {
    // Somebody else made one in the meantime, and theirs is used already.
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    await rm(fresh);
  }
  return readFile(path);
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
