// berth logs and berth events: what was written and what happened, then and live.

import type { Command } from 'commander';
import type { z } from 'zod';
import type { eventView, logFrameView } from '../../api/contract/views.ts';
import { act, type CommandContext } from '../command-context.ts';
import { LogScreen } from '../log-screen.ts';
import { timeText } from '../person-text.ts';
import type { Printer } from '../printer.ts';
import type { Surroundings } from '../surroundings.ts';
import { plain } from '../text-table.ts';

type Frame = z.output<typeof logFrameView>;
type EventAnswer = z.output<typeof eventView>;

interface LogOptions {
  readonly follow?: true;
  readonly since?: string;
  readonly until?: string;
  readonly tail?: string;
  readonly search?: string;
  readonly stream?: string;
  readonly timestamps?: true;
}

/** Adds the commands of logs and events. */
export function addLogCommands(program: Command, surroundings: Surroundings): void {
  const logs = program
    .command('logs <job>')
    .description("the log of a job, a task or an instance's last job, byte for byte");
  logs
    .option('-f, --follow', 'go on as it is written')
    .option('--since <time>', 'an instant or a duration back from now, for example 10m');
  logs
    .option('--until <time>', 'up to this time')
    .option('--tail <n>', 'only the last lines')
    .option('--search <text>', 'only lines that hold this text');
  act(
    logs
      .option('--stream <name>', 'stdout or stderr')
      .option('-t, --timestamps', 'time, task and stream before each line'),
    surroundings,
    readLogs,
  );
  const events = program
    .command('events')
    .description('what happened, newest last')
    .option('-f, --follow', 'go on as it happens')
    .option('--limit <n>', 'at most', '50');
  act(
    events
      .option('--subject <key>', 'only of this, for example job:…')
      .option('--app <application>', 'only of this application'),
    surroundings,
    readEvents,
  );
}

async function readLogs(
  context: CommandContext,
  [subject = '']: readonly string[],
  options: LogOptions,
): Promise<void> {
  const { since, until, tail, search, stream } = options;
  const call = {
    params: { subject },
    query: { since, until, tail, search, stream },
    signal: context.surroundings.leave,
  };
  const frames = options.follow ? followed(context, call) : stored(context, call);
  const screen = new LogScreen(context.surroundings.color);
  for await (const frame of frames) printFrame(context, screen, frame, options.timestamps === true);
}

interface LogCall {
  readonly params: { readonly subject: string };
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

async function* followed({ client }: CommandContext, call: LogCall): AsyncGenerator<Frame> {
  for await (const { event, data } of client.stream('followLog', call)) if (event === 'frame') yield data as Frame;
}

async function* stored({ client }: CommandContext, call: LogCall): AsyncGenerator<Frame> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of await client.open('readLog', call)) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield JSON.parse(line) as Frame;
  }
}

function printFrame(
  { printer, surroundings }: CommandContext,
  screen: LogScreen,
  frame: Frame,
  timestamps: boolean,
): void {
  const { task, stream, gap, data, at } = frame;
  const before = timestamps ? plain(`${timeText(at, surroundings.zone)} ${task} ${stream} `) : undefined;
  const shown = (bytes: Buffer) => (surroundings.terminal ? screen.shown(`${task} ${stream}`, bytes) : bytes);
  if (printer.json) printer.jsonLine(frame);
  else if (gap !== undefined) printer.note(`[${gap}]`);
  else printBytes(printer, Buffer.from(data, 'base64'), before, shown);
}

/** A terminal gets what is harmless, everything else exactly the bytes that the application wrote. */
function printBytes(
  printer: Printer,
  bytes: Buffer,
  before: ReturnType<typeof plain> | undefined,
  shown: (bytes: Buffer) => string | Buffer,
): void {
  if (before === undefined) printer.raw(shown(bytes));
  else
    for (const line of linesOf(bytes)) {
      printer.raw(before);
      printer.raw(shown(line));
    }
}

/** Lines with their newlines; the last may have none. A frame without bytes is one. */
function* linesOf(bytes: Buffer): Generator<Buffer, void, undefined> {
  let start = 0;
  do {
    const newline = bytes.indexOf('\n', start);
    const end = newline < 0 ? bytes.length : newline + 1;
    yield bytes.subarray(start, end);
    start = end;
  } while (start < bytes.length);
}

interface EventOptions {
  readonly follow?: true;
  readonly limit: string;
  readonly subject?: string;
  readonly app?: string;
}

async function readEvents(
  context: CommandContext,
  _: readonly string[],
  { follow, limit, subject, app }: EventOptions,
): Promise<void> {
  const wanted = { subject, application: app };
  const { items } = await context.client.call('listEvents', { query: { ...wanted, limit } });
  const oldestFirst = items.toReversed();
  if (follow) return followEvents(context, oldestFirst, wanted);
  context.printer.result(oldestFirst, () => {
    for (const item of oldestFirst) printEvent(context, item);
  });
}

type Wanted = Readonly<Record<'subject' | 'application', string | undefined>>;

/** First those that are there; the stream may begin with some of them, because it goes by the order in which they were stored. */
async function followEvents(context: CommandContext, there: readonly EventAnswer[], wanted: Wanted): Promise<void> {
  for (const item of there) printEvent(context, item);
  const shown = new Set(there.map(({ id }) => id));
  const call = { query: { ...wanted, after: there.at(-1)?.id }, signal: context.surroundings.leave };
  for await (const { event, data } of context.client.stream('followEvents', call)) {
    const item = data as EventAnswer;
    if (event === 'event' && !shown.has(item.id)) printEvent(context, item);
  }
}

function printEvent({ printer, surroundings }: CommandContext, item: EventAnswer): void {
  if (printer.json) printer.jsonLine(item);
  else printer.labelled(timeText(item.at, surroundings.zone), `${item.kind.padEnd(18)}  ${item.text}`);
}
