// The types of the Node SDK are written by hand: they declare what there is, and let a program be written that uses all of it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as berth from '../../../sdk/node/berth/index.js';

const { actions, controls, job, log, output, secret, sensors, state } = berth;

/** Never called: that it compiles is what is tested. */
async function everything(): Promise<readonly unknown[]> {
  const room = sensors.room?.[0];
  const readings: number[] = [];
  for await (const { value, at } of sensors.room?.stream<number>({ rate: 1 }) ?? [])
    readings.push(value + at.getTime());
  for await (const name of sensors) log.info(name, { count: await sensors[name]?.count() });
  const latest: berth.Reading<number> | null | undefined = await room?.latest<number>();
  await controls.fan?.within(5).set({ level: 1 });
  await controls.lamps?.[1]?.do('on');
  const mail: berth.Action = await actions.email({ to: ['a@x.org'], subject: 's', text: 't', values: { n: 1 } });
  const kept: number = await state.get('n', 0);
  const maybe: string | undefined = await state.get<string>('s');
  await Promise.all([output.write('x', { name: 'x' }), output.json({}), output.file(new URL('file:///x'))]);
  job.onStop(() => undefined);
  await fetch('http://x.example', { signal: job.signal });
  return [
    latest?.value,
    await room?.about(),
    await mail.wait(1),
    kept,
    maybe,
    job.deadline?.getTime(),
    await state.keys(),
    secret('db-password').length,
  ];
}

test('a program that uses everything compiles', () => {
  expect(everything).toBeTypeOf('function');
});

test('every export is declared, and everything declared is there', () => {
  const declarations = readFileSync(join(import.meta.dirname, '../../../sdk/node/berth/index.d.ts'), 'utf8');
  const declared = [...declarations.matchAll(/^export declare (?:function|const|class) (\w+)/gm)].map(
    ([, name]) => name,
  );
  expect(declared.toSorted()).toEqual(Object.keys(berth).toSorted());
});

test('each group has the calls that are declared, and no others', () => {
  expect(Object.keys(actions)).toEqual(['email', 'sms', 'notify', 'webhook']);
  expect(Object.keys(state)).toEqual(['get', 'set', 'delete', 'keys']);
  expect(Object.keys(output)).toEqual(['write', 'json', 'file']);
  expect(Object.keys(log)).toEqual(['debug', 'info', 'warning', 'error']);
});
