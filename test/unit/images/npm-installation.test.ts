// What an installation of npm packages is given: npm itself, the list, settings; and what a failed one is told to be.
import { spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { extract } from 'tar-stream';
import { describe, expect, test } from 'vitest';
import { dependencyKey, orderedDependencies } from '../../../src/images/dependency-key.ts';
import { explainInstallation } from '../../../src/images/explain-installation.ts';
import { installFiles } from '../../../src/images/install-request.ts';
import { temporaryDirectory } from '../../contracts/temporary-directory.ts';

const INSTALLER = join(import.meta.dirname, '../../../src/images');
const SOURCES = { pipIndexUrl: '', npmRegistryUrl: '', aptMirror: '', proxy: '', caCertificates: '' };
const NOTHING = { pip: [], debian: [] };

/** The lines of npm's settings for a request. */
function settingsFor(request: Partial<typeof SOURCES>): readonly string[] {
  const program = `
import importlib.util, json, sys
spec = importlib.util.spec_from_file_location("installer", "${INSTALLER}/install-dependencies.py")
installer = importlib.util.module_from_spec(spec)
spec.loader.exec_module(installer)
print("\\n".join(installer.npm_settings(json.loads(sys.argv[1]))))
`;
  const words = ['-B', '-I', '-c', program, JSON.stringify({ ...SOURCES, ...request })];
  const { stdout, stderr } = spawnSync('python3', words, { encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.trim().split('\n');
}

describe('the settings of npm', () => {
  test('never let a script of a package run', () => {
    expect(settingsFor({})).toContain('ignore-scripts=true');
  });

  test('name the registry, without the password in its address', () => {
    const settings = settingsFor({ npmRegistryUrl: 'https://ana:s%40fe@npm.example:8443/repository/all' });
    expect(settings).toContain('registry=https://npm.example:8443/repository/all/');
    const auth = Buffer.from('ana:s@fe').toString('base64');
    expect(settings).toContain(`//npm.example:8443/repository/all/:_auth=${auth}`);
    expect(settingsFor({ npmRegistryUrl: 'http://npm.example' }).slice(-1)).toEqual(['registry=http://npm.example/']);
  });

  test('name the proxy for both kinds of addresses', () => {
    const settings = settingsFor({ proxy: 'http://proxy.example:3128' });
    expect(settings.slice(-2)).toEqual(['proxy=http://proxy.example:3128', 'https-proxy=http://proxy.example:3128']);
  });
});

describe('the files of an installation', () => {
  async function pathsOf(dependencies: { readonly npm?: readonly string[] }, npmDirectory: string): Promise<string[]> {
    const request = { script: Buffer.from('x'), dependencies: { ...NOTHING, ...dependencies }, sources: SOURCES };
    const entries = extract();
    Readable.from([await installFiles({ ...request, npmDirectory })]).pipe(entries);
    const paths: string[] = [];
    for await (const entry of entries) {
      paths.push(entry.header.name);
      entry.resume();
    }
    return paths;
  }

  test('hold npm without its pages for people, when npm packages are asked for', async () => {
    const directory = await temporaryDirectory();
    for (const name of ['bin', 'lib/commands', 'docs', 'man/man1'])
      await mkdir(join(directory, name), { recursive: true });
    for (const name of ['package.json', 'bin/npm-cli.js', 'lib/commands/ci.js', 'docs/x.html', 'man/man1/npm.1']) {
      await writeFile(join(directory, name), name);
    }
    const plain = ['opt/berth-install/', 'opt/berth-install/install-dependencies.py', 'opt/berth-install/request.json'];
    expect(await pathsOf({ npm: ['ms@2.1.3'] }, directory)).toEqual([
      ...plain,
      'opt/berth-install/npm/',
      'opt/berth-install/npm/bin/',
      'opt/berth-install/npm/bin/npm-cli.js',
      'opt/berth-install/npm/lib/',
      'opt/berth-install/npm/lib/commands/',
      'opt/berth-install/npm/lib/commands/ci.js',
      'opt/berth-install/npm/package.json',
    ]);
    expect(await pathsOf({}, '/nowhere')).toEqual(plain);
  });

  test('cannot be made without npm, which is told with what to do', async () => {
    const asked = pathsOf({ npm: ['ms@2.1.3'] }, '/nowhere/npm');
    await expect(asked).rejects.toMatchObject({ code: 'image.npm-missing', remedy: expect.stringContaining('npm ci') });
  });
});

test('npm packages make a dependency layer another, in any order; layers without them keep their keys', () => {
  const key = (npm?: readonly string[]) => dependencyKey('sha256:x', npm ? { ...NOTHING, npm } : NOTHING);
  expect(key([])).toBe(key());
  expect(key(['a@1', 'b@1'])).toBe(key(['b@1', 'a@1', 'a@1']));
  expect(new Set([key(), key(['a@1']), key(['a@2'])]).size).toBe(3);
  expect(orderedDependencies(NOTHING).npm).toEqual([]);
});

describe('a failed installation of npm packages', () => {
  test.each<[string, string, string, 'retry' | 'terminal']>([
    [
      "npm error code E404\nnpm error 404 Not Found - GET https://x/typo - Not found\nnpm error 404\nnpm error 404  The requested resource 'typo@1.0.0' could not be found or you do not have permission to access it.",
      'the npm registry has no package "typo@1.0.0"',
      'Check the spelling',
      'terminal',
    ],
    [
      'npm error code ETARGET\nnpm error notarget No matching version found for ms@99.0.0.\nnpm error notarget In most cases',
      'the npm registry has no version that fits "ms@99.0.0"',
      'Choose a version',
      'terminal',
    ],
    [
      'npm http fetch GET https://x/ms attempt 1 failed with ECONNREFUSED\nnpm error code ECONNREFUSED\nnpm error FetchError: request to http://127.0.0.1:9/ms failed',
      'the npm registry could not be reached',
      'BERTH_NPM_REGISTRY_URL',
      'retry',
    ],
    [
      'npm error code E503\nnpm error 503 Service Unavailable',
      'the npm registry could not be reached',
      'BERTH_PROXY',
      'retry',
    ],
    [
      'npm http fetch GET https://x/ms attempt 1 failed with ECONNREFUSED\nnpm error code SELF_SIGNED_CERT_IN_CHAIN',
      'the certificate of the package index is not trusted',
      'BERTH_CA_CERTIFICATES',
      'terminal',
    ],
    [
      'npm error code E401\nnpm error Unable to authenticate',
      'the npm registry refuses who asks',
      'user:password',
      'terminal',
    ],
    [
      'npm error code ERESOLVE\nnpm error ERESOLVE unable to resolve dependency tree',
      'the npm dependencies contradict each other',
      'change one of them',
      'terminal',
    ],
    [
      'npm error code EBADPLATFORM\nnpm error notsup Unsupported platform for x',
      'an npm package is not made for this system',
      'another version',
      'terminal',
    ],
    [
      '/usr/local/bin/node: error while loading shared libraries: libatomic.so.1: cannot open shared object file',
      'the base image lacks a library that Node needs',
      'BERTH_BASE_IMAGE',
      'terminal',
    ],
  ])('%s', (text, reason, advice, retry) => {
    const explained = explainInstallation(text.split('\n'), 1, false);
    expect(explained.reason).toContain(reason);
    expect(explained.advice).toContain(advice);
    expect(explained.retry).toBe(retry);
  });
});
