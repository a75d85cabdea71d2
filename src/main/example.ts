// Uploads the example application to an empty platform and creates its instances, the way a person would: through the API.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ApiClient } from '../cli/api-client.ts';
import { zipDirectory } from '../cli/zip-directory.ts';
import { PROGRAM_DIRECTORY } from './program-directory.ts';
import type { Progress } from './progress-lines.ts';

const EXAMPLE = join(PROGRAM_DIRECTORY, 'examples', 'room-report');

/** Does nothing on a platform that has any application. */
export async function uploadExample(client: ApiClient, progress: Progress): Promise<void> {
  const { items } = await client.call('listApplications');
  if (items.length > 0) return;
  const pushed = await progress.during('Uploading the example application', async () =>
    client.call('pushPackage', { zip: await zipDirectory(join(EXAMPLE, 'app')) }),
  );
  const files = (await readdir(join(EXAMPLE, 'instances'))).toSorted();
  for (const file of files) {
    const body: unknown = JSON.parse(await readFile(join(EXAMPLE, 'instances', file), 'utf8'));
    const made = await client.call('createInstance', { body });
    progress.say(
      `Instance ${made.name} of ${pushed.application} is scheduled (${join('examples/room-report/instances', file)}).`,
    );
  }
}
