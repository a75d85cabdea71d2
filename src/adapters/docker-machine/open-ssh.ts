// Opening an SSH connection: the host key is checked before anything is sent, and every way to fail has its own error.
import ssh, { type Client, type ConnectConfig } from 'ssh2';
import { BerthError } from '../../model/errors.ts';
import type { HostKey } from '../../ports/machine.ts';
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

/** What ssh2 adds to its errors to say how far it came. */
type SshError = Error & { readonly level?: string; readonly code?: string };

/** Unanswered signs of life that end a connection. */
const KEEPALIVES = 4;

/** Signs in. @throws machine.unreachable, machine.host-key-changed, machine.authentication-refused */
export async function openSsh(target: SshTarget, timeouts: Timeouts): Promise<Client> {
  let presented: HostKey | undefined;
  const verify = (bytes: Buffer) => {
    presented = describeKey(bytes);
    return bytes.equals(target.pinned.bytes);
  };
  try {
    return await handshake({ ...configFor(target, timeouts), hostVerifier: verify });
  } catch (error) {
    // A server without a key of the pinned kind presents none: a change of key all the same.
    if (!presented && (error as SshError).level === 'handshake') {
      presented = await scanSsh(target.host, target.port, timeouts);
    }
    throw openError(target, error as SshError, presented);
  }
}

/** The key that a server presents first, without signing in. @throws machine.unreachable */
export async function scanSsh(host: string, port: number, timeouts: Timeouts): Promise<HostKey> {
  let presented: HostKey | undefined;
  const verify = (bytes: Buffer) => {
    presented = describeKey(bytes);
    return false;
  };
  try {
    const client = await handshake({
      host,
      port,
      username: 'berth',
      readyTimeout: timeouts.connectMs,
      hostVerifier: verify,
    });
    client.destroy();
  } catch (error) {
    if (!presented) throw unreachable(host, port, error as SshError);
  }
  if (!presented) throw unreachable(host, port, new Error('it presented no host key'));
  return presented;
}

function configFor(target: SshTarget, timeouts: Timeouts): ConnectConfig {
  return {
    host: target.host,
    port: target.port,
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

function handshake(config: ConnectConfig): Promise<Client> {
  return new Promise((resolve, reject) => {
    const client = new ssh.Client();
    client.on('connect', () => client.setNoDelay(true));
    client.once('ready', () => resolve(client));
    // Stays for the connection's life: an error without a listener would end the process.
    client.on('error', (error) => {
      reject(error);
      client.destroy();
    });
    client.once('close', () => reject(new Error('the server closed the connection')));
    client.connect(config);
  });
}

function openError(target: SshTarget, error: SshError, presented: HostKey | undefined): BerthError {
  const { host, port, user, identity, pinned } = target;
  if (presented && presented.fingerprint !== pinned.fingerprint) {
    const details = { host: `${host}:${port}`, pinned: pinned.fingerprint, presented: presented.fingerprint };
    return new BerthError('machine.host-key-changed', details, { cause: error });
  }
  if (error.level === 'client-authentication') {
    const details = { host, user, fingerprint: identity.fingerprint };
    return new BerthError('machine.authentication-refused', details, { cause: error });
  }
  return unreachable(host, port, error);
}

function unreachable(host: string, port: number, cause: SshError): BerthError {
  const reason = cause.message || cause.code || 'no reason given';
  return new BerthError('machine.unreachable', { address: `${host}:${port}`, reason }, { cause });
}
