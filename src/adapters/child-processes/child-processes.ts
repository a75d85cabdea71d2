// Processes of this machine that outlive whoever started them.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { BerthError } from '../../model/errors.ts';
import { openBeatWriter } from './beat-pipe.ts';
import { markOf, type ProcessMark } from './process-mark.ts';

/** What is to run. */
export interface ChildCommand {
  /** The program and its words. */
  readonly words: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** File to which its output is appended. */
  readonly logPath: string;
  /** Named pipe whose writing end it is handed as file descriptor 3; null: none. */
  readonly beatPath: string | null;
}

/** How a process ended, as far as that is known: only its parent is told. */
export interface ChildEnd {
  readonly code: number | null;
  readonly signal: string | null;
}

/** A process that was started. */
export interface StartedChild {
  readonly mark: ProcessMark;
  /** Resolves when it has ended. Who waits for it goes on living until then; who does not may end before it. */
  readonly ended: () => Promise<ChildEnd>;
}

/** Starts a process in a session of its own. @throws supervise.cannot-start */
export async function startChild({ words, environment, logPath, beatPath }: ChildCommand): Promise<StartedChild> {
  const [program = '', ...rest] = words;
  const log = openSync(logPath, 'a', 0o600);
  const beat = beatPath === null ? null : openBeatWriter(beatPath);
  try {
    const stdio = ['ignore', log, log, ...(beat === null ? [] : [beat])] as const;
    const child = spawn(program, rest, { env: { ...environment }, stdio: [...stdio], detached: true });
    const ended = once(child, 'exit').then(([code, signal]: (number | string | null)[]) => endOf(code, signal));
    // Whoever starts it is told below; this promise alone must not end the process that started it.
    ended.catch(() => undefined);
    await once(child, 'spawn');
    child.unref();
    const mark = markOf(child.pid ?? 0) ?? { pid: child.pid ?? 0, start: 'gone' };
    return {
      mark,
      ended: () => {
        // A process that is gone may be told of late: with nothing else to do, the loop of whoever waits would end before.
        child.ref();
        return ended;
      },
    };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new BerthError('supervise.cannot-start', { program, reason }, { cause });
  } finally {
    closeSync(log);
    if (beat !== null) closeSync(beat);
  }
}

function endOf(code: number | string | null | undefined, signal: number | string | null | undefined): ChildEnd {
  return { code: typeof code === 'number' ? code : null, signal: typeof signal === 'string' ? signal : null };
}
