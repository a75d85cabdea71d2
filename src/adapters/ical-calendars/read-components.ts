// The components of an iCalendar file as they lie in each other. Their lines are not looked into here.
import { calendarFault } from './calendar-fault.ts';
import { type ContentLine, contentLines } from './content-lines.ts';

/** What stands between a BEGIN and its END. */
export interface Component {
  /** In capitals, such as VEVENT. */
  readonly name: string;
  /** Of its BEGIN. */
  readonly line: number;
  readonly lines: readonly ContentLine[];
  readonly components: readonly Component[];
}

interface OpenComponent extends Component {
  readonly lines: ContentLine[];
  readonly components: Component[];
}

/** Alarms in events in calendars are three deep. */
const DEEPEST = 10;

/** The calendars of a file. @throws calendar.invalid when they do not begin and end as they should */
export function readComponents(source: string): readonly Component[] {
  const root: OpenComponent = { name: '', line: 1, lines: [], components: [] };
  const open = [root];
  for (const line of contentLines(source)) readLine(open, line);
  const last = open.at(-1);
  if (open.length > 1 && last) throw calendarFault(last.line, `its BEGIN:${last.name} has no END`);
  if (root.components.length === 0) throw calendarFault(1, 'there is no BEGIN:VCALENDAR in it');
  return root.components;
}

function readLine(open: OpenComponent[], line: ContentLine): void {
  const current = open.at(-1);
  if (!current) return;
  if (line.name === 'BEGIN') begin(open, current, line);
  else if (line.name === 'END') end(open, current, line);
  else if (open.length > 1) current.lines.push(line);
  else throw calendarFault(line.number, 'it stands outside of any calendar; a calendar begins with BEGIN:VCALENDAR');
}

function begin(open: OpenComponent[], within: OpenComponent, line: ContentLine): void {
  const begun: OpenComponent = { name: componentName(line), line: line.number, lines: [], components: [] };
  if (open.length === 1 && begun.name !== 'VCALENDAR')
    throw calendarFault(line.number, `a calendar begins with BEGIN:VCALENDAR, not with BEGIN:${begun.name}`);
  if (open.length > DEEPEST) throw calendarFault(line.number, `it is nested more than ${DEEPEST} deep`);
  within.components.push(begun);
  open.push(begun);
}

function end(open: OpenComponent[], current: OpenComponent, line: ContentLine): void {
  const name = componentName(line);
  if (open.length === 1) throw calendarFault(line.number, `END:${name} has no BEGIN`);
  if (name !== current.name)
    throw calendarFault(line.number, `END:${name} where BEGIN:${current.name} of line ${current.line} should end`);
  open.pop();
}

function componentName({ text }: ContentLine): string {
  return text
    .slice(text.indexOf(':') + 1)
    .trim()
    .toUpperCase()
    .slice(0, 40);
}
