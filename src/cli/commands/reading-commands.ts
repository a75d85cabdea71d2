// berth sensor latest, watch and history: what sensors gave, now and before.
import type { Command } from 'commander';
import type { z } from 'zod';
import type { AnswerOf } from '../../api/contract/answers.ts';
import type { readingView } from '../../api/contract/reading-routes.ts';
import { act, type CommandContext } from '../command-context.ts';
import { lengthText, timeText } from '../person-text.ts';
import { sparkline } from '../sparkline.ts';
import type { Surroundings } from '../surroundings.ts';

type Reading = z.output<typeof readingView>;
type Field = AnswerOf<'sensorOverTime'>['fields'][number];

interface HistoryOptions {
  readonly since: string;
  readonly until?: string;
  readonly field?: string;
  readonly raw?: true;
  readonly csv?: true;
}

/** As many points as bars fit beside the figures on eighty columns. */
const BARS = 40;

/** Adds the commands of readings to `berth sensor`. */
export function addReadingCommands(sensor: Command, surroundings: Surroundings): void {
  act(sensor.command('latest <sensor>').description('its last reading'), surroundings, latest);
  const watching = sensor.command('watch <sensor>').description('its readings as they come');
  watching.option('--rate <n>', 'at most so many a second').option('--after <sequence>', 'go on after this reading');
  act(watching, surroundings, watch);
  const past = sensor.command('history <sensor>').description('its numbers over time; or single readings');
  past.option('--since <time>', 'an instant or a duration back from now: 15m, 1h, 7d, 365d', '1h');
  past.option('--until <time>', 'up to this time').option('--field <name>', 'only this field');
  past.option('--raw', 'single readings, as far back as they are kept');
  past.option('--csv', 'single readings as a table for other programs');
  act(past, surroundings, history);
}

async function latest({ client, printer, surroundings }: CommandContext, [sensor = '']: readonly string[]) {
  const { reading } = await client.call('latestReading', { params: { sensor } });
  printer.result(reading, () => {
    if (reading === null) printer.line(`Nothing is kept of ${sensor}.`);
    else printer.labelled(timeText(reading.at, surroundings.zone), valuesText(reading));
  });
}

async function watch(
  context: CommandContext,
  [sensor = '']: readonly string[],
  { rate, after }: { readonly rate?: string; readonly after?: string },
): Promise<void> {
  const call = { params: { sensor }, query: { rate, after }, signal: context.surroundings.leave };
  for await (const { event, data } of context.client.stream('followReadings', call))
    if (event === 'reading') printReading(context, data as Reading);
}

async function history(context: CommandContext, [sensor = '']: readonly string[], options: HistoryOptions) {
  const { since, until, field } = options;
  const range = { since, until };
  if (options.csv) return exportCsv(context, sensor, range);
  if (options.raw) return listRaw(context, sensor, range);
  const query = { ...range, field, points: BARS };
  const found = await context.client.call('sensorOverTime', { params: { sensor }, query });
  const { printer } = context;
  printer.result(found, () => {
    printer.line(`${found.sensor} from ${found.from} to ${found.to}, a bar for ${lengthText(found.stepMs)}.`);
    const numeric = true as const;
    const figures = ['LEAST', 'MEAN', 'MOST', 'LAST'].map((heading) => ({ heading, numeric }));
    printer.table(
      [{ heading: 'FIELD' }, { heading: 'UNIT' }, ...figures, { heading: 'OVER TIME' }],
      found.fields.map((each) => fieldRow(each, found)),
      'It gives no numbers; --raw shows what it gives.',
    );
  });
}

type Range = Readonly<Record<'since' | 'until', string | undefined>>;

async function exportCsv({ client, printer, surroundings }: CommandContext, sensor: string, range: Range) {
  const call = { params: { sensor }, query: range, signal: surroundings.leave };
  for await (const chunk of await client.open('exportReadings', call)) printer.raw(chunk);
}

/** Page by page, because there may be very many. */
async function listRaw(context: CommandContext, sensor: string, range: Range): Promise<void> {
  let after: string | undefined;
  do {
    const query = { ...range, after, limit: 1000 };
    const page = await context.client.call('listReadings', { params: { sensor }, query });
    for (const reading of page.items) printReading(context, reading);
    after = page.next;
  } while (after !== undefined && !context.surroundings.leave.aborted);
}

function printReading({ printer, surroundings }: CommandContext, reading: Reading): void {
  if (printer.json) printer.jsonLine(reading);
  else printer.labelled(timeText(reading.at, surroundings.zone), valuesText(reading));
}

function valuesText({ values }: Reading): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('  ');
}

function fieldRow({ name, unit, points }: Field, range: AnswerOf<'sensorOverTime'>): string[] {
  if (points.length === 0) return [name, unit || '-', '-', '-', '-', '-', ''];
  const least = Math.min(...points.map(({ min }) => min));
  const most = Math.max(...points.map(({ max }) => max));
  const mean = points.reduce((sum, point) => sum + point.mean, 0) / points.length;
  const figures = [least, mean, most, points.at(-1)?.mean ?? mean].map((value) => String(Number(value.toPrecision(5))));
  return [name, unit || '-', ...figures, sparkline(sharesByStep(points, range, { least, most }))];
}

/** For each step of the range how high its mean lies between the least and the most; undefined where nothing is known. */
function sharesByStep(
  points: Field['points'],
  { from, to, stepMs }: AnswerOf<'sensorOverTime'>,
  { least, most }: { readonly least: number; readonly most: number },
): readonly (number | undefined)[] {
  const step = (at: string) => Math.floor(Date.parse(at) / stepMs);
  const share = (mean: number) => (most > least ? (mean - least) / (most - least) : 0.5);
  const known = new Map(points.map(({ at, mean }) => [step(at), share(mean)]));
  const first = step(from);
  return Array.from({ length: step(to) - first + 1 }, (_, index) => known.get(first + index));
}
