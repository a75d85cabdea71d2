// The surroundings of the command line as this process finds them.
import { text } from 'node:stream/consumers';
import { SystemClock } from '../adapters/system-clock/system-clock.ts';
import type { Credentials, Surroundings } from '../cli/surroundings.ts';
import { credentialsPath, readCredentials, type SavedCredentials, saveCredentials } from './credentials-file.ts';

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
    pause: (ms) => pause(clock, ms, leave),
    confirm: process.stdin.isTTY ? ask : undefined,
    readSecret: process.stdin.isTTY ? askSecret : secretFromInput,
    saveCredentials: async (credentials) => {
      const path = credentialsPath(environment);
      await saveCredentials(path, credentials);
      return path;
    },
    leave,
  };
}

function pause(clock: SystemClock, ms: number, leave: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const left = () => {
      cancel();
      reject(leave.reason);
    };
    const cancel = clock.after(ms, () => {
      leave.removeEventListener('abort', left);
      resolve();
    });
    if (leave.aborted) left();
    else leave.addEventListener('abort', left, { once: true });
  });
}

/** A token that was kept for one platform is never sent to another one. */
function credentialsFor(
  environment: Readonly<Record<string, string | undefined>>,
  saved: SavedCredentials | undefined,
): Credentials {
  const url = environment.BERTH_URL || saved?.url || DEFAULT_URL;
  return { url, token: environment.BERTH_TOKEN || (saved?.url === url ? saved.token : undefined) };
}

/** What asks is loaded only when something is asked. */
async function ask(message: string): Promise<boolean> {
  const { confirm, isCancel } = await import('@clack/prompts');
  const answer = await confirm({ message, initialValue: false });
  return !isCancel(answer) && answer;
}

async function askSecret(message: string): Promise<string> {
  const { password, isCancel } = await import('@clack/prompts');
  const answer = await password({ message });
  return isCancel(answer) ? '' : answer;
}

async function secretFromInput(): Promise<string> {
  return (await text(process.stdin)).replace(/\r?\n$/, '');
}
