// Puts the actions room together: what tasks may ask for, the loop that does it, the ways out of the platform, and the end of what is old.

import { ActionController } from '../actions/action-controller.ts';
import { ActionRequests } from '../actions/action-requests.ts';
import { ActionSweep } from '../actions/action-sweep.ts';
import { type ChannelMessage, type ChannelOutcome, sendByChannel } from '../actions/channel-message.ts';
import { ChannelRequests } from '../actions/channel-requests.ts';
import type { SendControl } from '../actions/delivery.ts';
import { mailPerson, type PersonMail } from '../actions/person-mail.ts';
import { GuardedHttp, systemResolve } from '../adapters/guarded-http/guarded-http.ts';
import { SmtpMailer } from '../adapters/smtp-mailer/smtp-mailer.ts';
import type { Controller, Wake } from '../engine/controller.ts';
import type { RecordEvent } from '../engine/event-recorder.ts';
import type { WatchedStore } from '../engine/watched-store.ts';
import type { Blobs } from '../ports/blobs.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Random } from '../ports/random.ts';
import type { SecretFiles } from '../ports/secret-files.ts';

/** What the rest of the platform uses of actions. */
export interface ActionRoom {
  readonly requests: ActionRequests;
  readonly channels: ChannelRequests;
  readonly controllers: readonly Controller[];
  /** Sends a mail of the platform itself; resolves to whether a mail server took it. */
  mailPerson(mail: PersonMail): Promise<boolean>;
  /** Sends a message of the platform itself by a channel; resolves to what came of it. */
  sendByChannel(message: ChannelMessage): Promise<ChannelOutcome>;
  /** Waits for what is under way, for a while, and writes how it ended; the loop must have stopped before. */
  close(): Promise<void>;
}

/** What the actions room is built on. */
export interface ActionRoomNeeds {
  readonly store: WatchedStore;
  readonly blobs: Blobs;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly recordEvent: RecordEvent;
  readonly wake: Wake;
  readonly sendControl: SendControl;
  /** What channels name. */
  readonly secrets: SecretFiles;
  readonly platformUid: string;
  /** PEM certificates of authorities to trust besides those that Node trusts; empty: none. */
  readonly caCertificates: string;
  /** Age at which what is over is forgotten. */
  readonly maxAgeMs: number;
}

const SWEEP_EVERY_MS = 3_600_000;
const CLOSE_WITHIN_MS = 5000;

/** Builds the room. */
export function buildActionRoom(needs: ActionRoomNeeds): ActionRoom {
  const { store, clock, caCertificates, maxAgeMs, secrets } = needs;
  const ways = {
    mailer: new SmtpMailer({ secrets, caCertificates }),
    web: new GuardedHttp({ clock, resolve: systemResolve, caCertificates }),
  };
  const requests = new ActionRequests({ store, clock, onWritten: (listener) => store.onWritten(listener) });
  const controller = new ActionController({ ...needs, ...ways });
  return {
    requests,
    channels: new ChannelRequests({ ...needs, ...ways }),
    controllers: [controller, new ActionSweep(store, { maxAgeMs, everyMs: SWEEP_EVERY_MS })],
    mailPerson: (mail) => mailPerson({ ...needs, ...ways }, mail),
    sendByChannel: (message) => sendByChannel({ ...needs, ...ways }, message),
    close: async () => {
      await controller.close(CLOSE_WITHIN_MS);
      requests.close();
    },
  };
}
