// Routes of actions, of the ways by which they leave the platform, of inboxes and of users.
import { listUsers } from '../../accounts/user-reads.ts';
import { addUser, changeUser, removeUser } from '../../accounts/user-requests.ts';
import { listActions, showAction } from '../../actions/action-reads.ts';
import { listChannels, showChannel } from '../../actions/channel-reads.ts';
import { listInbox } from '../../actions/inbox-reads.ts';
import { markAllRead, markRead } from '../../actions/inbox-requests.ts';
import { retryAction } from '../../actions/retry-requests.ts';
import { findInstance } from '../../applications/instance-reads.ts';
import type { ApiParts } from '../api-parts.ts';
import type { Asked, Handlers } from '../handler.ts';
import { paged, pageRequest } from '../paging.ts';
import { actionDetailView, actionView, channelView, noticeView, userView } from '../views/action-views.ts';

type ActionRoute = 'listActions' | 'showAction' | 'retryAction';
type ChannelRoute = 'listChannels' | 'applyChannel' | 'showChannel' | 'testChannel' | 'removeChannel';
type InboxRoute = 'listInbox' | 'readNotice' | 'readInbox';
type UserRoute = 'listUsers' | 'addUser' | 'changeUser' | 'removeUser';

/** Handlers of actions, channels, inboxes and users. */
export function actionHandlers(parts: ApiParts): Pick<Handlers, ActionRoute | ChannelRoute | InboxRoute | UserRoute> {
  return { ...ofActions(parts), ...ofChannels(parts), ...ofInboxes(parts), ...ofUsers(parts) };
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
async function listed({ store }: ApiParts, { query: { instance: named, job, state, ...page } }: Asked<'listActions'>) {
  const isKnown = named !== undefined && (await store.get('instance', named)) !== undefined;
  const hasPast = named !== undefined && !isKnown && (await store.count('action', { where: { instance: named } })) > 0;
  const instance = named === undefined || hasPast ? named : (await findInstance(store, named)).id;
  return paged(await listActions(store, { instance, job, state, ...page }), actionView);
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

function ofUsers(parts: ApiParts): Pick<Handlers, UserRoute> {
  return {
    listUsers: async () => ({ items: (await listUsers(parts.store)).map(userView) }),
    addUser: async ({ body: { name, displayName = name, email, mailsNotices } }) =>
      userView(await addUser(parts, name, { displayName, email, mailsNotices })),
    changeUser: async ({ params, body }) => userView(await changeUser(parts, params.user, body)),
    removeUser: async ({ params }) => {
      await removeUser(parts, params.user);
      return { removed: params.user };
    },
  };
}
