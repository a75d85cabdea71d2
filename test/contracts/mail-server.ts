// A real SMTP server of a test's own, which keeps what it takes and answers as the test says.
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { onTestFinished } from 'vitest';

/** A mail as the server took it. */
export interface TakenMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly isSecure: boolean;
  readonly user: string | undefined;
  readonly raw: string;
}

/** What the server says at each point; undefined: it takes it. A number of bytes read after which the connection is cut. */
export interface MailManners {
  readonly recipient?: (address: string) => string | undefined;
  readonly sender?: (address: string) => string | undefined;
  /** After the end of the mail; `cut`: the connection ends without a word. */
  readonly end?: () => string | 'cut' | undefined;
}

/** A server that listens. */
export interface MailServer {
  readonly port: number;
  readonly taken: TakenMail[];
}

/** Starts one; it ends with the test. */
export async function mailServer(options: SMTPServerOptions, manners: MailManners = {}): Promise<MailServer> {
  const taken: TakenMail[] = [];
  const sockets = new Set<Socket>();
  const server: SMTPServer = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    closeTimeout: 100,
    onMailFrom: ({ address }, _, done) => done(refusal(manners.sender?.(address))),
    onRcptTo: ({ address }, _, done) => done(refusal(manners.recipient?.(address))),
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      // A mail that broke off is none.
      stream.on('error', () => undefined);
      stream.once('end', () => {
        const word = manners.end?.();
        if (word === 'cut') return cut(sockets);
        if (word === undefined) taken.push(mailOf(session, Buffer.concat(chunks).toString()));
        done(refusal(word));
      });
    },
    ...options,
  });
  server.server.on('connection', (socket: Socket) => sockets.add(socket));
  server.on('error', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  onTestFinished(() => new Promise<void>((resolve) => server.close(resolve)));
  return { port: (server.server.address() as AddressInfo).port, taken };
}

/** Only connections in the clear: what lies below TLS is not for others to destroy. */
function cut(sockets: ReadonlySet<Socket>): void {
  for (const socket of sockets) socket.destroy();
}

function mailOf(
  { envelope, secure, user }: Parameters<NonNullable<SMTPServerOptions['onData']>>[1],
  raw: string,
): TakenMail {
  const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
  return { from, to: envelope.rcptTo.map(({ address }) => address), isSecure: secure, user, raw };
}

/** `451 try later` as the server's error with that code. */
function refusal(word: string | undefined): Error | null {
  if (word === undefined) return null;
  const [code = '', ...words] = word.split(' ');
  return Object.assign(new Error(words.join(' ')), { responseCode: Number(code) });
}
