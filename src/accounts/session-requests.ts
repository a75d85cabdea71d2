// Sessions of people in browsers: begun when they sign in, checked at every request, ended by them, by an administrator, or by time.
import type { Caller } from '../model/access.ts';
import type { Session } from '../model/account.ts';
import { BerthError } from '../model/errors.ts';
import type { Instant } from '../model/instant.ts';
import type { Clock } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';
import { type Store, StoreConflict, type Stored } from '../ports/store.ts';
import { endDocument } from './end-document.ts';
import { makeSecret, secretId, secretMatches } from './opaque-secret.ts';
import { personOf } from './person-reads.ts';
import { sessionsOf } from './session-reads.ts';

/** What sessions are begun with. */
export interface SessionParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
}

/** From where somebody signs in. */
export interface SignInPlace {
  readonly address: string;
  /** What the browser calls itself. */
  readonly agent: string;
}

/** A session that was begun, and its cookie, which nobody sees again. */
export interface BegunSession {
  readonly session: Session;
  readonly cookie: string;
  /** When it ends, however much it is used. */
  readonly endsAt: Instant;
}

const HOUR_MS = 3_600_000;
const IDLE_MS = 12 * HOUR_MS;
const LONGEST_MS = 7 * 24 * HOUR_MS;
const SEEN_STORED_EVERY_MS = 300_000;
const LONGEST_AGENT = 200;
/** Far more browsers than a person has; whoever signs in more often ends their oldest sessions. */
const MOST_SESSIONS = 50;

/** Begins a session of a person. @throws account.sign-in-refused when they were removed or disabled meanwhile */
export async function beginSession(
  { store, clock, random }: SessionParts,
  user: string,
  { address, agent }: SignInPlace,
): Promise<BegunSession> {
  const { id, secret, hash } = makeSecret(random, 'session');
  const now = clock.now();
  const times = { createdAt: now, seenAt: now, expiresAt: expiry(now, now) };
  const session: Session = { id, user, hash, ...times, address, agent: agent.slice(0, LONGEST_AGENT) };
  await store.create('session', session);
  // Whoever disables or removes a person does that first and ends their sessions then: one of the two sees the other.
  if (!(await personOf(store, user))) {
    await endDocument(store, 'session', id);
    throw new BerthError('account.sign-in-refused');
  }
  await endOldest(store, user);
  return { session, cookie: secret, endsAt: now + LONGEST_MS };
}

/** Who calls with the cookie of a session. @throws account.session-ended */
export async function checkSession(
  { store, clock }: Pick<SessionParts, 'store' | 'clock'>,
  cookie: string,
): Promise<Caller> {
  const id = secretId('session', cookie);
  const stored = id === undefined ? undefined : await store.get('session', id);
  const now = clock.now();
  if (!secretMatches(stored?.doc, cookie) || !stored || stored.doc.expiresAt <= now)
    throw new BerthError('account.session-ended');
  const person = await personOf(store, stored.doc.user);
  if (!person) throw new BerthError('account.session-ended');
  await noteSeen(store, stored, now);
  return { ...person, by: { kind: 'session', id: stored.doc.id } };
}

/** Ends one session of a person. @throws request.not-found for one that is not theirs */
export async function endSession(store: Store, user: string, id: string): Promise<void> {
  const stored = await store.get('session', id);
  if (stored?.doc.user !== user) throw new BerthError('request.not-found', { what: 'session', id });
  await endDocument(store, 'session', id);
}

/** Ends all sessions of a person but one, if one is to stay; resolves to how many ended. */
export async function endSessions(store: Store, user: string, but: string | null): Promise<number> {
  const ended = (await sessionsOf(store, user)).filter(({ id }) => id !== but);
  for (const { id } of ended) await endDocument(store, 'session', id);
  return ended.length;
}

function expiry(createdAt: Instant, seenAt: Instant): Instant {
  return Math.min(createdAt + LONGEST_MS, seenAt + IDLE_MS);
}

/** A session that is ended meanwhile stays away: what is gone has no version to update. */
async function noteSeen(store: Store, { doc, version }: Stored<Session>, now: Instant): Promise<void> {
  if (now - doc.seenAt < SEEN_STORED_EVERY_MS) return;
  try {
    await store.update('session', { ...doc, seenAt: now, expiresAt: expiry(doc.createdAt, now) }, version);
  } catch (error) {
    // Another request of the same browser noted it, or somebody ended it: the next request sees that.
    if (!(error instanceof StoreConflict)) throw error;
  }
}

async function endOldest(store: Store, user: string): Promise<void> {
  const query = { where: { user }, orderBy: 'createdAt', direction: 'descending', limit: MOST_SESSIONS } as const;
  const { next } = await store.list('session', query);
  if (next === undefined) return;
  const { items } = await store.list('session', { ...query, after: next });
  for (const { doc } of items) await endDocument(store, 'session', doc.id);
}
