// What a person sees of schedules: flags, files, changes, what is to come, what was, and all of them together.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AnswerOf } from '../../../src/api/contract/answers.ts';
import { temporaryDirectory } from '../../contracts/temporary-directory.ts';
import { EXAMPLE_APP } from '../api/example-zip.ts';
import { type CliWorld, openCli, withInstance } from './cli-world.ts';

type InstanceAnswer = AnswerOf<'showInstance'>;

const REPORT = ['--app', 'room-report', '--algorithm', 'report'];

async function openPushed(): Promise<CliWorld> {
  const world = await openCli();
  await world.berth(['app', 'push', EXAMPLE_APP]);
  return world;
}

async function fileOf(text: string, name = 'instance.yaml'): Promise<string> {
  const path = join(await temporaryDirectory(), name);
  await writeFile(path, text);
  return path;
}

async function shown({ berth }: CliWorld, name: string): Promise<InstanceAnswer> {
  return JSON.parse((await berth(['instance', 'show', name, '--json'])).out) as InstanceAnswer;
}

const YAML = `name: lab-report
application: room-report
algorithm: report
schedule: { kind: cron, expression: 0 8 * * MON-FRI, zone: Europe/Berlin }
`;

describe('flags', () => {
  it('say everything that a schedule may be, in the zone of the person', async () => {
    const world = await openPushed();
    await world.berth(['instance', 'create', '--name', 'first', ...REPORT, '--every', '1h']);
    const flags = [
      ...['--cron', '0 8 * * 1-5', '--cron', '0 12 * * SUN', '--every', 'P1M', '--after', 'first:any'],
      ...['--start', '2030-01-01T08:00', '--end', '2031-01-01T00:00:00Z', '--duration', '10m', '--jitter', '30s'],
      ...['--window', 'mon-wed,fri 08:00-18:00', '--window', '22:00-02:00'],
      ...['--missed', 'run-all:3:6h', '--queue', '5', '--priority', '-2', '--lead', '1m', '--grace', '20s'],
      ...['--location', 'campus/building-a', '--label', 'floor=2'],
    ];
    const made = await world.berth(['instance', 'create', '--name', 'all', ...REPORT, ...flags]);
    expect(made).toMatchObject({ code: 0, err: '' });
    expect(await shown(world, 'all')).toMatchObject({
      schedule: {
        triggers: [
          { kind: 'calendar', months: 1, days: 0 },
          { kind: 'cron', expression: '0 8 * * 1-5' },
          { kind: 'cron', expression: '0 12 * * SUN' },
          { kind: 'after', instance: 'first', on: 'any' },
        ],
        start: '2030-01-01T07:00:00.000Z',
        end: '2031-01-01T00:00:00.000Z',
        durationMs: 600_000,
        zone: 'Europe/Berlin',
        windows: [
          { days: [1, 2, 3, 5], from: '08:00', to: '18:00' },
          { days: [1, 2, 3, 4, 5, 6, 7], from: '22:00', to: '02:00' },
        ],
        jitterMs: 30_000,
      },
      missed: { policy: 'run-all', max: 3, maxAgeMs: 21_600_000 },
      overlap: { policy: 'queue', max: 5 },
      ...{ priority: -2, leadMs: 60_000, location: 'campus/building-a', labels: { floor: '2' } },
    });
    const { out } = await world.berth(['instance', 'show', 'all']);
    expect(out).toContain('Missed     run-all, at most 3, not older than 6h');
    expect(out).toContain('Place      campus/building-a, floor=2');
  });

  it('that are no window, or name another zone, are told or taken', async () => {
    const world = await openPushed();
    const create = (...flags: string[]) => world.berth(['instance', 'create', '--name', 'x', ...REPORT, ...flags]);
    expect(await create('--every', '1h', '--window', 'mornings')).toMatchObject({
      code: 64,
      err: expect.stringContaining('"mornings" is not a window such as "mon-fri 08:00-18:00"'),
    });
    expect(await create('--every', '1h', '--window', 'monday 08:00-09:00')).toMatchObject({
      code: 1,
      err: expect.stringContaining('$.schedule.windows[0].days[0]: found "monday"'),
    });
    expect((await create('--cron', '0 8 * * *', '--zone', 'Asia/Tokyo')).code).toBe(0);
    expect((await shown(world, 'x')).schedule.zone).toBe('Asia/Tokyo');
  });
});

describe('an instance file', () => {
  it('in YAML is applied: created, left alone, changed, each time with what became of it', async () => {
    const world = await openPushed();
    const apply = async (text: string) => (await world.berth(['instance', 'apply', '-f', await fileOf(text)])).out;
    expect(await apply(YAML)).toBe('Instance lab-report is created: cron 0 8 * * MON-FRI in Europe/Berlin.\n');
    expect(await apply(YAML)).toBe('Instance lab-report is as it should be already: nothing changed.\n');
    expect(await apply(`${YAML}copies: 2\n`)).toBe('Instance lab-report is changed: copies.\n');
    expect(await apply(YAML.replace('0 8', '30 9'))).toBe(
      'Instance lab-report is changed: schedule, copies. It now runs cron 30 9 * * MON-FRI in Europe/Berlin.\n',
    );
  });

  it('with faults is refused with each of them and its place', async () => {
    const world = await openPushed();
    const file = await fileOf(YAML.replace('kind: cron', 'kind: cron, kind: now'));
    const ran = await world.berth(['instance', 'create', '-f', file]);
    expect(ran).toMatchObject({
      code: 1,
      err: expect.stringContaining('$.schedule.kind: found the key a second time'),
    });
    expect((await world.berth(['instance', 'create', '-f', '/no/such.yaml'])).err).toContain('cli.file-unreadable');
  });
});

describe('a preview', () => {
  it('shows the next occurrences in the zone of the schedule and in UTC, also of a file that is not created', async () => {
    const world = await openPushed();
    const file = await fileOf(YAML);
    const before = await world.berth(['schedule', 'preview', '-f', file, '--count', '3']);
    expect(before.code).toBe(0);
    const [words, heading = '', ...rows] = before.out.trimEnd().split('\n');
    expect(words).toBe('lab-report: cron 0 8 * * MON-FRI in Europe/Berlin');
    expect(heading).toMatch(/^Europe\/Berlin +UTC +WHEN/);
    expect(rows).toHaveLength(3);
    for (const row of rows) expect(row).toMatch(/^\d{4}-\d\d-\d\d 08:00:00 {2}\d{4}-\d\d-\d\d 0[67]:00:00 {2}in /);
    await world.berth(['instance', 'create', '-f', file]);
    const after = await world.berth(['schedule', 'preview', 'lab-report', '--count', '3']);
    expect(after.out.split('\n').slice(2).map(firstWords)).toEqual(rows.concat('').map(firstWords));
  });

  it('of the whole platform shows what is due, and says when nothing is', async () => {
    const world = await openPushed();
    expect((await world.berth(['schedule', 'preview'])).out).toMatch(
      /^Nothing is due until .*; 'berth instance create'/,
    );
    await world.berth(['instance', 'create', '--name', 'hourly', ...REPORT, '--every', '1h']);
    const { out } = await world.berth(['schedule', 'preview', '--hours', '3']);
    expect(out).toMatch(/^Europe\/Berlin +UTC +INSTANCE/);
    expect(out.match(/ hourly/g)?.length).toBeGreaterThanOrEqual(2);
    expect(await world.berth(['schedule', 'preview', 'hourly', '-f', 'x'])).toMatchObject({ code: 64 });
  });
});

function firstWords(line: string): string {
  return line.split('  ').slice(0, 2).join('  ');
}

describe('by hand', () => {
  it('an occurrence is skipped, an instance run with parameters, a job run again and stopped with grace', async () => {
    const world = await openCli();
    await withInstance(world);
    const name = 'room-report-every-minute';
    expect((await world.berth(['instance', 'skip', name])).out).toMatch(
      /^The occurrence at \d{4}-.* \(Europe\/Berlin\) will make no job\.\n$/,
    );
    expect((await shown(world, name)).skips).toHaveLength(1);
    const run = JSON.parse((await world.berth(['job', 'run', name, '--param', 'unit=kelvin', '--json'])).out);
    const again = await world.berth(['job', 'rerun', run.id]);
    expect(again.out).toMatch(/^Job room-report-every-minute-\w+\.r\w+ is made; follow it with/);
    const [, id = ''] = /^Job (\S+)/.exec(again.out) ?? [];
    await world.berth(['job', 'stop', id, '--grace', '30s', '--reason', 'enough']);
    const detail = JSON.parse((await world.berth(['job', 'show', id, '--json'])).out);
    expect(detail).toMatchObject({
      ...{ origin: 'rerun', originOf: run.id, by: 'tester' },
      parameters: expect.objectContaining({ unit: 'kelvin' }),
      stop: { graceMs: 30_000, reason: 'stopped by tester: enough' },
    });
  });

  it('all schedules are paused and resumed, and it is said wherever it matters', async () => {
    const world = await openCli();
    await withInstance(world);
    expect((await world.berth(['schedule', 'pause', '--reason', 'moving'])).out).toContain('All schedules are paused');
    expect((await world.berth(['instance', 'ls'])).out).toMatch(/ {2}paused {2}every 1 min/);
    expect((await world.berth(['status'])).out).toMatch(/^Schedules +paused/m);
    expect((await world.berth(['schedule', 'preview'])).out).toMatch(/^All schedules are paused;/);
    expect(await world.berth(['schedule', 'pause'])).toMatchObject({ code: 1 });
    expect((await world.berth(['schedule', 'resume'])).out).toBe('All schedules make jobs again.\n');
    expect((await world.berth(['status'])).out).toMatch(/^Schedules +running/m);
  });
});

describe('looking back', () => {
  it('says so when there is nothing yet, and why at a time of day', async () => {
    const world = await openCli();
    await withInstance(world);
    const name = 'room-report-every-minute';
    expect((await world.berth(['instance', 'gaps', name])).out).toBe('No gaps: every occurrence so far made a job.\n');
    expect((await world.berth(['instance', 'history', name, '--since', '7d'])).out).toContain('No jobs yet;');
    const why = await world.berth(['job', 'why', name, '--at', '08:00']);
    expect(why).toMatchObject({ code: 0, err: '' });
    expect(why.out).toMatch(/^\d{4}-\d\d-\d\d 08:00:00 \(Europe\/Berlin\) {2}\S/);
    expect(await world.berth(['job', 'why', name, '--at', 'morning'])).toMatchObject({ code: 64 });
  });
});

const CALENDAR = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//test//EN', 'BEGIN:VEVENT', 'UID:1']
  .concat(['DTSTAMP:20260101T000000Z', 'DTSTART;VALUE=DATE:20991225', 'DTEND;VALUE=DATE:20991226'])
  .concat(['SUMMARY:Christmas', 'END:VEVENT', 'END:VCALENDAR', ''])
  .join('\r\n');

describe('a calendar', () => {
  it('is uploaded, listed, named by a schedule, shown and forgotten', async () => {
    const world = await openPushed();
    const file = await fileOf(CALENDAR, 'holidays.ics');
    const added = await world.berth(['calendar', 'add', 'holidays', file]);
    expect(added).toMatchObject({ code: 0, err: '' });
    expect((await world.berth(['calendar', 'ls'])).out).toMatch(/^holidays/m);
    expect((await world.berth(['calendar', 'show', 'holidays'])).out).toMatch(/^holidays: \d+ events are known until/);
    const create = ['instance', 'create', '--name', 'x', ...REPORT, '--every', '1h'];
    expect((await world.berth([...create, '--calendar', 'holiday'])).err).toContain('$.schedule.calendars[0]');
    expect((await world.berth([...create, '--calendar', 'holidays'])).code).toBe(0);
    expect((await world.berth(['calendar', 'rm', 'holidays'])).code).toBe(1);
    await world.berth(['instance', 'rm', 'x']);
    expect((await world.berth(['calendar', 'add', 'none', await fileOf('no calendar', 'a.ics')])).code).toBe(1);
  });
});
