// Routes of people and tokens, and what anybody may ask before they sign in.
import {
  anyAdministrator,
  canMail,
  endOf,
  requirePerson,
  requireUnlimited,
  showUser,
} from '../../accounts/account-reads.ts';
import { claim } from '../../accounts/claim-requests.ts';
import { acceptInvitation, lookAtLink } from '../../accounts/invitation-requests.ts';
import { changePassword } from '../../accounts/password-requests.ts';
import { sessionsOf } from '../../accounts/session-reads.ts';
import { type BegunSession, checkSession, endSession } from '../../accounts/session-requests.ts';
import { signIn } from '../../accounts/sign-in-requests.ts';
import { tokensOf } from '../../accounts/token-reads.ts';
import { makeTokenOf, revokeToken } from '../../accounts/token-requests.ts';
import { changeUser } from '../../accounts/user-requests.ts';
import type { Caller } from '../../model/access.ts';
import type { ApiParts } from '../api-parts.ts';
import type { ACCOUNT_ENDPOINTS } from '../contract/account-endpoints.ts';
import type { RouteName } from '../contract/endpoints.ts';
import type { Asked, Handlers } from '../handler.ts';
import { invitationView, madeTokenView, meView, sessionView, tokenView } from '../views/account-views.ts';
import { projectHandlers } from './project-handlers.ts';
import { userHandlers } from './user-handlers.ts';

type DoorRoute = 'door' | 'claim' | 'signIn' | 'lookAtInvitation' | 'acceptInvitation' | 'askReset';
type MeRoute = 'me' | 'changeMe' | 'changePassword';
type SessionRoute = 'signOut' | 'listMySessions' | 'endMySession';
type TokenRoute = 'listMyTokens' | 'makeMyToken' | 'revokeMyToken';

/** Handlers of people, projects, sessions and tokens. */
export function accountHandlers(parts: ApiParts): Pick<Handlers, keyof typeof ACCOUNT_ENDPOINTS> {
  return {
    ...ofTheDoor(parts),
    ...ofMe(parts),
    ...ofMySessions(parts),
    ...ofMyTokens(parts),
    ...userHandlers(parts),
    ...projectHandlers(parts),
  };
}

function ofTheDoor(parts: ApiParts): Pick<Handlers, DoorRoute> {
  const { store, accounts, platform } = parts;
  return {
    door: async () => ({
      claimed: await anyAdministrator(store, null),
      mail: await canMail(store),
      version: platform.version,
    }),
    claim: async (asked) => signedIn(parts, asked, await claim(accounts, asked.body, asked.from)),
    signIn: async (asked) => signedIn(parts, asked, await signIn(accounts, asked.body, asked.from)),
    lookAtInvitation: async ({ body }) => {
      const { invitation, user } = await lookAtLink(accounts, body.secret);
      return invitationView(invitation, user);
    },
    acceptInvitation: async (asked) => signedIn(parts, asked, await acceptInvitation(accounts, asked.body, asked.from)),
    askReset: async ({ body }) => {
      accounts.resets.ask(body.name);
      return { asked: true };
    },
  };
}

/** Gives the browser its cookie, and tells who signed in. */
async function signedIn(parts: ApiParts, { cookie }: Pick<Asked<RouteName>, 'cookie'>, begun: BegunSession) {
  const caller = await checkSession(parts, begun.cookie);
  cookie.set(begun.cookie, begun.endsAt);
  return me(parts, caller);
}

async function me({ store }: ApiParts, caller: Caller) {
  const user = caller.user === null ? null : await showUser(store, caller.user);
  return meView(caller, user, await endOf(store, caller));
}

function ofMe(parts: ApiParts): Pick<Handlers, MeRoute> {
  const { store, accounts } = parts;
  return {
    me: ({ caller }) => me(parts, caller),
    changeMe: async ({ caller, body }) => {
      await requireUnlimited(store, caller);
      await changeUser(accounts, requirePerson(caller), body);
      return me(parts, caller);
    },
    changePassword: async ({ caller, body, from }) => {
      await requireUnlimited(store, caller);
      const session = caller.by.kind === 'session' ? caller.by.id : null;
      const change = { ...body, address: from.address, session };
      return { ended: await changePassword(accounts, requirePerson(caller), change) };
    },
  };
}

function ofMySessions({ store }: ApiParts): Pick<Handlers, SessionRoute> {
  return {
    signOut: async ({ caller, cookie }) => {
      cookie.clear();
      if (caller.by.kind !== 'session') return { ended: 0 };
      await endSession(store, requirePerson(caller), caller.by.id);
      return { ended: 1 };
    },
    listMySessions: async ({ caller }) => ({
      items: (await sessionsOf(store, requirePerson(caller))).map((session) => sessionView(session, caller.by.id)),
    }),
    endMySession: async ({ caller, params }) => {
      await requireUnlimited(store, caller);
      await endSession(store, requirePerson(caller), params.session);
      return { ended: 1 };
    },
  };
}

function ofMyTokens({ store, accounts }: ApiParts): Pick<Handlers, TokenRoute> {
  return {
    listMyTokens: async ({ caller }) => ({ items: (await tokensOf(store, requirePerson(caller))).map(tokenView) }),
    makeMyToken: async ({ caller, body }) => {
      await requireUnlimited(store, caller);
      return madeTokenView(await makeTokenOf(accounts, requirePerson(caller), caller, body));
    },
    revokeMyToken: async ({ caller, params }) => {
      const own = caller.by.kind === 'token' && caller.by.id === params.token;
      if (!own) await requireUnlimited(store, caller);
      await revokeToken(accounts, params.token, requirePerson(caller));
      return { removed: params.token };
    },
  };
}
