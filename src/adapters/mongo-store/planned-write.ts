// The three conditional writes of every kind as MongoDB's operations.
import type { AnyBulkWriteOperation } from 'mongodb';
import type { Kind } from '../../model/kinds.ts';
import type { Write } from '../../ports/store.ts';
import { placeOf } from './fate.ts';
import { type Content, contentOf, indexedFields, type Kept } from './kept-document.ts';

/** A write that is ready: the document was taken as it was when the write was asked for. */
export interface PlannedWrite {
  readonly kind: Kind;
  readonly id: string;
  /** The version that the document must have; undefined when it must not exist. */
  readonly expected: number | undefined;
  /** Undefined when the document ends. */
  readonly content: Content | undefined;
}

/** Makes a write ready. @throws TypeError for a document that cannot be stored */
export function planWrite(write: Write): PlannedWrite {
  const { kind } = write;
  if (write.do === 'delete') return { kind, id: write.id, expected: write.version, content: undefined };
  const content = contentOf(kind, write.doc);
  const expected = write.do === 'create' ? undefined : write.version;
  return { kind, id: write.doc.id, expected, content };
}

/** The operation that does a write and gives the document its version. */
export function operationOf(write: PlannedWrite, version: number, now: Date): AnyBulkWriteOperation<Kept> {
  const { id, expected, content } = write;
  if (expected !== undefined) return changeFrom(write, expected, version, now);
  return { insertOne: { document: { _id: id, version, ...content?.set } } };
}

/** The operation that creates a document where one was deleted, which has the version `gone`. */
export function creationOver(
  { id, content }: PlannedWrite,
  gone: number,
  version: number,
): AnyBulkWriteOperation<Kept> {
  const set = { version, [`next.${placeOf(gone)}`]: [gone, version], ...content?.set };
  return { updateOne: { filter: { _id: id, version: gone }, update: { $set: set, $unset: { goneAt: '' } } } };
}

function changeFrom(
  { kind, id, content }: PlannedWrite,
  expected: number,
  version: number,
  now: Date,
): AnyBulkWriteOperation<Kept> {
  const trace = { version, [`next.${placeOf(expected)}`]: [expected, version] };
  const filter = { _id: id, version: expected, goneAt: null };
  if (content)
    return { updateOne: { filter, update: { $set: { ...trace, ...content.set }, $unset: { [content.absent]: '' } } } };
  const all = Object.fromEntries(['doc', 'text', ...indexedFields(kind)].map((field) => [field, ''] as const));
  return { updateOne: { filter, update: { $set: { ...trace, goneAt: now }, $unset: all } } };
}
