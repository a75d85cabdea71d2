import { type IncomingHttpHeaders, request } from 'node:http';
import { connect, createServer } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { ImageCatalog } from '../../../src/images/image-catalog.ts';
import { nodePasswords } from '../../../src/images/node-passwords.ts';
import { OciEndpoint } from '../../../src/images/oci-endpoint.ts';
import { silentLog } from '../../contracts/silent-log.ts';
import { anImage, imageWorld } from './image-world.ts';

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const LAYER = 'the bytes of a layer';

/** An endpoint behind a real port, with one image of the application `weather` and a blob that no image names. */
async function served() {
  const { blobs, store } = await imageWorld();
  const passwords = nodePasswords(Buffer.alloc(32, 7));
  const { checkPassword } = passwords;
  const endpoint = new OciEndpoint({ blobs, catalog: new ImageCatalog(store), log: silentLog, checkPassword });
  const put = async (text: string) => (await blobs.put(Buffer.from(text))).digest;
  const [layer, manifestDigest, configDigest, secret] = await Promise.all(
    [LAYER, '{"manifest":1}', '{"config":1}', 'log of somebody else'].map(put),
  );
  if (!layer || !manifestDigest || !configDigest || !secret) throw new Error('no blobs');
  const layers = [{ digest: layer, sizeBytes: LAYER.length, role: 'code' as const }];
  await store.create('image', anImage({ id: 'p1', manifestDigest, configDigest, layers }));

  const server = createServer((socket) => endpoint.accept(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    endpoint.close();
    server.close();
  });
  const { port } = server.address() as { readonly port: number };
  const auth = (node: string) => `Basic ${Buffer.from(`${node}:${passwords.nodePassword(node)}`).toString('base64')}`;
  const ask = (path: string, method = 'GET', headers: Record<string, string> = { authorization: auth('n1') }) =>
    answerOf(port, path, method, headers);
  return { endpoint, store, blobs, port, auth, ask, layer, manifestDigest, configDigest, secret };
}

function answerOf(port: number, path: string, method: string, headers: Record<string, string>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      const { statusCode = 0, headers: answered } = response;
      buffer(response).then(
        (body) => resolve({ status: statusCode, headers: answered, body: body.toString() }),
        reject,
      );
    });
    asked.on('error', reject);
    asked.end();
  });
}

test('without a node and its own password everything is refused with the way to sign in', async () => {
  const { ask, auth, layer } = await served();
  const wrong = `Basic ${Buffer.from('n2:guess').toString('base64')}`;
  const swapped = auth('n1').replace('Basic ', '');
  const other = `Basic ${Buffer.from(Buffer.from(swapped, 'base64').toString().replace('n1:', 'n2:')).toString('base64')}`;
  for (const headers of [{}, { authorization: wrong }, { authorization: other }, { authorization: 'Bearer x' }]) {
    const { status, headers: answered } = await ask(`/v2/berth/weather/blobs/${layer}`, 'GET', headers);
    expect(status).toBe(401);
    expect(answered['www-authenticate']).toBe('Basic realm="berth"');
  }
  expect((await ask('/v2/')).status).toBe(200);
});

test('manifest, configuration and layers of an image are served by digest', async () => {
  const { ask, layer, manifestDigest, configDigest } = await served();
  const manifest = await ask(`/v2/berth/weather/manifests/${manifestDigest}`);
  expect(manifest.body).toBe('{"manifest":1}');
  expect(manifest.headers).toMatchObject({
    'content-type': 'application/vnd.oci.image.manifest.v1+json',
    'docker-content-digest': manifestDigest,
  });
  expect((await ask(`/v2/berth/weather/blobs/${configDigest}`)).body).toBe('{"config":1}');
  expect((await ask(`/v2/berth/weather/blobs/${layer}`)).body).toBe(LAYER);
  const head = await ask(`/v2/berth/weather/blobs/${layer}`, 'HEAD');
  expect([head.status, head.headers['content-length'], head.body]).toEqual([200, String(LAYER.length), '']);
});

test('what no image of that application names is not there, and nothing can be written', async () => {
  const { ask, layer, secret, manifestDigest } = await served();
  const paths = [
    `/v2/berth/weather/blobs/${secret}`,
    `/v2/berth/other/blobs/${layer}`,
    `/v2/berth/weather/manifests/${layer}`,
    `/v2/berth/weather/blobs/${manifestDigest}`,
    '/v2/berth/weather/manifests/latest',
    `/v2/berth/weather/../other/blobs/${layer}`,
    '/v2/_catalog',
  ];
  for (const path of paths) expect((await ask(path)).status, path).toBe(404);
  expect((await ask(`/v2/berth/weather/blobs/${layer}`, 'DELETE')).status).toBe(405);
  expect((await ask('/v2/berth/weather/blobs/uploads/', 'POST')).status).toBe(405);
});

test('an interrupted pull goes on where it stopped', async () => {
  const { ask, auth, layer } = await served();
  const ranged = (range: string) =>
    ask(`/v2/berth/weather/blobs/${layer}`, 'GET', { authorization: auth('n1'), range });
  expect(await ranged('bytes=4-')).toMatchObject({ status: 206, body: LAYER.slice(4) });
  expect(await ranged('bytes=4-8')).toMatchObject({ status: 206, body: LAYER.slice(4, 9) });
  expect(await ranged('bytes=-5')).toMatchObject({ status: 206, body: LAYER.slice(-5) });
  expect((await ranged('bytes=4-8')).headers['content-range']).toBe(`bytes 4-8/${LAYER.length}`);
  expect((await ranged('bytes=999-')).status).toBe(416);
  expect(await ranged('lines=1-2')).toMatchObject({ status: 200, body: LAYER });
});

test('it counts what each node was given', async () => {
  const { ask, auth, endpoint, layer } = await served();
  await ask(`/v2/berth/weather/blobs/${layer}`);
  await ask(`/v2/berth/weather/blobs/${layer}`, 'HEAD');
  await ask(`/v2/berth/weather/blobs/${layer}`, 'GET', { authorization: auth('n2'), range: 'bytes=0-3' });
  expect([endpoint.bytesServed('n1'), endpoint.bytesServed('n2'), endpoint.bytesServed('n3')]).toEqual([20, 4, 0]);
});

test('an image made after the first question is served', async () => {
  const { ask, store, blobs } = await served();
  const { digest } = await blobs.put(Buffer.from('later'));
  expect((await ask(`/v2/berth/weather/blobs/${digest}`)).status).toBe(404);
  await store.create('image', anImage({ id: 'p2', layers: [{ digest, sizeBytes: 5, role: 'code' }] }));
  expect((await ask(`/v2/berth/weather/blobs/${digest}`)).body).toBe('later');
});

test('a node that goes away in the middle leaves the endpoint working', async () => {
  const { ask, auth, port, blobs, store } = await served();
  const { digest, sizeBytes } = await blobs.put(Buffer.alloc(8 * 1024 * 1024));
  await store.create('image', anImage({ id: 'big', layers: [{ digest, sizeBytes, role: 'code' }] }));
  const socket = connect(port, '127.0.0.1');
  socket.write(`GET /v2/berth/weather/blobs/${digest} HTTP/1.1\r\nHost: x\r\nAuthorization: ${auth('n1')}\r\n\r\n`);
  await new Promise((resolve) => socket.once('data', resolve));
  socket.destroy();
  expect((await ask('/v2/')).status).toBe(200);
});
