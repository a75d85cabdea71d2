// The application whose outputs, logs and names the console shows; some of them try to be more than text.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { zipDirectory } from '../../../src/cli/zip-directory.ts';

/** What a page would run if it took text for markup; `reached` would be set by it. */
export const MARKUP = '<img src=x onerror="window.reached=1"><script>window.reached=1</script>';

/** The same where no slash may stand. */
const NAME = '<img src=x onerror=window.reached=1>';

/** A picture of one pixel. */
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

const SCRIPTS: Readonly<Record<string, string>> = {
  'show.py': `
import base64, berth, pathlib, sys
print("\\033[32mgreen\\033[0m and plain")
print(${JSON.stringify(MARKUP)})
print("to stderr", file=sys.stderr)
for number in range(300): print(f"line {number}")
print("the needle")
berth.output.write(${JSON.stringify(MARKUP)}, name=${JSON.stringify(NAME)})
berth.output.json([{"room": "a", "celsius": 20.5}, {"room": "b", "celsius": 21}], name="rooms")
picture = pathlib.Path("/scratch/pixel.png"); picture.write_bytes(base64.b64decode("${PIXEL}"))
berth.output.file(picture, content_type="image/png")
page = pathlib.Path("/scratch/page.html"); page.write_text(${JSON.stringify(MARKUP)})
berth.output.file(page, content_type="text/html")
`,
  'tick.py': `
import itertools, berth
for number in itertools.count(1):
    print(f"tick {number}", flush=True)
    if berth.job.wait(0.2): break
`,
  'fail.py': 'import sys\nprint("no such room", flush=True)\nsys.exit(3)\n',
};

const SMALL = { cpus: 0.05, memoryMiB: 48, diskMiB: 16 };

/** The zip of a version of an application. */
export async function zipOf(
  name: string,
  version: string,
  over: Readonly<Record<string, unknown>> = {},
): Promise<Buffer> {
  const directory = await mkdtemp(join(tmpdir(), 'berth-shown-'));
  try {
    const algorithms = Object.keys(SCRIPTS).map((script) => algorithmOf(script));
    const config = { name, version, runtime: 'python', description: `Version ${version}`, algorithms, ...over };
    await writeFile(join(directory, 'app_config.json'), JSON.stringify(config, null, 2));
    for (const [file, text] of Object.entries(SCRIPTS))
      await writeFile(join(directory, file), `${text}# version ${version}\n`);
    return await buffer(await zipDirectory(directory));
  } finally {
    await rm(directory, { recursive: true });
  }
}

function algorithmOf(script: string): Record<string, unknown> {
  const id = script.replace('.py', '');
  const kind = id === 'tick' ? 'continuous' : 'run-to-completion';
  return { id, name: id, script, kind, output: id === 'show' ? 'files' : 'none', resources: SMALL };
}
