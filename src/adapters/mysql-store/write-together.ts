// Writes of a group in few statements: documents of one kind that are created go into one, and so do those that are changed. It is tried first, because
// nearly always all of a group succeed; where a statement fails, what was done is taken back and each is written alone, in their order. A
// conflict is no failure.
import type { Kind } from '../../model/kinds.ts';
import { mayPass } from './mysql-failures.ts';
import { powersOfTwo } from './powers-of-two.ts';
import type { Session } from './session.ts';
import type { PreparedWrite, WriteStatements, WrittenRow } from './write-statements.ts';

/** Writes with the versions that they are to give. */
export interface Numbered {
  readonly write: PreparedWrite;
  readonly version: number;
}

/** A row with the version that it is to have. */
interface NumberedRow extends WrittenRow {
  readonly version: number;
}

/** Rows in one statement. */
const MOST_ROWS = 64;

/** Larger documents go alone: a packet has room for as many of these. */
const LARGEST_TOGETHER = 16_384;

/** Fewer are not worth a savepoint. */
const FEWEST = 4;

/** Whether writes may be done in another order than the one in which they came: none of them is of the same document as another. */
export function mayGoTogether(writes: readonly PreparedWrite[]): boolean {
  const rows = writes.filter(({ row }) => row !== null).length;
  return rows >= FEWEST && new Set(writes.map(({ key }) => key)).size === writes.length;
}

/** Whether each was done, in their order; undefined: none is, and each is to be done alone. @throws what fails their whole transaction */
export async function writeTogether(
  session: Session,
  statements: WriteStatements,
  writes: readonly Numbered[],
): Promise<readonly boolean[] | undefined> {
  await session.say('SAVEPOINT together');
  try {
    return await tried(session, statements, writes);
  } catch (error) {
    if (mayPass(error)) throw error;
  }
  await session.say('ROLLBACK TO SAVEPOINT together');
  return undefined;
}

async function tried(
  session: Session,
  statements: WriteStatements,
  writes: readonly Numbered[],
): Promise<readonly boolean[]> {
  const rows = writes.flatMap(({ write: { row }, version }) => (row && isSmall(row) ? [{ ...row, version }] : []));
  const done = new Set<string>();
  const note = ({ kind, id }: NumberedRow) => done.add(`${kind} ${id}`);
  const [created, changed] = [
    rows.filter(({ replaces }) => replaces === null),
    rows.filter(({ replaces }) => replaces !== null),
  ];
  for (const [kind, of] of Map.groupBy(created, (row) => row.kind)) {
    for (const some of powersOfTwo(of, MOST_ROWS))
      await session.change(statements.insertOf(kind, some.length), bound(some));
    of.forEach(note);
  }
  for (const [kind, of] of Map.groupBy(changed, (row) => row.kind))
    for (const row of await changedTogether(session, statements, { kind, rows: of })) note(row);
  const outcomes: boolean[] = [];
  for (const { write, version } of writes) {
    const isTogether = write.row !== null && isSmall(write.row);
    outcomes.push(isTogether ? done.has(write.key) : (await write.alone(session, version)).ok);
  }
  return outcomes;
}

/** Those that were as they are to be replaced. Nobody changes them between the look and the write: the look locks them. */
async function changedTogether(
  session: Session,
  statements: WriteStatements,
  { kind, rows }: { readonly kind: Kind; readonly rows: readonly NumberedRow[] },
): Promise<readonly NumberedRow[]> {
  const present = new Map<string, number>();
  for (const some of powersOfTwo(rows, MOST_ROWS)) {
    const ids = some.map(({ id }) => id);
    const found = await session.rows(statements.lockOf(kind, ids.length), ids);
    for (const { id, version } of found) present.set(String(id), Number(version));
  }
  const fitting = rows.filter(({ id, replaces }) => present.get(id) === replaces);
  for (const some of powersOfTwo(fitting, MOST_ROWS))
    await session.change(statements.overwriteOf(kind, some.length), bound(some));
  return fitting;
}

function bound(rows: readonly NumberedRow[]) {
  return rows.flatMap(({ version, values }) => [version, ...values]);
}

function isSmall({ values }: WrittenRow): boolean {
  return (
    values.reduce<number>((sum, value) => sum + (typeof value === 'string' ? value.length : 8), 0) <= LARGEST_TOGETHER
  );
}
