// berth platform destroy: takes a platform off its machines.
import { rm } from 'node:fs/promises';
import type { MachinesFile } from '../initializer/machines-file-schema.ts';
import { reachSites, type Site, usesSystemd } from '../initializer/site.ts';
import { takeDown } from '../initializer/take-down.ts';
import { busMachine, storeMachine } from '../initializer/wanted-engines.ts';
import { BerthError } from '../model/errors.ts';
import type { InitializerContext } from './initializer-acts.ts';
import { type InstallerOptions, installerOf, type OpenedInstaller } from './installer-of.ts';
import { progressTo } from './progress-lines.ts';

/** Its options. */
export interface DestroyOptions extends InstallerOptions {
  readonly data?: true;
  readonly yes?: true;
}

/** Takes it down, wherever it can be reached. @throws initializer.unanswered, what taking down a machine throws */
export async function destroyPlatform(
  path: string,
  options: DestroyOptions,
  context: InitializerContext,
): Promise<void> {
  const { printer, surroundings } = context;
  const progress = progressTo(surroundings.err, false);
  const telling = { during: progress.during, checked: () => undefined };
  const around = { ...context, telling };
  const opened = await installerOf(path, options, 'as-they-are', around);
  const { file, machines, judgeHostKey, clock, mapPath, secretsPath, readMap, maker } = opened;
  if (!(await isAgreed(file.platform, options, context))) return;
  const kept = await lookAtMade(opened);
  // A machine that goes as a whole need not be tidied up before.
  const isKept = ({ name }: { readonly name: string }) => !(options.data && kept.some((each) => each.name === name));
  const toTidy = { ...file, machines: file.machines.filter(isKept) };
  const reached = await reachSites(toTidy, await readMap(), { machines, judgeHostKey });
  const sites = reached.filter((site): site is Site => 'machine' in site);
  const removed: Record<string, readonly string[]> = {};
  try {
    for (const { entry, machine, facts } of enginesLast(file, sites)) {
      const supervisor = usesSystemd(file, facts) ? 'systemd' : 'own';
      const data = options.data ? 'removed' : 'kept';
      const work = () => takeDown({ machine, platform: file.platform, clock, supervisor, data });
      removed[entry.name] = await progress.during(`${entry.name}: take the platform down`, work);
    }
  } finally {
    for (const { machine } of sites) await machine.close();
  }
  const lost = reached.find((site) => 'failure' in site);
  if (lost && 'failure' in lost) throw lost.failure;
  const returned = options.data ? await maker.giveBack().finally(() => maker.close()) : [];
  await rm(mapPath, { force: true });
  if (options.data) await rm(secretsPath, { recursive: true, force: true });
  printer.result({ platform: file.platform, removed, returned }, () => {
    for (const [name, what] of Object.entries(removed))
      printer.line(`${name}: ${what.length === 0 ? 'nothing was there' : `removed ${what.join(', ')}`}`);
    for (const { name, provider, machine } of returned)
      printer.line(`${name}: ${machine} was given back to ${provider}`);
    if (options.data) return;
    printer.line(`The data stays, and the keys to it in ${secretsPath}.`);
    for (const { name, provider, machine } of kept)
      printer.line(`${name}: ${machine ?? 'what was asked for'} of ${provider} stays with it; --data gives it back.`);
  });
}

/** Components end in order while what they stand on is there. */
function enginesLast(file: MachinesFile, sites: readonly Site[]): readonly Site[] {
  const weight = (name: string) => (busMachine(file) === name ? 1 : 0) + (storeMachine(file) === name ? 2 : 0);
  return sites.toSorted((a, b) => weight(a.entry.name) - weight(b.entry.name));
}

function lookAtMade({ maker }: Pick<OpenedInstaller, 'maker'>) {
  return maker.look().finally(() => maker.close());
}

async function isAgreed(
  platform: string,
  { yes, data }: DestroyOptions,
  { surroundings }: InitializerContext,
): Promise<boolean> {
  if (yes) return true;
  if (!surroundings.confirm) throw new BerthError('initializer.unanswered', { platform });
  return surroundings.confirm(`Take the platform ${platform} down${data ? ' and remove all of its data' : ''}?`);
}
