// What every Keyring must do.
import { describe, expect, test } from 'vitest';
import type { Keyring } from '../../src/ports/keyring.ts';

/** Key rings over one place: `open` comes back to it, as a platform that starts again does. */
export interface KeyringPlace {
  open(): Promise<Keyring>;
}

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (plain: Uint8Array) => new TextDecoder().decode(plain);

/** Runs the contract. */
export function keyringContract(name: string, newPlace: () => Promise<KeyringPlace>): void {
  describe(`Keyring: ${name}`, () => {
    test.each(['x', 'open sesame', ' ünï\ncode\0 ', 'long '.repeat(20_000)])(
      'what is sealed opens again',
      async (plain) => {
        const keyring = await (await newPlace()).open();
        const sealed = await keyring.seal('room/password', bytes(plain));
        expect(text(await keyring.open('room/password', sealed))).toBe(plain);
      },
    );

    test('what is sealed shows nothing of the value, and is never the same twice', async () => {
      const keyring = await (await newPlace()).open();
      const all = await Promise.all([1, 2].map(() => keyring.seal('room/password', bytes('open sesame'))));
      expect(all[0]).not.toEqual(all[1]);
      for (const { sealed } of all)
        for (const form of ['utf8', 'base64', 'hex'] as const)
          expect(sealed).not.toContain(Buffer.from('open sesame').toString(form).replace(/=+$/, ''));
    });

    test.each(['hall/password', 'room/passwort', 'room/password ', '', 'platform:/password'])(
      'a value that is bound to another id does not open for %j',
      async (bound) => {
        const keyring = await (await newPlace()).open();
        const sealed = await keyring.seal('room/password', bytes('open sesame'));
        await expect(keyring.open(bound, sealed)).rejects.toMatchObject({ code: 'secret.unreadable' });
      },
    );

    test('a sealed value in which anything was changed does not open', async () => {
      const keyring = await (await newPlace()).open();
      const { key, sealed } = await keyring.seal('room/password', bytes('open sesame'));
      for (let at = 0; at < sealed.length; at++) {
        const changed = `${sealed.slice(0, at)}${sealed[at] === 'A' ? 'B' : 'A'}${sealed.slice(at + 1)}`;
        // The last digit before the padding holds bits that mean nothing.
        if (Buffer.from(changed.slice(3), 'base64').equals(Buffer.from(sealed.slice(3), 'base64')) && at > 2) continue;
        await expect(keyring.open('room/password', { key, sealed: changed }), changed).rejects.toMatchObject({
          code: 'secret.unreadable',
        });
      }
      for (const cut of ['', 'v1.', sealed.slice(0, -5), sealed.slice(3)])
        await expect(keyring.open('room/password', { key, sealed: cut })).rejects.toThrow();
    });

    test('a new key seals, the old one still opens what it sealed, and each says what it is', async () => {
      const keyring = await (await newPlace()).open();
      const before = await keyring.seal('room/a', bytes('old'));
      const fresh = await keyring.rotate();
      const after = await keyring.seal('room/a', bytes('new'));
      expect([after.key, before.key === fresh]).toEqual([fresh, false]);
      expect([text(await keyring.open('room/a', before)), text(await keyring.open('room/a', after))]).toEqual([
        'old',
        'new',
      ]);
      expect(keyring.keys()).toMatchObject([
        { id: before.key, retiredAt: expect.any(Number) },
        { id: fresh, retiredAt: null },
      ]);
    });

    test('no key opens what another one sealed, even under its name', async () => {
      const keyring = await (await newPlace()).open();
      const { sealed } = await keyring.seal('room/a', bytes('old'));
      const key = await keyring.rotate();
      await expect(keyring.open('room/a', { key, sealed })).rejects.toMatchObject({ code: 'secret.unreadable' });
    });

    test('a key that is forgotten opens nothing any more; the one that seals is not forgotten', async () => {
      const keyring = await (await newPlace()).open();
      const before = await keyring.seal('room/a', bytes('old'));
      await keyring.forget(before.key);
      expect(text(await keyring.open('room/a', before))).toBe('old');
      const fresh = await keyring.rotate();
      await keyring.forget(before.key);
      await keyring.forget('never-there');
      await expect(keyring.open('room/a', before)).rejects.toMatchObject({ code: 'secret.keys-missing' });
      expect(keyring.keys().map(({ id }) => id)).toEqual([fresh]);
    });

    test('keys are still there when it is opened again, in their order', async () => {
      const place = await newPlace();
      const first = await place.open();
      const one = await first.seal('room/a', bytes('1'));
      await first.rotate();
      const two = await first.seal('room/b', bytes('2'));
      await first.rotate();
      const again = await place.open();
      expect(again.keys()).toEqual(first.keys());
      expect([text(await again.open('room/a', one)), text(await again.open('room/b', two))]).toEqual(['1', '2']);
      expect((await again.seal('room/c', bytes('3'))).key).toBe(first.keys().at(-1)?.id);
    });

    test('changes that are asked for at once are made one after the other', async () => {
      const place = await newPlace();
      const keyring = await place.open();
      const [first = ''] = keyring.keys().map(({ id }) => id);
      const made = await Promise.all([keyring.rotate(), keyring.rotate(), keyring.forget(first), keyring.rotate()]);
      const wanted = made.filter((id) => typeof id === 'string');
      expect(keyring.keys().map(({ id }) => id)).toEqual(wanted);
      expect((await place.open()).keys()).toEqual(keyring.keys());
    });
  });
}
