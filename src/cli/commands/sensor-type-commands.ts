// berth sensor type …: kinds of devices.
import type { Command } from 'commander';
import type { AnswerOf } from '../../api/contract/answers.ts';
import { act, type CommandContext } from '../command-context.ts';
import type { Surroundings } from '../surroundings.ts';
import { applySensorFile } from './sensor-file-commands.ts';

type TypeAnswer = AnswerOf<'showSensorType'>;

/** Adds the commands to `berth sensor`. */
export function addSensorTypeCommands(sensor: Command, surroundings: Surroundings): void {
  const type = sensor.command('type').description('kinds of devices');
  act(type.command('list').alias('ls').description('all types'), surroundings, list);
  act(type.command('show <type>').description('one type'), surroundings, show);
  const applying = type.command('apply <file>').description('register the types that a file describes, or change them');
  act(applying, surroundings, applySensorFile);
  const removing = type.command('remove <type>').alias('rm').description('forget a type that no sensor is of');
  act(removing, surroundings, remove);
}

async function list({ client, printer }: CommandContext): Promise<void> {
  const items = await client.all('listSensorTypes');
  const numeric = true as const;
  const columns = [
    { heading: 'TYPE' },
    { heading: 'SENSORS', numeric },
    { heading: 'RATE', numeric },
    { heading: 'GIVES' },
    { heading: 'TAKES' },
  ];
  const rows = items.map((item) => [
    item.id,
    String(item.sensors),
    `${item.rateHz} Hz`,
    item.fields.map(fieldText).join(', ') || '-',
    item.controls.map(({ name }) => name).join(', ') || '-',
  ]);
  printer.result(items, () =>
    printer.table(
      columns,
      rows,
      "No sensor types; register one with 'berth sensor type apply FILE' (docs/sensors.md).",
    ),
  );
}

/** `celsius number °C -30…60`. */
function fieldText({ name, type, unit, range }: TypeAnswer['fields'][number]): string {
  return [name, type, unit, range ? range.join('…') : ''].filter((word) => word !== '').join(' ');
}

async function show({ client, printer }: CommandContext, [type = '']: readonly string[]): Promise<void> {
  const found = await client.call('showSensorType', { params: { type } });
  printer.result(found, () =>
    printer.facts([
      ['Type', found.id],
      ['Description', found.description || '-'],
      ['Rate', `${found.rateHz} Hz`],
      ['Sensors', String(found.sensors)],
      ...found.fields.map((field): [string, string] => ['Gives', fieldText(field)]),
      ...found.controls.map(({ name, parameters }): [string, string] => [
        'Takes',
        `${name}(${parameters.map(fieldText).join(', ')})`,
      ]),
    ]),
  );
}

async function remove({ client, printer }: CommandContext, [type = '']: readonly string[]): Promise<void> {
  const answer = await client.call('removeSensorType', { params: { type } });
  printer.result(answer, () => printer.line(`Sensor type ${answer.removed} is forgotten.`));
}
