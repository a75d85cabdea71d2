// What the commands of `berth platform` do and say, except for taking a platform down.
import type { Printer } from '../cli/printer.ts';
import type { Surroundings } from '../cli/surroundings.ts';
import type { CheckFinding } from '../initializer/decide-checks.ts';
import type { PlannedStep } from '../initializer/decide-plan.ts';
import { joiningNodes } from '../initializer/joining-nodes.ts';
import type { MachineMaker, MadeMachineView } from '../initializer/machine-maker.ts';
import { ETC } from '../initializer/machine-paths.ts';
import { seenNodes } from '../initializer/node-steps.ts';
import type { InstallerTelling, Survey } from '../initializer/platform-installer.ts';
import { stepText } from '../initializer/step-text.ts';
import { BERTH_WORDS } from '../initializer/supervision-files.ts';
import { BerthError } from '../model/errors.ts';
import { type InstallerOptions, installerOf } from './installer-of.ts';
import { whilePersonStays } from './leaving-person.ts';
import { movedLines } from './moved-lines.ts';
import { progressTo } from './progress-lines.ts';

/** What they are given. */
export interface InitializerContext {
  readonly printer: Printer;
  readonly surroundings: Surroundings;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** berth platform init. */
export async function initPlatform(
  path: string,
  options: InstallerOptions,
  context: InitializerContext,
): Promise<void> {
  await whilePersonStays(context.surroundings, () => install(path, options, context));
}

async function install(path: string, options: InstallerOptions, context: InitializerContext): Promise<void> {
  const { printer } = context;
  const { installer, mapPath, file } = await open(path, options, 'made', context);
  const survey = await installer.survey(null);
  try {
    await installer.apply(survey);
    const link = await claimLinkOf(survey);
    const { map, plan, sites } = survey;
    printer.result({ map, steps: plan, claim: link ?? null }, () => {
      if (plan.length === 0) printer.line('Nothing differs: everything is as the machines file says.');
      else
        printer.line(
          `${map.platform} runs on ${map.machines.map(({ name }) => name).join(', ')}; its map is in ${mapPath}.`,
        );
      for (const { entry, bootWay } of sites) if (bootWay !== 'systemd') printer.line(bootLine(entry.name, bootWay));
      for (const line of movedLines(map)) printer.line(line);
      printer.line(`Console: ${map.console}`);
      if (map.console.startsWith('http:')) printer.line(NO_TLS);
      if (link) {
        printer.line('Nobody has claimed this platform. Become its administrator here, within a day:');
        printer.line(`  ${link}`);
      }
      const joined = joiningNodes(file, map);
      if (joined.length > 0) printer.line(`Nodes: ${joined.join(', ')}.`);
    });
  } finally {
    await survey.close();
  }
}

/** berth platform plan. */
export async function planPlatform(
  path: string,
  options: InstallerOptions,
  context: InitializerContext,
): Promise<void> {
  const { printer } = context;
  const { installer, maker, unmade } = await open(path, options, 'as-they-are', context);
  const gone = (await lookAtMade(maker)).filter(({ state }) => state === 'gone');
  const toMake = [...unmade, ...gone.map(({ name, provider }) => ({ name, provider }))];
  if (toMake.length > 0)
    return printer.result({ make: toMake, map: null, steps: [] }, () => printMaking(printer, toMake));
  const survey = await installer.survey(null);
  await survey.close();
  printer.result({ make: [], map: survey.map, steps: survey.plan }, () => {
    printPlan(printer, survey.plan);
    for (const line of movedLines(survey.map)) printer.line(line);
  });
}

/** berth platform upgrade. */
export async function upgradePlatform(
  path: string,
  options: InstallerOptions,
  context: InitializerContext,
): Promise<void> {
  const { printer } = context;
  const { installer, unmade } = await open(path, options, 'as-they-are', context);
  refuseUnmade(unmade);
  const { survey, upgraded } = await whilePersonStays(context.surroundings, () => installer.upgrade());
  await survey.close();
  printer.result({ program: survey.map.program, upgraded }, () => {
    if (upgraded.length === 0) printer.line(`Every machine runs the program ${survey.map.program} already.`);
    else printer.line(`${upgraded.join(', ')}: ${survey.map.program}.`);
  });
}

/** berth platform status. */
export async function showPlatform(
  path: string,
  options: InstallerOptions,
  context: InitializerContext,
): Promise<void> {
  const { printer } = context;
  const { installer, file, maker, unmade } = await open(path, options, 'as-they-are', context);
  const made = await lookAtMade(maker);
  refuseUnmade(unmade);
  const survey = await installer.survey(null);
  const nodes = await seenNodes({ ...survey, file }).finally(() => survey.close());
  const components = survey.map.components.map(({ name, machine, roles, peer }) => {
    const observed = survey.differences.find(({ wanted }) => wanted.name === machine)?.observed;
    const found = observed?.components[name];
    const state = found?.isHealthy ? 'running' : 'failed';
    return { name, machine, state: found ? state : 'absent', roles, peer, program: observed?.current ?? null };
  });
  const brokers = brokersOf(survey);
  const { platform, console } = survey.map;
  printer.result({ platform, console, components, brokers, nodes, made }, () => {
    const headings = ['COMPONENT', 'MACHINE', 'STATE', 'PEERS', 'PROGRAM', 'ROLES'].map((heading) => ({ heading }));
    const rows = components.map(({ name, machine, state, peer, program, roles }) => {
      return [name, machine, state, `${peer.host}:${peer.port}`, program ?? '-', roles.join(', ')];
    });
    printer.table(headings, rows, 'No component is placed.');
    for (const { machine, state } of brokers) printer.line(`Kafka on ${machine}: ${state}`);
    for (const { name, provider, machine, state } of made)
      printer.line(`Machine ${name}: made by ${provider} (${machine ?? 'not known'}), ${state}`);
    for (const { name, state, reason } of nodes) printer.line(`Node ${name}: ${state}, ${reason}`);
    for (const line of movedLines(survey.map)) printer.line(line);
    printer.line(`Console: ${console}`);
  });
  if ([...components, ...brokers].some(({ state }) => state !== 'running')) process.exitCode = 1;
}

/** Those that the initializer set up. */
function brokersOf({ differences }: Survey) {
  return differences.flatMap(({ wanted, observed }) =>
    wanted.engines
      .filter(({ kind }) => kind === 'kafka')
      .map(() => ({ machine: wanted.name, state: observed.answeringEngines.includes('kafka') ? 'running' : 'failed' })),
  );
}

const NO_TLS =
  'It speaks HTTP without TLS, also to others in its network: put a proxy with TLS before it, and give its address as BERTH_PUBLIC_URL.';

function open(
  path: string,
  options: InstallerOptions,
  machinesAre: 'made' | 'as-they-are',
  context: InitializerContext,
) {
  return installerOf(path, options, machinesAre, { ...context, telling: tellingOf(context) });
}

function lookAtMade(maker: MachineMaker): Promise<readonly MadeMachineView[]> {
  return maker.look().finally(() => maker.close());
}

function refuseUnmade(unmade: readonly { readonly name: string }[]): void {
  if (unmade.length === 0) return;
  throw new BerthError('initializer.machines-unmade', { machines: unmade.map(({ name }) => name).join(', ') });
}

function tellingOf({ surroundings, printer }: InitializerContext): InstallerTelling {
  const progress = progressTo(surroundings.err, false);
  return {
    // Several machines go on at once: lines, even where a person watches.
    during: (title, work) => progress.during(title, work),
    checked: (findings) => {
      const shown = findings.filter(({ state }) => state !== 'good');
      if (shown.length > 0 && !printer.json) printFindings(printer, findings);
    },
  };
}

function printFindings(printer: Printer, findings: readonly CheckFinding[]): void {
  const headings = ['MACHINE', 'WHAT', 'STATE', 'FOUND'].map((heading) => ({ heading }));
  const rows = findings.map(({ machine, what, state, found }) => [machine, what, state, found]);
  printer.table(headings, rows, '');
  for (const { machine, what, state, remedy } of findings)
    if (state === 'warning') printer.line(`${machine}, ${what}: ${remedy}`);
}

/** What is done on machines depends on how they are found. */
function printMaking(printer: Printer, toMake: readonly { readonly name: string; readonly provider: string }[]): void {
  for (const { name, provider } of toMake) printer.line(`${provider} would make the machine ${name}.`);
  printer.line("The steps on the machines are planned when all of them are there: 'init' does so.");
}

function printPlan(printer: Printer, plan: readonly PlannedStep[]): void {
  const headings = ['PHASE', 'MACHINE', 'STEP', 'WHY'].map((heading) => ({ heading }));
  const rows = plan.map(({ phase, machine, step, why }) => [phase, machine, stepText(step), why]);
  printer.table(headings, rows, 'Nothing differs: everything is as the machines file says.');
}

function bootLine(machine: string, way: 'cron' | 'rc.local' | 'none'): string {
  if (way === 'none')
    return `${machine}: nothing starts Berth after a reboot; have '/opt/berth/current/bin/berth supervise' started.`;
  return `${machine}: no systemd; after a reboot ${way} starts Berth's own supervisor.`;
}

/** The machine that has the api makes it: the database may be on that machine alone. */
async function claimLinkOf({ map, sites, differences }: Survey): Promise<string | undefined> {
  const withApi = map.components.find(({ apiPort }) => apiPort !== null);
  const site = sites.find(({ entry }) => entry.name === withApi?.machine);
  const wanted = differences.flatMap((each) => each.wanted.components).find(({ name }) => name === withApi?.name);
  if (!withApi || !site || !wanted) return undefined;
  const words = [...BERTH_WORDS, '--json', 'platform', 'claim', `${ETC}/${withApi.name}.env`];
  const { status, output, complaint } = await site.machine.run(words);
  if (status === '0') return (JSON.parse(output) as { readonly link: string | null }).link ?? undefined;
  const reason = complaint.split('\n').at(-1) ?? '';
  throw new BerthError('initializer.step-failed', {
    machine: withApi.machine,
    act: 'make the link for claiming',
    reason,
  });
}
