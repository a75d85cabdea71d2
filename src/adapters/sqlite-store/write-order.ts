// A write as the thread that executes it is told of it: which statement, and what is bound to it.
import type { Kind } from '../../model/kinds.ts';
import type { AnyDocument, Scalar, Write } from '../../ports/store.ts';
import { columnValue } from './sqlite-value.ts';
import { indexedFields, KINDS } from './table-layout.ts';

/** The number of a statement and what is bound to it behind the new version. Arrays, because they are the cheapest to copy. */
export type WriteOrder = readonly [statement: number, ...values: Scalar[]];

/** Writes that belong together, in one transaction: after one that failed, none of them is done. One that meets a conflict has not failed. */
export type WriteChain = readonly WriteOrder[];

/** What a transaction is given at a time. */
export type WriteEntry = WriteOrder | WriteChain;

/** What a write may do, in the order in which the statements of a kind are numbered. */
export const VERBS = ['create', 'update', 'delete'] as const satisfies readonly Write['do'][];

const KIND_NUMBERS: ReadonlyMap<Kind, number> = new Map(KINDS.map((kind, index) => [kind, index]));

/** A write as it is ordered; the document is taken as it is now. @throws TypeError for a document that cannot be stored */
export function writeOrder(write: Write): WriteOrder {
  if (write.do === 'create') return createOrder(write.kind, write.doc);
  if (write.do === 'update') return updateOrder(write.kind, write.doc, write.version);
  return deleteOrder(write.kind, write.id, write.version);
}

/** Succeeds if the id is free. @throws TypeError for a document that cannot be stored */
export function createOrder(kind: Kind, doc: AnyDocument): WriteOrder {
  return [statementNumber(kind, 'create'), doc.id, ...columns(kind, doc)];
}

/** Succeeds if the stored version is the given one. @throws TypeError for a document that cannot be stored */
export function updateOrder(kind: Kind, doc: AnyDocument, version: number): WriteOrder {
  return [statementNumber(kind, 'update'), ...columns(kind, doc), doc.id, version];
}

/** Succeeds if the stored version is the given one. */
export function deleteOrder(kind: Kind, id: string, version: number): WriteOrder {
  return [statementNumber(kind, 'delete'), id, version];
}

/** Whether an entry is a chain; an order begins with the number of its statement. */
export function isChain(entry: WriteEntry): entry is WriteChain {
  return typeof entry[0] !== 'number';
}

/** How many writes an entry holds. */
export function writesIn(entry: WriteEntry): number {
  return isChain(entry) ? entry.length : 1;
}

/** How much text an entry carries: the length of its documents. */
export function textLength(entry: WriteEntry): number {
  let length = 0;
  for (const value of entry) {
    if (typeof value === 'string') length += value.length;
    else if (Array.isArray(value)) length += textLength(value as WriteOrder);
  }
  return length;
}

function statementNumber(kind: Kind, verb: Write['do']): number {
  const number = KIND_NUMBERS.get(kind);
  if (number === undefined) throw new TypeError(`There is no kind ${kind}`);
  return number * VERBS.length + VERBS.indexOf(verb);
}

function columns(kind: Kind, doc: AnyDocument): readonly Scalar[] {
  if (typeof doc.id !== 'string' || doc.id === '') throw new TypeError(`A ${kind} needs an id`);
  return [...indexedFields(kind).map((field) => columnValue(doc, field)), JSON.stringify(doc)];
}
