// The kinds of values that app_config.json, sensor_config.json and instance files have in common.
import { z } from 'zod';
import {
  CODE_NAME,
  CODE_NAME_WORDS,
  ENVIRONMENT_NAME_WORDS,
  mayBeSetInEnvironment,
  PLAIN_NAME,
  PLAIN_NAME_WORDS,
} from './name-rules.ts';

const LOCATION = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}(?:\/[A-Za-z0-9][A-Za-z0-9._-]{0,62}){0,19}$/;
const TAG = /^[a-z0-9](?:[a-z0-9._-]{0,61}[a-z0-9])?$/;
const CONTROL_CHARACTERS = /\p{Cc}/u;

/** A plain name (`PLAIN_NAME`). */
export const plainName = z.string().regex(PLAIN_NAME, { error: PLAIN_NAME_WORDS });

/** A name in code (`CODE_NAME`). */
export const codeName = z.string().regex(CODE_NAME, { error: CODE_NAME_WORDS });

/** One line for people, without control characters. */
export const titleText = z
  .string()
  .min(1)
  .max(200)
  .refine((text) => !CONTROL_CHARACTERS.test(text), { error: 'one line of text without control characters' });

const LOCATION_WORDS = 'a path such as campus/building-a/room-12: names of letters, digits, ".", "_" and "-"';

/** A place as a path. */
export const locationPath = z.string().max(500).regex(LOCATION, { error: LOCATION_WORDS });

/** A place as a path; empty: nowhere in particular. */
export const anyLocation = z
  .string()
  .max(500)
  .refine((path) => path === '' || LOCATION.test(path), { error: LOCATION_WORDS });

/** Words by which sensors are found, each once. */
export const tags = z
  .array(z.string().regex(TAG, { error: 'a tag: lower-case letters, digits, ".", "_" and "-", at most 63 characters' }))
  .max(50)
  .refine((all) => new Set(all).size === all.length, { error: 'each tag once' });

/** How a device is reached, for people: names and values. */
export const networkFacts = z
  .record(z.string().min(1).max(100), z.string().max(1000))
  .refine((facts) => Object.keys(facts).length <= 50, { error: 'at most 50 entries' });

/** How a sensor's data looks. */
export const dataFormat = z.enum(['number', 'integer', 'boolean', 'string', 'object']);

/** Environment variables that an application may set. */
export const environment = z
  .record(
    z.string().refine(mayBeSetInEnvironment, { error: ENVIRONMENT_NAME_WORDS }),
    z
      .string()
      .max(32_768)
      .refine((value) => !value.includes('\0'), { error: 'a value without NUL characters' }),
  )
  .refine((variables) => Object.keys(variables).length <= 100, { error: 'at most 100 variables' });

/** Each of the resources that a slot may ask, within what any machine could have. */
export const resourceShape = {
  cpus: z.number().min(0.01).max(1024),
  memoryMiB: z.number().int().min(16).max(16_777_216),
  diskMiB: z.number().int().min(1).max(16_777_216),
  pids: z.number().int().min(8).max(65_536),
};
