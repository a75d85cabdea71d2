// How readings lie in documents: those of one sensor that were kept together in one.
import type { ReadingBatch } from '../../model/kept-bytes.ts';
import type { KeptReading, ReadingValues, SensorReading } from '../../model/sensor.ts';

/** Digits of a sequence in an id: as many as the largest exact number has. */
const DIGITS = 16;

/** Readings in one document, at most: bounds what a page of them is. */
const LARGEST_BATCH = 500;

/** A reading in a document: sequence, time, values. */
type Packed = readonly [number, number, ReadingValues];

/** Readings with their sequences, which follow one another. */
export function numbered(readings: readonly SensorReading[], first: number): readonly KeptReading[] {
  return readings.map((reading, index) => ({ ...reading, sequence: first + index }));
}

/** The documents that hold readings. */
export function batchesOf(readings: readonly KeptReading[]): readonly ReadingBatch[] {
  const batches: ReadingBatch[] = [];
  for (const [sensor, own] of Map.groupBy(readings, (reading) => reading.sensor)) {
    for (let at = 0; at < own.length; at += LARGEST_BATCH)
      batches.push(batchOf(sensor, own.slice(at, at + LARGEST_BATCH)));
  }
  return batches;
}

/** The readings of a document, in order. */
export function readingsOf({ sensor, readings }: ReadingBatch): readonly KeptReading[] {
  const packed = JSON.parse(readings) as readonly Packed[];
  return packed.map(([sequence, at, values]) => ({ sensor, at, values, sequence }));
}

/** A document with only these of its readings, of which there are some. */
export function reducedBatch(before: ReadingBatch, readings: readonly KeptReading[]): ReadingBatch {
  return { ...batchOf(before.sensor, readings), id: before.id };
}

function batchOf(sensor: string, readings: readonly KeptReading[]): ReadingBatch {
  const first = readings[0]?.sequence ?? 0;
  return {
    id: `${sensor} ${String(first).padStart(DIGITS, '0')}`,
    sensor,
    firstSequence: first,
    lastSequence: readings.at(-1)?.sequence ?? first,
    fromAt: readings.reduce((least, { at }) => Math.min(least, at), Number.POSITIVE_INFINITY),
    toAt: readings.reduce((most, { at }) => Math.max(most, at), Number.NEGATIVE_INFINITY),
    readings: JSON.stringify(readings.map(({ sequence, at, values }): Packed => [sequence, at, values])),
  };
}
