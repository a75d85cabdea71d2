// berth node …: the machines that run tasks.
import type { Command } from 'commander';
import type { AnswerOf } from '../../api/contract/answers.ts';
import { AnsweredError } from '../api-client.ts';
import { act, type CommandContext, pairsOf } from '../command-context.ts';
import { agoText, shareText, sizeText, timeText } from '../person-text.ts';
import type { Surroundings } from '../surroundings.ts';
import { drainNode } from './drain-command.ts';
import { nodeLoad } from './node-load-command.ts';
import { addServerCommands } from './server-commands.ts';

interface AddOptions {
  readonly name?: string;
  readonly label: readonly string[];
  readonly hostKey?: string;
  readonly identity?: string;
}

type NodeAnswer = AnswerOf<'addNode'>;

/** Adds the commands of nodes. */
export function addNodeCommands(program: Command, surroundings: Surroundings): void {
  const node = program.command('node').description('machines that run tasks');
  const add = node
    .command('add <address>')
    .description('add a machine: ssh://user@host[:port]')
    .option('--name <name>', 'name of the node');
  add.option(
    '--label <key=value>',
    'label (repeatable)',
    (value: string, before: readonly string[]) => [...before, value],
    [],
  );
  add
    .option('--host-key <key>', 'its host key or SHA256 fingerprint, when you know it')
    .option('--identity <path>', "private key on the platform's machine, instead of the platform's own");
  act(add, surroundings, addNode);
  act(node.command('ls').description('all nodes with their load'), surroundings, list);
  act(node.command('show <node>').description('one node with what runs on it'), surroundings, show);
  const load = node.command('load <node>').description('its CPU, memory, disk and load over time');
  load.option('--range <time>', 'how far back: 15m, 1h, 7d, 365d', '1h');
  act(load, surroundings, nodeLoad);
  const drain = node.command('drain <node>').description('place nothing new on it and move what is there');
  drain.option('--deadline <time>', 'stop what could not move away by then: 30s, 10m, 2h');
  act(drain.option('--wait', 'until nothing runs there any more'), surroundings, drainNode);
  act(node.command('undrain <node>').description('let it take tasks again; cancels a drain'), surroundings, undrain);
  addServerCommands(node, surroundings);
  const remove = node.command('rm <node>').description('drain it and forget it');
  remove.option('--force', 'forget a lost node at once; its tasks count as lost');
  act(remove, surroundings, removeNode);
  act(
    node.command('key').description("the platform's public SSH key, for authorized_keys on nodes"),
    surroundings,
    key,
  );
}

async function addNode(context: CommandContext, [address = '']: readonly string[], options: AddOptions): Promise<void> {
  const { printer } = context;
  const body = {
    address,
    name: options.name,
    labels: pairsOf(options.label, 'node add'),
    hostKey: options.hostKey,
    identity: options.identity,
  };
  printer.progress(`Connecting to ${address} …`);
  const added = await addConfirmed(context, body);
  printer.result(added, () => printer.line(`Node ${added.id} is added: ${added.reason}.`));
}

/** The first try without a key answers the key; only a person says that it is the right one. */
async function addConfirmed(context: CommandContext, body: Record<string, unknown>): Promise<NodeAnswer> {
  try {
    return await context.client.call('addNode', { body });
  } catch (error) {
    const { confirm } = context.surroundings;
    if (!(error instanceof AnsweredError && error.is('node.host-key-unconfirmed')) || !confirm) throw error;
    const fingerprint = String(error.details.fingerprint);
    context.printer.note(error.message);
    if (!(await confirm(`Is ${fingerprint} the host key of that machine?`))) throw error;
    return context.client.call('addNode', { body: { ...body, hostKey: fingerprint } });
  }
}

async function list({ client, printer, surroundings }: CommandContext): Promise<void> {
  const { items } = await client.call('listNodes');
  const numeric = true as const;
  const columns = [
    { heading: 'NODE' },
    { heading: 'STATE' },
    { heading: 'LOAD', numeric },
    { heading: 'CPU', numeric },
    { heading: 'MEMORY', numeric },
    { heading: 'TASKS', numeric },
    { heading: 'SEEN' },
    { heading: 'ADDRESS' },
    { heading: 'REASON' },
  ];
  printer.result(items, () =>
    printer.table(
      columns,
      items.map((item) => nodeRow(item, surroundings)),
      "No nodes; add one with 'berth node add'.",
    ),
  );
}

function nodeRow(item: NodeAnswer, { now }: Surroundings): string[] {
  const state = item.removing ? 'removing' : item.draining ? 'draining' : item.state;
  const load = item.load === null ? '-' : item.load.harmonic.toFixed(2);
  return [
    item.id,
    state,
    load,
    shareText(item.load?.cpu),
    shareText(item.load?.memory),
    String(item.tasks),
    agoText(item.lastSeenAt, now()),
    item.address,
    item.reason,
  ];
}

async function show({ client, printer, surroundings }: CommandContext, [node = '']: readonly string[]): Promise<void> {
  const found = await client.call('showNode', { params: { node } });
  printer.result(found, () => {
    printer.facts([
      ['Node', found.id],
      ['Address', found.address],
      ['State', `${found.state}: ${found.reason}`],
      [
        'Machine',
        found.cpus === null
          ? '-'
          : `${found.architecture}, ${found.cpus} CPUs, ${sizeText(found.memoryBytes ?? 0)}, Docker ${found.engineVersion}`,
      ],
      [
        'Load',
        found.load === null
          ? '-'
          : `${found.load.harmonic.toFixed(3)} (CPU ${shareText(found.load.cpu)}, memory ${shareText(found.load.memory)})`,
      ],
      ['Promised', `${Number(found.reserved.cpus.toFixed(2))} CPUs, ${sizeText(found.reserved.memoryBytes)}`],
      [
        'Labels',
        Object.entries(found.labels)
          .map(([name, value]) => `${name}=${value}`)
          .join(' ') || '-',
      ],
      ['Standalone', found.claim ?? '-'],
      ['Host key', found.hostKeyFingerprint ?? '-'],
      ['Last seen', timeText(found.lastSeenAt, surroundings.zone)],
    ]);
    printer.line();
    printer.table(
      [{ heading: 'TASK' }, { heading: 'STATE' }, { heading: 'REASON' }],
      found.running.map((task) => [task.id, task.state, task.reason]),
      'Nothing runs here.',
    );
  });
}

async function undrain({ client, printer }: CommandContext, [node = '']: readonly string[]): Promise<void> {
  const changed = await client.call('undrainNode', { params: { node } });
  printer.result(changed, () => printer.line(`Node ${changed.id} takes tasks again.`));
}

async function removeNode(
  { client, printer }: CommandContext,
  [node = '']: readonly string[],
  { force }: { readonly force?: true },
): Promise<void> {
  const query = force ? { force: 'true' } : {};
  const changed = await client.call('removeNode', { params: { node }, query });
  printer.result(changed, () => printer.line(`Node ${changed.id} is being removed.`));
}

async function key({ client, printer }: CommandContext): Promise<void> {
  const found = await client.call('nodeKey');
  printer.result(found, () => printer.line(found.publicKey));
}
