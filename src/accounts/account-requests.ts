// What requests about accounts need.
import type { RecordEvent } from '../engine/event-recorder.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Random } from '../ports/random.ts';
import type { Store } from '../ports/store.ts';
import type { PasswordHashing } from './password-hashing.ts';
import type { SignInTries } from './sign-in-tries.ts';

/** Sends an e-mail to one person; resolves to whether a mail server took it. */
export type SendMail = (to: string, subject: string, text: string) => Promise<boolean>;

/** What requests about accounts need. */
export interface AccountParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly recordEvent: RecordEvent;
  readonly passwords: PasswordHashing;
  readonly tries: SignInTries;
  readonly mail: SendMail;
  /** Where people reach the console, without a slash at the end. */
  readonly publicUrl: () => string;
}
