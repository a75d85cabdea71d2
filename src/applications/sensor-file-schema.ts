// The shape of a sensor file: kinds of devices and devices, as people register many at once.
import { z } from 'zod';
import { anyLocation, networkFacts, plainName, tags, titleText } from './config-values.ts';
import { jsonSchemaOf } from './json-schema-of.ts';
import { scheduleFileSchema } from './schedule-file-schema.ts';
import { sensorTypeSchema } from './sensor-type-schema.ts';

const sensor = z.strictObject({
  id: plainName.describe('Unique; the name of its topics, and the user name of its device'),
  name: z.exactOptional(titleText).describe('One line for people; without it the id'),
  type: plainName.describe('A sensor type that is registered, or stands in the same file'),
  location: anyLocation.default('').describe('A path such as campus/building-a/room-12; empty: nowhere in particular'),
  tags: tags.default([]).describe('Words by which it is found'),
  network: networkFacts.default({}).describe('How it is reached, for people: address, port, bus'),
  enabled: z.exactOptional(z.boolean()).describe('Whether its readings are taken; without it as it was, at first true'),
  schedule: z
    .exactOptional(
      z.union([z.literal('always'), scheduleFileSchema], { error: '"always", or a schedule as in instance files' }),
    )
    .describe('When its readings are taken; without it always'),
});

/** The shape of a sensor file; parsing fills in the defaults. */
export const sensorFileSchema = z
  .strictObject({
    $schema: z.string().max(500).optional().describe('For editors; not read'),
    types: z.array(sensorTypeSchema).max(1000).default([]).describe('Kinds of devices'),
    sensors: z.array(sensor).max(20_000).default([]).describe('Devices'),
  })
  .transform(({ $schema: _, ...file }) => file);

/** A sensor file that was read. */
export type SensorFile = z.output<typeof sensorFileSchema>;

/** JSON Schema (2020-12) of a sensor file, for editors and for other programs. */
export function sensorFileJsonSchema(): object {
  return { title: 'Sensor file of Berth', ...jsonSchemaOf(sensorFileSchema) };
}
