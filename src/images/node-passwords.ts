// The passwords by which nodes pull: derived from one secret of the platform, so that none is kept and each is the node's alone.
import { createHmac, timingSafeEqual } from 'node:crypto';

/** Makes and checks the nodes' passwords. */
export interface NodePasswords {
  nodePassword(node: string): string;
  /** Takes the same time whatever is wrong. */
  checkPassword(user: string, password: string): boolean;
}

/** Passwords derived from a secret of at least 32 bytes, which must be kept or nodes have to be told anew. */
export function nodePasswords(secret: Uint8Array): NodePasswords {
  const nodePassword = (node: string) => createHmac('sha256', secret).update(`pull:${node}`).digest('base64url');
  return {
    nodePassword,
    checkPassword: (user, password) => equal(Buffer.from(nodePassword(user)), Buffer.from(password)),
  };
}

function equal(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
