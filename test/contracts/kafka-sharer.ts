// A program that takes part in sharing a role, and takes messages and never handles them, until it is killed. It says on its output what it has.
import { KafkaBus, USUAL_TRIES } from '../../src/adapters/kafka-bus/kafka-bus.ts';
import { SystemClock } from '../../src/adapters/system-clock/system-clock.ts';
import { SystemRandom } from '../../src/adapters/system-random/system-random.ts';
import { MESSAGE_CHECKS } from '../../src/api/message-checks.ts';
import { silentLog } from './silent-log.ts';

const say = (word: string) => process.stdout.write(`${word}\n`);

const bus = await KafkaBus.open({
  url: process.argv[2] ?? '',
  credentials: null,
  certificates: null,
  clientId: 'sharer',
  clock: new SystemClock(),
  random: new SystemRandom(),
  log: silentLog,
  checks: MESSAGE_CHECKS,
  topics: ['berth.deploy.requests'],
  tries: USUAL_TRIES,
});
await bus.share('nodes', (shards) => say(`shards ${shards.length}`));
await bus.subscribe('berth.deploy.requests', 'g', ({ message }) => {
  say(`message ${message.id}`);
  return new Promise(() => {});
});
