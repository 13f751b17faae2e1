/** The commands keygen, recover, import, public-key and change-passphrase. */
import { asciiText, bytesToHex, utf8 } from '../../shared/bytes.ts';
import { printableText } from '../../shared/errors.ts';
import { sha256 } from '../../shared/hash.ts';
import { NETWORKS, networkByName } from '../../shared/networks.ts';
import { MAX_PROFILE, readTrust } from '../../shared/trust.ts';
import type { Command } from '../args.ts';
import { askPhrase, askRolls } from '../ask-key-secrets.ts';
import { askNewPassphrase, requireTerminal, showPhraseAndAskWords, unlockKey } from '../confirmations.ts';
import { checkFileAbsent, fileExists, makeHome, readFile, replaceFile } from '../disk-files.ts';
import { parseImportedKey } from '../import-key.ts';
import { encryptKey, keyFilePath, readKeyFile } from '../key-file.ts';
import { runUnderLock } from '../lock.ts';
import { keyFromPhrase, mixEntropy, parseDiceRolls, phraseFromEntropy } from '../phrase.ts';
import { checkKeyAbsent, openHome, storeKey } from '../signer-home.ts';
import { textLineBytes } from '../text-layout.ts';
import { NO_CHECKSUM } from '../texts/phrase.ts';
import type { Answer, World } from '../world.ts';

const MAX_SMALL = 4096;
export const UNPINNED =
  'Next: give the public key to the controller who creates the trust profile. Then pin the profile: `signer trust --help`.';
export const REBUILT =
  'Next: if a trust profile has this public key, pin that profile: `signer trust --help`. Otherwise give the public key to the controller who creates the profile.';
const PINNED = 'Next: sign with this device again: `signer sign --help`.';

/**
 * Creates and stores a key under the lock. Never replaces an existing key.
 * @param isOther true if the key cannot be the key that this home has lost
 * @param unpinned text of the next step, for a home without a trust profile
 * @param make function that returns the key, and the text for the answer
 */
async function makeAndStoreKey(
  world: World,
  isOther: boolean,
  unpinned: string,
  make: () => Promise<{ key: Uint8Array; text: string; json?: object }>,
): Promise<Answer> {
  makeHome(world.disk, world.home);
  return await runUnderLock(world, async () => {
    checkKeyAbsent(world, isOther);
    const passphrase = await askNewPassphrase(world);
    const { key, text, json } = await make();
    const publicKey = storeKey(world, key, passphrase, isOther);
    const next = openHome(world).trust ? PINNED : unpinned;
    return { text: `${text}Public key ${publicKey}\n${next}`, json: { publicKey, ...json } };
  });
}

/**
 * The rolls that are given with `--dice`, or that the person types; '' without this flag. Before the person throws the
 * dice, the screen shows the hash of the system's random bytes. So the program cannot choose these bytes after it knows
 * the rolls.
 */
async function readOrAskRolls(world: World, dice: string | undefined, system: string): Promise<string> {
  if (dice !== 'ask' && dice !== '-') return dice === undefined ? '' : parseDiceRolls(dice);
  const terminal = requireTerminal(world, 'the dice', '--dice ROLLS');
  terminal.draw(`SHA-256 of the system's random bytes, which are now fixed:\n${bytesToHex(sha256(utf8(system)))}\n`);
  return await askRolls(terminal);
}

export const keygen: Command = {
  flags: { dice: 'ask|ROLLS', 'phrase-out': 'FILE' },
  help: `Creates a key, shows its recovery phrase of 24 words once, and asks for some of the words.

  --dice ask         asks for 50 to 1000 rolls of a die (digits 1 to 6), and mixes them into the key
  --dice ROLLS       for tests: the rolls themselves. The shell keeps them in its history
  --phrase-out FILE  for tests: writes the phrase to FILE as plain text, and does not show it

With rolls, the screen also shows the system's part. To repeat the computation by hand:
  entropy = SHA-256 of the system's 32 bytes as 64 hex digits, then the rolls
  printf %s%s "$system" "$rolls" | sha256sum
BIP39 turns the entropy into words. Without a terminal, SIGNER_PASSPHRASE holds the passphrase.`,
  example: '--dice ask',
  run: (world, { flags }) =>
    makeAndStoreKey(world, true, UNPINNED, async () => {
      const out = flags.get('phrase-out');
      const asked = 'words of the recovery phrase';
      const terminal = out === undefined ? requireTerminal(world, asked, '--phrase-out FILE') : null;
      if (out !== undefined) for (const name of [out, `${out}.partial`]) checkFileAbsent(world.disk, name);
      const system = world.random(32);
      const rolls = await readOrAskRolls(world, flags.get('dice'), bytesToHex(system));
      const entropy = mixEntropy(system, rolls);
      const words = phraseFromEntropy(entropy);
      const sum = `SHA-256(system, ${rolls.length} rolls) = entropy`;
      const arithmetic = rolls ? [`system   ${bytesToHex(system)}`, sum, bytesToHex(entropy)] : [];
      const { key } = keyFromPhrase(words);
      if (terminal) await showPhraseAndAskWords(world, terminal, words, arithmetic);
      if (out === undefined) return { key, text: '' };
      const notes = arithmetic.map(line => `# ${line}`);
      replaceFile(world.disk, out, textLineBytes([words.join(' '), ...notes].join('\n')));
      world.note(
        `${printableText(out)} holds the recovery phrase as plain text. Copy the phrase to paper, then destroy the file.`,
      );
      return { key, text: '', json: { phrase: out } };
    }),
};

function readPhraseFile(world: World, file: string): string[] {
  const text = asciiText(readFile(world.disk, file, MAX_SMALL));
  return text.replace(/^#.*$/gm, '').match(/\S+/g) ?? [];
}

export const recover: Command = {
  flags: { 'phrase-file': 'FILE', unchecked: '' },
  help: `Rebuilds a key from its recovery phrase (12, 15, 18, 21 or 24 words). Also accepts phrases of the older tool.

  --phrase-file FILE  reads the words from FILE, and does not ask for them
  --unchecked         accepts a phrase with a wrong checksum. Also accepts other lengths, such as 16 words,
                      which have no checksum. The older tool accepted such phrases.

A home that has lost only its key file keeps its memory. A new home has no memory.`,
  run: (world, { flags }) =>
    makeAndStoreKey(world, false, REBUILT, async () => {
      const file = flags.get('phrase-file');
      const unchecked = flags.has('unchecked');
      const words =
        file === undefined
          ? await askPhrase(requireTerminal(world, 'the recovery phrase', '--phrase-file FILE'), unchecked)
          : readPhraseFile(world, file);
      const { key, checked } = keyFromPhrase(words, unchecked);
      if (!checked) world.note(NO_CHECKSUM);
      return { key, text: '', json: { checked } };
    }),
};

export const importFile: Command = {
  operands: ['FILE'],
  flags: { network: 'NAME|FILE' },
  help: `Imports a key of the older tool: its privkey.dat (64 hex digits), or a WIF key.

  --network NAME  the required network of a WIF key. Without this flag, any known network is accepted.
  --network FILE  the same for any other network: FILE is the trust profile that describes the network

An imported key has no recovery phrase. Keep FILE where only you can read it.`,
  example: 'key.wif --network gold_main',
  run: (world, { operands: [file], flags }) =>
    makeAndStoreKey(world, false, UNPINNED, async () => {
      const name = flags.get('network');
      const isFile = name && !NETWORKS.some(known => known.name === name) && fileExists(world.disk, name);
      const known = isFile
        ? readTrust(readFile(world.disk, name, MAX_PROFILE), name).network
        : name && networkByName(name);
      const { privateKey, form } = parseImportedKey(
        readFile(world.disk, file as string, MAX_SMALL),
        known || null,
        file,
      );
      return { key: privateKey, text: `Imported ${form}.\n`, json: { form } };
    }),
};

export const publicKey: Command = {
  isSilent: true,
  help: `Prints this device's public key, for the trust profile. Needs no passphrase.`,
  async run(world) {
    const { key } = openHome(world);
    return { text: key.publicKey, json: { publicKey: key.publicKey } };
  },
};

export const changePassphrase: Command = {
  help: `Encrypts the key with another passphrase.

Without a terminal, SIGNER_PASSPHRASE holds the old passphrase and SIGNER_NEW_PASSPHRASE the new passphrase.
A copy of the old key file still opens with the old passphrase.`,
  run: world =>
    runUnderLock(world, async () => {
      const file = readKeyFile(world);
      const key = await unlockKey(world, file);
      const passphrase = await askNewPassphrase(world, true);
      replaceFile(world.disk, keyFilePath(world), encryptKey(world, key, passphrase));
      key.fill(0);
      return { text: 'The passphrase was changed.', json: { publicKey: file.publicKey } };
    }),
};
