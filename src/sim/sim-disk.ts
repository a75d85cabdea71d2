// The documents of a simulated platform, beyond the life of its processes. Documents are kept frozen, so that a reader that changes
// what it read is found out.
import { type Documents, INDEXES, type Kind } from '../model/kinds.ts';
import type { AnyDocument, Stored, Write, WriteResult } from '../ports/store.ts';

/** One write that was done: what was there before, and what is there now. */
export interface Commit {
  readonly kind: Kind;
  readonly id: string;
  readonly before: AnyDocument | undefined;
  readonly after: AnyDocument | undefined;
}

/** Told of every write, at the moment when it is durable. */
export type OnCommit = (commit: Commit) => void;

/** Everything that is stored. */
export class SimDisk {
  readonly #kinds = new Map<Kind, Map<string, Stored<AnyDocument>>>();
  readonly #listeners: OnCommit[] = [];
  #version = 0;

  /** Adds a listener. */
  onCommit(listener: OnCommit): void {
    this.#listeners.push(listener);
  }

  /** A document with its version. */
  read<K extends Kind>(kind: K, id: string): Stored<Documents[K]> | undefined {
    return this.#of(kind).get(id);
  }

  /** All documents of a kind, in the order in which they were created. */
  all<K extends Kind>(kind: K): readonly Stored<Documents[K]>[] {
    return [...this.#of(kind).values()];
  }

  /** The documents alone. */
  docs<K extends Kind>(kind: K): readonly Documents[K][] {
    return this.all(kind).map(({ doc }) => doc);
  }

  /** Judges a write and does it; the document was made ready by `readyToStore`. */
  write(write: Write): WriteResult {
    const id = write.do === 'delete' ? write.id : write.doc.id;
    const documents: Map<string, Stored<AnyDocument>> = this.#of(write.kind);
    const before = documents.get(id);
    const expected = write.do === 'create' ? undefined : write.version;
    if (before?.version !== expected || (write.do !== 'create' && !before)) return { ok: false, reason: 'conflict' };
    const version = ++this.#version;
    const after = write.do === 'delete' ? undefined : write.doc;
    if (after) documents.set(id, { doc: after, version });
    else documents.delete(id);
    for (const listener of this.#listeners) listener({ kind: write.kind, id, before: before?.doc, after });
    return { ok: true, version };
  }

  #of<K extends Kind>(kind: K): Map<string, Stored<Documents[K]>> {
    const present = this.#kinds.get(kind) ?? new Map<string, Stored<AnyDocument>>();
    this.#kinds.set(kind, present);
    // A map holds documents of its own kind alone, which the outer map's type cannot say.
    return present as Map<string, Stored<Documents[K]>>;
  }
}

/** A copy of a document as JSON keeps it, frozen. @throws TypeError for a document that no store takes */
export function readyToStore<K extends Kind>(kind: K, doc: Documents[K]): Documents[K] {
  if (typeof doc.id !== 'string' || doc.id === '') throw new TypeError(`A ${kind} needs an id`);
  for (const field of new Set(INDEXES[kind].flat())) assertOrdered(field, Reflect.get(doc, field));
  return frozen(JSON.parse(JSON.stringify(doc)));
}

function assertOrdered(field: string, value: unknown): void {
  if (value === undefined || value === null || typeof value === 'string' || Number.isFinite(value)) return;
  throw new TypeError(`The indexed field ${field} holds ${String(value)}`);
}

function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const inner of Object.values(value)) frozen(inner);
  return Object.freeze(value);
}
