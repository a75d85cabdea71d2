// Collections and indexes as the declared indexes ask for them. The fields beside the documents repeat what the documents say, so they are
// filled to fit this program whatever wrote the database. Every step may be done again, and by several processes at once.
import { createHash } from 'node:crypto';
import type { Collection, Db, IndexDescription } from 'mongodb';
import { INDEXES, type Kind } from '../../model/kinds.ts';
import type { AnyDocument } from '../../ports/store.ts';
import { documentOf, fieldValue, indexedFields, type Kept } from './kept-document.ts';
import { indexName } from './list-stretches.ts';
import { isPresent } from './mongo-failures.ts';

const KINDS = Object.keys(INDEXES) as readonly Kind[];

/** How long the id of a deleted document is kept, seconds: far longer than a write may be under way. */
const GONE_KEPT_SECONDS = 3600;

const GONE_INDEX = 'berth_gone';

/** Documents that are filled in one command. */
const FILLED_AT_ONCE = 200;

/** A text that differs wherever the layout does. */
export function layoutDigest(): string {
  return createHash('sha256').update(JSON.stringify(INDEXES)).digest('hex');
}

/** Makes collections and indexes, fills new fields from the documents, and drops indexes that nothing asks for. */
export async function alignCollections(db: Db, expires: boolean): Promise<void> {
  const listed = await db.listCollections({}, { nameOnly: true }).toArray();
  const present = new Set(listed.map(({ name }) => name));
  for (const kind of KINDS) {
    if (!present.has(kind)) await createCollection(db, kind);
    await alignIndexes(db.collection<Kept>(kind), kind, expires);
  }
}

async function createCollection(db: Db, name: string): Promise<void> {
  try {
    await db.createCollection(name);
  } catch (error) {
    if (!isPresent(error)) throw error;
  }
}

async function alignIndexes(kept: Collection<Kept>, kind: Kind, expires: boolean): Promise<void> {
  const there = new Set((await kept.listIndexes().toArray()).map(({ name }) => String(name)));
  const declared = INDEXES[kind].map((index) => ({ index, name: indexName(kind, index) }));
  const missing = declared.filter(({ name }) => !there.has(name));
  if (missing.length > 0) await fill(kept, kind);
  const wanted = [...missing.map(({ index, name }) => ({ name, key: keyOf(index) })), ...(expires ? [EXPIRY] : [])];
  const asked = wanted.filter(({ name }) => !there.has(name));
  if (asked.length > 0) await kept.createIndexes(asked);
  const known = new Set(['_id_', GONE_INDEX, ...declared.map(({ name }) => name)]);
  for (const name of there) if (!known.has(name)) await kept.dropIndex(name);
}

const EXPIRY: IndexDescription & { readonly name: string } = {
  name: GONE_INDEX,
  key: { goneAt: 1 },
  sparse: true,
  expireAfterSeconds: GONE_KEPT_SECONDS,
};

function keyOf(index: readonly string[]): Record<string, 1> {
  return Object.fromEntries([...index, '_id'].map((field) => [field, 1]));
}

/** Sets the fields of documents that have others than their own document says; a field that no index has any more stays and harms nobody. */
async function fill(kept: Collection<Kept>, kind: Kind): Promise<void> {
  for (let after = ''; ; ) {
    const some = await kept.find({ _id: { $gt: after } }, { sort: { _id: 1 }, limit: FILLED_AT_ONCE }).toArray();
    const changes = some.filter(({ goneAt }) => !goneAt).flatMap((each) => changeOf(kind, each));
    if (changes.length > 0) await kept.bulkWrite(changes, { ordered: false });
    const last = some.at(-1);
    if (!last || some.length < FILLED_AT_ONCE) return;
    after = last._id;
  }
}

function changeOf(kind: Kind, kept: Kept) {
  const doc: AnyDocument = documentOf(kept);
  const fields = Object.fromEntries(indexedFields(kind).map((field) => [field, fieldValue(doc, field)]));
  if (Object.entries(fields).every(([field, value]) => field in kept && kept[field] === value)) return [];
  return [{ updateOne: { filter: { _id: kept._id, version: kept.version }, update: { $set: fields } } }];
}
