// The surroundings of the command line as this process finds them.
import { confirm, isCancel } from '@clack/prompts';
import { SystemClock } from '../adapters/system-clock/system-clock.ts';
import type { Credentials, Surroundings } from '../cli/surroundings.ts';
import { credentialsPath, readCredentials, type SavedCredentials } from './credentials-file.ts';

const DEFAULT_URL = 'http://127.0.0.1:7400';

/** Reads environment and terminal. */
export async function terminalSurroundings(
  environment: Readonly<Record<string, string | undefined>>,
  leave: AbortSignal,
): Promise<Surroundings> {
  const clock = new SystemClock();
  const saved = await readCredentials(credentialsPath(environment));
  const terminal = process.stdout.isTTY === true;
  return {
    credentials: credentialsFor(environment, saved),
    tokenGiven: Boolean(environment.BERTH_TOKEN),
    out: process.stdout,
    err: process.stderr,
    terminal,
    // https://no-color.org
    color: terminal && !environment.NO_COLOR,
    columns: process.stdout.columns ?? 80,
    zone: Temporal.Now.timeZoneId(),
    now: () => clock.now(),
    confirm: process.stdin.isTTY ? ask : undefined,
    leave,
  };
}

/** A token that was kept for one platform is never sent to another one. */
function credentialsFor(
  environment: Readonly<Record<string, string | undefined>>,
  saved: SavedCredentials | undefined,
): Credentials {
  const url = environment.BERTH_URL || saved?.url || DEFAULT_URL;
  return { url, token: environment.BERTH_TOKEN || (saved?.url === url ? saved.token : undefined) };
}

async function ask(message: string): Promise<boolean> {
  const answer = await confirm({ message, initialValue: false });
  return !isCancel(answer) && answer;
}
