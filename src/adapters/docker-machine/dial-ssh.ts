// The way to an SSH server until its first word: here it shows whether a machine is off, hangs, or has no SSH server.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { BerthError } from '../../model/errors.ts';
import type { Clock } from '../../ports/clock.ts';

/** Where, and how long its first word may take. */
export interface Dial {
  readonly host: string;
  readonly port: number;
  readonly clock: Clock;
  readonly answerMs: number;
}

/** Nobody forwards packets there, or nobody takes them. */
const NO_WAY = new Set(['EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ETIMEDOUT']);

/**
 * A connection on which the server has begun to speak (its identification, RFC 4253 section 4.2, is still to be read).
 * @throws machine.ssh-refused, machine.no-answer, machine.frozen, machine.unreachable
 */
export async function dialSsh(dial: Dial): Promise<Socket> {
  const socket = connect({ host: dial.host, port: dial.port, noDelay: true });
  const over = new AbortController();
  const cancel = dial.clock.after(dial.answerMs, () => over.abort(tooLate(dial, !socket.connecting)));
  const { signal } = over;
  try {
    await Promise.race([
      once(socket, 'readable', { signal }),
      once(socket, 'end', { signal }).then(() => Promise.reject(new Error('it closed the connection'))),
    ]);
    // An end is readable as well.
    if (socket.readableLength === 0) throw new Error('it closed the connection');
    return socket;
  } catch (error) {
    // What it still has to say is of no interest; without a listener it would end the process.
    socket.on('error', () => {});
    socket.destroy();
    throw signal.aborted ? signal.reason : dialError(dial, error as NodeJS.ErrnoException);
  } finally {
    cancel();
    over.abort();
  }
}

function tooLate(dial: Dial, isConnected: boolean): BerthError {
  const seconds = dial.answerMs / 1000;
  if (isConnected) return new BerthError('machine.frozen', { address: addressOf(dial), seconds });
  return new BerthError('machine.no-answer', { address: addressOf(dial), reason: `silence for ${seconds} s` });
}

function dialError(dial: Dial, cause: NodeJS.ErrnoException): BerthError {
  const address = addressOf(dial);
  if (cause.code === 'ECONNREFUSED') return new BerthError('machine.ssh-refused', { address }, { cause });
  if (NO_WAY.has(cause.code ?? ''))
    return new BerthError('machine.no-answer', { address, reason: cause.message }, { cause });
  const reason = cause.message || (cause.code ?? 'no reason given');
  return new BerthError('machine.unreachable', { address, reason }, { cause });
}

function addressOf({ host, port }: Dial): string {
  return `${host}:${port}`;
}
