// berth job …: runs of instances, and why they are as they are. berth output.
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import type { AnswerOf } from '../../api/contract/answers.ts';
import { act, type CommandContext, pairsOf } from '../command-context.ts';
import { durationOf } from '../duration-of.ts';
import { lastTimeOf } from '../instant-of.ts';
import { agoText, lengthText, shortDigest, sizeText, timeText } from '../person-text.ts';
import type { Surroundings } from '../surroundings.ts';
import { plain } from '../text-table.ts';

/** Adds the commands of jobs and their output. */
export function addJobCommands(program: Command, surroundings: Surroundings): void {
  const job = program.command('job').description('runs of instances');
  const ls = job
    .command('ls')
    .description('jobs, newest first')
    .option('--instance <instance>', 'only of this instance');
  act(
    ls
      .option('--app <application>', 'only of this application')
      .option('--open', 'only those that have not ended')
      .option('--limit <n>', 'at most', '50'),
    surroundings,
    list,
  );
  act(job.command('show <job>').description('one job with its copies and every attempt'), surroundings, show);
  addHandCommands(job, surroundings);
  act(
    job
      .command('why <job>')
      .description('why a job runs now, why here, why it was restarted; why an instance ran or not')
      .option('--at <time>', 'of an instance: at this time, such as 08:00 or an ISO 8601 instant'),
    surroundings,
    why,
  );
  const output = program
    .command('output <job>')
    .description('what a job gave as output')
    .option('--slot <n>', 'only of this copy');
  act(output.option('--save <directory>', 'write every output as a file'), surroundings, outputs);
}

function addHandCommands(job: Command, surroundings: Surroundings): void {
  act(
    job
      .command('run <instance>')
      .description('run an instance now, by hand')
      .option('--param <key=value>', 'parameter over those of the instance (repeatable)', collect, []),
    surroundings,
    run,
  );
  act(
    job.command('rerun <job>').description('run a job once more: same package, same parameters'),
    surroundings,
    rerun,
  );
  act(
    job
      .command('stop <job>')
      .description('end a job; never undone')
      .option('--reason <text>', 'what to remember', '')
      .option('--grace <duration>', 'between the notice to stop and the kill'),
    surroundings,
    stop,
  );
}

const collect = (value: string, before: readonly string[]) => [...before, value];

type Detail = AnswerOf<'showJob'>;

interface ListOptions {
  readonly instance?: string;
  readonly app?: string;
  readonly open?: true;
  readonly limit: string;
}

async function list(
  { client, printer, surroundings }: CommandContext,
  _: readonly string[],
  options: ListOptions,
): Promise<void> {
  const query = {
    instance: options.instance,
    application: options.app,
    open: options.open ? 'true' : undefined,
    limit: options.limit,
  };
  const { items } = await client.call('listJobs', { query });
  const columns = [
    { heading: 'JOB' },
    { heading: 'STATE' },
    { heading: 'NODES' },
    { heading: 'STARTED' },
    { heading: 'TOOK' },
    { heading: 'REASON' },
  ];
  const rows = items.map((item) => [
    item.id,
    item.state,
    item.nodes.join(',') || '-',
    agoText(item.startedAt, surroundings.now()),
    tookText(item),
    item.reason,
  ]);
  printer.result(items, () => printer.table(columns, rows, 'No jobs.'));
}

function tookText({ startedAt, endedAt }: Pick<Detail, 'startedAt' | 'endedAt'>): string {
  return startedAt && endedAt ? lengthText(Date.parse(endedAt) - Date.parse(startedAt)) : '-';
}

async function show({ client, printer, surroundings }: CommandContext, [job = '']: readonly string[]): Promise<void> {
  const found = await client.call('showJob', { params: { job } });
  const { zone } = surroundings;
  printer.result(found, () => {
    printer.facts([
      ['Job', found.id],
      ['Runs', `${found.algorithm} of ${found.application}, package ${shortDigest(found.package)}`],
      ['State', `${found.state}: ${found.reason}`],
      ['Started', timeText(found.startedAt, zone)],
      ['Ends', timeText(found.endsAt, zone)],
      ['Ended', timeText(found.endedAt, zone)],
      ...(found.sensors?.bound ?? []).map(({ name, sensors }): [string, string] => [
        'Sensors',
        `${name}: ${sensors.join(', ') || 'none'}`,
      ]),
    ]);
    printer.line();
    const columns = [
      { heading: 'TASK' },
      { heading: 'STATE' },
      { heading: 'NODE' },
      { heading: 'EXIT', numeric: true as const },
      { heading: 'RUNS', numeric: true as const },
      { heading: 'STARTED' },
      { heading: 'REASON' },
    ];
    printer.table(
      columns,
      found.tasks.map((task) => taskRow(task, zone)),
      'No task yet.',
    );
    printLastLines(printer, found.lastLines);
  });
}

function taskRow(task: Detail['tasks'][number], zone: string): string[] {
  return [
    task.id,
    task.state,
    task.node,
    task.exitCode === null ? '-' : String(task.exitCode),
    String(task.runs.length),
    timeText(task.startedAt, zone),
    task.reason,
  ];
}

function printLastLines(printer: CommandContext['printer'], lines: readonly string[]): void {
  if (lines.length === 0) return;
  printer.line();
  printer.line('Last lines of its log:');
  for (const line of lines) printer.line(`  | ${line}`);
}

async function run(
  { client, printer }: CommandContext,
  [instance = '']: readonly string[],
  { param }: { readonly param: readonly string[] },
): Promise<void> {
  const body = { parameters: pairsOf(param, 'job run') };
  const made = await client.call('runInstance', { params: { instance }, body });
  printer.result(made, () => printer.line(`Job ${made.id} is made; follow it with 'berth logs -f ${made.id}'.`));
}

async function rerun({ client, printer }: CommandContext, [job = '']: readonly string[]): Promise<void> {
  const made = await client.call('rerunJob', { params: { job } });
  printer.result(made, () => printer.line(`Job ${made.id} is made; follow it with 'berth logs -f ${made.id}'.`));
}

interface StopOptions {
  readonly reason: string;
  readonly grace?: string;
}

async function stop(
  { client, printer }: CommandContext,
  [job = '']: readonly string[],
  { reason, grace }: StopOptions,
): Promise<void> {
  const graceMs = grace === undefined ? {} : { graceMs: durationOf(grace, 'job stop') };
  const stopped = await client.call('stopJob', { params: { job }, body: { reason, ...graceMs } });
  printer.result(stopped, () => printer.line(`Job ${stopped.id} is being stopped.`));
}

async function why(
  context: CommandContext,
  [subject = '']: readonly string[],
  { at }: { readonly at?: string },
): Promise<void> {
  return at === undefined ? whyJob(context, subject) : whyAt(context, subject, at);
}

async function whyAt({ client, printer, surroundings }: CommandContext, instance: string, time: string): Promise<void> {
  const { zone, now } = surroundings;
  const at = lastTimeOf(time, { zone, now: now() }, 'job why');
  const answer = await client.call('whyOccurrence', { params: { instance }, query: { at } });
  printer.result(answer, () => {
    printer.labelled(`${timeText(answer.at, zone)} (${zone})`, answer.sentence);
    if (answer.job !== null) printer.line(`'berth job why ${answer.job}' tells more of the job.`);
  });
}

async function whyJob({ client, printer, surroundings }: CommandContext, job: string): Promise<void> {
  const found = await client.call('showJob', { params: { job } });
  printer.result(found, () => {
    printer.line(`Why now:  ${found.why}`);
    printer.line(`State:    ${found.state}: ${found.reason}.`);
    if (found.stop)
      printer.line(
        `Stopped:  by ${found.stop.by} at ${timeText(found.stop.at, surroundings.zone)}: ${found.stop.reason}`,
      );
    if (found.sensors) printer.line(`Sensors:  ${found.sensors.state}: ${found.sensors.reason}.`);
    for (const slot of found.slots) printSlot(printer, slot);
    printNotes(printer, found.notes, surroundings.zone);
    printLastLines(printer, found.lastLines);
  });
}

function printNotes(printer: CommandContext['printer'], notes: Detail['notes'], zone: string): void {
  if (notes.length === 0) return;
  printer.line();
  printer.line('What happened:');
  for (const { at, text } of notes) printer.line(`  ${timeText(at, zone)}  ${text}`);
}

function printSlot(printer: CommandContext['printer'], slot: Detail['slots'][number]): void {
  printer.line();
  printer.line(
    `Copy ${slot.index}: ${slot.state}${slot.node ? ` on ${slot.node}` : ''}, attempt ${slot.attempt}${slot.failures > 0 ? `, ${slot.failures} failed in a row` : ''}`,
  );
  if (slot.lastEnd) printer.line(`  The attempt before ended: ${slot.lastEnd}`);
  if (!slot.placement) return;
  printer.line(`  Why here: ${slot.placement.sentence}`);
  const rows = slot.placement.verdicts.map(({ node, load, refused }) => [
    `  ${node}`,
    load === undefined ? '-' : load.toFixed(3),
    refused ?? (node === slot.placement?.chosen ? 'chosen' : ''),
  ]);
  printer.table(
    [{ heading: '  NODE' }, { heading: 'LOAD', numeric: true }, { heading: 'VERDICT' }],
    rows,
    '  No node was looked at.',
  );
}

interface OutputOptions {
  readonly slot?: string;
  readonly save?: string;
}

async function outputs(
  context: CommandContext,
  [job = '']: readonly string[],
  { slot, save }: OutputOptions,
): Promise<void> {
  const { client, printer, surroundings } = context;
  const items = await client.all('listOutputs', { params: { job }, query: { slot } });
  if (save !== undefined) return saveOutputs(context, items, save);
  printer.result(items, () => {
    if (items.length === 0) printer.line('No output yet.');
    for (const item of items) {
      const about = `copy ${item.slot}  ${item.kind}  ${sizeText(item.sizeBytes)}  ${item.name}`;
      printer.labelled(timeText(item.at, surroundings.zone), about);
      if (item.text !== null) printer.text(item.text);
    }
  });
}

type Outputs = AnswerOf<'listOutputs'>['items'];

async function saveOutputs({ client, printer }: CommandContext, items: Outputs, directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const saved: string[] = [];
  for (const item of items) {
    const [task = '', record = ''] = item.id.split('/');
    const path = join(directory, `${item.slot}-${record}-${plain(basename(item.name)) || item.kind}`);
    const file = createWriteStream(path);
    await once(file, 'open');
    await pipeline(await client.open('openOutput', { params: { task, record } }), file);
    saved.push(path);
  }
  printer.result(saved, () => {
    for (const path of saved) printer.line(path);
  });
}
