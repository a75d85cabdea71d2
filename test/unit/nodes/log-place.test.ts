// However a log moves from one process to another while somebody reads it: nothing is missing, nothing comes twice.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LogSegment } from '../../../src/model/output.ts';
import { isGap, type KeptFrame } from '../../../src/nodes/log-entry.ts';
import { LogPlace } from '../../../src/nodes/log-place.ts';
import { aFrame } from './log-world.ts';

const FULL_FRAMES = 3;

/** A log as its owners keep it: frames are their numbers. */
class Model {
  readonly all: KeptFrame[] = [];
  segments: { readonly sequence: number; frames: KeptFrame[] }[] = [];
  pending: KeptFrame[] = [];
  /** What the container's own log still has beyond what is stored. */
  resumeAt = 0;
  first = 0;

  write(): void {
    for (let count = 0; count < 2; count++) {
      const number = this.all.length;
      this.all.push(aFrame(number, `${number}`));
    }
  }

  /** The owner reads what the container wrote. */
  read(): readonly KeptFrame[] {
    const fresh = this.all.slice(this.resumeAt);
    this.resumeAt = this.all.length;
    this.pending.push(...fresh);
    return fresh;
  }

  flush(): void {
    for (const frame of this.pending) {
      const last = this.segments.at(-1);
      if (last && last.frames.length < FULL_FRAMES) last.frames.push(frame);
      else this.segments.push({ sequence: (last?.sequence ?? 0) + 1, frames: [frame] });
    }
    this.pending = [];
  }

  /** The owner is gone with what it had not stored. */
  die(): void {
    this.resumeAt -= this.pending.length;
    this.pending = [];
  }

  /** Old segments go. */
  trim(): void {
    if (this.segments.length > 2) this.segments.shift();
  }

  snapshot() {
    const segments = this.segments.map(({ sequence, frames }): LogSegment => {
      const none = { blob: '', sizeBytes: 0, storedBytes: 0, fromAt: 0, toAt: 0 };
      return { id: `t/${sequence}`, task: 't', sequence, frames: frames.length, ...none };
    });
    return { segments, pending: [...this.pending] };
  }

  entries(): readonly KeptFrame[] {
    return [...this.segments.flatMap(({ frames }) => frames), ...this.pending];
  }
}

const numberOf = ({ bytes }: KeptFrame) => Number(bytes.toString());

class Reader {
  readonly seen: KeptFrame[] = [];
  readonly place = new LogPlace(0);
  #isWatching = false;

  look(model: Model): void {
    const { known, behindNs } = this.place.enter(model.snapshot());
    const entries = model.entries().slice(known);
    this.seen.push(...entries.filter(({ atNs }) => atNs > behindNs));
    this.#isWatching = true;
  }

  show(entries: readonly KeptFrame[]): void {
    if (!this.#isWatching) return;
    for (const entry of this.place.pass(entries)) if (!isGap(entry)) this.seen.push(entry);
  }

  cut(): void {
    this.#isWatching = false;
  }
}

type Act = 'write' | 'read' | 'flush' | 'die' | 'cut' | 'look' | 'trim';
const acts = (...names: Act[]) =>
  fc.array(fc.constantFrom<Act>(...names), { minLength: 20, maxLength: 120, size: 'max' });

function play(script: readonly Act[]): { readonly model: Model; readonly reader: Reader } {
  const model = new Model();
  const reader = new Reader();
  for (const act of [...script, 'look', 'write', 'read'] as const) {
    if (act === 'read') reader.show(model.read());
    else if (act === 'look' || act === 'cut') {
      reader.cut();
      if (act === 'look') reader.look(model);
    } else {
      if (act === 'die') reader.cut();
      model[act]();
    }
  }
  return { model, reader };
}

test('a reader sees every frame once, in order, over any number of owners', () => {
  fc.assert(
    fc.property(acts('write', 'read', 'flush', 'die', 'cut', 'look'), (script) => {
      const { model, reader } = play(script);
      expect(reader.seen.map(numberOf)).toEqual(model.all.map((_, index) => index));
    }),
    { numRuns: 2000 },
  );
});

test('when the oldest of a log goes meanwhile, nothing comes twice, and what is still there comes', () => {
  fc.assert(
    fc.property(acts('write', 'read', 'flush', 'die', 'cut', 'look', 'trim'), (script) => {
      const { model, reader } = play(script);
      const seen = reader.seen.map(numberOf);
      expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
      const kept = model.entries().map(numberOf);
      expect(kept.filter((number) => !seen.includes(number))).toEqual([]);
    }),
    { numRuns: 2000 },
  );
});

test('a reader who has begun with known entries sees those behind them', () => {
  const model = new Model();
  for (let frame = 0; frame < 7; frame++) model.write();
  model.read();
  model.flush();
  expect(new LogPlace(3).enter(model.snapshot())).toEqual({ known: 3, behindNs: -1n });
});

test('after a missing stretch, what comes is new', () => {
  const place = new LogPlace(0);
  place.enter({ segments: [], pending: [] });
  place.pass([aFrame(0, 'a'), aFrame(1, 'b')]);
  place.enter({ segments: [], pending: [] });
  const gap = { atNs: 5n, gap: 'lost' };
  expect(place.pass([gap, aFrame(2, 'c')])).toHaveLength(2);
});
