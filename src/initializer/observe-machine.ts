// Looks at one machine: what of the platform is there, and how it is.
import { basename } from 'node:path/posix';
import type { Clock } from '../ports/clock.ts';
import type { InstallerMachine } from '../ports/installer-machine.ts';
import { askBroker } from './ask-broker.ts';
import { authorizedOf } from './authorized-keys.ts';
import { COMPONENTS, CURRENT, PROGRAMS } from './machine-paths.ts';
import { MachineSupervisor } from './machine-supervisor.ts';
import type { ObservedMachine } from './observed-machine.ts';
import { BERTH_WORDS } from './supervision-files.ts';
import { allFilesOf, type WantedMachine } from './wanted-machine.ts';

/** Looks. */
export async function observeMachine(
  machine: InstallerMachine,
  wanted: WantedMachine,
  clock: Clock,
): Promise<ObservedMachine> {
  const current = (await machine.run(['readlink', CURRENT])).output.trim();
  const names = namesIn(
    (await machine.run(['find', PROGRAMS, '-mindepth', '1', '-maxdepth', '1', '-type', 'd'])).output,
  );
  const started = namesIn((await machine.run(['find', COMPONENTS, '-name', '*.json'])).output);
  return {
    missingPackages: await missingPackages(machine, wanted.packages),
    kafkas: names.flatMap((name) => /^kafka-([0-9a-f]{16})$/.exec(name)?.[1] ?? []),
    answeringEngines: await answeringEngines(machine, wanted, started),
    programs: names.filter((name) => /^[0-9a-f]{16}$/.test(name)),
    current: current === '' ? null : basename(current),
    files: await digestsOf(
      machine,
      allFilesOf(wanted).map(({ path }) => path),
    ),
    components: await componentsOf(machine, wanted, started),
    authorized: await authorizedOf(machine, wanted.authorized),
    isSupervised: await new MachineSupervisor(machine, clock, wanted.supervisor).runs(),
  };
}

/** Of packages, those that are not installed. */
export async function missingPackages(machine: InstallerMachine, packages: readonly string[]): Promise<string[]> {
  if (packages.length === 0) return [];
  const { output } = await machine.run(['dpkg-query', '--list', ...packages]);
  const there = new Set([...output.matchAll(/^ii +([^\s:]+)/gm)].map(([, name]) => name));
  return packages.filter((name) => !there.has(name));
}

/** Whether a component says that it is ready. */
export async function isReady(machine: InstallerMachine, url: string): Promise<boolean> {
  const { status } = await machine.run([...BERTH_WORDS, 'platform', 'probe', url]);
  return status === '0';
}

async function answeringEngines(
  machine: InstallerMachine,
  { engines }: WantedMachine,
  started: readonly string[],
): Promise<ObservedMachine['answeringEngines']> {
  const kafka = engines.find((engine) => engine.kind === 'kafka');
  if (!kafka || !started.includes(basename(kafka.start.path))) return [];
  const { status } = await askBroker({ machine, program: CURRENT }, kafka, { act: 'look', accounts: [] });
  return status === '0' ? ['kafka'] : [];
}

async function digestsOf(machine: InstallerMachine, paths: readonly string[]): Promise<Record<string, string>> {
  if (paths.length === 0) return {};
  // It goes on past those that are not there.
  const { output } = await machine.run(['sha256sum', '--', ...new Set(paths)]);
  return Object.fromEntries(
    [...output.matchAll(/^([0-9a-f]{64})[ *]+(.+)$/gm)].map(([, digest = '', path = '']) => [path, digest]),
  );
}

async function componentsOf(
  machine: InstallerMachine,
  { components }: WantedMachine,
  started: readonly string[],
): Promise<ObservedMachine['components']> {
  const found = await Promise.all(
    started.map(async (file) => {
      const name = basename(file, '.json');
      const url = components.find((component) => component.name === name)?.healthUrl;
      const isHealthy = url !== undefined && (await isReady(machine, url));
      return [name, { path: `${COMPONENTS}/${file}`, isHealthy }] as const;
    }),
  );
  return Object.fromEntries(found);
}

function namesIn(paths: string): string[] {
  return paths.split('\n').flatMap((path) => (path === '' ? [] : [basename(path)]));
}
