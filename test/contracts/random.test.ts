// The Random contract over each adapter.
import { SystemRandom } from '../../src/adapters/system-random/system-random.ts';
import { randomContract } from './random-contract.ts';

randomContract('system', () => new SystemRandom());
