// berth fleet …: machines for trials, as containers of a local Docker engine that are nodes like any other.
import type { Command } from 'commander';
import { BerthError } from '../../model/errors.ts';
import { AnsweredError } from '../api-client.ts';
import { act, type CommandContext } from '../command-context.ts';
import { durationOf } from '../duration-of.ts';
import type { Surroundings } from '../surroundings.ts';
import { untilNodes } from './provider-commands.ts';

/** The provider of the fleet's machines. */
const PROVIDER = 'fleet';
const LOOK_EVERY_MS = 1000;

interface UpOptions {
  readonly nodes: string;
  readonly socket?: string;
  readonly image?: string;
  readonly network?: string;
}

/** Adds the commands of the fleet. */
export function addFleetCommands(program: Command, surroundings: Surroundings): void {
  const fleet = program.command('fleet').description('machines for trials: containers that are nodes like any other');
  const up = fleet.command('up').description('have so many of them').option('--nodes <n>', 'how many', '3');
  up.option('--socket <path>', "socket of the Docker engine on the platform's machine");
  act(
    up.option('--image <name>', 'image of the machines').option('--network <name>', 'their network'),
    surroundings,
    bringUp,
  );
  const down = fleet.command('down').description('empty them and give them all back');
  act(down.option('--deadline <time>', 'stop what could not move away by then', '30s'), surroundings, takeDown);
}

async function bringUp(context: CommandContext, _: readonly string[], options: UpOptions): Promise<void> {
  const { client, printer } = context;
  const wanted = Number(options.nodes);
  if (!Number.isInteger(wanted) || wanted < 1)
    throw new BerthError('cli.usage', { detail: `"${options.nodes}" is not a number of nodes.`, command: 'fleet up' });
  const present = await nodesOfFleet(context, options);
  const count = wanted - present.length;
  if (count > 0) printer.progress(`Making ${count} machines; the first one makes their image as well …`);
  const made =
    count > 0 ? await client.call('growFleet', { params: { provider: PROVIDER }, body: { count } }) : { items: [] };
  const names = [...present, ...made.items.map(({ node }) => node)];
  await untilNodes(context, PROVIDER, names);
  printer.result(names, () => printer.line(`Nodes of the fleet, all ready: ${names.join(' ')}.`));
}

/** Adds the provider of the fleet if it is not there. */
async function nodesOfFleet({ client }: CommandContext, options: UpOptions): Promise<readonly string[]> {
  const { items } = await client.call('listProviders');
  const present = items.find(({ name }) => name === PROVIDER);
  if (present) return present.nodes;
  const { socket: socketPath, image, network } = options;
  const access = { kind: 'docker', socketPath, image, network };
  const added = await client.call('addProvider', { body: { name: PROVIDER, access } });
  return added.nodes;
}

async function takeDown(
  context: CommandContext,
  _: readonly string[],
  { deadline }: { readonly deadline: string },
): Promise<void> {
  const { client, printer } = context;
  const deadlineMs = durationOf(deadline, 'fleet down');
  const { nodes } = await client.call('showProvider', { params: { provider: PROVIDER } });
  for (const node of nodes) await giveBack(context, node, deadlineMs);
  await client.call('removeProvider', { params: { provider: PROVIDER } });
  await untilGone(context);
  printer.result(nodes, () => printer.line(`Given back: ${nodes.join(' ') || 'nothing was there'}.`));
}

async function giveBack({ client }: CommandContext, node: string, deadlineMs: number): Promise<void> {
  const { state } = await client.call('drainNode', { params: { node }, query: { deadlineMs } });
  await client.call('removeNode', { params: { node }, query: state === 'lost' ? { force: 'true' } : {} });
}

/** The platform forgets the provider with its last machine. */
async function untilGone(context: CommandContext): Promise<void> {
  let told = '';
  for (;;) {
    const left = await leftOfFleet(context);
    if (left === undefined) return;
    if (left !== told) context.printer.progress(left);
    told = left;
    await context.surroundings.pause(LOOK_EVERY_MS);
  }
}

async function leftOfFleet({ client }: CommandContext): Promise<string | undefined> {
  try {
    const { nodes, orders } = await client.call('showProvider', { params: { provider: PROVIDER } });
    return `Left: ${nodes.length} nodes, ${orders.filter(({ machine }) => machine !== null).length} machines`;
  } catch (error) {
    if (error instanceof AnsweredError && error.is('request.not-found')) return undefined;
    throw error;
  }
}
