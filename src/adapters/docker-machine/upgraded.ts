// An exchange with the engine that becomes a plain stream of bytes, as for a container's standard input.
import { type Agent, type IncomingMessage, request } from 'node:http';
import type { Duplex } from 'node:stream';

/** What the engine answered: the stream, or why not. */
export type Upgraded = { readonly stream: Duplex } | { readonly refused: IncomingMessage };

/** Asks the engine by POST to go on as a stream (Docker Engine API 1.41, "Hijacking"). Whoever calls ends the stream. */
export function upgraded(agent: Agent, path: string, signal: AbortSignal): Promise<Upgraded> {
  return new Promise((resolve, reject) => {
    // Without a length node would announce chunks, and send the mark of the last one as the first bytes of the stream.
    const headers = { connection: 'Upgrade', upgrade: 'tcp', 'content-length': 0 };
    const asked = request({ agent, host: 'docker', method: 'POST', path, headers, signal });
    asked.once('upgrade', (_, stream: Duplex) => resolve({ stream }));
    asked.once('response', (refused) => resolve({ refused }));
    asked.once('error', reject);
    asked.end();
  });
}
