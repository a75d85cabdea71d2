// Secrets as the API takes and answers them: a value goes in, and never comes out.
import { z } from 'zod';
import { MOST_SECRET_BYTES } from '../../model/secret.ts';
import { instant } from './views.ts';

/** A secret without its value. */
export const secretView = z
  .object({
    name: z.string(),
    version: z.number().describe('Counts the values that it had.'),
    updatedAt: instant,
    by: z.string().describe('Who gave the value.'),
    readable: z.boolean().describe('False: the key that opens it is lost, and it must be set anew.'),
  })
  .meta({ id: 'Secret' });

/** Secrets without their values. */
export const secretsView = z.object({ items: z.array(secretView) });

/** A value that is to be kept. */
export const secretBody = z.object({ value: z.string().min(1).max(MOST_SECRET_BYTES) });

/** What became of the secrets when their key was renewed. */
export const renewedKeyView = z.object({
  key: z.string().describe('The name of the new key.'),
  resealed: z.number().describe('Secrets that are sealed with it now.'),
  unreadable: z.number().describe('Secrets that did not open, and stay as they are.'),
});
