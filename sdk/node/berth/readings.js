// Readings of sensors: one, and a stream of them that outlives broken connections and restarts of the platform.
//
// INVARIANT: between the moment at which a stream was asked for and its end, no reading is lost or comes twice, unless a rate was given:
// each request goes on after the last reading that was whole.
import { StringDecoder } from 'node:string_decoder';
import { job } from './job.js';
import { comesAgain, hasMoved, openAnswer, Patience, throwIfOver, wholeOf } from './platform.js';

const LOOK_MS = 500;
const OPEN_MS = 30_000;
// The platform sends an empty line every ten seconds.
const SILENCE_MS = 30_000;

/** What a sensor measured at one moment. */
export class Reading {
  #only;

  constructor({ sensor, index, sequence, at, values }, fields) {
    this.sensor = sensor;
    this.index = index;
    this.sequence = sequence;
    this.at = new Date(at);
    this.values = values;
    this.#only = fields.length === 1 ? fields[0].name : undefined;
  }

  /** The value itself where the sensor measures one thing; otherwise the same as `values`. */
  get value() {
    return this.#only === undefined ? this.values : this.values[this.#only];
  }
}

/** Batches of readings after a sequence, as documents, until the job is to end. `targetAfter` gives the path to ask for. */
export async function* follow(targetAfter, after, refused) {
  let last = after;
  let patience = new Patience();
  while (!job.stopping()) {
    const lines = new Lines(targetAfter(last));
    try {
      for await (const batch of lines.batches(refused)) {
        patience = new Patience();
        last = batch.at(-1).sequence;
        yield batch;
      }
    } catch (error) {
      if (!(error instanceof BrokenOff)) throw error;
    } finally {
      lines.close();
    }
    if (job.stopping()) return;
    await patience.pause();
  }
}

/** A connection that ended before the job did: it is made again. */
class BrokenOff extends Error {}

/** One answer that does not end: lines of JSON as they come. */
class Lines {
  #asked;
  #answered;
  #end = () => this.close();

  constructor(target) {
    const { asked, answered } = openAnswer('GET', target, { agent: false });
    this.#asked = asked;
    this.#answered = answered;
    job.signal.addEventListener('abort', this.#end, { once: true });
  }

  close() {
    job.signal.removeEventListener('abort', this.#end);
    this.#asked.destroy();
  }

  /** @throws BrokenOff, and what `refused` makes of a refusal for good */
  async *batches(refused) {
    const response = await this.#within(OPEN_MS, () => this.#answered);
    if (comesAgain(response.statusCode)) throw new BrokenOff(`the platform answered ${response.statusCode}`);
    if (response.statusCode !== 200) throw await refusedBy(response, refused);
    const pieces = response[Symbol.asyncIterator]();
    const decoder = new StringDecoder('utf8');
    let rest = '';
    for (;;) {
      const { done, value } = await this.#within(SILENCE_MS, () => pieces.next());
      if (done) throw new BrokenOff('the answer has ended');
      const lines = (rest + decoder.write(value)).split('\n');
      rest = lines.pop();
      const batch = parsed(lines);
      if (batch.length > 0) yield batch;
    }
  }

  /** Awaits something of the connection, so long at most and while its socket's path leads to it. */
  async #within(mostMs, wanted) {
    const since = performance.now();
    const looking = setInterval(() => {
      const { socket } = this.#asked;
      if (performance.now() - since > mostMs || (socket && hasMoved(socket))) this.#asked.destroy();
    }, LOOK_MS);
    try {
      return await wanted();
    } catch (error) {
      throw new BrokenOff('the connection broke off', { cause: error });
    } finally {
      clearInterval(looking);
    }
  }
}

function parsed(lines) {
  try {
    return JSON.parse(`[${lines.filter((line) => line !== '').join(',')}]`);
  } catch (error) {
    throw new BrokenOff('a line is not JSON', { cause: error });
  }
}

async function refusedBy(response, refused) {
  const answer = { status: response.statusCode, body: await wholeOf(response) };
  throwIfOver(answer);
  return refused(answer);
}
