// Gives a machine a Docker engine whose containers outlive its restarts. Each part looks first, so that doing it again changes nothing.
import { BerthError } from '../../model/errors.ts';
import { ENGINE_SETTINGS_FILE, withLiveRestore } from './engine-settings.ts';
import { failureOf, MachineAdmin } from './machine-admin.ts';
import type { MachinePrograms, ProgramRun } from './machine-programs.ts';

const PACKAGES = ['docker.io', 'iptables', 'ca-certificates'];
const DEBIAN = /^ID(_LIKE)?="?([^"\n]* )?debian\b/m;
/** Where distributions and Docker's own packages put it. */
const PLACES = ['/usr/bin', '/usr/sbin', '/usr/local/bin'];
const OPTIONS = [
  // A machine that just came up may be installing its own updates.
  'DPkg::Lock::Timeout=180',
  // Settings that somebody put there stay, without a question.
  'Dpkg::Options::=--force-confdef',
  'Dpkg::Options::=--force-confold',
].flatMap((option) => ['-o', option]);
const APT = ['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-y', ...OPTIONS];

type Progress = (line: string) => void;

/** What preparing needs. */
export interface Preparing {
  readonly programs: MachinePrograms;
  /** Ends it. */
  readonly signal: AbortSignal;
  readonly progress: Progress;
  /** Resolves when the engine answers. */
  answers(): Promise<void>;
}

/** Installs, sets up and starts the engine; it may take a moment more until it answers. @throws machine.prepare-failed */
export async function prepareEngine({ programs, signal, progress, answers }: Preparing): Promise<void> {
  const admin = await MachineAdmin.of(programs, signal);
  const isNew = !(await hasEngine(admin));
  // Settings first: an engine that starts with them need not be told later.
  const isChanged = await keepContainers(admin, progress);
  if (isNew) await install(admin, progress);
  await start(admin, progress);
  if (!isChanged || isNew) return;
  // The signal ends an engine that is still starting, as one on a machine that just came up may be.
  await answers();
  await reload(admin);
}

async function hasEngine(admin: MachineAdmin): Promise<boolean> {
  const { output } = await admin.run(['find', ...PLACES, '-maxdepth', '1', '-name', 'dockerd']);
  return output.trim() !== '';
}

async function install(admin: MachineAdmin, progress: Progress): Promise<void> {
  const { output } = await admin.run(['cat', '/etc/os-release']);
  if (!DEBIAN.test(output)) throw failed(admin, 'install Docker', 'it has no Docker engine and is not a Debian');
  progress(`Installing ${PACKAGES.join(', ')}`);
  await must(admin, 'read the package lists', [...APT, 'update'], { onLine: progress });
  await must(admin, 'install Docker', [...APT, '--no-install-recommends', 'install', ...PACKAGES], {
    onLine: progress,
  });
}

/** Resolves to whether the settings are new. */
async function keepContainers(admin: MachineAdmin, progress: Progress): Promise<boolean> {
  const { output, status } = await admin.run(['cat', ENGINE_SETTINGS_FILE]);
  const text = merged(admin, status === '0' ? output : '');
  if (text === undefined) return false;
  const act = `write ${ENGINE_SETTINGS_FILE}`;
  const fresh = `${ENGINE_SETTINGS_FILE}.berth`;
  progress(`Setting live-restore in ${ENGINE_SETTINGS_FILE}`);
  await must(admin, act, ['mkdir', '-p', '/etc/docker']);
  await must(admin, act, ['tee', fresh], { input: text });
  await must(admin, act, ['mv', '-f', fresh, ENGINE_SETTINGS_FILE]);
  return true;
}

function merged(admin: MachineAdmin, text: string): string | undefined {
  try {
    return withLiveRestore(text);
  } catch (cause) {
    throw failed(admin, `read ${ENGINE_SETTINGS_FILE}`, cause instanceof Error ? cause.message : String(cause));
  }
}

async function start(admin: MachineAdmin, progress: Progress): Promise<void> {
  const isSystemd = (await admin.serviceTool()) === 'systemd';
  const words = isSystemd ? ['systemctl', 'enable', '--now', 'docker'] : ['service', 'docker', 'start'];
  progress('Starting the Docker engine');
  await must(admin, 'start Docker', words);
}

/** The engine takes this setting over while it runs (dockerd(8), "Configuration reload behavior"). */
async function reload(admin: MachineAdmin): Promise<void> {
  const { output } = await admin.run(['cat', '/var/run/docker.pid']);
  if (/^\d+$/.test(output.trim())) await must(admin, 'reload Docker', ['kill', '-HUP', output.trim()]);
}

async function must(
  admin: MachineAdmin,
  act: string,
  words: readonly string[],
  options: Omit<ProgramRun, 'signal'> = {},
): Promise<void> {
  const result = await admin.run(words, options);
  if (result.status !== '0') throw failed(admin, act, failureOf(result));
}

function failed(admin: MachineAdmin, act: string, reason: string): BerthError {
  return new BerthError('machine.prepare-failed', { address: admin.address, act, reason });
}
