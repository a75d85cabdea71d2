// One request while it is answered, and what all routes share.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ApiParts } from './api-parts.ts';
import type { OpenStreams } from './open-streams.ts';

/** What routes share. */
export interface RouteParts
  extends Pick<ApiParts, 'store' | 'clock' | 'log' | 'random' | 'readings' | 'audit' | 'edge' | 'elsewhere'> {
  readonly streams: OpenStreams;
}

/** A request that is being answered. */
export interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** Aborts when the client has gone, the server closes, or the client lost the right to it. */
  readonly signal: AbortSignal;
  /** Of a stream: aborts when the client lost the right to it, for this reason. */
  readonly refused: AbortSignal | undefined;
}
