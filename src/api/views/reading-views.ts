// Readings as the API answers them.
import type { z } from 'zod';
import type { KeptReading } from '../../model/sensor.ts';
import type { SensorOverTime } from '../../sensors/reading-reads.ts';
import type * as contract from '../contract/reading-routes.ts';
import { iso } from './iso.ts';

/** One reading. */
export function readingView({ sequence, sensor, at, values }: KeptReading): z.output<typeof contract.readingView> {
  return { sequence, sensor, at: iso(at), values };
}

/** Numbers of a sensor over time. */
export function sensorOverTimeView({
  sensor,
  fromAt,
  toAt,
  stepMs,
  fields,
}: SensorOverTime): z.output<typeof contract.sensorOverTimeView> {
  const views = fields.map(({ name, unit, points }) => {
    return { name, unit, points: points.map(({ at, min, mean, max }) => ({ at: iso(at), min, mean, max })) };
  });
  return { sensor, from: iso(fromAt), to: iso(toAt), stepMs, fields: views };
}

/** The first line of a table of readings (RFC 4180). */
export function csvHeading(fields: readonly string[]): string {
  return csvLine(['sequence', 'at', ...fields]);
}

/** Readings as lines of a table. */
export function csvRows(readings: readonly KeptReading[], fields: readonly string[]): string {
  return readings
    .map(({ sequence, at, values }) => csvLine([sequence, iso(at), ...fields.map((field) => cell(values[field]))]))
    .join('');
}

function csvLine(cells: readonly (string | number)[]): string {
  return `${cells.map(quoted).join(',')}\r\n`;
}

function cell(value: unknown): string | number {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? inert(value) : typeof value === 'number' ? value : JSON.stringify(value);
}

/** Programs for tables take text that begins so for a formula; what a device sends is not to be run. */
function inert(text: string): string {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}

function quoted(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
