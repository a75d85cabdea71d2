// Ends a program that a test started.
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** Sends a signal to a child and resolves when it has ended; one that is over already is left. @throws AbortError when it takes longer */
export async function endChild(
  child: ChildProcess | undefined,
  signal: NodeJS.Signals,
  withinMs: number,
): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit', { signal: AbortSignal.timeout(withinMs) });
  child.kill(signal);
  await ended;
}
