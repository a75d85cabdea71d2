// What the routes of the audit answer.
import { z } from 'zod';
import { instant } from './views.ts';

const state = z.record(z.string(), z.unknown()).nullable();

/** One entry with what came of it. */
export const auditEntryView = z
  .object({
    id: z.string(),
    at: instant,
    who: z.string().describe('`user:ana`, `token:ci`, `system`, or `nobody` before somebody signed in.'),
    via: z.string().nullable().describe('The session or token by which they asked.'),
    from: z.string().describe('Network address.'),
    act: z.string().describe('The name of the route, or what the platform itself did.'),
    object: z.string().nullable(),
    project: z.string().nullable(),
    asked: state,
    before: state,
    outcome: z
      .object({ at: instant, status: z.number(), code: z.string().nullable(), after: state })
      .nullable()
      .describe('Null: nobody knows, or it is not done yet.'),
    chain: z.string(),
    number: z.number(),
    digest: z.string(),
  })
  .meta({ id: 'AuditEntry' });

/** Whether the audit is whole. */
export const auditFindingsView = z
  .object({
    entries: z.number(),
    chains: z.number().describe('Each start of the platform that wrote something began one.'),
    removed: z.number().describe('Entries that went by age, as far as notes of it are kept.'),
    unknown: z.number().describe('Entries of which nobody knows what came of them.'),
    holes: z.array(
      z.object({
        chain: z.string(),
        number: z.number(),
        what: z.enum(['missing', 'changed', 'twice', 'cut']),
        sentence: z.string(),
      }),
    ),
  })
  .meta({ id: 'AuditFindings' });
