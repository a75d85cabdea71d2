// What an instance file says of sensors: which devices the names of an algorithm stand for, and what becomes of a job when one is missing.
import { z } from 'zod';
import type { BindingWish, BindingWishes } from '../model/binding.ts';
import { codeName, locationPath, plainName, tags } from './config-values.ts';

const MOST_NAMES = 100;

const query = z
  .strictObject({
    location: z.exactOptional(locationPath).describe('Only sensors there, or deeper: a path such as campus/building-a'),
    tags: z.exactOptional(tags).describe('Only sensors that have all of these tags'),
  })
  .describe('Whatever sensors of the declared type it finds as a job starts');

const wish = z
  .union([z.array(plainName).min(1).max(1000).describe('These sensors, by id, in this order'), query], {
    error: 'a list of ids of sensors, or an object with "location" and "tags"',
  })
  .transform((given): BindingWish => ('map' in given ? { by: 'id', sensors: given } : { by: 'query', query: given }));

const wishes = z
  .record(codeName, wish)
  .refine((all) => Object.keys(all).length <= MOST_NAMES, { error: `at most ${MOST_NAMES} names` })
  .default({});

/** The `bindings` of an instance file. */
export const bindingsFile = z
  .strictObject({
    sensors: wishes.describe('By the name that the algorithm reads: ids of sensors, or a query'),
    controls: wishes.describe('By the name that the algorithm steers: the id of a sensor, or a query'),
    missing: z
      .enum(['wait', 'run-without', 'refuse'])
      .default('wait')
      .describe('What becomes of a job when a sensor is not there as it starts'),
  })
  .transform((read): BindingWishes => read);
