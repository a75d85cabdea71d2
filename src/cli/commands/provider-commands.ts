// berth provider …: what can start, stop, make and destroy machines.
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { AnswerOf } from '../../api/contract/answers.ts';
import { BerthError } from '../../model/errors.ts';
import { act, type CommandContext } from '../command-context.ts';
import { agoText, lengthText } from '../person-text.ts';
import type { Surroundings } from '../surroundings.ts';

type ProviderAnswer = AnswerOf<'showProvider'>;

/** Adds the commands of providers. */
export function addProviderCommands(program: Command, surroundings: Surroundings): void {
  const provider = program.command('provider').description('what can start, stop, make and destroy machines');
  act(
    provider.command('add <name> <file>').description('add one, described in a JSON file (docs/servers.md)'),
    surroundings,
    add,
  );
  act(provider.command('ls').description('all providers'), surroundings, list);
  act(
    provider.command('show <provider>').description('one provider with the machines that it makes'),
    surroundings,
    show,
  );
  act(provider.command('rm <provider>').description('forget it as soon as no node names it'), surroundings, remove);
  const grow = provider.command('grow <provider>').description('order machines that become nodes');
  grow.option('--count <n>', 'how many', '1').option('--wait', 'until they are nodes');
  act(grow, surroundings, growFleet);
}

async function add({ client, printer }: CommandContext, [name = '', file = '']: readonly string[]): Promise<void> {
  const added = await client.call('addProvider', { body: { ...(await described(file)), name } });
  printer.result(added, () => printer.line(`Provider ${added.name} is added.`));
}

async function described(file: string): Promise<object> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (typeof value === 'object' && value !== null) return value;
  } catch (cause) {
    const detail = `${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new BerthError('cli.usage', { detail, command: 'provider add' }, { cause });
  }
  throw new BerthError('cli.usage', { detail: `${file} holds no JSON object.`, command: 'provider add' });
}

async function list({ client, printer }: CommandContext): Promise<void> {
  const { items } = await client.call('listProviders');
  const numeric = true as const;
  const columns = [
    { heading: 'PROVIDER' },
    { heading: 'KIND' },
    { heading: 'NODES', numeric },
    { heading: 'MOST ADDED', numeric },
    { heading: 'LABELS' },
  ];
  const rows = items.map((each) => [
    each.removing ? `${each.name} (removing)` : each.name,
    each.kind,
    String(each.nodes.length),
    String(each.mostAdded),
    labelsText(each),
  ]);
  printer.result(items, () => printer.table(columns, rows, "No providers; add one with 'berth provider add'."));
}

function labelsText({ labels }: Pick<ProviderAnswer, 'labels'>): string {
  const words = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return words.join(' ') || '-';
}

async function show({ client, printer, surroundings }: CommandContext, [name = '']: readonly string[]): Promise<void> {
  const found = await client.call('showProvider', { params: { provider: name } });
  printer.result(found, () => {
    printer.facts([
      ['Provider', `${found.name}, ${found.kind}`],
      ['Nodes', found.nodes.join(' ') || '-'],
      ['Labels', labelsText(found)],
      [
        'Scaling',
        found.mostAdded === 0
          ? 'adds nothing by itself'
          : `up to ${found.mostAdded} machines after ${lengthText(found.growAfterMs)} of waiting, given back after ${lengthText(found.idleAfterMs)} idle`,
      ],
    ]);
    printer.line();
    printer.table(
      [
        { heading: 'NODE' },
        { heading: 'FOR' },
        { heading: 'STATE' },
        { heading: 'MACHINE' },
        { heading: 'ORDERED' },
        { heading: 'REASON' },
      ],
      found.orders.map((order) => [
        ...[order.node, order.purpose, order.state, order.machine ?? '-'],
        ...[agoText(order.createdAt, surroundings.now()), order.reason],
      ]),
      'It has made no machines.',
    );
  });
}

async function remove({ client, printer }: CommandContext, [name = '']: readonly string[]): Promise<void> {
  const removed = await client.call('removeProvider', { params: { provider: name } });
  printer.result(removed, () => printer.line(`Provider ${name} is forgotten as soon as no node names it.`));
}

async function growFleet(
  context: CommandContext,
  [name = '']: readonly string[],
  { count, wait }: { readonly count: string; readonly wait?: true },
): Promise<void> {
  const { client, printer } = context;
  const { items } = await client.call('growFleet', { params: { provider: name }, body: { count: Number(count) } });
  const nodes = items.map(({ node }) => node);
  if (wait) await untilNodes(context, name, nodes);
  const words = wait ? 'Added' : 'Ordered; they become nodes';
  printer.result(items, () => printer.line(`${words}: ${nodes.join(' ')}.`));
}

const LOOK_EVERY_MS = 1000;

/** Resolves when nodes are ready. @throws server.recovery-failed when one of them came to nothing */
export async function untilNodes(
  { client, printer, surroundings }: CommandContext,
  provider: string,
  names: readonly string[],
): Promise<void> {
  let told = '';
  for (;;) {
    const [{ orders }, { items }] = await Promise.all([
      client.call('showProvider', { params: { provider } }),
      client.call('listNodes'),
    ]);
    const failed = orders.find(
      ({ node, state }) => names.includes(node) && (state === 'failed' || state === 'unknown'),
    );
    if (failed) throw new BerthError('server.recovery-failed', { node: failed.node, reason: failed.reason });
    const ready = items.filter(({ id, state }) => names.includes(id) && state === 'ready').length;
    if (ready === names.length) return;
    const making = orders.filter(({ node, state }) => names.includes(node) && state !== 'joined');
    const words = `${ready} of ${names.length} ready${making[0] ? `; ${making[0].node}: ${making[0].reason}` : ''}`;
    if (words !== told) printer.progress(words);
    told = words;
    await surroundings.pause(LOOK_EVERY_MS);
  }
}
