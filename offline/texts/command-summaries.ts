/** What each command does, in a few words, for the list of all commands. */
const ABOUT_EACH = {
  keygen: 'creates a key and its recovery phrase',
  recover: 'rebuilds a key from its recovery phrase',
  import: 'imports a key of the older tool',
  'public-key': 'prints the public key of this device',
  trust: 'shows a trust profile and pins it',
  inspect: 'shows a request and does not sign it',
  sign: 'shows a request and signs it',
  release: 'releases a bar that was signed here',
  rollback: 'goes back to a published mapping',
  journal: 'lists what this signer has signed',
  'change-passphrase': 'encrypts the key with another passphrase',
};

export const ABOUT: ReadonlyMap<string, string> = new Map(Object.entries(ABOUT_EACH));
