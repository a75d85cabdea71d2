// A program of this machine that runs beside this process, in a session of its own: the terminal's Ctrl-C does not reach it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { BerthError } from '../../model/errors.ts';

/** What is to run. */
export interface LocalCommand {
  /** The program and its words. */
  readonly words: readonly string[];
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Told each line that it prints. */
  readonly onLine: (stream: 'stdout' | 'stderr', line: string) => void;
}

/** How a program ended. */
export interface LocalEnd {
  readonly code: number | null;
  readonly signal: string | null;
}

/** A program that runs. */
export interface LocalProgram {
  /** Resolves when it has ended and everything that it printed was told. */
  readonly ended: Promise<LocalEnd>;
  /** Sends it a signal; nothing happens when it has ended. */
  signal(name: 'SIGTERM' | 'SIGKILL'): void;
}

/** Starts a program. @throws dev.cannot-start */
export async function startLocalProgram(command: LocalCommand): Promise<LocalProgram> {
  const [program = '', ...words] = command.words;
  const child = spawn(program, words, {
    cwd: command.directory,
    env: { ...command.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  try {
    await once(child, 'spawn');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new BerthError('dev.cannot-start', { program, reason }, { cause });
  }
  const read = (['stdout', 'stderr'] as const).map(async (stream) => {
    for await (const line of createInterface({ input: child[stream] })) command.onLine(stream, line);
  });
  const ended = once(child, 'close').then(async ([code, signal]: (number | string | null)[]): Promise<LocalEnd> => {
    await Promise.all(read);
    return { code: typeof code === 'number' ? code : null, signal: typeof signal === 'string' ? signal : null };
  });
  return { ended, signal: (name) => void child.kill(name) };
}
