// What every Mailer does, tried against a real SMTP server.
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import type { ChannelAccess } from '../../src/model/action.ts';
import type { Mail, Mailer } from '../../src/ports/mailer.ts';
import { ownCertificate } from '../world/own-certificate.ts';
import { type MailManners, mailServer } from './mail-server.ts';

type SmtpAccess = Extract<ChannelAccess, { readonly kind: 'smtp' }>;

/** Opens a mailer that trusts a certificate and knows the password `open sesame` at any path. */
export type OpenMailer = (caCertificates: string) => Mailer;

const PASSWORD = 'open sesame';

function access(port: number, over: Partial<SmtpAccess> = {}): SmtpAccess {
  const of = { kind: 'smtp', host: '127.0.0.1', port, user: null, passwordFile: null } as const;
  return { ...of, tls: 'none', from: 'Berth <berth@example.org>', ...over };
}

function aMail(over: Partial<Mail> = {}): Mail {
  const words = { subject: 'Grüße', text: 'Es ist kalt.\n', html: null };
  return { messageId: 'act-1@p.berth', to: ['ana@example.org'], ...words, attachments: [], ...over };
}

const patient = new AbortController().signal;

/** The contract. */
export function mailerContract(name: string, open: OpenMailer): void {
  describe(`Mailer: ${name}`, () => {
    contents(open);
    encryption(open);
    outcomes(open);
    injection(open);
  });
}

function contents(open: OpenMailer): void {
  test('delivers text and HTML under its Message-ID', async () => {
    const { port, taken } = await mailServer({ hideSTARTTLS: true });
    const outcome = await open('').send(access(port), aMail({ html: '<p>Kalt</p>' }), patient);
    expect(outcome).toMatchObject({ outcome: 'delivered' });
    expect(taken).toMatchObject([{ from: 'berth@example.org', to: ['ana@example.org'], isSecure: false }]);
    const raw = taken[0]?.raw ?? '';
    expect(raw).toContain('Message-ID: <act-1@p.berth>');
    expect(raw).toMatch(/Subject: =\?UTF-8\?/);
    expect(raw).toContain('<p>Kalt</p>');
  });

  test('streams attachments as they are read', async () => {
    const { port, taken } = await mailServer({ hideSTARTTLS: true });
    const pieces = Array.from({ length: 200 }, (_, index) => Buffer.alloc(10_000, index));
    const attachments = [{ name: 'värde.bin', contentType: 'application/x-evidence', content: Readable.from(pieces) }];
    await open('').send(access(port), aMail({ attachments }), patient);
    const [, encoded = ''] =
      /filename\*?[^\r]*\r\n(?:[^\r]+\r\n)*\r\n([A-Za-z0-9+/=\r\n]+)/.exec(taken[0]?.raw ?? '') ?? [];
    expect(Buffer.from(encoded, 'base64').equals(Buffer.concat(pieces))).toBe(true);
  });

  test('gives up when an attachment cannot be read, and the server has nothing', async () => {
    const { port, taken } = await mailServer({ hideSTARTTLS: true });
    async function* broken() {
      yield Buffer.alloc(1000);
      throw new Error('the disk is gone');
    }
    const attachments = [{ name: 'a', contentType: 'text/plain', content: broken() }];
    const outcome = await open('').send(access(port), aMail({ attachments }), patient);
    expect(outcome).toMatchObject({ outcome: 'failed', text: expect.stringContaining('the disk is gone') });
    expect(taken).toEqual([]);
  });
}

function encryption(open: OpenMailer): void {
  test('speaks TLS from the first byte, and signs in', async () => {
    const { key, cert } = await ownCertificate();
    const onAuth = auth();
    const { port, taken } = await mailServer({ secure: true, key, cert, onAuth });
    const wanted = access(port, { tls: 'implicit', user: 'berth', passwordFile: '/secret' });
    expect(await open(cert).send(wanted, aMail(), patient)).toMatchObject({ outcome: 'delivered' });
    expect(taken).toMatchObject([{ isSecure: true, user: 'berth' }]);
  });

  test('turns to TLS with STARTTLS before anything else', async () => {
    const { key, cert } = await ownCertificate();
    const { port, taken } = await mailServer({ key, cert, onAuth: auth() });
    const wanted = access(port, { tls: 'starttls', user: 'berth', passwordFile: '/secret' });
    expect(await open(cert).send(wanted, aMail(), patient)).toMatchObject({ outcome: 'delivered' });
    expect(taken).toMatchObject([{ isSecure: true, user: 'berth' }]);
  });

  test('sends nothing where STARTTLS is wanted and not offered', async () => {
    const { port, taken } = await mailServer({ hideSTARTTLS: true, disabledCommands: ['STARTTLS'] });
    const outcome = await open('').send(access(port, { tls: 'starttls' }), aMail(), patient);
    expect(outcome.outcome).toBe('failed');
    expect(taken).toEqual([]);
  });

  test.each(['implicit', 'starttls'] as const)('sends nothing to a server that is not trusted (%s)', async (tls) => {
    const { key, cert } = await ownCertificate();
    const { port, taken } = await mailServer({ secure: tls === 'implicit', key, cert });
    const outcome = await open('').send(access(port, { tls }), aMail(), patient);
    expect(outcome).toMatchObject({ outcome: 'failed', text: expect.stringMatching(/certificate/) });
    expect(taken).toEqual([]);
  });

  test('sends nothing without signing in where it should, and tells no password', async () => {
    const { key, cert } = await ownCertificate();
    const refusing: MailAuth = (_, __, done) => done(Object.assign(new Error('Wrong password'), { responseCode: 535 }));
    const { port, taken } = await mailServer({ secure: true, key, cert, onAuth: refusing });
    const wanted = access(port, { tls: 'implicit', user: 'berth', passwordFile: '/secret' });
    const outcome = await open(cert).send(wanted, aMail(), patient);
    expect(outcome.outcome).toBe('failed');
    expect(JSON.stringify(outcome)).not.toContain(PASSWORD);
    expect(taken).toEqual([]);
  });
}

type MailAuth = NonNullable<Parameters<typeof mailServer>[0]['onAuth']>;

function auth(): MailAuth {
  return ({ username, password }, _, done) =>
    password === PASSWORD && username === 'berth' ? done(null, { user: username }) : done(new Error('no'));
}

function outcomes(open: OpenMailer): void {
  const two = ['ana@example.org', 'ben@example.org'];
  const onlyAna = (word: string) => (address: string) => (address.startsWith('ana') ? undefined : word);
  test.each<[string, MailManners, readonly string[], object]>([
    ['taken for all', {}, two, { outcome: 'delivered' }],
    ['not now, by the sender', { sender: () => '451 busy' }, two, { outcome: 'failed' }],
    ['never, by the sender', { sender: () => '550 not you' }, two, { outcome: 'refused' }],
    ['not now, for the only one', { recipient: () => '450 greylisted' }, ['ana@example.org'], { outcome: 'failed' }],
    ['never, for the only one', { recipient: () => '550 nobody' }, ['ana@example.org'], { outcome: 'refused' }],
    [
      'not now, for one of two',
      { recipient: onlyAna('450 later') },
      two,
      { outcome: 'failed', reached: ['ana@example.org'] },
    ],
    [
      'never, for one of two',
      { recipient: onlyAna('550 no') },
      two,
      { outcome: 'refused', reached: ['ana@example.org'] },
    ],
    ['not now, at the end', { end: () => '452 full' }, two, { outcome: 'failed' }],
    ['never, at the end', { end: () => '554 spam' }, two, { outcome: 'refused' }],
    ['no word at the end', { end: () => 'cut' }, two, { outcome: 'unknown' }],
  ])('%s', async (_, manners, to, expected) => {
    const { port } = await mailServer({ hideSTARTTLS: true }, manners);
    expect(await open('').send(access(port), aMail({ to }), patient)).toMatchObject(expected);
  });

  test('nobody listens: it failed', async () => {
    const { port } = await mailServer({ hideSTARTTLS: true });
    const outcome = await open('').send(access(port === 1 ? 2 : 1), aMail(), patient);
    expect(outcome.outcome).toBe('failed');
  });

  test('broken off while the server thinks about it: it is unknown', async () => {
    const late = new AbortController();
    const { port } = await mailServer({
      hideSTARTTLS: true,
      onData: (stream) => void stream.resume().once('end', () => setImmediate(() => late.abort(new Error('late')))),
    });
    const outcome = await open('').send(access(port), aMail(), late.signal);
    expect(outcome.outcome).toBe('unknown');
  });

  test('broken off before anything is sent: it failed', async () => {
    const { port } = await mailServer({ hideSTARTTLS: true });
    expect(await open('').send(access(port), aMail(), AbortSignal.abort())).toMatchObject({ outcome: 'failed' });
  });
}

function injection(open: OpenMailer): void {
  test.each([
    'a@b.c\r\nBcc: d@e.f',
    'a@b.c>\r\nRCPT TO:<d@e.f',
    'a@b.c, d@e.f',
    'Ana <a@b.c>',
    'a b@c.d',
    'a@b.c\0',
    '"a\r\n"@b.c',
    '',
    '@b.c',
  ])('a recipient %j is refused before the server is called', async (address) => {
    const { port, taken } = await mailServer({ hideSTARTTLS: true });
    const outcome = await open('').send(access(port), aMail({ to: ['ana@example.org', address] }), patient);
    expect(outcome.outcome).toBe('refused');
    expect(taken).toEqual([]);
  });

  test('more than a hundred recipients are refused', async () => {
    const to = Array.from({ length: 101 }, (_, index) => `a${index}@b.c`);
    expect(await open('').send(access(1), aMail({ to }), patient)).toMatchObject({ outcome: 'refused' });
  });

  test('nothing in subject, name, type, sender or Message-ID becomes a header of its own', async () => {
    const { port, taken } = await mailServer({ hideSTARTTLS: true });
    const evil = 'x\r\nBcc: evil@example.org\r\n\r\nbody\u2028Bcc: evil@example.org';
    const attachments = [
      { name: evil, contentType: `text/plain\r\nX-Evil: 1`, content: Readable.from([Buffer.from('a')]) },
    ];
    const mail = aMail({ subject: evil, messageId: `m\r\nX-Evil: 1`, attachments });
    const outcome = await open('').send(
      access(port, { from: 'Berth\r\nX-Evil: 1 <berth@example.org>' }),
      mail,
      patient,
    );
    expect(outcome.outcome).toBe('delivered');
    expect(taken[0]?.to).toEqual(['ana@example.org']);
    expect(taken[0]?.raw).not.toMatch(/^(bcc|x-evil):/im);
  });

  test('a path or an address as content is sent as text, never opened', async () => {
    const { port, taken } = await mailServer({ hideSTARTTLS: true });
    await open('').send(access(port), aMail({ text: '/etc/passwd', html: '<img src="file:///etc/passwd">' }), patient);
    expect(taken[0]?.raw).not.toContain('root:');
  });
}
