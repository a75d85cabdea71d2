// Connections to the hosts that an application declared, made by the platform on its behalf.
import type { Duplex } from 'node:stream';

/** Opens TCP connections, never to addresses that only the platform itself should reach. */
export interface Dialer {
  /** @throws node.relay-refused, node.relay-failed */
  connect(host: string, port: number): Promise<Duplex>;
}
