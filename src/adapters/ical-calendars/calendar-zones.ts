// The zones that a file names: those that it defines itself, else those that the runtime knows by that name.
import type { Instant } from '../../model/instant.ts';
import { calendarFault } from './calendar-fault.ts';
import { definedZone } from './defined-zone.ts';
import type { Component } from './read-components.ts';
import { readText } from './read-property.ts';
import type { WorkBudget } from './work-budget.ts';
import { findIanaZone, type Zone } from './zone.ts';

/** Zones by the names that one file gives them. */
export class CalendarZones {
  readonly #defined: ReadonlyMap<string, Component>;
  readonly #untilAt: Instant;
  readonly #budget: WorkBudget;
  readonly #known = new Map<string, Zone>();

  constructor(calendar: Component, untilAt: Instant, budget: WorkBudget) {
    const zones = calendar.components.filter(({ name }) => name === 'VTIMEZONE');
    this.#defined = new Map(zones.map((zone) => [nameOf(zone), zone]));
    this.#untilAt = untilAt;
    this.#budget = budget;
  }

  /** @throws calendar.invalid when nobody knows the zone that the line names */
  zone(name: string, line: number): Zone {
    const known = this.#known.get(name) ?? this.#find(name);
    if (!known)
      throw calendarFault(line, `the time zone ${name} is neither defined in the file nor the IANA name of a zone`);
    this.#known.set(name, known);
    return known;
  }

  #find(name: string): Zone | undefined {
    const defined = this.#defined.get(name);
    return defined ? definedZone(defined, this.#untilAt, this.#budget) : findIanaZone(name);
  }
}

function nameOf(zone: Component): string {
  const line = zone.lines.find(({ name }) => name === 'TZID');
  if (!line) throw calendarFault(zone.line, 'the VTIMEZONE has no TZID');
  return readText(line);
}
