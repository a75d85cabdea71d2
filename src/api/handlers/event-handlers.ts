// Routes of events: listed newest first, followed without a hole between the two.
import type { Event } from '../../model/event.ts';
import type { Query } from '../../ports/store.ts';
import type { ApiParts } from '../api-parts.ts';
import type { Asked, Handlers, Message } from '../handler.ts';
import { paged } from '../paging.ts';
import { iso } from '../views/iso.ts';

const CATCH_UP = 1000;
const WAITING_MOST = 10_000;

/** Handlers of events. */
export function eventHandlers(parts: ApiParts): Pick<Handlers, 'listEvents' | 'followEvents'> {
  return {
    listEvents: async ({ query }) => {
      const page = await parts.store.list('event', eventQuery(query));
      return paged(page, ({ doc }) => eventView(doc));
    },
    followEvents: async (asked) => follow(parts, asked),
  };
}

function eventQuery({ subject, application, after, limit }: Asked<'listEvents'>['query']): Query {
  const where = subject !== undefined ? { subject } : application !== undefined ? { application } : {};
  return { where, orderBy: 'at', direction: 'descending', limit, ...(after === undefined ? {} : { after }) };
}

function eventView({ at, evidence, ...rest }: Event) {
  return { ...rest, at: iso(at), evidence: { ...evidence } };
}

/** First what came after the last one known, then what comes; the subscription begins before the reading, and ids tell doubles. */
async function* follow({ store }: ApiParts, { lastEventId, signal }: Asked<'followEvents'>): AsyncGenerator<Message> {
  const waiting: Event[] = [];
  let wake = Promise.withResolvers<void>();
  const leave = store.onWritten((kind, _, doc) => {
    if (kind !== 'event' || doc === undefined || waiting.length >= WAITING_MOST) return;
    waiting.push(doc as Event);
    wake.resolve();
  });
  signal.addEventListener('abort', () => wake.resolve(), { once: true });
  try {
    const sent = new Set<string>();
    for (const event of await since(store, lastEventId)) {
      sent.add(event.id);
      yield messageOf(event);
    }
    while (!signal.aborted) {
      for (const event of waiting.splice(0)) if (!sent.has(event.id)) yield messageOf(event);
      if (waiting.length === 0) await wake.promise;
      wake = Promise.withResolvers<void>();
    }
  } finally {
    leave();
  }
}

/** Ids begin with the time in hex: what is later than the last known one. */
async function since(store: ApiParts['store'], lastEventId: string | undefined): Promise<readonly Event[]> {
  const known = lastEventId === undefined ? undefined : await store.get('event', lastEventId);
  if (!known) return [];
  const page = await store.list('event', { orderBy: 'at', from: known.doc.at, limit: CATCH_UP });
  return page.items.map(({ doc }) => doc).filter(({ id }) => id > known.doc.id);
}

function messageOf(event: Event): Message {
  return { event: 'event', id: event.id, data: eventView(event) };
}
