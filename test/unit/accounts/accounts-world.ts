// The room of accounts over a real database and a clock by hand, with a mailbox into which its mails fall.
import { onTestFinished } from 'vitest';
import type { AccountParts } from '../../../src/accounts/account-requests.ts';
import { claim, claimLink } from '../../../src/accounts/claim-requests.ts';
import { acceptInvitation, inviteUser } from '../../../src/accounts/invitation-requests.ts';
import type { BegunSession } from '../../../src/accounts/session-requests.ts';
import { addUser } from '../../../src/accounts/user-requests.ts';
import { SqliteStore } from '../../../src/adapters/sqlite-store/sqlite-store.ts';
import { SystemRandom } from '../../../src/adapters/system-random/system-random.ts';
import { type AccountRoom, buildAccountRoom } from '../../../src/main/account-room.ts';
import type { User } from '../../../src/model/account.ts';
import { silentLog } from '../../contracts/silent-log.ts';
import { temporaryDirectory } from '../../contracts/temporary-directory.ts';
import { ManualClock } from '../engine/manual-clock.ts';

/** A mail that was sent. */
export interface SentMail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** The room with what it was handed. */
export interface AccountsWorld {
  readonly room: AccountRoom;
  readonly parts: AccountRoom['parts'];
  readonly clock: ManualClock;
  /** Kinds of the events that were recorded. */
  readonly events: string[];
  readonly mails: SentMail[];
}

/** Somebody's browser. */
export const PLACE = { address: '192.0.2.7', agent: 'a browser' };

/** A password that nobody refuses. */
export const PASSWORD = 'maple kettle orbit';

/** Opens the room; `mails` says whether mails are taken. */
export async function openAccounts(
  over: Partial<Pick<AccountParts, 'mail' | 'store'>> & { readonly clock?: ManualClock } = {},
): Promise<AccountsWorld> {
  const clock = over.clock ?? new ManualClock();
  const events: string[] = [];
  const mails: SentMail[] = [];
  const room = buildAccountRoom({
    ...{ clock, random: new SystemRandom(), log: silentLog, publicUrl: () => 'https://berth.example.org' },
    store: over.store ?? (await emptyStore(clock)),
    recordEvent: async ({ kind }) => void events.push(kind),
    mail: over.mail ?? (async (to, subject, text) => mails.push({ to, subject, text }) > 0),
  });
  onTestFinished(() => room.close());
  return { room, parts: room.parts, clock, events, mails };
}

async function emptyStore(clock: ManualClock): Promise<SqliteStore> {
  const path = `${await temporaryDirectory()}/berth.db`;
  const store = SqliteStore.open({ path, clock, log: silentLog });
  onTestFinished(() => store.close());
  return store;
}

/** The secret in a link. */
export function secretIn(link: string | null | undefined): string {
  return link?.split('#')[1] ?? 'no link';
}

/** Claims the platform for an administrator. */
export async function claimed(world: AccountsWorld, name = 'root'): Promise<BegunSession> {
  const secret = secretIn(await claimLink(world.parts));
  return claim(world.parts, { secret, name, displayName: name, email: null, password: PASSWORD }, PLACE);
}

/** Adds a user who has the password, and signs them in. */
export async function joined(world: AccountsWorld, name: string, rights: Partial<User> = {}): Promise<BegunSession> {
  await addUser(world.parts, name, { displayName: name, email: null, mailsNotices: false, ...rights });
  const { link } = await inviteUser(world.parts, name, 'link');
  return acceptInvitation(world.parts, { secret: secretIn(link), password: PASSWORD }, PLACE);
}
