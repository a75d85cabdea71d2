// The Mailer contract over each adapter.
import { SmtpMailer } from '../../src/adapters/smtp-mailer/smtp-mailer.ts';
import { mailerContract } from './mailer-contract.ts';

const secrets = { read: async () => 'open sesame' };

mailerContract('SMTP', (caCertificates) => new SmtpMailer({ secrets, caCertificates }));
