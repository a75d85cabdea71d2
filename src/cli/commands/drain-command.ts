// berth node drain: empties a node, and tells what still runs there until nothing does.
import type { CommandContext } from '../command-context.ts';
import { durationOf } from '../duration-of.ts';

interface DrainOptions {
  readonly deadline?: string;
  readonly wait?: true;
}

const LOOK_EVERY_MS = 1000;

/** Drains a node; with `--wait` resolves when nothing runs there, or when somebody took the drain back. */
export async function drainNode(
  context: CommandContext,
  [node = '']: readonly string[],
  { deadline, wait }: DrainOptions,
): Promise<void> {
  const { client, printer } = context;
  const deadlineMs = deadline === undefined ? undefined : durationOf(deadline, 'node drain');
  const drained = await client.call('drainNode', { params: { node }, query: { deadlineMs } });
  if (!wait) {
    printer.result(drained, () =>
      printer.line(`Node ${node} is being drained; 'berth node undrain ${node}' cancels it.`),
    );
    return;
  }
  const left = await untilEmpty(context, node);
  printer.result(left, () =>
    printer.line(left.draining ? `Node ${node} is empty.` : `The drain of ${node} was cancelled.`),
  );
}

async function untilEmpty(context: CommandContext, node: string) {
  let told = '';
  for (;;) {
    const found = await context.client.call('showNode', { params: { node } });
    if (!found.draining || found.tasks + found.running.length === 0) return found;
    const words = progressWords(found.running);
    if (words !== told) context.printer.progress(words);
    told = words;
    await context.surroundings.pause(LOOK_EVERY_MS);
  }
}

const NAMED = 5;

function progressWords(running: readonly { readonly id: string; readonly state: string }[]): string {
  const named = running.slice(0, NAMED).map(({ id, state }) => `${id} (${state})`);
  const more = running.length > NAMED ? ` and ${running.length - NAMED} more` : '';
  return `${running.length} ${running.length === 1 ? 'task is' : 'tasks are'} still there: ${named.join(', ')}${more}`;
}
