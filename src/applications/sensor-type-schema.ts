// The shape of a kind of device, as sensor_config.json and sensor files describe it.
import { z } from 'zod';
import type { SensorField, SensorType } from '../model/sensor.ts';
import { codeName, dataFormat, plainName } from './config-values.ts';

/** A kind of device as files describe it. */
export type TypeWish = Pick<SensorType, 'id' | 'description' | 'fields' | 'rateHz' | 'controls'>;

const field = z
  .strictObject({
    name: codeName.describe('As readings and code name it'),
    type: dataFormat.describe('JSON type of its values'),
    unit: z.string().max(32).default('').describe('As people write it: °C, %, kWh'),
    range: z
      .exactOptional(
        z
          .tuple([z.number(), z.number()])
          .refine(([low, high]) => low < high, { error: 'the lower bound, then the upper' }),
      )
      .describe('The lowest and the highest number that a working device gives'),
  })
  .refine(({ type, range }) => range === undefined || type === 'number' || type === 'integer', {
    error: 'no range, because its type is no number',
    path: ['range'],
  })
  .transform((read): SensorField => read);

const fields = eachNamed(z.array(field).max(50));

const control = z.strictObject({
  name: codeName.describe('As its topic and code name it'),
  parameters: fields.default([]).describe('What it takes'),
});

/** A kind of device; parsing fills in the defaults. */
export const sensorTypeSchema = z
  .strictObject({
    id: plainName.describe('Name of the type'),
    description: z.string().max(1000).default('').describe('For people'),
    fields: fields.default([]).describe('What a reading holds'),
    rateHz: z
      .number()
      .positive()
      .max(100_000)
      .default(1)
      .describe('Readings per second of a device that works; one that is much slower counts as silent'),
    controls: eachNamed(z.array(control).max(50)).default([]).describe('What it can be told to do'),
  })
  .refine((read) => read.fields.length + read.controls.length > 0, {
    error: 'at least one field, or one control',
    path: ['fields'],
  })
  .transform((read): TypeWish => read);

/** A list in which each name stands once. */
function eachNamed<T extends { readonly name: string }>(list: z.ZodType<T[]>) {
  return list.check((context) => {
    const names = context.value.map(({ name }) => name);
    for (const [index, name] of names.entries()) {
      if (names.indexOf(name) === index) continue;
      const message = `its own name; ${name} stands before`;
      context.issues.push({ code: 'custom', message, input: name, path: [index, 'name'] });
    }
  });
}
