// The first start of the real program: it shows a link, whoever has it becomes the administrator, and later starts show none.
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { BerthProcess } from '../spine/berth-process.ts';

const ANSWER = z.looseObject({ name: z.string().optional(), error: z.object({ code: z.string() }).optional() });
const PASSWORD = 'maple kettle orbit';

/** The link that the latest start showed. */
function linkIn(output: string): URL | undefined {
  const link = [...output.matchAll(/http\S+\/claim#\S+/g)].at(-1)?.[0];
  return link === undefined ? undefined : new URL(link);
}

async function post(url: string | URL, body: object) {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: response.status, body: ANSWER.parse(await response.json()) };
}

function claimOf(link: URL | undefined) {
  return { secret: link?.hash.slice(1), name: 'root', displayName: 'Root', password: PASSWORD };
}

test('the link of the last start makes one administrator, and there is none afterwards', {
  timeout: 240_000,
}, async () => {
  const berth = new BerthProcess({ BERTH_DOCKER: '' });
  onTestFinished(() => berth.remove());
  await berth.start();
  const first = linkIn(berth.output);
  await berth.kill();
  await berth.start();
  const second = linkIn(berth.output);
  expect(second?.hash).not.toBe(first?.hash);
  const claim = new URL('/api/v1/claim', second);
  expect((await post(claim, claimOf(first))).body.error?.code).toBe('account.link-refused');
  expect(await post(claim, claimOf(second))).toMatchObject({ status: 200, body: { name: 'root' } });
  expect((await post(claim, claimOf(second))).body.error?.code).toBe('account.link-refused');
  await berth.stop();
  const shown = berth.output.length;
  const client = await berth.start();
  expect(linkIn(berth.output.slice(shown))).toBeUndefined();
  expect(await client.call('door')).toMatchObject({ claimed: true });
  const address = berth.output.slice(shown).match(/Berth is up: (\S+)/)?.[1] ?? '';
  const signedIn = await post(new URL('/api/v1/sessions', address), { name: 'root', password: PASSWORD });
  expect(signedIn).toMatchObject({ status: 200, body: { name: 'root' } });
});
