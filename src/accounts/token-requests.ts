// Making, checking and revoking the bearer tokens of the API.
import type { RecordEvent } from '../engine/event-recorder.ts';
import { type Access, type Caller, FULL_ACCESS, mayAnywhere, narrowed } from '../model/access.ts';
import type { Token } from '../model/account.ts';
import { BerthError } from '../model/errors.ts';
import type { Instant } from '../model/instant.ts';
import type { Permission } from '../model/permission.ts';
import type { Clock } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';
import { type Store, StoreConflict, type Stored } from '../ports/store.ts';
import { endDocument } from './end-document.ts';
import { makeSecret, secretId, secretMatches } from './opaque-secret.ts';
import { personOf } from './person-reads.ts';
import { maySee, requireProjects } from './project-reads.ts';

/** What tokens are made with. */
export interface TokenParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
}

/** What a new token is for. */
export type NewToken = Pick<Token, 'name' | 'permissions' | 'expiresAt' | 'user' | 'projects'>;

/** A token in clear, which nobody sees again, and what is to be stored of it. */
export interface MadeToken {
  readonly token: string;
  readonly doc: Token;
}

/** Uses within this time are one. */
const USE_STORED_EVERY_MS = 300_000;
/** Of one person. */
const MOST_TOKENS = 100;

/** Makes a token that counts for nothing until its document is stored: whoever is to have it can be given it before. */
export function makeToken({ clock, random }: Omit<TokenParts, 'store'>, asked: NewToken): MadeToken {
  const { id, secret, hash } = makeSecret(random, 'berth');
  return { token: secret, doc: { id, ...asked, hash, createdAt: clock.now() } };
}

/** Who calls with a token: its owner, as far as owner and token both allow at this moment. @throws account.token-refused */
export async function checkToken(parts: Pick<TokenParts, 'store' | 'clock'>, token: string): Promise<Caller> {
  const id = secretId('berth', token);
  const stored = id === undefined ? undefined : await parts.store.get('token', id);
  if (!secretMatches(stored?.doc, token) || !stored) throw new BerthError('account.token-refused');
  const { doc } = stored;
  const now = parts.clock.now();
  if (doc.expiresAt !== null && doc.expiresAt <= now) throw new BerthError('account.token-refused');
  const owner = await ownerOf(parts.store, doc);
  await noteUse(parts.store, stored, now);
  return {
    ...owner,
    by: { kind: 'token', id: doc.id },
    access: narrowed(owner.access, doc.permissions, doc.projects ?? null),
  };
}

/** @throws account.token-refused when the owner has gone or may not sign in */
async function ownerOf(store: Store, { name, user }: Token): Promise<Omit<Caller, 'by'>> {
  if (user === undefined) return { name, user: null, access: FULL_ACCESS };
  const person = await personOf(store, user);
  if (!person) throw new BerthError('account.token-refused');
  return person;
}

/** A token that is revoked meanwhile stays away: what is gone has no version to update. */
async function noteUse(store: Store, { doc, version }: Stored<Token>, now: Instant): Promise<void> {
  if (doc.usedAt !== undefined && now - doc.usedAt < USE_STORED_EVERY_MS) return;
  try {
    await store.update('token', { ...doc, usedAt: now }, version);
  } catch (error) {
    // Somebody else noted it, or revoked it: the next call sees that.
    if (!(error instanceof StoreConflict)) throw error;
  }
}

/** What somebody wants a token for. */
export interface WantedToken {
  readonly name: string;
  readonly permissions: readonly string[];
  /** Null: all that its owner has. */
  readonly projects: readonly string[] | null;
  /** Null: it does not expire. */
  readonly expiresInMs: number | null;
}

/**
 * Makes a token of a person, which gives at most what its maker may do. @throws account.beyond-yourself, account.too-many-tokens,
 * account.token-refused when the person was removed or disabled meanwhile
 */
export async function makeTokenOf(
  parts: TokenParts & { readonly recordEvent: RecordEvent },
  user: string,
  { access }: Pick<Caller, 'access'>,
  wanted: WantedToken,
): Promise<MadeToken> {
  const { store } = parts;
  refuseBeyond(access, wanted);
  const kept = await store.count('token', { where: { user } });
  if (kept >= MOST_TOKENS) throw new BerthError('account.too-many-tokens', { name: user, most: MOST_TOKENS });
  const made = await keepToken(parts, wanted, { user });
  // Whoever removes a person disables them first and revokes their tokens then: one of the two sees the other.
  if (await personOf(store, user)) return made;
  await endDocument(store, 'token', made.doc.id);
  throw new BerthError('account.token-refused');
}

/** Makes a token that belongs to nobody. @throws account.beyond-yourself, request.not-found for a project */
export async function makeTokenOfNobody(
  parts: TokenParts & { readonly recordEvent: RecordEvent },
  { access }: Pick<Caller, 'access'>,
  wanted: WantedToken,
): Promise<MadeToken> {
  refuseBeyond(access, wanted);
  await requireProjects(parts.store, wanted.projects ?? []);
  return keepToken(parts, wanted, {});
}

/** Revokes a token; null: of whomever it is. @throws request.not-found, also for one of somebody else */
export async function revokeToken(
  { store, recordEvent }: Pick<TokenParts, 'store'> & { readonly recordEvent: RecordEvent },
  id: string,
  user: string | null,
): Promise<void> {
  const token = (await store.get('token', id))?.doc;
  if (!token || (user !== null && token.user !== user))
    throw new BerthError('request.not-found', { what: 'token', id });
  await endDocument(store, 'token', id);
  await recordEvent({ kind: 'token.revoked', subject: `token:${id}`, text: `The token ${token.name} was revoked.` });
}

async function keepToken(
  parts: TokenParts & { readonly recordEvent: RecordEvent },
  { name, permissions, projects, expiresInMs }: WantedToken,
  owner: Pick<Token, 'user'>,
): Promise<MadeToken> {
  const expiresAt = expiresInMs === null ? null : parts.clock.now() + expiresInMs;
  const limits = projects === null ? owner : { ...owner, projects };
  const made = makeToken(parts, { name, permissions, expiresAt, ...limits });
  await parts.store.create('token', made.doc);
  const text = `The token ${name} was made${owner.user === undefined ? '' : ` by ${owner.user}`}.`;
  await parts.recordEvent({ kind: 'token.made', subject: `token:${made.doc.id}`, text });
  return made;
}

/** @throws account.beyond-yourself */
function refuseBeyond(access: Access, { permissions, projects }: WantedToken): void {
  const permission = permissions.find((each) => each !== '*' && !mayAnywhere(access, each as Permission));
  if (permission !== undefined)
    throw new BerthError('account.beyond-yourself', { what: `the permission ${permission}` });
  const project = projects?.find((each) => !maySee(access, each));
  if (project !== undefined)
    throw new BerthError('account.beyond-yourself', { what: `rights in the project ${project}` });
}

/** Whether any token was ever made: none means that this is the first start. */
export async function anyToken(store: Store): Promise<boolean> {
  const page = await store.list('token', { limit: 1 });
  return page.items.length > 0;
}
