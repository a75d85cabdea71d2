// What a mail server's answer means for what was sent: SMTP reply codes (RFC 5321, section 4.2.1) and the place where a connection ended.
import type { NodemailerError, SMTPSentMessageInfo } from 'nodemailer';
import type { SendOutcome } from '../../ports/mailer.ts';

/** Replies with 5yz that an administrator can mend, so that trying again later helps: sequence, sign-in, and encryption. */
const MENDABLE = new Set([503, 530, 534, 535, 538]);
const KEPT_TEXT = 300;

/** The outcome of a mail that the server took for all or some of its recipients. */
export function takenOutcome(info: SMTPSentMessageInfo): SendOutcome {
  const text = plainText(info.response);
  if (info.rejected.length === 0) return { outcome: 'delivered', text };
  const errors = info.rejectedErrors ?? [];
  const outcome = errors.some(mayPass) ? 'failed' : 'refused';
  return { outcome, text: `Not taken for ${info.rejected.join(', ')}: ${saying(errors)}`, reached: [...info.accepted] };
}

/** The outcome of a mail that was not taken. `handedOver`: all of it had gone out, so that the server may have taken it. */
export function failedOutcome(error: NodemailerError, handedOver: boolean): SendOutcome {
  const text = plainText(error.response || error.message);
  if (error.responseCode === undefined) {
    if (error.code === 'EENVELOPE' || error.code === 'EMESSAGE') return { outcome: 'refused', text };
    return handedOver
      ? { outcome: 'unknown', text: `The connection ended before the server said whether it took it: ${text}` }
      : { outcome: 'failed', text };
  }
  const all = error.rejectedErrors?.length ? error.rejectedErrors : [error];
  return { outcome: all.some(mayPass) ? 'failed' : 'refused', text: saying(all) };
}

function mayPass({ responseCode = 0, code }: NodemailerError): boolean {
  return code === 'EAUTH' || code === 'ETLS' || responseCode < 500 || MENDABLE.has(responseCode);
}

function saying(errors: readonly NodemailerError[]): string {
  return plainText([...new Set(errors.map(({ response, message }) => response || message))].join(' '));
}

/** On one line, cut off. */
function plainText(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\s]+/gu, ' ').trim();
  return line.length > KEPT_TEXT ? `${line.slice(0, KEPT_TEXT)}…` : line;
}
