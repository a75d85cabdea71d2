// Opening an SSH connection: the host key is checked before anything is sent, and every way to fail has its own error.
import ssh, { type Client, type ConnectConfig } from 'ssh2';
import { BerthError } from '../../model/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { HostKey } from '../../ports/machine.ts';
import { dialSsh } from './dial-ssh.ts';
import { describeKey, type PinnedKey } from './host-key.ts';
import type { Identity } from './platform-key.ts';
import type { Timeouts } from './timeouts.ts';

/** Where to sign in, as whom, and which key must answer. */
export interface SshTarget {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly identity: Identity;
  readonly pinned: PinnedKey;
}

/** How long it may take. */
export interface SshPatience {
  readonly clock: Clock;
  readonly timeouts: Timeouts;
}

/** What ssh2 adds to its errors to say how far it came. */
type SshError = Error & { readonly level?: string; readonly code?: string };

/** Unanswered signs of life that end a connection. */
const KEEPALIVES = 4;

/** Signs in. @throws what `dialSsh` throws, machine.host-key-changed, machine.authentication-refused */
export async function openSsh(target: SshTarget, patience: SshPatience): Promise<Client> {
  let presented: HostKey | undefined;
  const verify = (bytes: Buffer) => {
    presented = describeKey(bytes);
    return bytes.equals(target.pinned.bytes);
  };
  try {
    return await handshake(target, patience, { ...configFor(target, patience.timeouts), hostVerifier: verify });
  } catch (error) {
    if (error instanceof BerthError) throw error;
    // A server without a key of the pinned kind presents none: a change of key all the same.
    if (!presented && (error as SshError).level === 'handshake') {
      presented = await scanSsh(target.host, target.port, patience);
    }
    throw openError(target, patience, error as SshError, presented);
  }
}

/** The key that a server presents first, without signing in. @throws what `dialSsh` throws */
export async function scanSsh(host: string, port: number, patience: SshPatience): Promise<HostKey> {
  let presented: HostKey | undefined;
  const verify = (bytes: Buffer) => {
    presented = describeKey(bytes);
    return false;
  };
  try {
    const readyTimeout = patience.timeouts.connectMs;
    const client = await handshake({ host, port }, patience, { username: 'berth', readyTimeout, hostVerifier: verify });
    client.destroy();
  } catch (error) {
    if (error instanceof BerthError) throw error;
    if (!presented) throw unfinished({ host, port }, patience, error as SshError);
  }
  if (!presented) throw unreachable({ host, port }, new Error('it presented no host key'));
  return presented;
}

function configFor(target: SshTarget, timeouts: Timeouts): ConnectConfig {
  return {
    username: target.user,
    privateKey: target.identity.privateKey,
    authHandler: ['publickey'],
    readyTimeout: timeouts.connectMs,
    keepaliveInterval: timeouts.keepaliveMs,
    keepaliveCountMax: KEEPALIVES,
    // A server with several keys presents the one of the algorithm that is asked for.
    algorithms: { serverHostKey: target.pinned.algorithms },
  };
}

interface Place {
  readonly host: string;
  readonly port: number;
}

async function handshake({ host, port }: Place, patience: SshPatience, config: ConnectConfig): Promise<Client> {
  const { clock, timeouts } = patience;
  const sock = await dialSsh({ host, port, clock, answerMs: timeouts.answerMs });
  return new Promise((resolve, reject) => {
    const client = new ssh.Client();
    client.once('ready', () => resolve(client));
    // Stays for the connection's life: an error without a listener would end the process.
    client.on('error', (error) => {
      reject(error);
      client.destroy();
    });
    client.once('close', () => reject(new Error('the server closed the connection')));
    client.connect({ ...config, sock });
  });
}

function openError(
  target: SshTarget,
  patience: SshPatience,
  error: SshError,
  presented: HostKey | undefined,
): BerthError {
  const { host, port, user, identity, pinned } = target;
  if (presented && presented.fingerprint !== pinned.fingerprint) {
    const details = { host: `${host}:${port}`, pinned: pinned.fingerprint, presented: presented.fingerprint };
    return new BerthError('machine.host-key-changed', details, { cause: error });
  }
  if (error.level === 'client-authentication') {
    const details = { host, user, fingerprint: identity.fingerprint };
    return new BerthError('machine.authentication-refused', details, { cause: error });
  }
  return unfinished(target, patience, error);
}

/** A server that spoke and then fell silent hangs. */
function unfinished({ host, port }: Place, { timeouts }: SshPatience, cause: SshError): BerthError {
  if (cause.level !== 'client-timeout') return unreachable({ host, port }, cause);
  const details = { address: `${host}:${port}`, seconds: timeouts.connectMs / 1000 };
  return new BerthError('machine.frozen', details, { cause });
}

function unreachable({ host, port }: Place, cause: SshError): BerthError {
  const reason = cause.message || cause.code || 'no reason given';
  return new BerthError('machine.unreachable', { address: `${host}:${port}`, reason }, { cause });
}
