// berth instance …: algorithms configured to run.
import type { Command } from 'commander';
import type { AnswerOf } from '../../api/contract/answers.ts';
import type { Call } from '../api-client.ts';
import { act, type CommandContext } from '../command-context.ts';
import { addInstanceFlags, fileOfFlags, type InstanceFlags } from '../instance-flags.ts';
import { lastTimeOf } from '../instant-of.ts';
import { agoText, lengthText, shortDigest, timeText } from '../person-text.ts';
import { INSTANCE_FILE_TYPE, sentFile } from '../sent-file.ts';
import type { Surroundings } from '../surroundings.ts';
import { addPastCommands } from './instance-past-commands.ts';

/** Adds the commands of instances. */
export function addInstanceCommands(program: Command, surroundings: Surroundings): void {
  const instance = program.command('instance').description('algorithms configured to run');
  addMakingCommands(instance, surroundings);
  act(
    instance.command('ls').description('all instances').option('--app <application>', 'only of this application'),
    surroundings,
    list,
  );
  act(
    instance.command('show <instance>').description('one instance: schedule, policies, next occurrence'),
    surroundings,
    show,
  );
  addPastCommands(instance, surroundings);
  addChangeCommands(instance, surroundings);
  act(instance.command('schema').description('print the JSON Schema of an instance file'), surroundings, schema);
}

function addMakingCommands(instance: Command, surroundings: Surroundings): void {
  act(
    addInstanceFlags(instance.command('create').description('create an instance from a file or from flags')),
    surroundings,
    create,
  );
  act(
    addInstanceFlags(
      instance.command('apply').description('create an instance, or change the one of that name to what is given'),
    ),
    surroundings,
    apply,
  );
}

function addChangeCommands(instance: Command, surroundings: Surroundings): void {
  act(
    instance
      .command('skip <instance>')
      .description('let the next occurrence make no job')
      .option('--at <time>', 'the one at this time instead (ISO 8601)'),
    surroundings,
    skip,
  );
  act(
    instance.command('enable <instance>').description('let it run again'),
    surroundings,
    change('enableInstance', 'is enabled'),
  );
  act(
    instance.command('disable <instance>').description('make no new jobs; a continuous instance ends'),
    surroundings,
    change('disableInstance', 'is disabled'),
  );
  act(
    instance.command('rm <instance>').description('end its jobs and forget it'),
    surroundings,
    change('removeInstance', 'is being removed'),
  );
}

async function sentOf({ surroundings }: CommandContext, flags: InstanceFlags, command: string): Promise<Call> {
  if (flags.file !== undefined) return { file: await sentFile(flags.file, INSTANCE_FILE_TYPE) };
  return { body: fileOfFlags(flags, surroundings.zone, command) };
}

async function create(context: CommandContext, _: readonly string[], flags: InstanceFlags): Promise<void> {
  const { client, printer } = context;
  const made = await client.call('createInstance', await sentOf(context, flags, 'instance create'));
  printer.result(made, () => printer.line(`Instance ${made.name} is created: ${scheduleText(made)}.`));
}

async function apply(context: CommandContext, _: readonly string[], flags: InstanceFlags): Promise<void> {
  const { client, printer } = context;
  const applied = await client.call('applyInstance', await sentOf(context, flags, 'instance apply'));
  printer.result(applied, () => printer.line(appliedText(applied)));
}

function appliedText({ outcome, changes, instance }: AnswerOf<'applyInstance'>): string {
  if (outcome === 'unchanged') return `Instance ${instance.name} is as it should be already: nothing changed.`;
  if (outcome === 'created') return `Instance ${instance.name} is created: ${scheduleText(instance)}.`;
  const rescheduled = changes.includes('schedule') ? ` It now runs ${scheduleText(instance)}.` : '';
  return `Instance ${instance.name} is changed: ${changes.join(', ')}.${rescheduled}`;
}

type InstanceAnswer = AnswerOf<'showInstance'>;

async function list(
  { client, printer, surroundings }: CommandContext,
  _: readonly string[],
  { app }: { readonly app?: string },
): Promise<void> {
  const items = await client.all('listInstances', { query: { application: app } });
  const columns = [
    { heading: 'NAME' },
    { heading: 'APPLICATION' },
    { heading: 'ALGORITHM' },
    { heading: 'COPIES', numeric: true as const },
    { heading: 'NEXT' },
    { heading: 'SCHEDULE' },
  ];
  const rows = items.map((item) => [
    item.name,
    item.application,
    item.algorithm,
    String(item.copies),
    nextText(item, surroundings),
    scheduleText(item),
  ]);
  printer.result(items, () => printer.table(columns, rows, "No instances yet; make one with 'berth instance create'."));
}

function nextText(item: InstanceAnswer, { now }: Surroundings): string {
  if (item.removing) return 'being removed';
  if (!item.enabled) return 'disabled';
  return item.paused ? 'paused' : agoText(item.nextAt, now());
}

/** A schedule on one line. */
function scheduleText({ schedule, machine }: Pick<InstanceAnswer, 'schedule' | 'machine'>): string {
  return `${schedule.words}${machine === 'standalone' ? ', standalone' : ''}`;
}

async function show(
  { client, printer, surroundings }: CommandContext,
  [instance = '']: readonly string[],
): Promise<void> {
  const found = await client.call('showInstance', { params: { instance } });
  printer.result(found, () => printer.facts(factsOf(found, surroundings.zone)));
}

function factsOf(found: InstanceAnswer, zone: string): [string, string][] {
  const { schedule } = found;
  const of = found.package === 'current' ? 'current' : shortDigest(found.package);
  return [
    ['Instance', `${found.name} (${found.id})`],
    ['Algorithm', `${found.algorithm} of ${found.application}, package ${of}`],
    ['Schedule', scheduleText(found)],
    ['Zone', schedule.zone],
    ['Start', timeText(schedule.start, zone)],
    ['End', timeText(schedule.end, zone)],
    ['Next', `${timeText(found.nextAt, zone)} (${zone})`],
    ['Missed', policyText(found.missed)],
    ['Overlap', policyText(found.overlap)],
    ['Copies', `${found.copies}, ${found.machine}`],
    ['Place', placeText(found)],
    ...bindingFacts(found),
    ...actionFacts(found),
    ...(found.secrets.length === 0 ? [] : [['Secrets', found.secrets.join(', ')] as [string, string]]),
    ['Priority', String(found.priority)],
    ['Lead', found.leadMs === 0 ? 'none' : `containers start ${lengthText(found.leadMs)} before a job begins`],
    ...found.queue.map(({ at }): [string, string] => ['Queued', timeText(at, zone)]),
    ...found.skips.map(({ at, by }): [string, string] => ['Skipped', `${timeText(at, zone)}, as ${by} asked`]),
    ['State', stateText(found)],
  ];
}

function bindingFacts({ bindings }: InstanceAnswer): [string, string][] {
  if (bindings === null) return [];
  const wishes = [...Object.entries(bindings.sensors), ...Object.entries(bindings.controls)];
  return [
    ...wishes.map(([name, wish]): [string, string] => ['Sensors', `${name}: ${wishText(wish)}`]),
    ['Missing', { wait: 'it waits', 'run-without': 'it runs without', refuse: 'it does not run' }[bindings.missing]],
  ];
}

function wishText(wish: NonNullable<InstanceAnswer['bindings']>['sensors'][string]): string {
  if (Array.isArray(wish)) return wish.join(', ');
  const { location, tags = [] } = wish;
  const words = [...(location === undefined ? [] : [`in ${location}`]), ...tags.map((tag) => `tagged ${tag}`)];
  return words.join(', ') || 'any of its type';
}

function actionFacts({ notify, actions }: InstanceAnswer): [string, string][] {
  const hourly = Object.entries(actions?.perHour ?? {}).map(([kind, count]) => `${count} ${kind}`);
  const { quiet = null } = actions ?? {};
  return [
    ...(notify.length === 0 ? [] : [['Notifies', notify.join(', ')] as [string, string]]),
    ...(hourly.length === 0 ? [] : [['Per hour', hourly.join(', ')] as [string, string]]),
    ...(quiet === null ? [] : [['Quiet', `${quiet.from} to ${quiet.to}`] as [string, string]]),
  ];
}

function policyText({
  policy,
  max,
  maxAgeMs,
}: {
  policy: string;
  max?: number | undefined;
  maxAgeMs?: number | undefined;
}): string {
  const bounds = [
    ...(max === undefined ? [] : [`at most ${max}`]),
    ...(maxAgeMs === undefined ? [] : [`not older than ${lengthText(maxAgeMs)}`]),
  ];
  return [policy, ...bounds].join(', ');
}

function placeText({ location, labels }: InstanceAnswer): string {
  const words = [...(location === null ? [] : [location]), ...Object.entries(labels).map((pair) => pair.join('='))];
  return words.join(', ') || 'anywhere';
}

function stateText({ removing, enabled, paused, why }: InstanceAnswer): string {
  if (removing) return 'being removed';
  if (!enabled) return 'disabled';
  return paused ? "all schedules are paused ('berth schedule resume' lets them go on)" : why;
}

async function skip(
  { client, printer, surroundings }: CommandContext,
  [instance = '']: readonly string[],
  { at }: { readonly at?: string },
): Promise<void> {
  const { zone, now } = surroundings;
  const body = at === undefined ? {} : { at: lastTimeOf(at, { zone, now: now() }, 'instance skip') };
  const wish = await client.call('skipOccurrence', { params: { instance }, body });
  printer.result(wish, () => printer.line(`The occurrence at ${timeText(wish.at, zone)} (${zone}) will make no job.`));
}

function change(route: 'enableInstance' | 'disableInstance' | 'removeInstance', words: string) {
  return async ({ client, printer }: CommandContext, [instance = '']: readonly string[]) => {
    const changed = await client.call(route, { params: { instance } });
    printer.result(changed, () => printer.line(`Instance ${changed.name} ${words}.`));
  };
}

async function schema({ client, printer }: CommandContext): Promise<void> {
  const found = await client.call('instanceFileSchema');
  printer.text(JSON.stringify(found, null, 2));
}
