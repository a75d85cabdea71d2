// Starting an engine where none is belongs to a machine of its own: test/long/fresh-machine.test.ts does it.
import { DebianHost } from '../../src/adapters/debian-host/debian-host.ts';
import { SystemClock } from '../../src/adapters/system-clock/system-clock.ts';
import { hostContract } from './host-contract.ts';

hostContract('Debian', () => new DebianHost(new SystemClock(), process.env));
