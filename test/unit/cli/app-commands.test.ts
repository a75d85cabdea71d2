// What a person sees of an application, from its first upload to its removal.
import { describe, expect, it } from 'vitest';
import { EXAMPLE_APP, exampleInstancePath } from '../api/example-zip.ts';
import { openCli, withInstance } from './cli-world.ts';

describe('an application', () => {
  it('is pushed, configured, run, shown and removed', async () => {
    const { berth } = await openCli();
    expect((await berth(['app', 'check', EXAMPLE_APP])).out).toMatch(
      /is a good package of room-report \(version 1\.0\.0\)\.$/m,
    );
    const first = await berth(['app', 'push', EXAMPLE_APP]);
    expect(first.out).toMatch(/^[0-9a-f]{12} is the new package of room-report \(version 1\.0\.0\)\.$/m);
    const second = await berth(['app', 'push', EXAMPLE_APP]);
    expect(second.out).toContain(`${first.out.slice(0, 12)} was here already`);
    expect((await berth(['instance', 'create', '-f', exampleInstancePath('watch')])).out).toMatch(
      /^Instance room-watch is created: continuously from .*\.\n$/,
    );
    const flags = [
      '--name',
      'mine',
      '--app',
      'room-report',
      '--algorithm',
      'report',
      '--every',
      '10m',
      '--param',
      'a=b=c',
    ];
    expect((await berth(['instance', 'create', ...flags])).out).toMatch(
      /^Instance mine is created: every 10 min from .*\.\n$/,
    );
    expect((await berth(['instance', 'show', 'mine'])).out).toContain('Schedule   every 10 min from');
    expect((await berth(['instance', 'disable', 'mine'])).out).toBe('Instance mine is disabled.\n');
    expect((await berth(['job', 'run', 'room-watch'])).out).toMatch(
      /^Job room-watch-\w+\.m\w+ is made; follow it with/,
    );
    const jobs = JSON.parse((await berth(['job', 'ls', '--json'])).out) as { id: string }[];
    expect((await berth(['job', 'why', jobs[0]?.id ?? ''])).out).toContain('Why now:  tester asked for it by hand.');
    expect((await berth(['job', 'stop', jobs[0]?.id ?? ''])).out).toContain('is being stopped.');
    expect((await berth(['events'])).out).toContain('The instance mine was disabled');
    expect((await berth(['status'])).out).toMatch(/^Instances {5}2$/m);
    expect(await berth(['app', 'rm', 'room-report'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('application.in-use'),
    });
  });

  it.each([80, 200])('is listed in tables that line up within %i columns', async (columns) => {
    const world = await openCli();
    await withInstance(world);
    const wide = { name: 'wide', application: 'room-report', description: '説明😀 '.repeat(40) };
    const stored = await world.api.parts.store.get('application', 'room-report');
    if (stored)
      await world.api.parts.store.update('application', { ...stored.doc, ...wide, id: 'room-report' }, stored.version);
    for (const words of [
      ['app', 'ls'],
      ['instance', 'ls'],
      ['app', 'show', 'room-report'],
    ]) {
      const { out } = await world.berth(words, { terminal: true, columns });
      const table = out.split('\n\n').at(-1)?.split('\n') ?? [];
      for (const line of table) expect(cells(line), line).toBeLessThanOrEqual(columns);
      const [heading = '', row = ''] = table;
      for (const { index, 0: name } of heading.matchAll(/\S+/g)) {
        const end = index + name.length;
        const atLeft = index === 0 || /^ {2}\S$/.test(row.slice(index - 2, index + 1));
        const atRight = /^\S( |$)/.test(row.slice(end - 1, end + 1));
        expect(atLeft || atRight, `${name} of ${words.join(' ')}`).toBe(true);
      }
    }
  });
});

/** Columns of text in which only some signs are wide, counted in another way than the program does. */
function cells(line: string): number {
  return [...line].reduce((sum, sign) => sum + (/[説明😀]/u.test(sign) ? 2 : 1), 0);
}
