import { createPublicKey } from 'node:crypto';
import ssh from 'ssh2';
import { expect, test } from 'vitest';
import { makeKeyPair } from '../../../src/adapters/docker-machine/key-pair.ts';

/** Enough that a fault of one key in 256 shows itself: it stays hidden with a probability of 4e-7. */
const MANY = 3_800;

/** ed25519's line for authorized_keys and known_hosts: a name of 11 bytes and a key of 32, each behind its length (RFC 8709, section 4). */
const WIRE_BYTES = 4 + 11 + 4 + 32;

test('every key pair that is made can be read, and its two halves belong together', () => {
  for (let made = 0; made < MANY; made++) {
    const { privateKey, publicLine } = makeKeyPair('berth');
    const key = ssh.utils.parseKey(privateKey);
    if (key instanceof Error) throw key;
    expect(publicLine).toBe(`ssh-ed25519 ${key.getPublicSSH().toString('base64')}`);
    expect(key.getPublicSSH()).toHaveLength(WIRE_BYTES);
  }
}, 30_000);

test('a signature of the private half is good for the public one', () => {
  const { privateKey, publicLine } = makeKeyPair('');
  const [own, other] = [ssh.utils.parseKey(privateKey), ssh.utils.parseKey(publicLine)];
  if (own instanceof Error || other instanceof Error) throw new Error('a half cannot be read');
  expect(createPublicKey(other.getPublicPEM()).asymmetricKeyType).toBe('ed25519');
  expect(other.verify('words', own.sign('words'))).toBe(true);
});
