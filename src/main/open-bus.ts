// What carries messages: the process's own memory, or Kafka, whose driver is loaded only when it is the chosen one.
import { readFile } from 'node:fs/promises';
import { MemoryBus } from '../adapters/memory-bus/memory-bus.ts';
import { MESSAGE_CHECKS } from '../api/message-checks.ts';
import type { Settings } from '../config/settings.ts';
import { topicsOf } from '../initializer/bus-grants.ts';
import { BerthError } from '../model/errors.ts';
import type { Bus } from '../ports/bus.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Random } from '../ports/random.ts';
import type { ProcessIdentity } from './process-identity.ts';

/** What a bus is opened with. */
interface Around {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly identity: ProcessIdentity;
}

/** Messages that wait in the process, at most. */
const BUS_LIMIT = 100_000;

/** Opens the bus that the settings ask for, and says how many messages wait in this process. */
export async function openBus(settings: Settings, around: Around): Promise<{ bus: Bus; busBacklog: () => number }> {
  const { clock, random, log, identity } = around;
  if (settings.bus === '') {
    const bus = new MemoryBus({ clock, log, limit: BUS_LIMIT, backoff: { firstMs: 100, maxMs: 10_000 } });
    return { bus, busBacklog: () => bus.waiting };
  }
  const { KafkaBus, USUAL_TRIES } = await import('../adapters/kafka-bus/kafka-bus.ts');
  const bus = await KafkaBus.open({
    ...{ clock, random, log, url: settings.bus, clientId: `berth-${identity.component}`, checks: MESSAGE_CHECKS },
    credentials: settings.busCredentials === '' ? null : credentialsIn(await text(settings.busCredentials)),
    certificates: settings.busCertificates === '' ? null : await text(settings.busCertificates),
    topics: topicsOf([...identity.roles]),
    tries: USUAL_TRIES,
  });
  return { bus, busBacklog: () => 0 };
}

async function text(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new BerthError('bus.address-invalid', { detail: `${path} cannot be read` }, { cause });
  }
}

function credentialsIn(contents: string): { readonly user: string; readonly password: string } {
  const [line = ''] = contents.split('\n', 1);
  const split = line.indexOf(':');
  if (split < 1)
    throw new BerthError('bus.address-invalid', {
      detail: 'the file of BERTH_BUS_CREDENTIALS does not hold user:password',
    });
  return { user: line.slice(0, split), password: line.slice(split + 1).replace(/\r$/, '') };
}
