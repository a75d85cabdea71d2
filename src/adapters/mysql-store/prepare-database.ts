// Bringing a database up to what this program knows, by one process at a time however many open it.
import { BerthError } from '../../model/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import { MIGRATIONS, migrate, refuseNewer, schemaVersion } from './migrations.ts';
import { detailOf, isDenied } from './mysql-failures.ts';
import type { Session } from './session.ts';
import { alignTables, layoutDigest } from './table-layout.ts';

/** Longest wait for another process that is doing the same, seconds; asked each second. */
const LOCK_WITHIN_SECONDS = 600;

/** Rows of writers that have not written for this long belong to processes that are gone. */
const WRITER_KEPT_MS = 7 * 86_400_000;

/** Collations that order and compare as UTF-8 bytes, a space at the end included: MariaDB's, then MySQL's. */
const COLLATIONS = ['utf8mb4_nopad_bin', 'utf8mb4_0900_bin'];

/** What the server says about itself. */
export interface ServerTraits {
  readonly version: string;
  readonly largestPacketBytes: number;
}

/**
 * Migrates and aligns the tables; an account that may not change tables looks whether that was done.
 * @throws platform.store-newer, platform.store-behind, platform.store-unfit
 */
export async function prepareDatabase(session: Session, clock: Clock, log: Log): Promise<ServerTraits> {
  const traits = await traitsOf(session, log);
  const collation = await exactCollation(session, traits.version);
  try {
    await holdingSchemaLock(session, () => bringForward(session, collation, clock, log));
  } catch (error) {
    if (!isDenied(error)) throw error;
    await requireCurrent(session, error);
  }
  return traits;
}

// The first thing that it does needs the right to make tables, so an account without it changes nothing.
async function bringForward(session: Session, collation: string, clock: Clock, log: Log): Promise<void> {
  for (const { version, what } of await migrate(session, MIGRATIONS, clock.now())) {
    log.info('The database was brought forward', { version, what });
  }
  await alignTables(session, collation);
  await session.change('UPDATE berth_layout SET digest = ?', [layoutDigest()]);
  await session.change('DELETE FROM berth_writer WHERE at < ?', [clock.now() - WRITER_KEPT_MS]);
}

async function requireCurrent(session: Session, denied: unknown): Promise<void> {
  const behind = new BerthError('platform.store-behind', { detail: detailOf(denied) }, { cause: denied });
  try {
    const version = await schemaVersion(session);
    refuseNewer(version, MIGRATIONS);
    const [row] = await session.rows('SELECT digest FROM berth_layout', []);
    if (version !== MIGRATIONS.at(-1)?.version || row?.digest !== layoutDigest()) throw behind;
  } catch (error) {
    throw error instanceof BerthError ? error : behind;
  }
}

async function traitsOf(session: Session, log: Log): Promise<ServerTraits> {
  const [row] = await session.rows(
    'SELECT VERSION() AS version, @@max_allowed_packet AS largest, @@innodb_flush_log_at_trx_commit AS flush',
    [],
  );
  const flush = Number(row?.flush);
  if (flush !== 1) {
    log.warn('The database answers before writes are on its disk: a power failure there loses them', {
      innodb_flush_log_at_trx_commit: flush,
    });
  }
  return { version: String(row?.version), largestPacketBytes: Number(row?.largest) };
}

async function exactCollation(session: Session, version: string): Promise<string> {
  const places = COLLATIONS.map(() => '?').join(', ');
  const rows = await session.rows(
    `SELECT COLLATION_NAME AS name FROM information_schema.COLLATIONS WHERE COLLATION_NAME IN (${places})`,
    COLLATIONS,
  );
  const found = COLLATIONS.find((known) => rows.some(({ name }) => name === known));
  if (!found) throw new BerthError('platform.store-unfit', { version, lacks: COLLATIONS.join(' or ') });
  return found;
}

async function holdingSchemaLock(session: Session, act: () => Promise<void>): Promise<void> {
  await takeSchemaLock(session);
  try {
    await act();
  } finally {
    // A lost connection has lost its lock with it.
    if (!session.broken) await session.rows(`SELECT RELEASE_LOCK(${LOCK_NAME}) AS released`, []);
  }
}

// Locks of this sort are the whole server's, not the database's.
const LOCK_NAME = "CONCAT('berth-', MD5(DATABASE()))";

async function takeSchemaLock(session: Session): Promise<void> {
  for (let waited = 0; waited < LOCK_WITHIN_SECONDS; waited++) {
    const [row] = await session.rows(`SELECT GET_LOCK(${LOCK_NAME}, 1) AS held`, []);
    if (Number(row?.held) === 1) return;
  }
  throw new BerthError('platform.store-busy', { seconds: LOCK_WITHIN_SECONDS });
}
