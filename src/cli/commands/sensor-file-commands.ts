// berth sensor apply, import, export: sensors and types as files.
import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { AnswerOf } from '../../api/contract/answers.ts';
import { BerthError } from '../../model/errors.ts';
import { act, type CommandContext } from '../command-context.ts';
import { sentFile } from '../sent-file.ts';
import type { Surroundings } from '../surroundings.ts';

/** Adds the commands to `berth sensor`. */
export function addSensorFileCommands(sensor: Command, surroundings: Surroundings): void {
  const one = sensor
    .command('apply <file>')
    .description('register what a file describes, or change it to what it says');
  act(one, surroundings, applySensorFile);
  const many = sensor.command('import <file>').description('the same for many at once: JSON, YAML or CSV');
  act(many, surroundings, applySensorFile);
  const all = sensor.command('export').description('everything that is registered, as a file to import');
  all.option('--form <form>', 'json, yaml, csv (sensors alone)').option('--save <file>', 'write it there');
  act(all, surroundings, exportSensors);
  act(sensor.command('schema').description('JSON Schema of these files'), surroundings, schema);
}

/** Registers what a file describes. @throws cli.file-unreadable, AnsweredError */
export async function applySensorFile(
  { client, printer }: CommandContext,
  [path = '']: readonly string[],
): Promise<void> {
  const isCsv = path.toLowerCase().endsWith('.csv');
  const file = await sentFile(path, isCsv ? 'text/csv' : 'application/yaml');
  const applied = await client.call('applySensors', { query: { form: isCsv ? 'csv' : 'text' }, file });
  printer.result(applied, () => printer.line(appliedText(applied)));
}

type Applied = AnswerOf<'applySensors'>;

function appliedText({ types, sensors }: Applied): string {
  const all = [
    ...types.map(({ id, outcome }) => ({ name: `sensor type ${id}`, outcome })),
    ...sensors.map(({ id, outcome }) => ({ name: `sensor ${id}`, outcome })),
  ];
  const [only, another] = all;
  if (only === undefined) return 'The file names nothing.';
  if (another === undefined) return aloneText(only);
  const counts = OUTCOMES.map(
    ([outcome, words]) => [all.filter((each) => each.outcome === outcome).length, words] as const,
  );
  const told = counts.filter(([count]) => count > 0).map(([count, words]) => `${count} ${words}`);
  return `${types.length} types and ${sensors.length} sensors: ${told.join(', ')}.`;
}

const OUTCOMES = [
  ['created', 'are new'],
  ['changed', 'are changed'],
  ['unchanged', 'are as they were'],
] as const;

function aloneText({ name, outcome }: { readonly name: string; readonly outcome: string }): string {
  if (outcome === 'unchanged') return `The ${name} is as it should be already: nothing changed.`;
  return `The ${name} is ${outcome === 'created' ? 'registered' : 'changed'}.`;
}

async function exportSensors(
  { client, printer }: CommandContext,
  _: readonly string[],
  { form, save }: { readonly form?: string; readonly save?: string },
): Promise<void> {
  const asked = form ?? formOf(save);
  const chunks: Uint8Array[] = [];
  for await (const chunk of await client.open('exportSensors', { query: { form: asked } })) chunks.push(chunk);
  const contents = Buffer.concat(chunks);
  if (save === undefined) return printer.raw(contents);
  await written(save, contents);
  printer.result({ saved: save, sizeBytes: contents.length }, () => printer.line(`Everything is in ${save}.`));
}

/** As the file's name ends. */
function formOf(save: string | undefined): string {
  const [, ending = ''] = /\.(\w+)$/.exec(save ?? '') ?? [];
  return { yml: 'yaml', yaml: 'yaml', csv: 'csv' }[ending.toLowerCase()] ?? 'json';
}

async function written(path: string, contents: Uint8Array): Promise<void> {
  try {
    await writeFile(path, contents);
  } catch (cause) {
    const detail = `${path} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}.`;
    throw new BerthError('cli.usage', { detail, command: 'sensor export' }, { cause });
  }
}

async function schema({ client, printer }: CommandContext): Promise<void> {
  printer.text(JSON.stringify(await client.call('sensorFileSchema'), null, 2));
}
