// An image for tasks on a test server: the default base and a launcher of a few lines that does what its task's parameters say.
import { buffer } from 'node:stream/consumers';
import type Docker from 'dockerode';
import { pack } from 'tar-stream';
import { type Image, imageTag } from '../../src/model/image.ts';
import { anImage } from '../unit/nodes/task-snapshots.ts';
import { importTestImage } from '../world/base-image.ts';

const BASE = 'test-base:latest';

/** `mode`: `obey` ends with 200 on SIGTERM, `ignore` does not hear it, `end` ends at once with `code`. */
const LAUNCHER = `
import json, os, signal, socket, sys, time
task = json.loads(sys.stdin.readline())
mode = task['parameters'].get('mode', 'obey')
print('task', task['task'], 'token', task['token'], flush=True)
sdk = socket.socket(socket.AF_UNIX)
sdk.connect('/run/berth/sdk.sock')
print('user', os.getuid(), 'home', oct(os.stat('/scratch').st_mode & 0o777), 'platform says', sdk.recv(9).decode(), flush=True)
if mode == 'end':
    print('the end', flush=True)
    sys.exit(int(task['parameters'].get('code', '0')))
signal.signal(signal.SIGTERM, (lambda *_: sys.exit(200)) if mode == 'obey' else signal.SIG_IGN)
while True:
    time.sleep(0.1)
`;

/** Puts the image on an engine, under the tag by which the task controller looks for it. */
export async function putTestImage(docker: Docker): Promise<Image> {
  const image = anImage();
  await importTestImage(docker, BASE);
  const container = await docker.createContainer({ Image: BASE, Cmd: ['true'] });
  await container.putArchive(await launcherTar(), { path: '/' });
  const [repo = '', tag = ''] = imageTag(image).split(':');
  await container.commit({ repo, tag });
  await container.remove();
  return image;
}

async function launcherTar(): Promise<Buffer> {
  const tar = pack();
  tar.entry({ name: 'opt/berth/sdk/launch.py', mode: 0o644 }, LAUNCHER);
  tar.entry({ name: 'app/', type: 'directory', mode: 0o755 });
  tar.entry({ name: 'scratch/', type: 'directory', mode: 0o755, uid: 65534, gid: 65534 });
  tar.finalize();
  return buffer(tar);
}
