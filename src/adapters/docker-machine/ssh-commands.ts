// Commands on a machine over its SSH connection: words in, text out.
import type { Readable } from 'node:stream';
import type { Client, ClientChannel } from 'ssh2';
import { BerthError } from '../../model/errors.ts';
import { quoteCommands, quoteWords } from '../../ports/quote-words.ts';
import { lineTeller, type MachinePrograms, type ProgramResult, type ProgramRun } from './machine-programs.ts';

const OUTPUT_LIMIT_BYTES = 1024 * 1024;

/** Runs commands one after the other, each only if those before it succeeded, in one round trip. @throws machine.command-failed */
export async function runCommands(
  client: Client,
  address: string,
  commands: readonly (readonly string[])[],
  signal: AbortSignal,
): Promise<string> {
  const { channel, finished } = await begin(client, quoteCommands(commands));
  const abort = () => channel.destroy();
  signal.addEventListener('abort', abort, { once: true });
  try {
    const { status, output, complaint } = await finished;
    if (status === '0') return output;
    const command = commands.map(([program]) => program).join(', ');
    throw new BerthError('machine.command-failed', { address, command, reason: complaint || `status ${status}` });
  } finally {
    signal.removeEventListener('abort', abort);
    channel.destroy();
  }
}

/** The programs of a machine over an SSH connection. */
export function sshPrograms(client: Client, address: string): MachinePrograms {
  return { address, run: (words, options) => runOne(client, words, options) };
}

async function runOne(client: Client, words: readonly string[], run: ProgramRun): Promise<ProgramResult> {
  run.signal.throwIfAborted();
  const { channel, finished } = await begin(client, quoteWords(words));
  if (run.onLine) for (const stream of [channel, channel.stderr]) stream.on('data', lineTeller(run.onLine));
  const abort = () => channel.destroy();
  run.signal.addEventListener('abort', abort, { once: true });
  try {
    channel.end(run.input ?? '');
    return await finished;
  } finally {
    run.signal.removeEventListener('abort', abort);
    channel.destroy();
  }
}

function begin(client: Client, line: string): Promise<{ channel: ClientChannel; finished: Promise<ProgramResult> }> {
  return new Promise((resolve, reject) => {
    client.exec(line, (error, channel) => {
      if (error) reject(error);
      // Listened to at once: a short command's end may lie in the same packet as its beginning.
      else resolve({ channel, finished: finish(channel) });
    });
  });
}

function finish(channel: ClientChannel): Promise<ProgramResult> {
  const [output, complaint] = [gather(channel), gather(channel.stderr)];
  let status = 'unknown';
  channel.on('exit', (code: number | null, name?: string) => {
    status = String(code ?? name);
  });
  return new Promise((resolve) => {
    channel.on('close', () => resolve({ status, output: output(), complaint: complaint().trim() }));
  });
}

/** Keeps what a stream says, up to the limit. */
function gather(stream: Readable): () => string {
  const pieces: Buffer[] = [];
  let size = 0;
  stream.on('data', (piece: Buffer) => {
    if (size < OUTPUT_LIMIT_BYTES) pieces.push(piece);
    size += piece.length;
  });
  return () => Buffer.concat(pieces).toString('utf8');
}
