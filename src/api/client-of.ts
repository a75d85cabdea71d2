// Who really sent a request: the client of this server, or the one for whom another process of the platform hands it on.
import type { IncomingMessage } from 'node:http';
import type { FastifyRequest } from 'fastify';

/** As the process saw them that they came to. */
export interface Client {
  readonly address: string;
  readonly protocol: string;
}

const handedOn = new WeakMap<IncomingMessage, Client>();

/** Notes that a request was handed on by another process of the platform, which has shown that it is one. */
export function noteHandedOn(request: IncomingMessage, client: Client): void {
  handedOn.set(request, client);
}

/** Whether a request comes by another process of the platform. */
export function isHandedOn({ raw }: Pick<FastifyRequest, 'raw'>): boolean {
  return handedOn.has(raw);
}

/** Who sent a request. */
export function clientOf(request: FastifyRequest): Client {
  return handedOn.get(request.raw) ?? { address: request.ip, protocol: request.protocol };
}

/** A client as a header. */
export function clientHeader({ address, protocol }: Client): string {
  return `${protocol} ${address}`;
}

/** The client that a header tells; undefined for anything else. */
export function clientIn(header: unknown): Client | undefined {
  if (typeof header !== 'string') return undefined;
  const [, protocol = '', address = ''] = /^(https?) ([\da-fA-F.:%\w]{1,80})$/.exec(header) ?? [];
  return address === '' ? undefined : { address, protocol };
}
