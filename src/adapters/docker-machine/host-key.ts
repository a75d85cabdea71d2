// Host keys: the line that is pinned, the fingerprint that people compare, the algorithms that make a server present the same key again.
import { createHash } from 'node:crypto';
import type { ServerHostKeyAlgorithm } from 'ssh2';
import { BerthError } from '../../model/errors.ts';
import type { HostKey } from '../../ports/machine.ts';

/** A pinned key, taken apart. */
export interface PinnedKey {
  readonly bytes: Buffer;
  /** As OpenSSH prints it: `SHA256:` and unpadded base64. */
  readonly fingerprint: string;
  /** Signature algorithms of this kind of key, the strongest first. */
  readonly algorithms: ServerHostKeyAlgorithm[];
}

const ALGORITHMS: Readonly<Record<string, ServerHostKeyAlgorithm[]>> = {
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'],
};

/** Reads a pinned line, `algorithm base64` with or without a comment. @throws machine.host-key-invalid */
export function readPinnedKey(line: string): PinnedKey {
  const [algorithm = '', base64 = ''] = line.trim().split(/\s+/);
  const algorithms = ALGORITHMS[algorithm];
  const bytes = Buffer.from(base64, 'base64');
  if (!algorithms || keyAlgorithm(bytes) !== algorithm) throw new BerthError('machine.host-key-invalid', { line });
  return { bytes, fingerprint: fingerprintOf(bytes), algorithms };
}

/** The line and fingerprint of a public key as it goes over the wire (RFC 4253, section 6.6). */
export function describeKey(bytes: Buffer): HostKey {
  return { line: `${keyAlgorithm(bytes)} ${bytes.toString('base64')}`, fingerprint: fingerprintOf(bytes) };
}

function fingerprintOf(bytes: Buffer): string {
  return `SHA256:${createHash('sha256').update(bytes).digest('base64').replace(/=+$/, '')}`;
}

/** A key begins with its algorithm: four bytes of length, then the name. */
function keyAlgorithm(bytes: Buffer): string {
  if (bytes.length < 4) return '';
  return bytes.subarray(4, 4 + bytes.readUInt32BE(0)).toString('latin1');
}
