// E-mail: through the smtp channel, under the same Message-ID at every try.
import type { Mail } from '../ports/mailer.ts';
import { attachedOutputs } from './attached-outputs.ts';
import { channelOf, type Deliver, remaining } from './delivery.ts';
import { filledText, htmlText, oneLine } from './filled-text.ts';

/** Sends an e-mail to those who do not have it yet. */
export const deliverEmail: Deliver<'email'> = async (parts, { action, order, attempt }, signal) => {
  const access = await channelOf(parts.store, 'smtp');
  if (!access) return { outcome: 'failed', text: 'The channel smtp was taken away.' };
  const found = await attachedOutputs(parts, action, order.attachments);
  if (!found.ok) return { outcome: found.fault === 'missing' ? 'failed' : 'refused', text: found.text };
  const { subject, text, html, values } = order;
  const mail: Mail = {
    messageId: messageId(action.id, parts.platformUid),
    to: remaining(order.to, attempt),
    subject: oneLine(filledText(subject, values)),
    text: filledText(text, values),
    html: html === null ? null : filledText(html, values, htmlText),
    attachments: found.attachments,
  };
  return parts.mailer.send(access, mail, signal);
};

/** The Message-ID of everything that is sent for one id (RFC 5322, section 3.6.4). */
export function messageId(id: string, platformUid: string): string {
  return `${id}@${platformUid}.berth`;
}
