// berth sensor requests, approve, refuse: sensors and types that packages name and nobody has registered.
import type { Command } from 'commander';
import type { AnswerOf } from '../../api/contract/answers.ts';
import { BerthError } from '../../model/errors.ts';
import { act, type CommandContext } from '../command-context.ts';
import { agoText } from '../person-text.ts';
import type { Surroundings } from '../surroundings.ts';

const USAGE = { detail: 'Name one request, or say --all.', command: 'sensor approve' };

type RequestAnswer = AnswerOf<'approveSensorRequest'>;

/** Adds the commands to `berth sensor`. */
export function addSensorRequestCommands(sensor: Command, surroundings: Surroundings): void {
  const requests = sensor.command('requests').description('what packages wish for and nobody has decided on');
  requests.option('--state <state>', 'open, approved, refused', 'open');
  act(requests, surroundings, list);
  const approving = sensor.command('approve [request]').description('register what a package wished for');
  approving.option('--reason <text>', 'what to remember', '');
  approving.option('--all', 'all that are open');
  act(approving, surroundings, approve);
  const refusing = sensor.command('refuse <request>').description('refuse it; what needs it waits with the reason');
  refusing.requiredOption('--reason <text>', 'why');
  act(refusing, surroundings, refuse);
}

async function list(
  { client, printer, surroundings }: CommandContext,
  _: readonly string[],
  { state }: { readonly state: string },
): Promise<void> {
  const items = await client.all('listSensorRequests', { query: { state } });
  const columns = [
    { heading: 'REQUEST' },
    { heading: 'APPLICATION' },
    { heading: 'STATE' },
    { heading: 'ASKED' },
    { heading: 'WHAT' },
  ];
  const rows = items.map((item) => [
    item.id,
    item.application,
    item.state,
    agoText(item.createdAt, surroundings.now()),
    whatText(item),
  ]);
  printer.result(items, () => printer.table(columns, rows, `No requests are ${state}.`));
}

function whatText({ wish, decision }: RequestAnswer): string {
  if (decision) return `${decision.by}: ${decision.reason || '-'}`;
  if (wish.kind === 'sensor') return `${wish.sensor.type} in ${wish.sensor.location || 'no particular place'}`;
  const { fields, controls } = wish.type;
  const gives = fields.map(({ name, type, unit }) => `${name} ${type} ${unit}`.trim());
  const takes = controls.map(({ name }) => `${name}()`);
  return [...gives, ...takes].join(', ') || wish.type.description || '-';
}

async function approve(
  context: CommandContext,
  [request = '']: readonly string[],
  { reason, all = false }: { readonly reason: string; readonly all?: boolean },
): Promise<void> {
  const { client, printer } = context;
  if ((request === '') !== all) throw new BerthError('cli.usage', USAGE);
  const requests = request === '' ? await openRequests(context) : [request];
  const approved: RequestAnswer[] = [];
  for (const each of requests)
    approved.push(await client.call('approveSensorRequest', { params: { request: each }, body: { reason } }));
  printer.result(all ? approved : approved[0], () => {
    for (const each of approved) printer.line(`${nameOf(each)} is registered.`);
    if (approved.length === 0) printer.line('No requests are open.');
  });
}

/** Types before sensors: a sensor is registered only when its type is. */
async function openRequests({ client }: CommandContext): Promise<readonly string[]> {
  const open = await client.all('listSensorRequests', { query: { state: 'open' } });
  const isSensor = (item: RequestAnswer) => (item.wish.kind === 'sensor' ? 1 : 0);
  return open.toSorted((a, b) => isSensor(a) - isSensor(b)).map(({ id }) => id);
}

function nameOf({ wish }: RequestAnswer): string {
  return wish.kind === 'type' ? `Sensor type ${wish.type.id}` : `Sensor ${wish.sensor.id}`;
}

async function refuse(
  { client, printer }: CommandContext,
  [request = '']: readonly string[],
  { reason }: { readonly reason: string },
): Promise<void> {
  const refused = await client.call('refuseSensorRequest', { params: { request }, body: { reason } });
  printer.result(refused, () => printer.line(`${nameOf(refused)} is refused: ${reason}`));
}
