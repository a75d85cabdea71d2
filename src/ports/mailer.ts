// E-mail that leaves the platform.
import type { ChannelAccess } from '../model/action.ts';

/** One e-mail, ready to be sent. */
export interface Mail {
  /** Without angle brackets; the same for every try, so that a mail server may know it again. */
  readonly messageId: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string | null;
  readonly attachments: readonly {
    readonly name: string;
    readonly contentType: string;
    readonly content: AsyncIterable<Uint8Array>;
  }[];
}

/** How sending ended. `refused`: will never be taken. `failed`: may be taken later, and was not taken now. `unknown`: the connection ended after the message was handed over and before the answer. */
export interface SendOutcome {
  readonly outcome: 'delivered' | 'refused' | 'failed' | 'unknown';
  /** What the other side said, without secrets. */
  readonly text: string;
  /** Recipients that it was taken for, where not for all; absent: all of them when it was delivered, else none. */
  readonly reached?: readonly string[];
}

/** Sends mail through an SMTP server. */
export interface Mailer {
  send(access: Extract<ChannelAccess, { kind: 'smtp' }>, mail: Mail, signal: AbortSignal): Promise<SendOutcome>;
}
