// Who did what, from where: records that are added and never changed.
import type { Instant } from './instant.ts';

/** A document as it stood, without secrets. */
export type AuditState = Readonly<Record<string, unknown>> | null;

/** Something that somebody asked for, written before it is done. Its id sorts by time. Written by accounts. */
export interface AuditEntry {
  readonly id: string;
  readonly at: Instant;
  /** `user:ana`, `token:ci`, `system`, or `nobody` before somebody signed in. */
  readonly who: string;
  /** The session or token by which they asked; null without one. */
  readonly via: string | null;
  /** Network address from which they asked. */
  readonly from: string;
  /** The name of the route, or what the platform's own program was asked to do. */
  readonly act: string;
  /** Key of what it is about: `instance:…`, `user:…`; null when it is about nothing that was there. */
  readonly object: string | null;
  readonly project: string | null;
  /** What was asked, without secrets. */
  readonly asked: AuditState;
  readonly before: AuditState;
  /** Recorder and running number of this entry: numbers without a hole show that none was taken out. */
  readonly chain: string;
  readonly number: number;
  /** SHA-256 over the entry before it in its chain and this one, hex. */
  readonly digest: string;
}

/** What came of an entry (same id), written once it is done; none there: nobody knows, the platform ended meanwhile. */
export interface AuditOutcome {
  readonly id: string;
  readonly at: Instant;
  /** HTTP status of the answer. */
  readonly status: number;
  /** Code of the error; null: it was done. */
  readonly code: string | null;
  readonly after: AuditState;
  /** SHA-256 over the entry's digest and this outcome, hex. */
  readonly digest: string;
}
