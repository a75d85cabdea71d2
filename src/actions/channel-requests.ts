// What administrators may ask of the ways by which actions leave the platform: describe one, take one away, try one out.
import { isIP } from 'node:net';
import { changeDocument } from '../engine/change-document.ts';
import type { RecordEvent } from '../engine/event-recorder.ts';
import type { ActionChannel, ChannelAccess } from '../model/action.ts';
import { BerthError } from '../model/errors.ts';
import type { SendOutcome } from '../ports/mailer.ts';
import type { Random } from '../ports/random.ts';
import { StoreConflict } from '../ports/store.ts';
import { showChannel } from './channel-reads.ts';
import { messageId } from './deliver-email.ts';
import { callGateway, gatewaySecret } from './deliver-sms.ts';
import { callWebhook } from './deliver-webhook.ts';
import type { AccessOf, DeliveryParts } from './delivery.ts';
import { gatewayFault } from './gateway-request.ts';

/** What requests about channels need. */
export interface ChannelRequestParts extends Omit<DeliveryParts, 'sendControl' | 'blobs'> {
  readonly random: Random;
  readonly recordEvent: RecordEvent;
}

const TEXT = 'This is a test of the way out of Berth. Nothing needs to be done.';
const TEST_WITHIN_MS = 60_000;

/** Requests about channels. */
export class ChannelRequests {
  readonly #parts: ChannelRequestParts;

  constructor(parts: ChannelRequestParts) {
    this.#parts = parts;
  }

  /** Describes a channel, in place of the one of its kind. @throws channel.invalid, platform.secret-unreadable */
  async applyChannel(access: ChannelAccess): Promise<ActionChannel> {
    const { store, clock, recordEvent } = this.#parts;
    const reason = channelFault(access);
    if (reason !== undefined) throw new BerthError('channel.invalid', { channel: access.kind, reason });
    const secret = secretFileOf(access);
    if (secret !== null) await this.#parts.secrets.read(secret);
    const id = access.kind;
    const channel = await changeDocument(store, 'actionChannel', id, () => ({ id, access, updatedAt: clock.now() }));
    await recordEvent({ kind: 'channel.applied', subject: `channel:${id}`, text: `The channel ${id} was described.` });
    return channel;
  }

  /** Takes a channel away; what needs it waits. @throws request.not-found, platform.store-conflict */
  async removeChannel(id: string): Promise<void> {
    const { store, recordEvent } = this.#parts;
    const stored = await store.get('actionChannel', id);
    if (!stored) throw new BerthError('request.not-found', { what: 'channel', id });
    try {
      await store.delete('actionChannel', id, stored.version);
    } catch (error) {
      if (!(error instanceof StoreConflict)) throw error;
      throw new BerthError('platform.store-conflict', { kind: 'channel', id }, { cause: error });
    }
    await recordEvent({ kind: 'channel.removed', subject: `channel:${id}`, text: `The channel ${id} was taken away.` });
  }

  /** Sends something by a channel now, and gives what the other side said. @throws request.not-found, channel.test-failed */
  async testChannel(id: string, to: string, signal: AbortSignal): Promise<string> {
    const { access } = await showChannel(this.#parts.store, id);
    const late = new AbortController();
    const cancel = this.#parts.clock.after(TEST_WITHIN_MS, () => late.abort(new Error('it took too long')));
    try {
      const { outcome, text } = await this.#send(access, to, AbortSignal.any([signal, late.signal]));
      if (outcome !== 'delivered') throw new BerthError('channel.test-failed', { channel: id, outcome, text });
      return text;
    } finally {
      cancel();
    }
  }

  async #send(access: ChannelAccess, to: string, signal: AbortSignal): Promise<SendOutcome> {
    const id = `test-${this.#parts.random.id(12)}`;
    switch (access.kind) {
      case 'smtp':
        return this.#mail(access, { id, to }, signal);
      case 'sms-gateway': {
        const secret = await gatewaySecret(this.#parts, access);
        return callGateway(this.#parts, access, { to, text: TEXT, id, secret }, signal);
      }
      case 'webhooks': {
        const call = { id, url: to, method: 'POST', headers: {}, body: JSON.stringify({ text: TEXT }) } as const;
        return callWebhook(this.#parts, access, call, signal);
      }
      default:
        return access satisfies never;
    }
  }

  #mail(access: AccessOf<'smtp'>, { id, to }: { readonly id: string; readonly to: string }, signal: AbortSignal) {
    const { mailer, platformUid } = this.#parts;
    const words = { subject: 'A test of Berth', text: `${TEXT}\n`, html: null, attachments: [] };
    return mailer.send(access, { messageId: messageId(id, platformUid), to: [to], ...words }, signal);
  }
}

function secretFileOf(access: ChannelAccess): string | null {
  return access.kind === 'smtp' ? access.passwordFile : access.secretFile;
}

const HERE = new Set(['localhost', '127.0.0.1', '::1']);

function channelFault(access: ChannelAccess): string | undefined {
  if (access.kind === 'sms-gateway') return gatewayFault(access);
  if (access.kind === 'webhooks') return exceptionFault(access.allowPrivate);
  if ((access.user === null) !== (access.passwordFile === null))
    return 'a user needs a file with the password, and the other way round';
  const isInTheClear = access.tls === 'none' && access.user !== null && !HERE.has(access.host);
  return isInTheClear ? 'a password would be sent in the clear to another machine' : undefined;
}

const HOST = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?\.?$/i;

/** Exceptions are hosts, addresses or networks; what is none of these would silently allow nothing. */
function exceptionFault(exceptions: readonly string[]): string | undefined {
  const wrong = exceptions.find((each) => !isException(each));
  return wrong === undefined ? undefined : `${wrong} is neither a host, an address, nor a network such as 10.1.0.0/16`;
}

function isException(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const family = isIP(address);
  if (bits === undefined) return family !== 0 || HOST.test(text);
  return family !== 0 && more.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128);
}
