// Puts the room of accounts together: what requests need, links behind answers, and the end of what is old.
import type { AccountParts } from '../accounts/account-requests.ts';
import { AccountSweep } from '../accounts/account-sweep.ts';
import { PasswordHashing } from '../accounts/password-hashing.ts';
import { ResetRequests } from '../accounts/reset-requests.ts';
import { SignInTries } from '../accounts/sign-in-tries.ts';
import type { Controller } from '../engine/controller.ts';
import type { RecordEvent } from '../engine/event-recorder.ts';
import type { ActionRoom } from './action-room.ts';
import type { Foundations } from './foundations.ts';

/** What the rest of the platform uses of accounts. */
export interface AccountRoom {
  readonly parts: AccountParts & { readonly resets: ResetRequests };
  readonly controllers: readonly Controller[];
  /** Waits for what is being mailed. */
  close(): Promise<void>;
}

const SWEEP_EVERY_MS = 3_600_000;

/** Builds the room. */
export function buildAccountRoom(needs: Omit<AccountParts, 'passwords' | 'tries'>): AccountRoom {
  const parts = {
    ...needs,
    passwords: new PasswordHashing(needs.random),
    tries: new SignInTries(needs.clock),
  };
  const resets = new ResetRequests(parts);
  return {
    parts: { ...parts, resets },
    controllers: [new AccountSweep(needs.store, SWEEP_EVERY_MS)],
    close: () => resets.close(),
  };
}

/** The room of a platform. Its links lead to where people reach the platform; without a setting, to where it listens, once that is known. */
export function accountRoomOf(
  { store, clock, random, log, settings }: Foundations,
  { recordEvent, actions }: { readonly recordEvent: RecordEvent; readonly actions: ActionRoom },
): AccountRoom & { listensAt(url: string): void } {
  let publicUrl = settings.publicUrl.replace(/\/+$/, '');
  const room = buildAccountRoom({
    ...{ store, clock, random, log, recordEvent },
    mail: (to, subject, text) => actions.mailPerson({ to, subject, text }),
    publicUrl: () => publicUrl,
  });
  return {
    ...room,
    listensAt: (url) => {
      publicUrl ||= url;
    },
  };
}
