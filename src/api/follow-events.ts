// Events as they happen, taken up again after the last one that a client knows.
//
// Two phases. `stored`: events that are older than the feed, from the store, in the order of their times; none is added among them any
// more, so a client that leaves goes on exactly behind the last. `live`: the feed from its first event on, in the order in which they
// were stored; a client that leaves goes on behind the last one's place. Which phase a client was in is part of the cursor that it
// gives back. Only behind a live event that the feed has forgotten (the platform was restarted, or very much happened since) may those
// of the seconds around it come again: ids tell them apart.
import type { Event } from '../model/event.ts';
import type { Store } from '../ports/store.ts';
import type { EventFeed } from './event-feed.ts';

/** An event, and what to give back to go on behind it. */
export interface FollowedEvent {
  readonly event: Event;
  readonly cursor: string;
}

/** Where events come from. */
export interface EventSources {
  readonly store: Store;
  readonly feed: EventFeed;
}

interface Cursor {
  readonly id: string;
  readonly at: number;
  readonly phase: 'stored' | 'live';
}

const STORED_MARK = '.s';
const PAGE = 1000;
/** How far the order in which events are stored may be from the order of their times. */
const DISORDER_MS = 5000;
/** Ids that are remembered against doubles where the phases meet. */
const REMEMBERED = 10_000;

/** All events behind a cursor or an event's id, and then as they happen, until the signal aborts; without `after` those to come. */
export async function* followEvents(
  sources: EventSources,
  { after, signal }: { readonly after: string | undefined; readonly signal: AbortSignal },
): AsyncGenerator<FollowedEvent, void, undefined> {
  const { feed } = sources;
  const sent = new Set<string>();
  let cursor = after === undefined ? undefined : readCursor(after);
  let place = cursor === undefined ? feed.end : placeBehind(feed, cursor);
  const since = cursor === undefined ? 0 : cursor.at - DISORDER_MS;
  const begun = feed.end;
  // One that was read from the store may only be heard of by the feed after that.
  const known = cursor?.id;
  while (!signal.aborted) {
    const events = place === undefined ? undefined : feed.from(place);
    if (events === undefined || place === undefined) {
      place = feed.first;
      if (cursor) yield* stored(sources, cursor, sent, signal);
      continue;
    }
    for (const event of events) {
      const isOld = place++ < begun && event.at < since;
      cursor = { id: event.id, at: event.at, phase: 'live' };
      if (isOld || event.id === known || !remember(sent, event.id)) continue;
      yield { event, cursor: event.id };
      if (signal.aborted) return;
    }
    if (events.length === 0) await feed.reaches(place, signal);
  }
}

function placeBehind(feed: EventFeed, { id, phase }: Cursor): number | undefined {
  const place = phase === 'live' ? feed.placeOf(id) : undefined;
  return place === undefined ? undefined : place + 1;
}

/** The events of the store behind a cursor that the feed does not keep. */
async function* stored(
  { store, feed }: EventSources,
  { id: last, at, phase }: Cursor,
  sent: Set<string>,
  signal: AbortSignal,
): AsyncGenerator<FollowedEvent, void, undefined> {
  const isBehind = (event: Event) => (phase === 'live' ? event.id !== last : event.at > at || event.id > last);
  const query = { orderBy: 'at', from: phase === 'live' ? at - DISORDER_MS : at, limit: PAGE };
  let after: string | undefined;
  do {
    const page = await store.list('event', after === undefined ? query : { ...query, after });
    // Given from here and heard of after that, an event would come again to a client that leaves in between.
    await feed.caughtUp(page.items.map(({ doc }) => doc));
    for (const { doc } of page.items) {
      if (signal.aborted) return;
      if (feed.placeOf(doc.id) === undefined && isBehind(doc) && remember(sent, doc.id))
        yield { event: doc, cursor: `${doc.id}${STORED_MARK}` };
    }
    after = page.next;
  } while (after !== undefined);
}

/** Ids of events begin with their time in hex; what does not is no place to go on behind. */
function readCursor(text: string): Cursor | undefined {
  const id = text.endsWith(STORED_MARK) ? text.slice(0, -STORED_MARK.length) : text;
  const at = Number.parseInt(id.slice(0, Math.max(0, id.indexOf('-'))), 16);
  return Number.isNaN(at) ? undefined : { id, at, phase: id === text ? 'live' : 'stored' };
}

/** Whether an id is new among those that are remembered. */
function remember(ids: Set<string>, id: string): boolean {
  if (ids.has(id)) return false;
  ids.add(id);
  const [oldest] = ids;
  if (ids.size > REMEMBERED && oldest !== undefined) ids.delete(oldest);
  return true;
}
