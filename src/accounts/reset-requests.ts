// New passwords for people who forgot theirs: the answer is given before anything is looked up, and is always the same, so that nobody
// learns from it who has an account.

import { canMail } from './account-reads.ts';
import type { AccountParts } from './account-requests.ts';
import { endDocument } from './end-document.ts';
import { mailLink, makeLink } from './invitation-requests.ts';

const MOST_AT_ONCE = 16;
/** A person gets one mail in this time, whoever asks. */
const ONE_EVERY_MS = 300_000;

/** Sends links for new passwords, behind the answers. */
export class ResetRequests {
  readonly #parts: AccountParts;
  readonly #running = new Map<string, Promise<void>>();

  constructor(parts: AccountParts) {
    this.#parts = parts;
  }

  /** Has a link mailed to a user, if there is such a user, with a mailbox, and a way to it. More than a few at once are left out. */
  ask(name: string): void {
    if (this.#running.size >= MOST_AT_ONCE || this.#running.has(name)) return;
    const running = this.#send(name)
      .catch((error: unknown) => this.#parts.log.error('A link for a new password could not be sent', { error }))
      .finally(() => this.#running.delete(name));
    this.#running.set(name, running);
  }

  /** Waits for what is being sent. */
  async close(): Promise<void> {
    await Promise.all(this.#running.values());
  }

  async #send(name: string): Promise<void> {
    const { store, log } = this.#parts;
    const user = (await store.get('user', name))?.doc;
    if (!user || user.disabled === true || user.email === null || !(await canMail(store))) return;
    if (await this.#wasSent(name)) return;
    const made = await makeLink(this.#parts, 'reset', name);
    if (await mailLink(this.#parts, user, user.email, made)) return;
    await endDocument(store, 'invitation', made.invitation.id);
    log.warn('A link for a new password could not be mailed', { user: name });
  }

  async #wasSent(user: string): Promise<boolean> {
    const from = this.#parts.clock.now() - ONE_EVERY_MS;
    return (await this.#parts.store.count('invitation', { where: { user }, orderBy: 'createdAt', from })) > 0;
  }
}
