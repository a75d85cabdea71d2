// The shape of the optional sensor_config.json: devices that the application's developer knows of.
import { z } from 'zod';
import type { SensorConfig } from '../model/package.ts';
import { dataFormat, plainName, titleText } from './config-values.ts';

const sensor = z.strictObject({
  id: plainName,
  name: titleText,
  type: plainName,
  location: z.string().max(500).default(''),
  outputType: dataFormat,
  outputRange: z.exactOptional(
    z.tuple([z.number(), z.number()]).refine(([low, high]) => low < high, { error: 'the lower bound, then the upper' }),
  ),
  dataRateHz: z.exactOptional(z.number().positive().max(100_000)),
  network: z
    .record(z.string().min(1).max(100), z.string().max(1000))
    .refine((fields) => Object.keys(fields).length <= 50, { error: 'at most 50 entries' })
    .default({}),
});

/** The shape of sensor_config.json; parsing fills in the defaults. */
export const sensorConfigSchema = z
  .strictObject({
    $schema: z.string().max(500).optional(),
    sensors: z.array(sensor).max(1000),
  })
  .transform(({ $schema: _, ...config }): SensorConfig => config);

/** JSON Schema (2020-12) of sensor_config.json, for editors and for other programs. */
export function sensorConfigJsonSchema(): object {
  return { title: 'sensor_config.json of a Berth application', ...z.toJSONSchema(sensorConfigSchema, { io: 'input' }) };
}
