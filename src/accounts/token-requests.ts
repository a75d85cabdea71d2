// Making and checking the bearer tokens of the API.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Token } from '../model/account.ts';
import { BerthError } from '../model/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';
import type { Store } from '../ports/store.ts';

/** What tokens are made with. */
export interface TokenParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
}

const PREFIX = 'berth';

/** What a new token is for. */
export type NewToken = Pick<Token, 'name' | 'permissions' | 'expiresAt'>;

/** A token in clear, which nobody sees again, and what is to be stored of it. */
export interface MadeToken {
  readonly token: string;
  readonly doc: Token;
}

/** Makes a token that counts for nothing until its document is stored: whoever is to have it can be given it before. */
export function makeToken({ clock, random }: Omit<TokenParts, 'store'>, asked: NewToken): MadeToken {
  const id = random.id(10);
  const secret = Buffer.from(random.bytes(32)).toString('base64url');
  const token = `${PREFIX}_${id}_${secret}`;
  return { token, doc: { id, ...asked, hash: hashOf(token), createdAt: clock.now() } };
}

/** Who a token belongs to. @throws account.token-refused */
export async function checkToken({ store, clock }: Pick<TokenParts, 'store' | 'clock'>, token: string): Promise<Token> {
  const [prefix, id] = token.split('_', 2);
  const stored = prefix === PREFIX && id ? await store.get('token', id) : undefined;
  const expected = stored?.doc.hash ?? hashOf('');
  const matches = timingSafeEqual(Buffer.from(expected, 'hex'), Buffer.from(hashOf(token), 'hex'));
  const fresh = stored !== undefined && (stored.doc.expiresAt === null || stored.doc.expiresAt > clock.now());
  if (!matches || !fresh) throw new BerthError('account.token-refused');
  return stored.doc;
}

/** Whether any token was ever made: none means that this is the first start. */
export async function anyToken(store: Store): Promise<boolean> {
  const page = await store.list('token', { limit: 1 });
  return page.items.length > 0;
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
