// Ed25519 key pairs in OpenSSH's form.
import ssh from 'ssh2';

/** A private key in OpenSSH's form, and its public line as in known_hosts. */
export interface KeyPair {
  readonly privateKey: string;
  readonly publicLine: string;
}

/**
 * Makes a key pair. ssh2 (1.17) drops zero bytes at the beginning of a public key, so that one pair in 256 cannot be read by anybody; such a
 * pair is made anew.
 */
export function makeKeyPair(comment: string): KeyPair {
  for (;;) {
    const pair = ssh.utils.generateKeyPairSync('ed25519', { comment });
    if (ssh.utils.parseKey(pair.private) instanceof Error) continue;
    return { privateKey: pair.private, publicLine: pair.public.split(' ').slice(0, 2).join(' ') };
  }
}
