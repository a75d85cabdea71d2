// berth instance …: algorithms configured to run.
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { BerthError } from '../../model/errors.ts';
import type { AnswerOf } from '../api-client.ts';
import { act, type CommandContext, pairsOf } from '../command-context.ts';
import { agoText, lengthText, shortDigest, timeText } from '../person-text.ts';
import type { Surroundings } from '../surroundings.ts';

interface CreateOptions {
  readonly file?: string;
  readonly name?: string;
  readonly app?: string;
  readonly algorithm?: string;
  readonly package?: string;
  readonly at?: string;
  readonly every?: string;
  readonly continuous?: true;
  readonly start?: string;
  readonly end?: string;
  readonly duration?: string;
  readonly copies?: string;
  readonly standalone?: true;
  readonly label: readonly string[];
  readonly param: readonly string[];
  readonly env: readonly string[];
}

/** Adds the commands of instances. */
export function addInstanceCommands(program: Command, surroundings: Surroundings): void {
  const instance = program.command('instance').description('algorithms configured to run');
  act(addCreateOptions(instance.command('create')), surroundings, create);
  act(
    instance.command('ls').description('all instances').option('--app <application>', 'only of this application'),
    surroundings,
    list,
  );
  act(
    instance.command('show <instance>').description('one instance: schedule, next occurrence, what was missed and why'),
    surroundings,
    show,
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
  act(instance.command('schema').description('print the JSON Schema of an instance file'), surroundings, schema);
}

const collect = (value: string, before: readonly string[]) => [...before, value];

function addCreateOptions(command: Command): Command {
  return command
    .description('create an instance from a file or from flags')
    .option('-f, --file <file>', 'instance file (JSON)')
    .option('--name <name>', 'name of the instance')
    .option('--app <application>', 'application')
    .option('--algorithm <id>', 'algorithm of the application')
    .option('--package <id>', 'a package instead of the current one')
    .option('--at <instant>', 'run once at this time (ISO 8601)')
    .option('--every <duration>', 'run again and again, for example 10m or PT10M')
    .option('--continuous', 'run from start to end without a break')
    .option('--start <instant>', 'not before')
    .option('--end <instant>', 'not after; what still runs is killed then')
    .option('--duration <duration>', 'kill each job after this time')
    .option('--copies <n>', 'copies of each job')
    .option('--standalone', 'a machine to itself')
    .option('--label <key=value>', 'label that a node must carry (repeatable)', collect, [])
    .option('--param <key=value>', 'parameter for the algorithm (repeatable)', collect, [])
    .option('--env <key=value>', 'environment variable (repeatable)', collect, []);
}

async function create(
  { client, printer }: CommandContext,
  _: readonly string[],
  options: CreateOptions,
): Promise<void> {
  const body = options.file === undefined ? fileOf(options) : await readInstanceFile(options.file);
  const made = await client.call('createInstance', { body });
  printer.result(made, () => printer.line(`Instance ${made.name} is created: ${scheduleText(made)}.`));
}

async function readInstanceFile(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((cause: Error) => {
    throw new BerthError('cli.file-unreadable', { path, detail: cause.message }, { cause });
  });
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new BerthError(
      'cli.not-json',
      { path, detail: cause instanceof Error ? cause.message : String(cause) },
      { cause },
    );
  }
}

/** The instance file that flags stand for. */
function fileOf(options: CreateOptions): Record<string, unknown> {
  const { name, app, algorithm, start, end, duration } = options;
  const place = options.label.length === 0 ? undefined : { labels: pairsOf(options.label, 'instance create') };
  return withoutUndefined({
    name,
    application: app,
    algorithm,
    package: options.package,
    schedule: withoutUndefined({ ...triggerOf(options), start, end, duration }),
    copies: options.copies === undefined ? undefined : Number(options.copies),
    machine: options.standalone ? 'standalone' : undefined,
    place,
    parameters: options.param.length === 0 ? undefined : pairsOf(options.param, 'instance create'),
    environment: options.env.length === 0 ? undefined : pairsOf(options.env, 'instance create'),
  });
}

function triggerOf({ at, every, continuous }: CreateOptions): Record<string, unknown> {
  if (at !== undefined) return { kind: 'once', at };
  if (every !== undefined) return { kind: 'interval', every };
  return { kind: continuous ? 'continuous' : 'now' };
}

function withoutUndefined(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
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
    { heading: 'SCHEDULE' },
    { heading: 'COPIES', numeric: true as const },
    { heading: 'NEXT' },
  ];
  const rows = items.map((item) => [
    item.name,
    item.application,
    item.algorithm,
    scheduleText(item),
    String(item.copies),
    nextText(item, surroundings),
  ]);
  printer.result(items, () => printer.table(columns, rows, "No instances yet; make one with 'berth instance create'."));
}

function nextText(item: InstanceAnswer, { now }: Surroundings): string {
  if (item.removing) return 'being removed';
  return item.enabled ? agoText(item.nextAt, now()) : 'disabled';
}

/** A schedule in a few words. */
function scheduleText({ schedule, machine }: Pick<InstanceAnswer, 'schedule' | 'machine'>): string {
  const every = schedule.everyMs === undefined ? '' : ` ${lengthText(schedule.everyMs)}`;
  const at = schedule.at === undefined ? '' : ` at ${schedule.at}`;
  const words = { now: 'at once', once: `once${at}`, interval: `every${every}`, continuous: 'continuously' }[
    schedule.kind
  ];
  const limit = schedule.durationMs === undefined ? '' : `, ${lengthText(schedule.durationMs)} each`;
  return `${words}${limit}${machine === 'standalone' ? ', standalone' : ''}`;
}

async function show(
  { client, printer, surroundings }: CommandContext,
  [instance = '']: readonly string[],
): Promise<void> {
  const found = await client.call('showInstance', { params: { instance } });
  printer.result(found, () => {
    const { zone } = surroundings;
    printer.facts([
      ['Instance', `${found.name} (${found.id})`],
      [
        'Algorithm',
        `${found.algorithm} of ${found.application}, package ${found.package === 'current' ? 'current' : shortDigest(found.package)}`,
      ],
      ['Schedule', scheduleText(found)],
      ['Start', timeText(found.schedule.start, zone)],
      ['End', timeText(found.schedule.end, zone)],
      ['Next', `${timeText(found.nextAt, zone)} (${zone})`],
      ['Copies', `${found.copies}, ${found.machine}`],
      ['State', found.removing ? 'being removed' : found.enabled ? found.why : 'disabled'],
    ]);
    for (const missed of found.missed)
      printer.line(
        `Missed: ${missed.count} from ${timeText(missed.from, zone)} to ${timeText(missed.to, zone)}: ${missed.reason}`,
      );
  });
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
