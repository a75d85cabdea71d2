// A message of the platform itself to people or programs outside, by a channel of actions: tried once, now.
import type { SendOutcome } from '../ports/mailer.ts';
import { messageId } from './deliver-email.ts';
import { callWebhook } from './deliver-webhook.ts';
import { channelOf, type DeliveryParts } from './delivery.ts';
import { oneLine } from './filled-text.ts';

/** A message. */
export interface ChannelMessage {
  /** The same at each try. */
  readonly id: string;
  /** `smtp` or `webhooks`. */
  readonly channel: string;
  /** Mail addresses, or URLs. */
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  /** What a program is sent, as JSON. */
  readonly value: unknown;
}

/** What came of it. Some of several URLs may have taken it while it counts as not taken. */
export interface ChannelOutcome {
  readonly isTaken: boolean;
  readonly said: string;
}

const WITHIN_MS = 30_000;

/** Sends one. */
export async function sendByChannel(
  parts: Pick<DeliveryParts, 'store' | 'clock' | 'mailer' | 'web' | 'secrets' | 'platformUid'>,
  message: ChannelMessage,
): Promise<ChannelOutcome> {
  const late = new AbortController();
  const cancel = parts.clock.after(WITHIN_MS, () => late.abort(new Error('it took too long')));
  try {
    const outcomes =
      message.channel === 'smtp' ? [await mail(parts, message, late.signal)] : await call(parts, message, late.signal);
    const failed = outcomes.find(({ outcome }) => outcome !== 'delivered');
    return { isTaken: failed === undefined, said: (failed ?? outcomes[0])?.text ?? 'Nobody is named.' };
  } finally {
    cancel();
  }
}

async function mail(
  { store, mailer, platformUid }: Pick<DeliveryParts, 'store' | 'mailer' | 'platformUid'>,
  { id, to, subject, text }: ChannelMessage,
  signal: AbortSignal,
): Promise<SendOutcome> {
  const access = await channelOf(store, 'smtp');
  if (!access) return { outcome: 'failed', text: 'The channel smtp was taken away.' };
  const words = { subject: oneLine(subject), text, html: null, attachments: [] };
  return mailer.send(access, { messageId: messageId(id, platformUid), to, ...words }, signal);
}

async function call(
  parts: Pick<DeliveryParts, 'store' | 'web' | 'secrets' | 'clock'>,
  { id, to, value }: ChannelMessage,
  signal: AbortSignal,
): Promise<readonly SendOutcome[]> {
  const access = await channelOf(parts.store, 'webhooks');
  if (!access) return [{ outcome: 'failed', text: 'The channel webhooks was taken away.' }];
  const request = { method: 'POST', headers: {}, body: JSON.stringify(value) } as const;
  return Promise.all(to.map((url) => callWebhook(parts, access, { ...request, id, url }, signal)));
}
