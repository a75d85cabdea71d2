// Reads by id: those of a kind that come together share a statement.
import type { Kind } from '../../model/kinds.ts';
import { Gathering } from './gathering.ts';
import type { Row } from './session.ts';

/** Reads the rows of some documents of one kind, those that there are. */
export type ReadRows = (kind: Kind, ids: readonly string[]) => Promise<readonly Row[]>;

/** Documents that are asked for in one statement. */
export const MOST_AT_ONCE = 256;

/** These are large: as many at a time as whoever asks asks for. */
const ALONE: ReadonlySet<Kind> = new Set<Kind>(['blobChunk', 'readingBatch', 'seriesSpan', 'componentLog']);

type Rows = ReadonlyMap<string, Row>;

/** Gathers reads by kind. */
export class ReadsById {
  readonly #read: ReadRows;
  readonly #kinds = new Map<Kind, Gathering<readonly string[], Rows>>();

  constructor(read: ReadRows) {
    this.#read = read;
  }

  /** The rows with some ids, at most `MOST_AT_ONCE`; there may be others among them. @throws platform.queue-full, and what reading throws */
  async rows(kind: Kind, ids: readonly string[]): Promise<Rows> {
    return ALONE.has(kind) ? byId(await this.#read(kind, ids)) : this.#gatheringOf(kind).ask(ids);
  }

  #gatheringOf(kind: Kind): Gathering<readonly string[], Rows> {
    const known = this.#kinds.get(kind);
    if (known) return known;
    const gathering = new Gathering<readonly string[], Rows>({
      answer: async (asks) => {
        const rows = byId(await this.#read(kind, [...new Set(asks.flat())]));
        return asks.map(() => rows);
      },
      weightOf: (ids) => ids.length,
      mostWeight: MOST_AT_ONCE,
    });
    this.#kinds.set(kind, gathering);
    return gathering;
  }
}

function byId(rows: readonly Row[]): Rows {
  return new Map(rows.map((row) => [String(row.id), row]));
}
