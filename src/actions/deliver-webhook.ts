// Webhooks: one signed request. The channel says with what, and which private hosts may be called.
import type { SendOutcome } from '../ports/mailer.ts';
import { type AccessOf, channelOf, type Deliver, type DeliveryParts, type OrderOf } from './delivery.ts';
import { webhookHeaders } from './webhook-signature.ts';

const TIMEOUT_MS = 20_000;
const PLAIN: AccessOf<'webhooks'> = { kind: 'webhooks', secretFile: null, allowPrivate: [] };

/** Calls a webhook; without a channel unsigned, and never at a private address. */
export const deliverWebhook: Deliver<'webhook'> = async (parts, { action, order }, signal) => {
  const access = (await channelOf(parts.store, 'webhooks')) ?? PLAIN;
  return callWebhook(parts, access, { id: action.id, ...order }, signal);
};

/** Calls one. */
export async function callWebhook(
  { web, secrets, clock }: Pick<DeliveryParts, 'web' | 'secrets' | 'clock'>,
  access: AccessOf<'webhooks'>,
  { id, url, method, headers, body }: Omit<OrderOf<'webhook'>, 'kind'> & { readonly id: string },
  signal: AbortSignal,
): Promise<SendOutcome> {
  const secret = access.secretFile === null ? null : await secrets.read(access.secretFile);
  const all = {
    'content-type': 'application/json',
    ...lowerCased(headers),
    ...webhookHeaders({ id, body, secret }, clock.now()),
  };
  const call = { url, method, headers: all, body, allowPrivate: access.allowPrivate } as const;
  const { outcome, text } = await web.call({ ...call, timeoutMs: TIMEOUT_MS, redirects: 'anywhere' }, signal);
  return { outcome, text };
}

function lowerCased(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
