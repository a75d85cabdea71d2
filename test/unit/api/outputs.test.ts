// Output of applications: exactly its bytes, and never a page of the platform's.
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { aJob, aTask } from '../../builders/jobs.ts';
import { type ApiWorld, call, callRaw, openApi } from './api-world.ts';

const JOB = aJob();
const BYTES = Buffer.from([0, 255, 10, 13, 128]);

async function withOutput({ parts }: ApiWorld, over: { name?: string; contentType?: string } = {}): Promise<void> {
  await parts.store.create('job', JOB);
  await parts.store.create('task', aTask(JOB, 1, 1, 'local', { id: 't' }));
  const { digest, sizeBytes } = await parts.blobs.put(Readable.from([BYTES]));
  const of = { job: JOB.id, slot: 1, task: 't', kind: 'file', at: JOB.startsAt } as const;
  const named = { name: 'report.csv', contentType: 'text/csv', ...over };
  await parts.store.create('output', { id: 't/r', ...of, ...named, sizeBytes, blob: digest });
}

describe('an output', () => {
  it('is listed by job and copy', async () => {
    const world = await openApi();
    await withOutput(world);
    const params = { job: JOB.id };
    expect(await call(world, 'listOutputs', { params })).toMatchObject({ items: [{ id: 't/r', text: null }] });
    expect(await call(world, 'listOutputs', { params, query: { slot: '1' } })).toMatchObject({ items: [{ slot: 1 }] });
    expect(await call(world, 'listOutputs', { params, query: { slot: '0' } })).toEqual({ items: [] });
  });

  it('is listed with the oldest first, or with the newest', async () => {
    const world = await openApi();
    await withOutput(world);
    const later = { job: JOB.id, slot: 1, task: 't', kind: 'text', at: JOB.startsAt + 1, name: '', text: 'b' } as const;
    await world.parts.store.create('output', { ...later, id: 't/s', contentType: 'text/plain', sizeBytes: 1 });
    const ids = async (order?: string) => {
      const { items } = await call(world, 'listOutputs', { params: { job: JOB.id }, query: order ? { order } : {} });
      return items.map(({ id }: { id: string }) => id);
    };
    expect(await ids()).toEqual(['t/r', 't/s']);
    expect(await ids('newest')).toEqual(['t/s', 't/r']);
  });

  it.each([
    ['text/csv', 'report.csv', 'text/csv', "attachment; filename*=UTF-8''report.csv"],
    [
      'text/html; charset=utf-8',
      "../ü 'x'(1)*.html",
      'text/html; charset=utf-8',
      "attachment; filename*=UTF-8''%C3%BC%20%27x%27%281%29%2A.html",
    ],
    ['text/html\r\nSet-Cookie: x=1', 'a\r\nb', 'application/octet-stream', "attachment; filename*=UTF-8''a%0D%0Ab"],
    ['no type', '', 'application/octet-stream', "attachment; filename*=UTF-8''output"],
    ['text/plain', '\ud800/', 'text/plain', "attachment; filename*=UTF-8''output"],
    ['text/plain', '\ud800', 'text/plain', "attachment; filename*=UTF-8''%EF%BF%BD"],
  ])('of type %j named %j is only ever saved', async (contentType, name, sentType, disposition) => {
    const world = await openApi();
    await withOutput(world, { contentType, name });
    const response = await callRaw(world, 'openOutput', { params: { task: 't', record: 'r' } });
    expect(response.statusCode).toBe(200);
    expect(response.rawPayload.equals(BYTES)).toBe(true);
    expect(response.headers).toMatchObject({
      'content-type': sentType,
      'content-disposition': disposition,
      'content-length': String(BYTES.length),
      'x-content-type-options': 'nosniff',
    });
    expect(response.headers).not.toHaveProperty('set-cookie');
  });
});
