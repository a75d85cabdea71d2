// What is said over message topics. Every message may come twice, and late.
import type { Instant } from './instant.ts';
import type { Documents, Kind } from './kinds.ts';
import type { Role } from './role.ts';

/** A command to the deployment side. Its `id` makes it safe to repeat. */
export interface DeployRequest {
  readonly id: string;
  readonly command: 'start' | 'kill';
  readonly instance: string;
  readonly job: string;
  readonly machine: 'shared' | 'standalone';
  readonly reason: string;
  readonly requestedAt: Instant;
}

/** That a request was taken in, or why not. */
export interface Acknowledgement {
  /** The id of the request. */
  readonly request: string;
  readonly outcome: 'accepted' | 'refused';
  /** Code of the error; null: accepted. */
  readonly code: string | null;
  readonly text: string;
  readonly at: Instant;
}

/** Something that happened to applications: an event of the platform, as people see it. */
export interface EventMessage {
  readonly id: string;
  readonly at: Instant;
  readonly kind: string;
  readonly subject: string;
  readonly application: string | null;
  readonly text: string;
  readonly evidence: Readonly<Record<string, string | number | boolean | null>>;
}

/** How a node is. */
export interface NodeStatusMessage {
  readonly node: string;
  readonly state: string;
  readonly reason: string;
  readonly cpu: number | null;
  readonly memory: number | null;
  readonly at: Instant;
}

/** How an action is. */
export interface ActionMessage {
  readonly action: string;
  readonly instance: string;
  readonly kind: string;
  readonly state: string;
  readonly text: string;
  readonly at: Instant;
}

/** A component's word that it lives. */
export interface HeartbeatMessage {
  readonly component: string;
  readonly run: string;
  readonly roles: readonly Role[];
  readonly machine: string;
  readonly version: string;
  readonly state: string;
  readonly backlog: number;
  readonly memoryBytes: number;
  readonly heldUpMs: number;
  readonly at: Instant;
}

/** What a client outside asks: an operation of the API, by its name. `token` is one of the platform's tokens, and is kept nowhere. */
export interface ClientRequest {
  readonly id: string;
  readonly call: string;
  readonly token: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** The answer to it; one request may have several parts, the last of which says so. */
export interface ClientReply {
  readonly request: string;
  /** As of HTTP. */
  readonly status: number;
  readonly body: unknown;
  readonly part: number;
  readonly isLast: boolean;
  readonly at: Instant;
}

/** A document that a process wrote; null: it is gone. A hint to look, never the truth. */
export interface ChangeMessage {
  /** Which run of which component wrote it. */
  readonly from: string;
  readonly kind: Kind;
  readonly id: string;
  readonly doc: Documents[Kind] | null;
}

/** A key to look at, for whoever owns it. A hint. */
export interface WakeMessage {
  readonly from: string;
  readonly key: string;
}
