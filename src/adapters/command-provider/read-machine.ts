// What a provider's command writes about a machine: one JSON object,
// `{"machine": "web-1", "state": "running", "address": "10.0.0.7", "hostKey": "ssh-ed25519 AAAA…"}`.
// `state` is one of pending, running, stopping, stopped, gone. `address` may be null or absent while there is none, `hostKey` where the
// command cannot vouch for it. Other fields are ignored.
import { BerthError } from '../../model/errors.ts';
import type { MachineState } from '../../model/server.ts';
import type { ProviderMachine } from '../../ports/provider.ts';

const STATES: readonly string[] = ['pending', 'running', 'stopping', 'stopped', 'gone'] satisfies MachineState[];
const SHOWN_CHARACTERS = 200;

/** The machine that was described; undefined for an empty answer or `null`. @throws provider.answer-invalid */
export function readMachine(text: string, act: string): ProviderMachine | undefined {
  const given = text.trim();
  if (given === '' || given === 'null') return undefined;
  const invalid = (found: string) => new BerthError('provider.answer-invalid', { act, found });
  const value = parsed(given);
  if (typeof value !== 'object' || value === null) throw invalid(JSON.stringify(given.slice(0, SHOWN_CHARACTERS)));
  const fields: Readonly<Record<string, unknown>> = { ...value };
  const { machine, state, address = null, hostKey = null } = fields;
  if (typeof machine !== 'string' || machine === '') throw invalid('"machine" is not a name');
  if (!isState(state)) throw invalid(`"state" is not one of ${STATES.join(', ')}`);
  if (!isTextOrNull(address)) throw invalid('"address" is neither text nor null');
  if (!isTextOrNull(hostKey)) throw invalid('"hostKey" is neither text nor null');
  return { machine, state, address, hostKey };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isState(value: unknown): value is MachineState {
  return typeof value === 'string' && STATES.includes(value);
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || (typeof value === 'string' && value !== '');
}
