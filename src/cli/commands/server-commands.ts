// berth node why, recovery, recover, machine: the machine under a node.
import type { Command } from 'commander';
import { BerthError } from '../../model/errors.ts';
import { act, type CommandContext } from '../command-context.ts';
import type { Surroundings } from '../surroundings.ts';

/** Adds them to `berth node`. */
export function addServerCommands(node: Command, surroundings: Surroundings): void {
  act(
    node.command('why <node>').description('why it is as it is: what was found and tried, what comes next'),
    surroundings,
    why,
  );
  act(
    node.command('recovery <node> <on|off>').description('let it be brought back by itself, or not'),
    surroundings,
    recovery,
  );
  const recover = node.command('recover <node>').description('take a step of recovery now, whatever limits say');
  recover.option('--step <step>', 'restart-engine, power-cycle, replace or retire; the gentlest that may help without');
  act(recover, surroundings, recoverNode);
  act(
    node.command('machine <node> <provider> <machine>').description('say which machine of which provider it is'),
    surroundings,
    machine,
  );
}

async function why({ client, printer }: CommandContext, [node = '']: readonly string[]): Promise<void> {
  const found = await client.call('whyNode', { params: { node } });
  printer.result(found, () => {
    for (const sentence of found.sentences) printer.line(sentence);
    if (found.tasks.length === 0) return;
    printer.line();
    const rows = found.tasks.map(({ task, state, reason }) => [task, state, reason]);
    printer.table([{ heading: 'TASK' }, { heading: 'STATE' }, { heading: 'REASON' }], rows, '');
  });
}

async function recovery({ client, printer }: CommandContext, [node = '', wish = '']: readonly string[]): Promise<void> {
  if (wish !== 'on' && wish !== 'off')
    throw new BerthError('cli.usage', { detail: `"${wish}" is neither on nor off.`, command: 'node recovery' });
  const mode = wish === 'on' ? 'automatic' : 'off';
  const changed = await client.call('setNodeRecovery', { params: { node }, body: { mode } });
  const words = wish === 'on' ? 'is brought back by itself' : 'is left to people';
  printer.result(changed, () => printer.line(`Node ${changed.id} ${words} when it fails.`));
}

async function recoverNode(
  { client, printer }: CommandContext,
  [node = '']: readonly string[],
  { step }: { readonly step?: string },
): Promise<void> {
  const changed = await client.call('recoverNode', { params: { node }, body: step === undefined ? {} : { step } });
  printer.result(changed, () =>
    printer.line(`A step was asked for; 'berth node why ${changed.id}' tells how it goes.`),
  );
}

async function machine(
  { client, printer }: CommandContext,
  [node = '', provider = '', name = '']: readonly string[],
): Promise<void> {
  const changed = await client.call('adoptMachine', { params: { node }, body: { provider, machine: name } });
  printer.result(changed, () => printer.line(`Node ${changed.id} is the machine ${name} of ${provider}.`));
}
