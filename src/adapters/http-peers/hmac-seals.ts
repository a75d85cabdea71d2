// Seals of requests between processes: `berth-peer: time.nonce.mac`, where mac is HMAC-SHA256 (RFC 2104) over the receiver's name, method,
// path, time, nonce and the client for whom it is handed on. The key is derived from the platform's secret and never sent. A body is not
// covered: it is a stream, in a network that only the platform's processes use.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../ports/clock.ts';
import { PEER_CLIENT_HEADER, type PeerRequest, type PeerSeals } from '../../ports/peers.ts';
import type { Random } from '../../ports/random.ts';

/** What seals need. */
export interface HmacSealsParts {
  readonly key: Uint8Array;
  /** Name of this process. */
  readonly component: string;
  readonly clock: Clock;
  readonly random: Random;
}

const HEADER = 'berth-peer';
/** How far the clocks of two machines may be apart, and a request on its way. */
const NEAR_MS = 30_000;
/** Far more requests than a process answers in a minute; when there are more, they are refused. */
const MOST_NONCES = 500_000;
const NONCE_LENGTH = 22;

type Judged = Parameters<PeerSeals['refusal']>[0];

/** Makes and checks seals of one process. */
export class HmacSeals implements PeerSeals {
  readonly #parts: HmacSealsParts;
  /** Those that were seen, with the instant from which their seals are too old; oldest first. */
  readonly #nonces = new Map<string, number>();

  constructor(parts: HmacSealsParts) {
    this.#parts = parts;
  }

  sealed(to: string, request: Pick<PeerRequest, 'method' | 'path' | 'headers'>): Readonly<Record<string, string>> {
    const { clock, random } = this.#parts;
    const [time, nonce] = [String(clock.now()), random.id(NONCE_LENGTH)];
    const mac = this.#mac(to, request, time, nonce).toString('base64url');
    return { [HEADER]: `${time}.${nonce}.${mac}` };
  }

  refusal(request: Judged): string | undefined {
    const header = request.headers[HEADER];
    if (typeof header !== 'string') return 'it carries no seal';
    const [time = '', nonce = '', mac = '', ...more] = header.split('.');
    if (more.length > 0 || !/^\d{1,16}$/.test(time) || nonce.length !== NONCE_LENGTH) return 'its seal is none';
    const made = this.#mac(this.#parts.component, request, time, nonce);
    const given = Buffer.from(mac, 'base64url');
    if (given.length !== made.length || !timingSafeEqual(given, made)) return 'its seal is of another key or request';
    const now = this.#parts.clock.now();
    if (Math.abs(now - Number(time)) > NEAR_MS) return 'its seal is too old, or the clocks of the machines differ';
    return this.#seenBefore(nonce, now) ? 'its seal was used before' : undefined;
  }

  #mac(to: string, { method, path, headers }: Judged, time: string, nonce: string): Buffer {
    const client = headers[PEER_CLIENT_HEADER];
    const words = [to, method, path, time, nonce, typeof client === 'string' ? client : ''];
    return createHmac('sha256', this.#parts.key).update(JSON.stringify(words)).digest();
  }

  #seenBefore(nonce: string, now: number): boolean {
    for (const [old, until] of this.#nonces) {
      if (until > now) break;
      this.#nonces.delete(old);
    }
    if (this.#nonces.has(nonce) || this.#nonces.size >= MOST_NONCES) return true;
    // A seal may come from a clock that is ahead by as much as it may be old.
    this.#nonces.set(nonce, now + 2 * NEAR_MS + 1);
    return false;
  }
}
