// Documents by kind, each with a version. Compare-and-set on one document is the only atomicity there is: SQLite, MySQL and
// MongoDB all have it, so whatever holds here holds everywhere.
import type { Documents, Kind } from '../model/kinds.ts';

/** A document as it was read, with the version to give back when it is written. */
export interface Stored<D> {
  readonly doc: D;
  readonly version: number;
}

/** Any document of any kind. */
export type AnyDocument = Documents[Kind];

/** What a write asks for; judged alone, never together with others. */
export type Write = { readonly [K in Kind]: WriteOf<K> }[Kind] | Deletion;

/** A write of a document of one kind. */
export type WriteOf<K extends Kind> =
  | { readonly do: 'create'; readonly kind: K; readonly doc: Documents[K] }
  | { readonly do: 'update'; readonly kind: K; readonly doc: Documents[K]; readonly version: number };

/** The end of a document. */
export interface Deletion {
  readonly do: 'delete';
  readonly kind: Kind;
  readonly id: string;
  readonly version: number;
}

/** `conflict`: the document exists already, is gone, or has another version; nothing was written. */
export type WriteResult =
  | { readonly ok: true; readonly version: number }
  | { readonly ok: false; readonly reason: 'conflict' };

/** A value that documents can be listed by. */
export type Scalar = string | number | null;

/** Which documents, in which order. `where` and `orderBy` together must be the beginning of a declared index. */
export interface Query {
  readonly where?: Readonly<Record<string, Scalar>>;
  /** Field to order by after `where`; the id breaks ties, and is the order without it. Documents where the field is null come first. */
  readonly orderBy?: string;
  readonly direction?: 'ascending' | 'descending';
  /** Bounds on `orderBy`: at or above, below. Null never lies within bounds. */
  readonly from?: Scalar;
  readonly below?: Scalar;
  /** Goes on after the page that gave this. */
  readonly after?: string;
  /** At most this many; 1 to 1000. */
  readonly limit: number;
}

/** One page of a list; `next` is there when more may follow. */
export interface Page<D> {
  readonly items: readonly Stored<D>[];
  readonly next?: string;
}

/** The place of a document in an order: its value of the ordering field, and its id. */
export interface Position {
  readonly value: Scalar;
  readonly id: string;
}

/** Some documents of one kind, as they stood at the instant of a snapshot. */
export interface SnapshotPage {
  readonly kind: Kind;
  readonly docs: readonly AnyDocument[];
}

/** One page of places; `next` is there when more may follow. */
export interface PositionPage {
  readonly items: readonly Position[];
  readonly next?: string;
}

/** A write was refused because what it was decided on is no longer true: read again and decide anew. */
export class StoreConflict extends Error {
  readonly kind: Kind;
  readonly id: string;

  constructor(kind: Kind, id: string) {
    super(`${kind} ${id} changed in the meantime`);
    this.name = 'StoreConflict';
    this.kind = kind;
    this.id = id;
  }
}

/**
 * The database of a platform. A write that was answered is durable, and nobody reads what is not durable.
 * An adapter settles a lost answer itself; what cannot be settled is thrown, and the caller decides anew from what it reads.
 */
export interface Store {
  get<K extends Kind>(kind: K, id: string): Promise<Stored<Documents[K]> | undefined>;
  /** Those that exist, in the order asked for. */
  getMany<K extends Kind>(kind: K, ids: readonly string[]): Promise<readonly Stored<Documents[K]>[]>;
  list<K extends Kind>(kind: K, query: Query): Promise<Page<Documents[K]>>;
  /** The places of the documents that `list` would give, in its order: read from the index alone, so far cheaper than the documents. */
  positions(kind: Kind, query: Query): Promise<PositionPage>;
  /** How many documents a query's `where` and bounds hold. */
  count(kind: Kind, query: Omit<Query, 'limit' | 'after'>): Promise<number>;
  /** @throws StoreConflict if the id exists. */
  create<K extends Kind>(kind: K, doc: Documents[K]): Promise<Stored<Documents[K]>>;
  /** @throws StoreConflict unless the stored version is the given one. */
  update<K extends Kind>(kind: K, doc: Documents[K], version: number): Promise<Stored<Documents[K]>>;
  /** @throws StoreConflict unless the stored version is the given one. */
  delete(kind: Kind, id: string, version: number): Promise<void>;
  /**
   * Every document as it stood at one instant, kind by kind and ordered by id within it; writes go on meanwhile. What was written
   * before the first page was asked for is there. Kinds that are left out are not read at all.
   */
  snapshot(leftOut?: readonly Kind[]): AsyncIterable<SnapshotPage>;
  /**
   * Each write judged alone, in order; not atomic together. What others write may come in between, and a process that ends leaves the first
   * of them done. After one that failed none is done; a conflict is an answer and no failure.
   */
  apply(writes: readonly Write[]): Promise<readonly WriteResult[]>;
  close(): Promise<void>;
}
