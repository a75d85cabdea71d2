// The figures as a person reads them.
import type { Measure } from './measure.ts';

const COLUMNS = ['what', 'ours', 'floor', 'ratio', 'goal', ''] as const;

/** A table of figures, with what was noted below each. */
export function table(measures: readonly Measure[]): string {
  const rows = measures.map(cells);
  const widths = COLUMNS.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
  const body = measures.flatMap((measure, index) => [line(rows[index] ?? []).trimEnd(), ...notes(measure)]);
  return [line(COLUMNS).trimEnd(), widths.map((width) => '-'.repeat(width)).join('  '), ...body].join('\n');
}

function cells({ name, unit, ours, floor, goal }: Measure): string[] {
  const ratio = floor ? `${(ours.value / floor.value).toFixed(2)} ×` : '';
  const verdict = goal === null ? '' : goal.met ? 'met' : 'NOT MET';
  return [name, inUnit(ours.value, unit), floor ? inUnit(floor.value, unit) : '', ratio, goal?.words ?? '', verdict];
}

function notes({ unit, ours, floor, floorName, note }: Measure): string[] {
  const spread = (samples: readonly number[]) =>
    `${inUnit(Math.min(...samples), unit)} to ${inUnit(Math.max(...samples), unit)}`;
  const spreads = floor
    ? [`${ours.samples.length} each: ${spread(ours.samples)}; floor (${floorName}) ${spread(floor.samples)}`]
    : ours.samples.length > 1
      ? [`${ours.samples.length} times: ${spread(ours.samples)}`]
      : [];
  return [...spreads, ...(note === '' ? [] : note.split('\n'))].map((text) => `    ${text}`);
}

function inUnit(value: number, unit: Measure['unit']): string {
  const digits = Math.abs(value) < 10 && unit !== 'bytes' ? 2 : 0;
  return `${value.toFixed(digits)} ${unit}`;
}
