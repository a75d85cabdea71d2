// berth up: everything in one process on this machine.
import { createWriteStream } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { claimLink } from '../accounts/claim-requests.ts';
import { DebianHost } from '../adapters/debian-host/debian-host.ts';
import { ApiClient } from '../cli/api-client.ts';
import { errorLines } from '../cli/error-text.ts';
import type { Surroundings } from '../cli/surroundings.ts';
import type { Settings } from '../config/settings.ts';
import { BerthError } from '../model/errors.ts';
import { credentialsPath } from './credentials-file.ts';
import { takeDataDirectory } from './data-directory.ts';
import { uploadExample } from './example.ts';
import { firstToken } from './first-token.ts';
import { type Foundations, openFoundations } from './foundations.ts';
import { LiveView } from './live-view.ts';
import { type RunningPlatform, startOrClose } from './platform.ts';
import { ensureBaseTool, ensureEngine } from './prepare-machine.ts';
import { type Progress, progressTo } from './progress-lines.ts';
import { type UpOptions, upSettings } from './up-settings.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Runs a platform until the person leaves. */
export async function up(options: UpOptions, surroundings: Surroundings, environment: Environment): Promise<void> {
  const settings = upSettings(options, environment);
  const progress = progressTo(surroundings.out, surroundings.terminal);
  const data = await takeDataDirectory(settings.data);
  try {
    const foundations = await prepare(settings, environment, progress, data);
    const platform = await startOrClose(foundations);
    // A process that is killed keeps nothing of what it compiled; the start after a crash would be the slowest, and take the most memory.
    flushCompileCache();
    try {
      await greet({ foundations, platform, options, surroundings, environment, progress });
    } finally {
      await progress.during('Stopping Berth; applications go on', () => platform.stop());
    }
  } finally {
    await data.release();
  }
}

async function prepare(
  settings: Settings,
  environment: Environment,
  progress: Progress,
  data: Awaited<ReturnType<typeof takeDataDirectory>>,
): Promise<Foundations> {
  const log = createWriteStream(data.path('berth.log'), { flags: 'a', mode: 0o600 });
  const foundations = await openFoundations(settings, data, { write: (line) => void log.write(line) });
  const host = new DebianHost(foundations.clock, environment);
  await ensureEngine(host, settings, progress);
  await ensureBaseTool(host, settings, progress);
  return foundations;
}

interface Started {
  readonly foundations: Foundations;
  readonly platform: RunningPlatform;
  readonly options: UpOptions;
  readonly surroundings: Surroundings;
  readonly environment: Environment;
  readonly progress: Progress;
}

/** Tells where the platform is, makes what a first start needs, and shows it until the person leaves. */
async function greet({ foundations, platform, options, surroundings, environment, progress }: Started): Promise<void> {
  const { url } = platform;
  const path = credentialsPath(environment);
  const saved = await firstToken(foundations, url, path, (token) =>
    progress.say(`The token of this platform, shown this once and kept in ${path}:\n\n  ${token}\n`),
  );
  const token = environment.BERTH_TOKEN || saved;
  progress.say(`Berth is up: ${url} (data in ${foundations.settings.data}).`);
  const link = await claimLink(platform.accounts);
  if (link)
    progress.say(`Nobody has claimed this platform. Become its administrator here, within a day:\n\n  ${link}\n`);
  if (foundations.settings.dockerSocket !== '') {
    await makeBase(platform, progress);
  }
  if (!token) progress.say(errorLines(new BerthError('cli.no-token', { url })).join('\n'));
  const here = { ...surroundings, credentials: { url, token } };
  const client = new ApiClient(here.credentials);
  if (options.example && token) await uploadExample(client, progress);
  progress.say('Ctrl-C stops Berth; applications go on.');
  // Whoever has no token sees nothing here, but what runs is still looked after.
  if (options.quiet || !token) await left(surroundings.leave);
  else await new LiveView(client, here, foundations.clock).run();
}

/** Without a base nothing new can run, but what runs is still looked after: the platform stays up, and tries again with the next image. */
async function makeBase(platform: RunningPlatform, progress: Progress): Promise<void> {
  try {
    await progress.during('Base image', (line) => platform.images.bases.ensure(line));
  } catch (error) {
    if (!(error instanceof BerthError)) throw error;
    progress.say(errorLines(error).join('\n'));
  }
}

function left(leave: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (leave.aborted) resolve();
    leave.addEventListener('abort', () => resolve(), { once: true });
  });
}
