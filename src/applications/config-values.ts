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
