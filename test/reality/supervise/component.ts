// A component for tests of the supervisor: beats as ours do, and does what its environment says.
import { SystemClock } from '../../../src/adapters/system-clock/system-clock.ts';
import { beatFor } from '../../../src/main/beat.ts';

const log = { debug() {}, info() {}, warn() {}, error() {} };
const beat = beatFor(process.env, { clock: new SystemClock(), log });
if (process.env.MODE === 'dies') process.exit(3);
process.on('SIGUSR2', () => {
  for (;;) {
    // A loop that stands still.
  }
});
process.on('SIGTERM', () => {
  beat?.close();
});
