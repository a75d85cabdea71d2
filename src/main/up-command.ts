// berth up: everything in one process on this machine.
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { DebianHost } from '../adapters/debian-host/debian-host.ts';
import { ApiClient } from '../cli/api-client.ts';
import type { Surroundings } from '../cli/surroundings.ts';
import { readSettings, SettingError, type Settings } from '../config/settings.ts';
import { BerthError } from '../model/errors.ts';
import { credentialsPath } from './credentials-file.ts';
import { takeDataDirectory } from './data-directory.ts';
import { uploadExample } from './example.ts';
import { firstToken } from './first-token.ts';
import { type Foundations, openFoundations } from './foundations.ts';
import { LiveView } from './live-view.ts';
import { type RunningPlatform, startPlatform } from './platform.ts';
import { ensureBaseTool, ensureEngine } from './prepare-machine.ts';
import { type Progress, progressTo } from './progress-lines.ts';

type Environment = Readonly<Record<string, string | undefined>>;

interface UpOptions {
  readonly data?: string;
  readonly host?: string;
  readonly port?: string;
  readonly example?: true;
  readonly quiet?: true;
}

/** Adds the command that runs a platform on this machine. */
export function addUpCommand(program: Command, surroundings: Surroundings, environment: Environment): void {
  program
    .command('up')
    .description('run a platform on this machine, with this machine as its first node')
    .option('--data <directory>', 'where everything is kept')
    .option('--host <address>', 'address that the API listens on')
    .option('--port <n>', 'port of the API')
    .option('--example', 'upload the example application to an empty platform')
    .option('--quiet', 'show neither events nor log lines')
    .action((options: UpOptions) => up(options, surroundings, environment));
}

async function up(options: UpOptions, surroundings: Surroundings, environment: Environment): Promise<void> {
  const settings = upSettings(options, environment);
  const progress = progressTo(surroundings.out, surroundings.terminal);
  const data = await takeDataDirectory(settings.data);
  try {
    const foundations = await prepare(settings, environment, progress, data);
    const platform = await startPlatform(foundations);
    try {
      await greet({ foundations, platform, options, surroundings, environment, progress });
    } finally {
      await progress.during('Stopping Berth; applications go on', () => platform.stop());
    }
  } finally {
    await data.release();
  }
}

/** Settings from the environment, with those that the command's options give. @throws platform.setting-invalid */
export function upSettings(options: UpOptions, environment: Environment): Settings {
  const home = environment.HOME ?? '';
  const ownData =
    process.getuid?.() === 0
      ? {}
      : { BERTH_DATA: join(environment.XDG_DATA_HOME || join(home, '.local', 'share'), 'berth') };
  const given = { BERTH_DATA: options.data, BERTH_HOST: options.host, BERTH_PORT: options.port };
  const chosen = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  try {
    return readSettings({ ...ownData, ...environment, ...chosen });
  } catch (error) {
    if (!(error instanceof SettingError)) throw error;
    throw new BerthError('platform.setting-invalid', { detail: error.message }, { cause: error });
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
  if (foundations.settings.dockerSocket !== '') {
    await progress.during('Base image', (line) => platform.images.bases.ensure(line));
  }
  const here = { ...surroundings, credentials: { url, token } };
  const client = new ApiClient(here.credentials);
  if (options.example) await uploadExample(client, progress);
  progress.say('Ctrl-C stops Berth; applications go on.');
  if (options.quiet) await left(surroundings.leave);
  else await new LiveView(client, here, foundations.clock).run();
}

function left(leave: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (leave.aborted) resolve();
    leave.addEventListener('abort', () => resolve(), { once: true });
  });
}
