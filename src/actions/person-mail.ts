// E-mail of the platform itself to a person: invitations and new passwords. It is tried once, now, because somebody waits for it.
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Random } from '../ports/random.ts';
import { messageId } from './deliver-email.ts';
import { channelOf, type DeliveryParts } from './delivery.ts';
import { oneLine } from './filled-text.ts';

/** What mail to a person needs. */
export interface PersonMailParts extends Pick<DeliveryParts, 'store' | 'mailer' | 'platformUid'> {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** An e-mail. */
export interface PersonMail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

const WITHIN_MS = 30_000;

/** Sends an e-mail by the channel smtp; resolves to whether its server took it, false without a channel. */
export async function mailPerson(parts: PersonMailParts, { to, subject, text }: PersonMail): Promise<boolean> {
  const access = await channelOf(parts.store, 'smtp');
  if (!access) return false;
  const late = new AbortController();
  const cancel = parts.clock.after(WITHIN_MS, () => late.abort(new Error('it took too long')));
  try {
    const id = messageId(`account-${parts.random.id(12)}`, parts.platformUid);
    const mail = { messageId: id, to: [to], subject: oneLine(subject), text, html: null, attachments: [] };
    const { outcome, text: said } = await parts.mailer.send(access, mail, late.signal);
    if (outcome !== 'delivered') parts.log.warn('A mail to a person was not taken', { outcome, said });
    return outcome === 'delivered';
  } catch (error) {
    parts.log.warn('A mail to a person could not be sent', { error });
    return false;
  } finally {
    cancel();
  }
}
