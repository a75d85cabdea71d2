// Routes by which administrators look after people, and after tokens.
import { requireUnlimited, showUser } from '../../accounts/account-reads.ts';
import { inviteUser } from '../../accounts/invitation-requests.ts';
import { endSessions } from '../../accounts/session-requests.ts';
import { listTokens } from '../../accounts/token-reads.ts';
import { makeTokenOfNobody, revokeToken } from '../../accounts/token-requests.ts';
import { listUsers, userWithSignIn } from '../../accounts/user-reads.ts';
import { addUser, changeUser, removeUser, setUserAccess } from '../../accounts/user-requests.ts';
import type { User } from '../../model/account.ts';
import type { ApiParts } from '../api-parts.ts';
import type { Handlers } from '../handler.ts';
import { paged, pageRequest } from '../paging.ts';
import { invitedView, madeTokenView, tokenView, userView } from '../views/account-views.ts';

type UserRoute = 'listUsers' | 'addUser' | 'changeUser' | 'removeUser';
type AccessRoute = 'inviteUser' | 'setUserAccess' | 'endUserSessions';
type TokenRoute = 'listTokens' | 'makeToken' | 'revokeToken';

/** Handlers of users and of tokens. */
export function userHandlers(parts: ApiParts): Pick<Handlers, UserRoute | AccessRoute | TokenRoute> {
  return { ...ofUsers(parts), ...ofTheirAccess(parts), ...ofTokens(parts) };
}

function ofUsers({ store, accounts }: ApiParts): Pick<Handlers, UserRoute> {
  const view = async (user: User) => userView(await userWithSignIn(store, user));
  return {
    listUsers: async ({ query }) => paged(await listUsers(store, pageRequest(query)), userView),
    addUser: async ({ caller, body: { name, displayName = name, ...rest } }) => {
      await requireUnlimited(store, caller);
      return view(await addUser(accounts, name, { displayName, ...rest }));
    },
    changeUser: async ({ caller, params, body }) => {
      await requireUnlimited(store, caller);
      return view(await changeUser(accounts, params.user, body));
    },
    removeUser: async ({ caller, params }) => {
      await requireUnlimited(store, caller);
      await removeUser(accounts, params.user);
      return { removed: params.user };
    },
  };
}

function ofTheirAccess({ store, accounts }: ApiParts): Pick<Handlers, AccessRoute> {
  return {
    inviteUser: async ({ caller, params, body }) => {
      await requireUnlimited(store, caller);
      return invitedView(await inviteUser(accounts, params.user, body?.by ?? 'mail'));
    },
    setUserAccess: async ({ caller, params, body }) => {
      await requireUnlimited(store, caller);
      return userView(await userWithSignIn(store, await setUserAccess(accounts, params.user, body)));
    },
    endUserSessions: async ({ caller, params }) => {
      await requireUnlimited(store, caller);
      const { id } = await showUser(store, params.user);
      return { ended: await endSessions(store, id, null) };
    },
  };
}

function ofTokens({ store, accounts }: ApiParts): Pick<Handlers, TokenRoute> {
  return {
    listTokens: async ({ query }) => paged(await listTokens(store, pageRequest(query)), ({ doc }) => tokenView(doc)),
    makeToken: async ({ caller, body }) => {
      await requireUnlimited(store, caller);
      return madeTokenView(await makeTokenOfNobody(accounts, caller, body));
    },
    revokeToken: async ({ caller, params }) => {
      await requireUnlimited(store, caller);
      await revokeToken(accounts, params.token, null);
      return { removed: params.token };
    },
  };
}
