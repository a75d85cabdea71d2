// Routes of actions, of the ways by which they leave the platform, and of inboxes.
import { listActions, showAction } from '../../actions/action-reads.ts';
import { listChannels, showChannel } from '../../actions/channel-reads.ts';
import { listInbox } from '../../actions/inbox-reads.ts';
import { markAllRead, markRead } from '../../actions/inbox-requests.ts';
import { retryAction } from '../../actions/retry-requests.ts';
import type { Store } from '../../ports/store.ts';
import type { ApiParts } from '../api-parts.ts';
import type { Asked, Handlers } from '../handler.ts';
import { filteredPage, paged, pageRequest } from '../paging.ts';
import type { RouteAccess } from '../route-access.ts';
import { findSeenInstance } from '../seen-instance.ts';
import { actionDetailView, actionView, channelView, noticeView } from '../views/action-views.ts';

type ActionRoute = 'listActions' | 'showAction' | 'retryAction';
type ChannelRoute = 'listChannels' | 'applyChannel' | 'showChannel' | 'testChannel' | 'removeChannel';
type InboxRoute = 'listInbox' | 'readNotice' | 'readInbox';

/** Handlers of actions, channels and inboxes. */
export function actionHandlers(parts: ApiParts): Pick<Handlers, ActionRoute | ChannelRoute | InboxRoute> {
  return { ...ofActions(parts), ...ofChannels(parts), ...ofInboxes(parts) };
}

function ofActions(parts: ApiParts): Pick<Handlers, ActionRoute> {
  const { store, clock } = parts;
  return {
    listActions: (asked) => listed(parts, asked),
    showAction: async ({ params }) => actionDetailView(await showAction(store, params.action)),
    retryAction: async ({ params, caller }) => {
      await retryAction(parts, { id: params.action, by: caller.name }, clock.now());
      return actionDetailView(await showAction(store, params.action));
    },
  };
}

/** What an instance that is gone asked for is found by the id that it had. */
async function listed({ store }: ApiParts, { query, access }: Asked<'listActions'>) {
  const { instance: named, job, state, ...page } = query;
  const instance = named === undefined ? undefined : await instanceOf(store, named, access);
  const found = await filteredPage(
    page,
    (asked) => listActions(store, { instance, job, state, ...asked }),
    ({ action }) => access.sees(action.application),
  );
  return paged(found, actionView);
}

async function instanceOf(store: Store, named: string, access: RouteAccess): Promise<string> {
  if (await store.get('instance', named)) return (await findSeenInstance(store, named, access)).id;
  const past = { where: { instance: named }, orderBy: 'requestedAt', limit: 1 };
  const [action] = (await store.list('action', past)).items;
  if (action && (await access.sees(action.doc.application))) return named;
  return (await findSeenInstance(store, named, access)).id;
}

function ofChannels({ store, channels }: ApiParts): Pick<Handlers, ChannelRoute> {
  return {
    listChannels: async () => ({ items: (await listChannels(store)).map(channelView) }),
    applyChannel: async ({ body }) => channelView(await channels.applyChannel(body)),
    showChannel: async ({ params }) => channelView(await showChannel(store, params.channel)),
    testChannel: async ({ params: { channel }, body, signal }) => ({
      channel,
      said: await channels.testChannel(channel, body.to, signal),
    }),
    removeChannel: async ({ params }) => {
      await channels.removeChannel(params.channel);
      return { removed: params.channel };
    },
  };
}

function ofInboxes({ store, clock }: ApiParts): Pick<Handlers, InboxRoute> {
  return {
    listInbox: async ({ params, query }) =>
      paged(await listInbox(store, params.user, pageRequest(query)), ({ doc }) => noticeView(doc)),
    readNotice: async ({ params }) => noticeView(await markRead(store, params.user, params.notice, clock.now())),
    readInbox: async ({ params }) => ({ read: await markAllRead(store, params.user, clock.now()) }),
  };
}
