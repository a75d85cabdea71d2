// Numbered changes of the database that cannot be read off the declared indexes, and what says that they were made. Each may run again, and
// in several processes at once: there is no transaction around it.
import type { Db } from 'mongodb';
import { BerthError } from '../../model/errors.ts';
import { isPresent } from './mongo-failures.ts';
import { VERSION_COLLECTION, VERSION_COUNTER, type VersionCounter } from './versions.ts';

/** The collection that says what was done to this database: a document for each migration, and one for the layout. */
const SCHEMA_COLLECTION = 'berth_schema';

/** The id of the document that says which layout the collections have. */
const LAYOUT = 'layout';

/** One change. */
interface Migration {
  readonly version: number;
  readonly what: string;
  readonly run: (db: Db) => Promise<void>;
}

/** Every change so far, in order. A number once released keeps its meaning for ever. */
const MIGRATIONS: readonly Migration[] = [
  { version: 1, what: 'the last version that was given to a document', run: startCounting },
];

/** A document of the schema's collection. */
interface SchemaNote {
  readonly _id: number | string;
  readonly what: string;
  readonly at: Date;
}

/** What a database says of itself. */
export interface SchemaState {
  /** The last migration that it has had. */
  readonly version: number;
  readonly layout: string | undefined;
}

/** Whether a database has had every migration, and its layout is the given one. */
export function isCurrent({ version, layout }: SchemaState, wanted: string): boolean {
  return version === known() && layout === wanted;
}

/** Reads what was done to a database. @throws platform.store-newer when a later program has changed it */
export async function readSchema(db: Db): Promise<SchemaState> {
  const notes = await db.collection<SchemaNote>(SCHEMA_COLLECTION).find().toArray();
  const version = Math.max(0, ...notes.map(({ _id }) => (typeof _id === 'number' ? _id : 0)));
  if (version > known()) throw new BerthError('platform.store-newer', { found: version, known: known() });
  return { version, layout: notes.find(({ _id }) => _id === LAYOUT)?.what };
}

/** Runs what a database has not had yet, and gives what it ran. */
export async function migrate(db: Db, { version: found }: SchemaState, now: Date): Promise<readonly Migration[]> {
  const due = MIGRATIONS.filter(({ version }) => version > found);
  for (const { version, what, run } of due) {
    await run(db);
    await unlessPresent(() => db.collection<SchemaNote>(SCHEMA_COLLECTION).insertOne({ _id: version, what, at: now }));
  }
  return due;
}

/** Notes which layout the collections have. */
export async function noteLayout(db: Db, layout: string, now: Date): Promise<void> {
  const note = { $set: { what: layout, at: now } };
  await unlessPresent(() =>
    db.collection<SchemaNote>(SCHEMA_COLLECTION).updateOne({ _id: LAYOUT }, note, { upsert: true }),
  );
}

function known(): number {
  return MIGRATIONS.at(-1)?.version ?? 0;
}

async function startCounting(db: Db): Promise<void> {
  await unlessPresent(() =>
    db.collection<VersionCounter>(VERSION_COLLECTION).insertOne({ _id: VERSION_COUNTER, last: 0 }),
  );
}

async function unlessPresent(act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!isPresent(error)) throw error;
  }
}
