// What the API answers of occurrences that are to come.
import { z } from 'zod';
import { instant } from './views.ts';

const times = {
  startsAt: instant.describe('When its job begins: after the occurrence, where the schedule has jitter.'),
  endsAt: instant.nullable().describe('When its job is stopped; null: never.'),
  note: z.string().nullable().describe('Why it will make no job, where that is known.'),
};
const local = z.string().describe('The same in the zone of the schedule, with its distance from UTC.');

/** The next occurrences of one instance. */
export const preview = z
  .object({
    instance: z.string(),
    words: z.string().describe('The schedule on one line, for people.'),
    zone: z.string(),
    occurrences: z.array(
      z.object({
        at: instant,
        local,
        ...times,
      }),
    ),
  })
  .meta({ id: 'Preview' });

/** What is due on the whole platform. */
export const platformPreview = z
  .object({
    from: instant,
    until: instant,
    paused: z.boolean(),
    occurrences: z.array(
      z.object({
        instance: z.string(),
        zone: z.string(),
        at: instant,
        local,
        ...times,
      }),
    ),
    total: z.number().describe('How many occurrences were found, those included that are not listed.'),
    coveredUntil: instant.describe('Everything before it was looked at.'),
    isWhole: z.boolean().describe('Whether all are there; else the first ones.'),
    collisions: z.array(z.object({ at: instant, instances: z.array(z.string()), sentence: z.string() })),
    standalone: z.array(z.object({ at: instant, instances: z.array(z.string()), sentence: z.string() })),
  })
  .meta({ id: 'PlatformPreview' });
