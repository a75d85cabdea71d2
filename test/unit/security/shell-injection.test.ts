// Words that a shell or a program would take for something else: quotes, substitutions, separators, line breaks, leading dashes. Everything
// that reaches a command is a list of words, names that become words are plain, and `--` stands before what people chose.
// Elsewhere: the one place where words become a line, for SSH (test/unit/docker-machine/quote-words.test.ts), names of sockets
// (test/contracts/machine-sockets-contract.ts), names of people and projects (script-injection.test.ts).
import { spawnSync } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filledIn } from '../../../src/adapters/command-provider/filled-in.ts';
import { containerBody } from '../../../src/adapters/docker-machine/container-body.ts';
import { localPrograms } from '../../../src/adapters/docker-machine/local-programs.ts';
import { readNodeAddress } from '../../../src/api/node-address.ts';
import { npmPackageFault } from '../../../src/applications/npm-package.ts';
import { pipRequirementFault } from '../../../src/applications/pip-requirement.ts';
import { containerSpec } from '../../../src/nodes/container-spec.ts';
import { quoteWords } from '../../../src/ports/quote-words.ts';
import { aJob, aSpec, aTask } from '../../builders/jobs.ts';
import { temporaryDirectory } from '../../contracts/temporary-directory.ts';
import { callRaw, openApi } from '../api/api-world.ts';
import { rawZip } from '../applications/raw-zip.ts';
import { appConfig, SOUND } from '../applications/repository.ts';

const SOURCE = join(import.meta.dirname, '../../../src');

const HOSTILE = [
  '$(touch pwned)',
  '`touch pwned`',
  '; touch pwned',
  '& touch pwned &',
  '| touch pwned',
  '\ntouch pwned\n',
  '\r\ntouch pwned',
  "'; touch pwned; '",
  '"; touch pwned; "',
  ['$', '{IFS}touch$', '{IFS}pwned'].join(''),
  '> pwned',
  '*',
  '~root',
  '\\',
  '%s%n',
  '#{touch}',
] as const;

const OPTIONS = [
  '-oProxyCommand=touch',
  '--help',
  '-rf',
  '--target=/',
  '--index-url=http://evil.example.org',
  '-',
] as const;

describe('the sources', () => {
  it('start no shell', async () => {
    const found: string[] = [];
    for (const file of await readdir(SOURCE, { recursive: true })) {
      if (!/\.(?:ts|py)$/.test(file)) continue;
      const code = (await readFile(join(SOURCE, file), 'utf8')).replaceAll(/^\s*(?:\/\/|#|\*|\/\*\*).*$/gm, '');
      if (
        /shell\s*[:=]\s*[Tt]rue|os\.system|os\.popen|execSync|(?<![.\w])exec(?:Async)?\(\s*[`'"]|import \{[^}]*\bexec\b[^}]*\} from 'node:child_process'/.test(
          code,
        )
      )
        found.push(file);
      if (/\[\s*'(?:ba|da)?sh',\s*'-l?c'|'\/bin\/(?:ba)?sh',\s*'-c'/.test(code)) found.push(`${file}: sh -c`);
    }
    expect(found).toEqual([]);
  });
});

describe('a word of a command', () => {
  it.each([...HOSTILE, ...OPTIONS])(
    'arrives as it is, run here and over a shell that quotes are meant for: %j',
    async (word) => {
      const directory = await temporaryDirectory();
      const program = 'import sys; sys.stdout.write(repr(sys.argv[1:]))';
      const words = ['python3', '-c', program, '--', word];
      const { output } = await localPrograms.run(words, { signal: AbortSignal.timeout(10_000) });
      const quoted = spawnSync('sh', ['-c', quoteWords(words)], { cwd: directory, encoding: 'utf8' });
      expect(quoted.stdout).toBe(output);
      expect(output.startsWith("['--', ")).toBe(true);
      expect(await readdir(directory)).toEqual([]);
    },
  );

  it.each([...OPTIONS, '', ' ', '\n', 'a\nb', 'a\0b', '\u001b[2J', ' a', 'x'.repeat(300)])(
    'of a provider’s command is never filled with %j',
    (value) => {
      for (const place of ['machine', 'name', 'act'] as const)
        expect(() => filledIn(['/bin/cloud', `{${place}}`], { [place]: value })).toThrow(
          expect.objectContaining({ code: 'provider.refused' }),
        );
    },
  );

  it('is filled once: what stands in a place makes no other place', () => {
    expect(filledIn(['x', '{machine}'], { machine: '{name}', name: 'n' })).toEqual(['x', '{name}']);
    expect(filledIn(['x', '{machine}'], { machine: '$&$1$`' })).toEqual(['x', '$&$1$`']);
  });
});

/** The commands that an installation of dependencies runs, as the installer itself makes them. */
function commandsFor(request: object): readonly (readonly string[])[] {
  const program = `
import importlib.util, json, sys
spec = importlib.util.spec_from_file_location("installer", "${SOURCE}/images/install-dependencies.py")
installer = importlib.util.module_from_spec(spec)
spec.loader.exec_module(installer)
installer.os.makedirs = lambda *_, **__: None
installer.write_project = lambda *_: None
print(json.dumps(list(installer.commands_for(json.loads(sys.argv[1])))))
`;
  const { stdout, stderr } = spawnSync('python3', ['-B', '-I', '-c', program, JSON.stringify(request)], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return JSON.parse(stdout) as string[][];
}

describe('a dependency', () => {
  const none = { pip: [], debian: [], npm: [], pipIndexUrl: '', npmRegistryUrl: '', aptMirror: '', proxy: '' };

  it('stands behind "--" on every command line, and npm’s on none', () => {
    const commands = commandsFor({ ...none, pip: ['-r'], debian: ['--purge'], npm: ['--global'] });
    const installing = commands.filter((words) => words.includes('install'));
    expect(installing).toHaveLength(3);
    for (const word of ['-r', '--purge']) {
      const words = installing.find((each) => each.includes(word)) ?? [];
      expect(words.indexOf('--')).toBe(words.lastIndexOf(word) - 1);
    }
    expect(commands.flat()).not.toContain('--global');
  });

  it('is installed by commands on which no password of a proxy or a mirror stands: people read them', () => {
    const address = 'http://ana:s3cret@inside.example';
    const sources = { proxy: `${address}:1`, pipIndexUrl: address, npmRegistryUrl: address };
    const text = JSON.stringify(commandsFor({ ...none, ...sources, pip: ['a'], debian: ['b'], npm: ['c@1.0.0'] }));
    expect(text).not.toContain('s3cret');
  });

  const HOSTILE_NAMES = [...HOSTILE, ...OPTIONS].flatMap((word) => [
    word,
    `requests${word}`,
    `requests==1.0${word}`,
    `requests ${word}`,
  ]);

  it('of pip or npm is refused with anything of that kind in it', () => {
    const taken = HOSTILE_NAMES.filter((name) => pipRequirementFault(name) === undefined && /[^\w.=*~> -]/.test(name));
    expect(taken).toEqual([]);
    expect(HOSTILE_NAMES.filter((name) => name.startsWith('-') && pipRequirementFault(name) === undefined)).toEqual([]);
    const npm = HOSTILE_NAMES.flatMap((name) => [name, `a@${name}`, `${name}@1.0.0`, `@${name}/x@1.0.0`]);
    expect(npm.filter((name) => npmPackageFault(name) === undefined && /[^\w.=*~^<>@ /|-]/.test(name))).toEqual([]);
    expect(npm.filter((name) => name.startsWith('-') && npmPackageFault(name) === undefined)).toEqual([]);
  });

  it.each([...HOSTILE, ...OPTIONS, 'curl-', './local.deb', '/tmp/x.deb', 'curl/sid', 'curl=1;x', 'CURL', 'curl*'])(
    'of Debian is refused: %j',
    async (debian) => {
      const world = await openApi();
      const contents = appConfig({ dependencies: { debian: [debian] } });
      const zip = rawZip([{ name: 'app_config.json', contents }, ...SOUND.slice(1)]);
      const answered = await callRaw(world, 'checkPackage', { zip });
      expect(answered.json()).toMatchObject({ error: { code: 'package.invalid' } });
    },
  );
});

describe('a node', () => {
  it.each([
    ...HOSTILE.map((word) => `ssh://root@host${word}`),
    ...HOSTILE.map((word) => `ssh://root${word}@host`),
    ...['ssh://-oProxyCommand=x@host/', 'ssh://host/path', 'ssh://a:b@host', 'http://host', 'file:///etc', '-h', ''],
  ])('has no such address: %j', (address) => {
    let read: ReturnType<typeof readNodeAddress>;
    try {
      read = readNodeAddress(address);
    } catch (error) {
      expect(error).toMatchObject({ code: 'request.invalid' });
      return;
    }
    // What the parser of addresses leaves out is no part of it any more; nothing of it reaches a command line in any case.
    expect(read.host).toMatch(/^[A-Za-z0-9._-]+$/);
    expect(read.user).toMatch(/^[\w!$&'*+,.~-]+$/);
  });

  it.each([...HOSTILE, ...OPTIONS, 'Node', '1node', 'a_b', 'a.b', 'a/b'])('has no such name: %j', async (name) => {
    const world = await openApi();
    const body = { address: 'ssh://127.0.0.1:1', name };
    const answered = await callRaw(world, 'addNode', { body });
    expect(answered.json()).toMatchObject({ error: { code: 'node.name-invalid' } });
  });
});

describe('what people say of an instance', () => {
  it.each([...HOSTILE, ...OPTIONS])('is one value of the container, and no word of its command: %j', (value) => {
    const spec = aSpec({ parameters: { text: value }, environment: { TEXT: value } });
    const task = aTask(aJob({ spec }), 0, 1, 'n');
    const body = containerBody(containerSpec(task, { platformUid: 'p1', image: 'i' })) as {
      readonly [name: string]: unknown;
      readonly Env: readonly string[];
    };
    expect(body.Entrypoint).toEqual(['python3', '-B', '/opt/berth/sdk/launch.py']);
    expect(body.Cmd).toEqual([]);
    expect(body.Env.filter((word) => word.startsWith('TEXT='))).toEqual([`TEXT=${value}`]);
  });
});

describe('a command of a provider', () => {
  it.each(HOSTILE.filter((word) => !/[\r\n]/.test(word) && !/^[\s-]/.test(word)))(
    'is started with a machine called %j as one word',
    async (machine) => {
      const directory = await temporaryDirectory();
      const script = join(directory, 'cloud.py');
      await writeFile(script, 'import sys, json\nprint(json.dumps(sys.argv[1:]))\n');
      const words = filledIn(['python3', script, 'status', '{machine}'], { machine });
      const { output } = await localPrograms.run(words, { signal: AbortSignal.timeout(10_000) });
      expect(JSON.parse(output)).toEqual(['status', machine]);
      expect(await readdir(directory)).toEqual(['cloud.py']);
    },
  );
});
