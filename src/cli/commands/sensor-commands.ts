// berth sensor …: registered devices, their types, and what packages wish for.
import type { Command } from 'commander';
import type { AnswerOf } from '../../api/contract/answers.ts';
import { act, type CommandContext } from '../command-context.ts';
import { agoText, timeText } from '../person-text.ts';
import type { Surroundings } from '../surroundings.ts';
import { addSensorFileCommands } from './sensor-file-commands.ts';
import { addSensorRequestCommands } from './sensor-request-commands.ts';
import { addSensorTypeCommands } from './sensor-type-commands.ts';

/** Adds the commands of sensors; gives `berth sensor`, for those who add more to it. */
export function addSensorCommands(program: Command, surroundings: Surroundings): Command {
  const sensor = program.command('sensor').description('sensors, their types, and what packages wish for');
  const all = sensor.command('list').alias('ls').description('sensors, with what is known of them');
  all.option('--type <type>', 'only of this type').option('--location <path>', 'only there, or deeper');
  all.option('--tag <tag>', 'only with this tag').option('--state <state>', 'unknown, online, silent, offline');
  act(all, surroundings, list);
  act(sensor.command('show <sensor>').description('one sensor'), surroundings, show);
  addSensorFileCommands(sensor, surroundings);
  addSwitches(sensor, surroundings);
  const credential = sensor.command('credential <sensor>').description('give its device a new password, shown once');
  credential.option('--revoke', 'take the password away instead');
  act(credential, surroundings, renewCredential);
  addSensorTypeCommands(sensor, surroundings);
  addSensorRequestCommands(sensor, surroundings);
  return sensor;
}

function addSwitches(sensor: Command, surroundings: Surroundings): void {
  const removing = sensor.command('remove <sensor>').alias('rm').description('forget a sensor');
  act(removing, surroundings, remove);
  act(
    sensor.command('enable <sensor>').description('take its readings again'),
    surroundings,
    change('enableSensor', 'is enabled'),
  );
  act(
    sensor.command('disable <sensor>').description('refuse its readings, and bind it no more'),
    surroundings,
    change('disableSensor', 'is disabled'),
  );
}

type SensorAnswer = AnswerOf<'showSensor'>;

interface ListOptions {
  readonly type?: string;
  readonly location?: string;
  readonly tag?: string;
  readonly state?: string;
}

async function list(
  { client, printer, surroundings }: CommandContext,
  _: readonly string[],
  { type, location, tag, state }: ListOptions,
): Promise<void> {
  const items = await client.all('listSensors', { query: { type, location, tag, state } });
  const columns = [
    { heading: 'SENSOR' },
    { heading: 'TYPE' },
    { heading: 'STATE' },
    { heading: 'LAST READING' },
    { heading: 'MISFITS', numeric: true as const },
    { heading: 'LOCATION' },
    { heading: 'TAGS' },
  ];
  const rows = items.map((item) => [
    item.id,
    item.type,
    item.enabled ? item.state : 'disabled',
    agoText(item.lastReadingAt, surroundings.now()),
    String(item.misfits),
    item.location || '-',
    item.tags.join(' ') || '-',
  ]);
  printer.result(items, () =>
    printer.table(columns, rows, "No sensors; register some with 'berth sensor apply FILE' (docs/sensors.md)."),
  );
}

async function show(
  { client, printer, surroundings }: CommandContext,
  [sensor = '']: readonly string[],
): Promise<void> {
  const found = await client.call('showSensor', { params: { sensor } });
  const { zone } = surroundings;
  printer.result(found, () => {
    printer.facts(factsOf(found, zone));
    if (found.samples.length === 0) return;
    printer.line();
    printer.line('Readings that were refused last:');
    const columns = [{ heading: 'AT' }, { heading: 'FAULT' }, { heading: 'READING' }];
    const rows = found.samples.map(({ at, text, fault }) => [timeText(at, zone), fault, text]);
    printer.table(columns, rows, '');
  });
}

function factsOf(found: SensorAnswer, zone: string): [string, string][] {
  const { id, name, type, location, tags, network, schedule, topics } = found;
  const reach = Object.entries(network).map(([key, value]) => `${key} ${value}`);
  return [
    ['Sensor', name === id ? id : `${id} (${name})`],
    ['Type', type],
    ['State', found.enabled ? `${found.state}: ${found.reason}` : 'disabled'],
    ['Since', timeText(found.stateSince, zone)],
    ['Last reading', timeText(found.lastReadingAt, zone)],
    ['Readings', `${found.readings} taken, ${found.misfits} refused`],
    ['Location', location || '-'],
    ['Tags', tags.join(' ') || '-'],
    ['Reached at', reach.join(', ') || '-'],
    ['Read', schedule === null ? 'always' : `${schedule.words} (${schedule.zone})`],
    ['Signs in', found.hasCredential ? `as ${id}` : `not yet; 'berth sensor credential ${id}' makes a password`],
    ['Topics', `${topics.readings}, ${topics.status}, ${topics.controls}, ${topics.acks}`],
  ];
}

async function remove({ client, printer }: CommandContext, [sensor = '']: readonly string[]): Promise<void> {
  const answer = await client.call('removeSensor', { params: { sensor } });
  printer.result(answer, () => printer.line(`Sensor ${answer.removed} is forgotten.`));
}

function change(route: 'enableSensor' | 'disableSensor', words: string) {
  return async ({ client, printer }: CommandContext, [sensor = '']: readonly string[]) => {
    const changed = await client.call(route, { params: { sensor } });
    printer.result(changed, () => printer.line(`Sensor ${changed.id} ${words}.`));
  };
}

async function renewCredential(
  { client, printer }: CommandContext,
  [sensor = '']: readonly string[],
  { revoke }: { readonly revoke?: true },
): Promise<void> {
  if (revoke) {
    const revoked = await client.call('revokeSensorCredential', { params: { sensor } });
    printer.result(revoked, () => printer.line(`The device of sensor ${revoked.id} cannot sign in any more.`));
    return;
  }
  const made = await client.call('renewSensorCredential', { params: { sensor } });
  printer.result(made, () => {
    printer.facts([
      ['User', made.user],
      ['Password', made.password],
      ['Readings to', made.topics.readings],
    ]);
    printer.note('The password is shown this once; the one before it does not count any more.');
  });
}
