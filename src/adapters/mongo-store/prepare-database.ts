// Looking at a database at the start, and bringing it up to what this program knows.
import type { Db } from 'mongodb';
import { BerthError } from '../../model/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import { alignCollections, layoutDigest } from './layout.ts';
import { isCurrent, migrate, noteLayout, readSchema } from './migrations.ts';
import { detailOf, isUnauthorized } from './mongo-failures.ts';

/** What the server says about itself. */
export interface ServerTraits {
  readonly version: string;
  /** Whether it is a replica set or a router, and so reads a snapshot and survives the loss of a machine. */
  readonly replicated: boolean;
  /** Whether it removes documents by itself some time after an instant that they name. */
  readonly expires: boolean;
}

/** Finds out what the server is, and says in the log what it does not hold. */
export async function traitsOf(db: Db, log: Log): Promise<ServerTraits> {
  const build = await db.command({ buildInfo: 1 });
  const hello = await db.command({ hello: 1 });
  const ferret: unknown = build.ferretdbVersion;
  const replicated = ferret === undefined && (hello.setName !== undefined || hello.msg === 'isdbgrid');
  if (ferret !== undefined) {
    log.warn('FerretDB judges conditional writes in two steps: two processes may both win, so it is for trying only', {
      version: ferret,
    });
  } else if (!replicated) {
    log.warn(
      'The database is one server and no replica set: a backup is not of one instant, and its disk is the only one',
    );
  }
  return { version: String(ferret ?? build.version), replicated, expires: ferret === undefined };
}

/**
 * Migrates and aligns the collections where they are not up to date; where they are, nothing but looking is done.
 * @throws platform.store-newer, platform.store-behind
 */
export async function prepareDatabase(db: Db, traits: ServerTraits, clock: Clock, log: Log): Promise<void> {
  const found = await readSchema(db);
  const layout = layoutDigest();
  if (isCurrent(found, layout)) return;
  const now = new Date(clock.now());
  try {
    for (const { version, what } of await migrate(db, found, now)) {
      log.info('The database was brought forward', { version, what });
    }
    await alignCollections(db, traits.expires);
    await noteLayout(db, layout, now);
  } catch (error) {
    if (isUnauthorized(error))
      throw new BerthError('platform.store-behind', { detail: detailOf(error) }, { cause: error });
    throw error;
  }
}
