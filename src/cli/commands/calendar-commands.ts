// berth calendar …: calendars in whose events nothing runs.
import type { Command } from 'commander';
import type { AnswerOf } from '../../api/contract/answers.ts';
import { act, type CommandContext } from '../command-context.ts';
import { timeText } from '../person-text.ts';
import { sentFile } from '../sent-file.ts';
import type { Surroundings } from '../surroundings.ts';

/** Adds the commands of calendars. */
export function addCalendarCommands(program: Command, surroundings: Surroundings): void {
  const calendar = program.command('calendar').description('calendars in whose events nothing runs');
  act(
    calendar.command('add <name> <file>').description('upload an iCalendar file, or another version of it'),
    surroundings,
    add,
  );
  act(calendar.command('ls').description('all calendars'), surroundings, list);
  act(calendar.command('show <name>').description('one calendar with its next events'), surroundings, show);
  act(calendar.command('rm <name>').description('forget a calendar that no instance names'), surroundings, remove);
}

async function add({ client, printer }: CommandContext, [name = '', path = '']: readonly string[]): Promise<void> {
  const file = await sentFile(path, 'text/calendar');
  const made = await client.call('putCalendar', { params: { calendar: name }, file });
  printer.result(made, () =>
    printer.line(`Calendar ${made.name} has ${made.events} events; schedules name it in "calendars".`),
  );
}

async function list({ client, printer, surroundings }: CommandContext): Promise<void> {
  const { items } = await client.call('listCalendars');
  const columns = [{ heading: 'NAME' }, { heading: 'EVENTS', numeric: true as const }, { heading: 'UPDATED' }];
  const rows = items.map(({ name, events, updatedAt }) => [
    name,
    String(events),
    timeText(updatedAt, surroundings.zone),
  ]);
  printer.result(items, () =>
    printer.table(columns, rows, "No calendars yet; upload one with 'berth calendar add NAME FILE.ics'."),
  );
}

async function show({ client, printer, surroundings }: CommandContext, [name = '']: readonly string[]): Promise<void> {
  const found = await client.call('showCalendar', { params: { calendar: name } });
  const columns = [{ heading: 'FROM' }, { heading: 'TO' }, { heading: 'ZONE' }, { heading: 'EVENT' }];
  const rows = found.next.map((event) => eventRow(event, surroundings.zone));
  printer.result(found, () => {
    printer.line(
      `${found.name}: ${found.events} events are known until ${timeText(found.knownUntil, surroundings.zone)}.`,
    );
    printer.table(columns, rows, 'No event is to come.');
  });
}

function eventRow({ from, to, local, summary }: AnswerOf<'showCalendar'>['next'][number], zone: string): string[] {
  if (local) return [from.replace('T', ' '), to.replace('T', ' '), 'of each schedule', summary];
  return [timeText(from, zone), timeText(to, zone), zone, summary];
}

async function remove({ client, printer }: CommandContext, [name = '']: readonly string[]): Promise<void> {
  const answer = await client.call('removeCalendar', { params: { calendar: name } });
  printer.result(answer, () => printer.line(`Calendar ${answer.removed} is forgotten.`));
}
