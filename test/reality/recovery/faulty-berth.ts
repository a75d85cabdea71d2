// A platform whose process ends itself with SIGKILL at one place that it is told, or only tells which places it passes. It is composed
// of the same parts as `berth up`, with every port that writes or acts wrapped; run as a process of its own.
import { appendFileSync, createWriteStream, openSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { FaultBlobs } from '../../../src/adapters/fault-points/fault-blobs.ts';
import { FaultBus } from '../../../src/adapters/fault-points/fault-bus.ts';
import { FaultMachines } from '../../../src/adapters/fault-points/fault-machines.ts';
import { FaultStore } from '../../../src/adapters/fault-points/fault-store.ts';
import { between, type Point } from '../../../src/adapters/fault-points/point.ts';
import { readSettings } from '../../../src/config/read-settings.ts';
import { WatchedStore } from '../../../src/engine/watched-store.ts';
import { takeDataDirectory } from '../../../src/main/data-directory.ts';
import { firstToken } from '../../../src/main/first-token.ts';
import { type Foundations, openFoundations } from '../../../src/main/foundations.ts';
import { startPlatform } from '../../../src/main/platform.ts';

const { values } = parseArgs({
  options: {
    /** File to which every place is added as it is passed. */
    trace: { type: 'string' },
    /** File for the address and the token. */
    credentials: { type: 'string' },
    /** Name of the place to end at; none to end at no place. */
    place: { type: 'string' },
    /** At which passing of it, counted from 1. */
    passing: { type: 'string', default: '1' },
    /** How long after it, in ms. */
    after: { type: 'string', default: '0' },
  },
});

process.stdin.resume().once('end', () => process.exit());
const point = placeKeeper(openSync(values.trace ?? '', 'a'));
const settings = readSettings(process.env);
const data = await takeDataDirectory(settings.data);
const log = createWriteStream(data.path('berth.log'), { flags: 'a' });
const logTo = { write: (line: string) => void log.write(line) };
// The one document written in there, and the keys, come before there is a store that could be wrapped.
const plain = await between(point, 'open foundations', () => openFoundations(settings, data, logTo));
const foundations = wrapped(plain);
const platform = await startPlatform(foundations);
await firstToken(foundations, platform.url, values.credentials ?? '', () => {});
process.stdout.write(`up ${platform.url}\n`);
await platform.images.bases.ensure(() => {});
process.stdout.write('ready\n');

/** SIGKILL to oneself ends the process before the call returns (signal(7)): nothing of it runs on. */
function placeKeeper(trace: number): Point {
  let left = Number(values.passing);
  const afterMs = Number(values.after);
  const die = () => process.kill(process.pid, 'SIGKILL');
  return (name) => {
    appendFileSync(trace, `${name}\n`);
    if (name !== values.place || --left !== 0) return;
    if (afterMs === 0) die();
    else setTimeout(die, afterMs);
  };
}

function wrapped(found: Foundations): Foundations {
  return {
    ...found,
    store: new WatchedStore(new FaultStore(found.store, point)),
    blobs: new FaultBlobs(found.blobs, point),
    bus: new FaultBus(found.bus, point),
    machines: new FaultMachines(found.machines, point),
  };
}
