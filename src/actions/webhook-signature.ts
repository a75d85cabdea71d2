// Headers by which a receiver knows that a webhook comes from this platform, is fresh, and whether it has had it before.
import { createHmac } from 'node:crypto';
import type { Instant } from '../model/instant.ts';

/** What is sent, and what it is signed with; without a secret it is not signed. */
export interface SignedCall {
  readonly id: string;
  readonly body: string;
  readonly secret: string | null;
}

/**
 * `Berth-Action` (the same for every try), `Berth-Timestamp` (seconds since 1970) and `Berth-Signature`: `v1=` and HMAC-SHA256 in hex
 * (RFC 2104) over the timestamp, a dot and the body, with the secret as key.
 */
export function webhookHeaders({ id, body, secret }: SignedCall, now: Instant): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(now / 1000));
  const plain = { 'berth-action': id, 'berth-timestamp': timestamp };
  if (secret === null) return plain;
  return {
    ...plain,
    'berth-signature': `v1=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`,
  };
}
