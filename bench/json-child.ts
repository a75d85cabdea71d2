// Processes of the bench's own that print one line of JSON when they are done.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/** What is to be run, by the Node that runs the bench. */
export interface JsonChild {
  readonly script: string;
  readonly argument: string;
  /** Options of Node itself. */
  readonly flags?: readonly string[];
  readonly withinMs: number;
}

/** Runs it to its end, and gives what it printed. @throws when it ends otherwise than with 0, or not in time */
export async function jsonOf<Found>({ script, argument, flags = [], withinMs }: JsonChild): Promise<Found> {
  const running = spawn(process.execPath, [...flags, script, argument], {
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: withinMs,
  });
  const [output, [code, signal]] = await Promise.all([text(running.stdout), once(running, 'close')]);
  if (code === 0) return JSON.parse(output) as Found;
  throw new Error(`${script} ended with ${code ?? signal}${code === null ? ` within ${withinMs} ms` : ''}`);
}
