// The shape of the optional sensor_config.json: devices, and kinds of devices, that the application's developer knows of.
import { z } from 'zod';
import type { SensorConfig } from '../model/package.ts';
import { anyLocation, dataFormat, networkFacts, plainName, tags, titleText } from './config-values.ts';
import { sensorTypeSchema } from './sensor-type-schema.ts';

const sensor = z.strictObject({
  id: plainName,
  name: titleText,
  type: plainName,
  location: anyLocation.default(''),
  outputType: dataFormat,
  outputRange: z.exactOptional(
    z.tuple([z.number(), z.number()]).refine(([low, high]) => low < high, { error: 'the lower bound, then the upper' }),
  ),
  dataRateHz: z.exactOptional(z.number().positive().max(100_000)),
  network: networkFacts.default({}),
  tags: z.exactOptional(tags),
});

/** The shape of sensor_config.json; parsing fills in the defaults. */
export const sensorConfigSchema = z
  .strictObject({
    $schema: z.string().max(500).optional(),
    types: z.exactOptional(z.array(sensorTypeSchema).max(200)),
    sensors: z.array(sensor).max(1000).default([]),
  })
  .transform(({ $schema: _, ...config }): SensorConfig => config);

/** JSON Schema (2020-12) of sensor_config.json, for editors and for other programs. */
export function sensorConfigJsonSchema(): object {
  return { title: 'sensor_config.json of a Berth application', ...z.toJSONSchema(sensorConfigSchema, { io: 'input' }) };
}
