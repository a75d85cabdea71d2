// berth serve: one process of a platform that may have several, with the roles that its settings give it; until it is asked to end.
import { createWriteStream } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { claimLink } from '../accounts/claim-requests.ts';
import { DebianHost } from '../adapters/debian-host/debian-host.ts';
import { PinoLog } from '../adapters/pino-log/pino-log.ts';
import { SystemClock } from '../adapters/system-clock/system-clock.ts';
import { errorLines } from '../cli/error-text.ts';
import type { Surroundings } from '../cli/surroundings.ts';
import type { Settings } from '../config/settings.ts';
import { BerthError } from '../model/errors.ts';
import { beatFor } from './beat.ts';
import { credentialsPath } from './credentials-file.ts';
import { takeDataDirectory } from './data-directory.ts';
import { firstToken } from './first-token.ts';
import { type Foundations, openFoundations } from './foundations.ts';
import { type RunningPlatform, startOrClose } from './platform.ts';
import { ensureBaseTool, ensureEngine } from './prepare-machine.ts';
import { type Progress, progressTo } from './progress-lines.ts';
import { type UpOptions, upSettings } from './up-settings.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Runs a process of a platform. */
export async function serve(options: UpOptions, surroundings: Surroundings, environment: Environment): Promise<void> {
  const settings = upSettings(options, environment);
  const progress = progressTo(surroundings.out, surroundings.terminal);
  const data = await takeDataDirectory(settings.data);
  try {
    const file = createWriteStream(data.path('berth.log'), { flags: 'a', mode: 0o600 });
    const destination = { write: (line: string) => void file.write(line) };
    const clock = new SystemClock();
    // Before anything that may take long: whoever supervises this process takes one that does not beat for blocked.
    const beat = beatFor(environment, { clock, log: new PinoLog({ level: settings.logLevel, destination, clock }) });
    try {
      const foundations = await openFoundations(settings, data, destination);
      await prepare(foundations, settings, environment, progress);
      await run(foundations, { progress, surroundings, environment });
    } finally {
      beat?.close();
    }
  } finally {
    await data.release();
  }
}

interface Around {
  readonly progress: Progress;
  readonly surroundings: Surroundings;
  readonly environment: Environment;
}

async function run(foundations: Foundations, { progress, surroundings, environment }: Around): Promise<void> {
  const platform = await startOrClose(foundations);
  flushCompileCache();
  try {
    await tell({ foundations, platform, progress, environment });
    await left(surroundings.leave);
  } finally {
    await progress.during('Stopping; applications go on', () => platform.stop());
  }
}

/** Whoever looks after nodes makes base images; whoever has a node of its own needs its engine. */
async function prepare(
  { clock, identity }: Foundations,
  settings: Settings,
  environment: Environment,
  progress: Progress,
): Promise<void> {
  if (!identity.roles.has('nodes')) return;
  const host = new DebianHost(clock, environment);
  await ensureEngine(host, settings, progress);
  await ensureBaseTool(host, settings, progress).catch((error: unknown) => {
    // Only the first image of a platform without a registry needs it, and another process may have it.
    if (!(error instanceof BerthError)) throw error;
    progress.say(errorLines(error).join('\n'));
  });
}

interface Started {
  readonly foundations: Foundations;
  readonly platform: RunningPlatform;
  readonly progress: Progress;
  readonly environment: Environment;
}

/** What is printed here is kept by whoever supervises processes: no token is ever in it. */
async function tell({ foundations, platform, progress, environment }: Started): Promise<void> {
  const { identity } = foundations;
  if (identity.roles.has('api')) {
    const path = credentialsPath(environment);
    await firstToken(foundations, platform.url, path, () => progress.say(`The first token is kept in ${path}.`));
    const link = await claimLink(platform.accounts);
    if (link)
      progress.say(`Nobody has claimed this platform. Become its administrator here, within a day:\n\n  ${link}\n`);
  }
  progress.say(
    `${identity.component} runs on ${identity.machine} as ${[...identity.roles].join(', ')}: ${platform.url}`,
  );
}

function left(leave: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (leave.aborted) resolve();
    leave.addEventListener('abort', () => resolve(), { once: true });
  });
}
