// E-mail through an SMTP server, one connection for each mail.
import { PassThrough } from 'node:stream';
import { getCACertificates } from 'node:tls';
import { createTransport, type NodemailerError, type SMTPTransportOptions } from 'nodemailer';
import type { ChannelAccess } from '../../model/action.ts';
import type { Mail, Mailer, SendOutcome } from '../../ports/mailer.ts';
import type { SecretFiles } from '../../ports/secret-files.ts';
import { mailOptions, recipientFault } from './mail-options.ts';
import { failedOutcome, takenOutcome } from './send-outcome.ts';

/** What the mailer needs. */
export interface SmtpMailerParts {
  readonly secrets: SecretFiles;
  /** PEM certificates of authorities to trust besides those that Node trusts; empty: none. */
  readonly caCertificates: string;
}

type SmtpAccess = Extract<ChannelAccess, { readonly kind: 'smtp' }>;

const TIMEOUTS = {
  dnsTimeout: 10_000,
  connectionTimeout: 20_000,
  greetingTimeout: 20_000,
  socketTimeout: 60_000,
  socketCloseTimeout: 1000,
} as const;

/** Sends mail. */
export class SmtpMailer implements Mailer {
  readonly #secrets: SecretFiles;
  readonly #ca: readonly string[] | undefined;

  constructor({ secrets, caCertificates }: SmtpMailerParts) {
    this.#secrets = secrets;
    this.#ca = caCertificates === '' ? undefined : [...getCACertificates('default'), caCertificates];
  }

  /** @throws platform.secret-unreadable before anything is sent */
  async send(access: SmtpAccess, mail: Mail, signal: AbortSignal): Promise<SendOutcome> {
    const fault = recipientFault(mail.to);
    if (fault !== undefined) return { outcome: 'refused', text: fault };
    const transport = createTransport(await this.#options(access));
    const progress = { isHandedOver: false };
    transport.use('stream', ({ message }, done) => {
      message.transform(() => watched(progress));
      done();
    });
    try {
      return takenOutcome(await transport.sendMail({ ...mailOptions(access, mail), signal }));
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      return failedOutcome(error as NodemailerError, progress.isHandedOver);
    } finally {
      transport.close();
    }
  }

  async #options({ host, port, tls, user, passwordFile }: SmtpAccess): Promise<SMTPTransportOptions> {
    const pass = passwordFile === null ? undefined : await this.#secrets.read(passwordFile);
    return {
      ...{ host, port, secure: tls === 'implicit', requireTLS: tls === 'starttls', ignoreTLS: tls === 'none' },
      ...TIMEOUTS,
      tls: { minVersion: 'TLSv1.2', ...(this.#ca ? { ca: [...this.#ca] } : {}) },
      // A server that offers no sign-in is not one to whom mail is given without it.
      ...(user === null || pass === undefined ? {} : { auth: { user, pass }, forceAuth: true }),
    };
  }
}

/** Tells when the last of a message has been read from it: the server cannot have had all of it before. */
function watched(progress: { isHandedOver: boolean }): PassThrough {
  const through = new PassThrough();
  through.once('end', () => {
    progress.isHandedOver = true;
  });
  return through;
}
