// What tasks may want to be done, and its bounds. What is too long or cannot be meant is refused here, where the algorithm hears of it.
import { z } from 'zod';
import { BerthError, type Problem } from '../model/errors.ts';

const KIB = 1024;
/** A mailbox as RFC 5321 writes it without quoting: nothing in it can end a header, a command or a list. */
const MAILBOX = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/;
const PHONE = /^\+?[0-9]{3,20}$/;
const HEADER = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/;
/** Headers that are the platform's, or that say how bytes are carried. */
const OWN_HEADERS =
  /^(berth-.*|host|content-length|transfer-encoding|connection|keep-alive|upgrade|te|trailer|expect|proxy-.*)$/i;
const MOST_PARAMETERS_BYTES = 64 * KIB;

const line = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .refine((text) => !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text), { error: 'one line of text without control characters' });

const oneOrMore = <T extends z.ZodType<unknown, string>>(item: T, most: number) =>
  z
    .preprocess((given) => (typeof given === 'string' ? [given] : given), z.array(item).min(1).max(most))
    .transform((all) => [...new Set(all)]);

const mailbox = z.string().max(254).regex(MAILBOX, { error: 'the address of one mailbox, such as ana@example.org' });
const phone = z
  .string()
  .max(40)
  .transform((text) => text.replaceAll(/[\s().-]/g, ''))
  .pipe(z.string().regex(PHONE, { error: 'a telephone number, such as +491701234567' }));
const scalar = z.union([z.string().max(32 * KIB), z.number(), z.boolean()]).transform(String);
const attachment = z.union([line(500).transform((output) => ({ output })), z.object({ output: line(500) })]);

const headers = z
  .record(
    z.string().regex(HEADER),
    z
      .string()
      .max(4000)
      .regex(/^[\t\u0020-\u007e]*$/, { error: 'printable ASCII' }),
  )
  .refine((all) => Object.keys(all).length <= 20, { error: 'at most 20 headers' })
  .refine((all) => !Object.keys(all).some((name) => OWN_HEADERS.test(name)), {
    error: 'no Berth-… headers, and none that say how bytes are carried',
  })
  .default({});

const url = z
  .string()
  .max(2048)
  .refine((text) => isPlainWebAddress(text), { error: 'an http or https address without a user name' });

function isPlainWebAddress(text: string): boolean {
  const parsed = URL.parse(text);
  return parsed !== null && /^https?:$/.test(parsed.protocol) && parsed.username === '' && parsed.password === '';
}

/** JSON is kept as text, so that what is signed is what is sent. */
const jsonBody = z
  .unknown()
  .transform((value) => (typeof value === 'string' ? value : (JSON.stringify(value) ?? 'null')))
  .pipe(z.string().max(256 * KIB));

const parameters = z
  .record(z.string().max(100), z.unknown())
  .refine((given) => JSON.stringify(given).length <= MOST_PARAMETERS_BYTES, { error: 'at most 64 KiB of parameters' })
  .default({});

const key = line(200).describe('What is asked for again under the same key is one action.');

const wantedActionSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('email'),
    key,
    to: oneOrMore(mailbox, 50),
    subject: line(500),
    text: z.string().max(256 * KIB),
    html: z
      .string()
      .max(512 * KIB)
      .nullable()
      .default(null),
    values: z
      .record(z.string().max(100), scalar)
      .refine((all) => Object.keys(all).length <= 100, { error: 'at most 100 values' })
      .nullish()
      .transform((all) => all ?? {}),
    attachments: z.array(attachment).max(10).default([]),
  }),
  z.object({ kind: z.literal('sms'), key, to: oneOrMore(phone, 20), text: z.string().min(1).max(1600) }),
  z.object({
    kind: z.literal('notify'),
    key,
    title: line(200),
    text: z.string().max(10_000),
    severity: z.enum(['info', 'warning', 'alert']).default('info'),
  }),
  z.object({
    kind: z.literal('webhook'),
    key,
    url,
    method: z.enum(['POST', 'PUT']).default('POST'),
    headers,
    body: jsonBody,
  }),
  z.object({
    kind: z.literal('control'),
    key,
    name: line(100),
    index: z.number().int().min(0).max(10_000).default(0),
    control: line(100),
    parameters,
    timeoutSeconds: z.number().min(0.1).max(300).default(10),
  }),
]);

/** What a task wants, checked and with its defaults. */
export type CheckedAction = z.output<typeof wantedActionSchema>;

/** Checks what a task wants. @throws action.invalid with each problem and its place */
export function checkedAction(wanted: unknown): CheckedAction {
  const { data, error } = wantedActionSchema.safeParse(wanted);
  if (data) return data;
  const problems = error.issues.map(problemOf);
  const detail = problems.map(({ path, expected }) => `${path}: ${expected}`).join('; ');
  throw new BerthError('action.invalid', { detail: `${detail.slice(0, 1000)}.` }, { problems });
}

function problemOf({ path, message }: z.core.$ZodIssue): Problem {
  const place = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return { file: 'action', path: `$${place}`, found: 'what was given', expected: message };
}
