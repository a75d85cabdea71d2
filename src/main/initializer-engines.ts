// What the initializer has done on a machine beside what the platform stands on: tables brought forward, accounts of brokers. Everything that
// may hold a password comes as input, and never as a word.
import { z } from 'zod';
import { KafkaAccounts } from '../adapters/kafka-accounts/kafka-accounts.ts';
import { PinoLog } from '../adapters/pino-log/pino-log.ts';
import { SystemClock } from '../adapters/system-clock/system-clock.ts';
import { SystemRandom } from '../adapters/system-random/system-random.ts';
import { BerthError } from '../model/errors.ts';
import { ensurePlatform } from './ensure-platform.ts';
import { openStore } from './open-store.ts';

const orderSchema = z.object({
  access: z.object({ port: z.int(), user: z.string(), password: z.string() }),
  act: z.enum(['look', 'give', 'settle']),
  /** How the names of accounts begin that are the initializer's. */
  prefix: z.string(),
  accounts: z.array(
    z.object({
      user: z.string(),
      password: z.string(),
      grants: z.array(
        z.object({
          resource: z.enum(['topic', 'group']),
          name: z.string(),
          pattern: z.enum(['literal', 'prefixed']),
          operation: z.enum(['Read', 'Write', 'Create']),
        }),
      ),
    }),
  ),
});

/** Makes the tables of a database and what every process finds in them, or brings them forward; `url` is of an account that may. */
export async function prepareStore(url: string): Promise<void> {
  const [clock, random] = [new SystemClock(), new SystemRandom()];
  const log = new PinoLog({ level: 'warn', destination: process.stderr, clock });
  const data = { path: () => '', release: async () => undefined };
  if (!/^(mysql|mongodb)/.test(url))
    throw new BerthError('platform.setting-invalid', { detail: 'an address of a database was expected as input' });
  const store = await openStore(url, data, { clock, random, log });
  try {
    // Accounts of components do not make it: only the role api may write it.
    await ensurePlatform(store, clock, random);
  } finally {
    await store.close();
  }
}

/** Looks whether this machine's broker answers, gives its accounts what they need, or takes away what they do not. */
export async function orderBroker(order: string): Promise<void> {
  const { access, act, accounts, prefix } = orderSchema.parse(JSON.parse(order));
  const brokers = new KafkaAccounts({ host: '127.0.0.1', ...access }, new SystemRandom());
  try {
    if (act === 'look') await brokers.look();
    if (act === 'give') await brokers.give(accounts);
    if (act === 'settle') await brokers.settle(accounts, prefix);
  } finally {
    await brokers.close();
  }
}
