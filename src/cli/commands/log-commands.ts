// berth logs and berth events: what was written and what happened, then and live.

import type { Command } from 'commander';
import type { z } from 'zod';
import type { eventView, logFrameView } from '../../api/contract/views.ts';
import { act, type CommandContext } from '../command-context.ts';
import { timeText } from '../person-text.ts';
import type { Surroundings } from '../surroundings.ts';

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
  for await (const frame of frames) printFrame(context, frame, options.timestamps === true);
}

interface LogCall {
  readonly params: { readonly subject: string };
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

async function* followed({ client }: CommandContext, call: LogCall): AsyncGenerator<Frame> {
  for await (const { event, data } of client.stream('followLog', call)) {
    if (event === 'end') return;
    if (event === 'frame') yield data as Frame;
  }
}

async function* stored({ client }: CommandContext, call: LogCall): AsyncGenerator<Frame> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of await client.open('readLog', call)) {
    const lines = (rest + decoder.decode(chunk as Buffer, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield JSON.parse(line) as Frame;
  }
}

/** Without a terminal the bytes are exactly those that the application wrote. */
function printFrame({ printer, surroundings }: CommandContext, frame: Frame, timestamps: boolean): void {
  if (printer.json) printer.jsonLine(frame);
  else if (frame.gap !== undefined) printer.progress(`[${frame.gap}]`);
  else {
    const before = timestamps ? `${timeText(frame.at, surroundings.zone)} ${frame.task} ${frame.stream} ` : '';
    printer.bytes(Buffer.concat([Buffer.from(before), Buffer.from(frame.data, 'base64')]));
  }
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
  const { items } = await context.client.call('listEvents', { query: { limit, subject, application: app } });
  const oldestFirst = items.toReversed();
  if (!follow) {
    context.printer.result(oldestFirst, () => {
      for (const item of oldestFirst) printEvent(context, item);
    });
    return;
  }
  for (const item of oldestFirst) printEvent(context, item);
  const query = { after: items[0]?.id, subject, application: app };
  for await (const { event, data } of context.client.stream('followEvents', {
    query,
    signal: context.surroundings.leave,
  })) {
    if (event === 'event') printEvent(context, data as EventAnswer);
  }
}

function printEvent({ printer, surroundings }: CommandContext, item: EventAnswer): void {
  if (printer.json) printer.jsonLine(item);
  else
    printer.line(
      `${printer.style('dim', timeText(item.at, surroundings.zone))}  ${item.kind.padEnd(18)}  ${item.text}`,
    );
}
