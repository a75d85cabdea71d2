// What one process of the platform asks of another: HTTP in a network that only they use, by which each knows the other as one of the platform.
import type { Readable } from 'node:stream';

/** One request to another process. */
export interface PeerRequest {
  readonly method: string;
  /** With its query, as it is sent. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body?: Readable;
}

/** Its answer; whoever asked reads the body to its end, or destroys it. */
export interface PeerAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Readable;
}

/** Header that says for whom a request is handed on; covered by the seal. */
export const PEER_CLIENT_HEADER = 'berth-peer-client';

/** Header of an answer to a request whose seal did not pass. */
export const PEER_REFUSED_HEADER = 'berth-peer-refused';

/** The other processes, by the names of their components. */
export interface Peers {
  /** Resolves when the answer begins. @throws platform.peer-unreachable; the signal's reason when it aborts before that */
  fetch(component: string, request: PeerRequest, signal: AbortSignal): Promise<PeerAnswer>;
}

/** Tells requests of other processes of the platform from everybody else's. */
export interface PeerSeals {
  /** Headers by which a process shows that a request comes from the platform and is meant for `to`, this once. */
  sealed(to: string, request: Pick<PeerRequest, 'method' | 'path' | 'headers'>): Readonly<Record<string, string>>;
  /** Why a request does not come from another process, or is not meant for this one; undefined: it does. */
  refusal(request: {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  }): string | undefined;
}
