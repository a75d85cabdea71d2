// Routes of events: listed newest first, followed without a hole between the two.
import type { Event } from '../../model/event.ts';
import type { Query } from '../../ports/store.ts';
import type { ApiParts } from '../api-parts.ts';
import type { EventFeed } from '../event-feed.ts';
import { followEvents } from '../follow-events.ts';
import type { Asked, Handlers, Message } from '../handler.ts';
import { filteredPage, paged } from '../paging.ts';
import type { RouteAccess } from '../route-access.ts';
import { iso } from '../views/iso.ts';

interface EventFilter {
  readonly subject?: string | undefined;
  readonly application?: string | undefined;
}

/** Handlers of events. */
export function eventHandlers({ store }: ApiParts, feed: EventFeed): Pick<Handlers, 'listEvents' | 'followEvents'> {
  return {
    listEvents: async ({ query, access }) => {
      const page = await filteredPage(
        query,
        (asked) => store.list('event', eventQuery(query, asked)),
        async ({ doc }) => isWanted(doc, query) && (await isSeen(doc, access)),
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

/** What belongs to no application is the platform's own. */
async function isSeen({ application }: Event, access: RouteAccess): Promise<boolean> {
  return application === null ? access.seesAll : access.sees(application);
}

function eventView({ at, evidence, ...rest }: Event) {
  return { ...rest, at: iso(at), evidence: { ...evidence } };
}

async function* follow(
  from: { readonly store: ApiParts['store']; readonly feed: EventFeed },
  { query, lastEventId, access, signal }: Asked<'followEvents'>,
): AsyncGenerator<Message> {
  for await (const { event, cursor } of followEvents(from, { after: lastEventId ?? query.after, signal })) {
    if (isWanted(event, query) && (await isSeen(event, access)))
      yield { event: 'event', id: cursor, data: eventView(event) };
  }
}
