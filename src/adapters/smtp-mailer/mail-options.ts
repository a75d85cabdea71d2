// A mail as nodemailer takes it. Whatever ends lines is taken out here, whoever checked it before: a line of its own in a header would be
// another header.
import { Readable } from 'node:stream';
import type { SendMailOptions } from 'nodemailer';
import type { ChannelAccess } from '../../model/action.ts';
import type { Mail } from '../../ports/mailer.ts';

type SmtpAccess = Extract<ChannelAccess, { readonly kind: 'smtp' }>;

/** An address that can stand in an envelope as it is (RFC 5321, section 4.1.2, without quoted parts). */
const MAILBOX = /^[^\s\p{Cc}<>(),;:\\"@[\]]{1,64}@[^\s\p{Cc}<>(),;:\\"@]{1,253}$/u;
const CONTENT_TYPE = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?:; ?charset=[\w.-]+)?$/;
const MOST_RECIPIENTS = 100;
const LONGEST_SUBJECT = 900;

/** Why a mail cannot be sent to these recipients; undefined: it can. */
export function recipientFault(to: readonly string[]): string | undefined {
  if (to.length === 0) return 'It has no recipients.';
  if (to.length > MOST_RECIPIENTS) return `It has ${to.length} recipients; at most ${MOST_RECIPIENTS} are taken.`;
  const wrong = to.find((address) => !MAILBOX.test(address));
  return wrong === undefined ? undefined : `${JSON.stringify(wrong.slice(0, 100))} is not the address of one mailbox.`;
}

/** The mail. Attachments are opened as they are sent. */
export function mailOptions({ from }: SmtpAccess, mail: Mail): SendMailOptions {
  return {
    from: headerText(from),
    // As objects, so that no address is read as several.
    to: mail.to.map((address) => ({ name: '', address })),
    subject: headerText(mail.subject).slice(0, LONGEST_SUBJECT),
    messageId: `<${mail.messageId.replaceAll(/[^\w.@+-]/g, '')}>`,
    text: mail.text,
    ...(mail.html === null ? {} : { html: mail.html }),
    xMailer: false,
    disableFileAccess: true,
    disableUrlAccess: true,
    attachments: mail.attachments.map(({ name, contentType, content }) => ({
      filename: headerText(name).slice(0, 255) || 'attachment',
      contentType: CONTENT_TYPE.test(contentType) ? contentType : 'application/octet-stream',
      content: Readable.from(content, { objectMode: false }),
    })),
  };
}

function headerText(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}
