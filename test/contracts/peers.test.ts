// The contract of the ways between processes over each adapter.

import { onTestFinished } from 'vitest';
import { HmacSeals } from '../../src/adapters/http-peers/hmac-seals.ts';
import { HttpPeers } from '../../src/adapters/http-peers/http-peers.ts';
import { SystemClock } from '../../src/adapters/system-clock/system-clock.ts';
import { SystemRandom } from '../../src/adapters/system-random/system-random.ts';
import { peersContract } from './peers-contract.ts';

peersContract('HTTP', {
  peers: (parts) => {
    const peers = new HttpPeers({ clock: new SystemClock(), ...parts });
    onTestFinished(() => peers.close());
    return peers;
  },
  seals: (parts) => new HmacSeals({ random: new SystemRandom(), ...parts }),
});
