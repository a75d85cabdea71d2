// Routes of events: listed newest first, followed without a hole between the two.
import type { Event } from '../../model/event.ts';
import type { Query } from '../../ports/store.ts';
import type { ApiParts } from '../api-parts.ts';
import type { EventFeed } from '../event-feed.ts';
import { followEvents } from '../follow-events.ts';
import type { Asked, Handlers, Message } from '../handler.ts';
import { filteredPage, paged } from '../paging.ts';
import { iso } from '../views/iso.ts';

interface EventFilter {
  readonly subject?: string | undefined;
  readonly application?: string | undefined;
}

/** Handlers of events. */
export function eventHandlers({ store }: ApiParts, feed: EventFeed): Pick<Handlers, 'listEvents' | 'followEvents'> {
  return {
    listEvents: async ({ query }) => {
      const page = await filteredPage(
        query,
        (asked) => store.list('event', eventQuery(query, asked)),
        ({ doc }) => isWanted(doc, query),
      );
      return paged(page, ({ doc }) => eventView(doc));
    },
    followEvents: async (asked) => follow({ store, feed }, asked),
  };
}

function eventQuery(
  { subject, application }: EventFilter,
  page: { readonly limit: number; readonly after?: string },
): Query {
  const where = subject !== undefined ? { subject } : application !== undefined ? { application } : {};
  return { where, orderBy: 'at', direction: 'descending', ...page };
}

function isWanted(event: Event, { subject, application }: EventFilter): boolean {
  return (subject ?? event.subject) === event.subject && (application ?? event.application) === event.application;
}

function eventView({ at, evidence, ...rest }: Event) {
  return { ...rest, at: iso(at), evidence: { ...evidence } };
}

async function* follow(
  from: { readonly store: ApiParts['store']; readonly feed: EventFeed },
  { query, lastEventId, signal }: Asked<'followEvents'>,
): AsyncGenerator<Message> {
  for await (const { event, cursor } of followEvents(from, { after: lastEventId ?? query.after, signal })) {
    if (isWanted(event, query)) yield { event: 'event', id: cursor, data: eventView(event) };
  }
}
