// Names of a socket that is replaced without a gap: the real one is fresh for each connection, the known one is a symlink renamed over.
import { BerthError } from '../../model/errors.ts';
import type { Random } from '../../ports/random.ts';

/** The names under which one listening socket is made. */
export interface SocketNames {
  /** The fresh socket's own, beside the known one. */
  readonly fresh: string;
  /** The symlink before it is renamed to the known name. */
  readonly link: string;
  /** Whether a name is of an earlier connection's socket. */
  isStale(name: string): boolean;
}

/** Names for a new socket. @throws machine.forward-refused for a name that could mean more than one file */
export function socketNames(name: string, random: Random, address: string): SocketNames {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) {
    const reason = 'the name of a socket holds letters, digits, dots and dashes only';
    throw new BerthError('machine.forward-refused', { address, path: name, reason });
  }
  const fresh = `${name}.${random.id(8)}`;
  return { fresh, link: `${fresh}.link`, isStale: (other) => other.startsWith(`${name}.`) && other !== fresh };
}
