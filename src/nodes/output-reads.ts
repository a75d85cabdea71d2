// Reading what algorithms handed in.
import { Readable } from 'node:stream';
import { BerthError } from '../model/errors.ts';
import type { Output } from '../model/output.ts';
import type { Blobs } from '../ports/blobs.ts';
import type { Page, Query, Store } from '../ports/store.ts';

/** Which outputs to list: those of a job, or of one slot of it. */
export interface OutputQuery {
  readonly job: string;
  readonly slot?: number;
  readonly direction: 'ascending' | 'descending';
  /** Goes on after the page that gave this. */
  readonly after?: string;
  /** At most this many; 1 to 1000. */
  readonly limit: number;
}

/** Pages that are looked through for one page of a slot, at most. */
const MOST_PAGES = 10;

/** Outputs of a job by time, a page at a time. With a slot, a page may hold fewer than asked for though more follow. */
export async function listOutputs(store: Store, query: OutputQuery): Promise<Page<Output>> {
  const { job, slot, direction, limit } = query;
  const items: Page<Output>['items'][number][] = [];
  let after = query.after;
  for (let read = 0; read < MOST_PAGES; read++) {
    const asked: Query = { where: { job }, orderBy: 'at', direction, limit: limit - items.length };
    const page = await store.list('output', after === undefined ? asked : { ...asked, after });
    items.push(...page.items.filter(({ doc }) => slot === undefined || doc.slot === slot));
    after = page.next;
    if (after === undefined || items.length >= limit) break;
  }
  return after === undefined ? { items } : { items, next: after };
}

/** One output and its contents, which are read as they are asked for. @throws request.not-found */
export async function openOutput(
  keeping: { readonly store: Store; readonly blobs: Blobs },
  id: string,
): Promise<{ readonly output: Output; readonly contents: Readable }> {
  const stored = await keeping.store.get('output', id);
  if (!stored) throw new BerthError('request.not-found', { what: 'output', id });
  const { text = '', blob } = stored.doc;
  const contents = blob === undefined ? Readable.from([Buffer.from(text)]) : await keeping.blobs.open(blob);
  return { output: stored.doc, contents };
}
