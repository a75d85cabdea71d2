// Outputs of a job as files that go with an e-mail: found by name, opened only as they are sent.
import { Readable } from 'node:stream';
import type { Action, Attachment } from '../model/action.ts';
import type { Output } from '../model/output.ts';
import type { Blobs } from '../ports/blobs.ts';
import type { Mail } from '../ports/mailer.ts';
import type { Store } from '../ports/store.ts';

/** The files, or why they cannot be sent: `missing` ones may still be on their way, what is `too-large` stays so. */
export type FoundAttachments =
  | { readonly ok: true; readonly attachments: Mail['attachments'] }
  | { readonly ok: false; readonly fault: 'missing' | 'too-large'; readonly text: string };

/** Mail servers commonly take 25 MB, and base64 makes a third more of what is sent. */
const MOST_BYTES = 18 * 1024 * 1024;
const PAGE = 500;
const MOST_PAGES = 4;

/** Finds what an e-mail names: of its own task before other tasks of the job, the newest of a name. */
export async function attachedOutputs(
  { store, blobs }: { readonly store: Store; readonly blobs: Pick<Blobs, 'open'> },
  { task, job }: Pick<Action, 'task' | 'job'>,
  wanted: readonly Attachment[],
): Promise<FoundAttachments> {
  const found: Output[] = [];
  for (const { output: name } of wanted) {
    const output = (await newestNamed(store, { task }, name)) ?? (await newestNamed(store, { job }, name));
    if (!output) return { ok: false, fault: 'missing', text: `The job has no output ${name} yet.` };
    found.push(output);
  }
  const bytes = found.reduce((total, { sizeBytes }) => total + sizeBytes, 0);
  if (bytes > MOST_BYTES)
    return {
      ok: false,
      fault: 'too-large',
      text: `Its attachments have ${bytes} bytes; at most ${MOST_BYTES} are sent.`,
    };
  return { ok: true, attachments: found.map((output) => attachmentOf(blobs, output)) };
}

async function newestNamed(store: Store, where: Record<string, string>, name: string): Promise<Output | undefined> {
  let after: string | undefined;
  for (let read = 0; read < MOST_PAGES; read++) {
    const query = { where, orderBy: 'at', direction: 'descending', limit: PAGE } as const;
    const page = await store.list('output', after === undefined ? query : { ...query, after });
    const output = page.items.find(({ doc }) => doc.name === name)?.doc;
    after = page.next;
    if (output || after === undefined) return output;
  }
  return undefined;
}

function attachmentOf(
  blobs: Pick<Blobs, 'open'>,
  { name, contentType, text, blob }: Output,
): Mail['attachments'][number] {
  const plainName = name.split('/').at(-1) ?? name;
  return {
    name: plainName,
    contentType,
    content: blob === undefined ? Readable.from([Buffer.from(text ?? '')]) : opened(blobs, blob),
  };
}

async function* opened(blobs: Pick<Blobs, 'open'>, blob: string): AsyncGenerator<Uint8Array, void, undefined> {
  yield* await blobs.open(blob);
}
