/**
 * The key ceremony as a printable checklist. Each step is a command or an action of people. Without a
 * profile, the list has blanks for the values of the profile.
 */
import { bytesToHex } from '../../../shared/bytes.ts';
import { shellWord } from '../../../shared/shell-words.ts';
import { canSplitPolicy, type Trust } from '../../../shared/trust.ts';

export interface ChecklistOptions {
  trust?: Trust | undefined;
  /** Number of controllers, and how many of them must sign, for a list without a profile. */
  m: number;
  n: number;
}

const BLANK = '______________';
const LONG_BLANK = '_'.repeat(66);

const checkBoxLine = (text: string) => `- [ ] ${text}\n`;
const markdownCode = (...lines: string[]) => `\n\`\`\`\n${lines.join('\n')}\n\`\`\`\n\n`;

function peopleSection(m: number): string {
  const rows = Array.from({ length: m }, (_, i) => `| ${i + 1} | ${BLANK} | ${BLANK} | ${BLANK} |\n`);
  return `| controller | name | laptop (make, serial number) | phone |\n|---|---|---|---|\n${rows.join('')}`;
}

function keysSection(m: number, trust: Trust | undefined): string {
  const rows = Array.from({ length: m }, (_, i) => {
    const key = trust ? bytesToHex(trust.pubkeys[i] as Uint8Array) : LONG_BLANK;
    return `| ${i + 1} | \`${key}\` | [ ] |\n`;
  });
  return `| controller | public key | read aloud and compared by all |\n|---|---|---|\n${rows.join('')}`;
}

/** The members of the profile, as in the profile's file. */
function profileMembers(trust: Trust) {
  return JSON.parse(trust.text) as { network: unknown; reissuanceTokens: string };
}

function networkArgument(trust: Trust): string {
  const { network } = profileMembers(trust);
  return typeof network === 'string' ? network : shellWord(JSON.stringify(network));
}

function trustCreateLines(m: number, n: number, trust: Trust | undefined): string[] {
  const controllers = trust
    ? trust.pubkeys.map(key => bytesToHex(key))
    : Array.from({ length: m }, (_, i) => `KEY-OF-CONTROLLER-${i + 1}`);
  return [
    `countersign trust create --network ${trust ? networkArgument(trust) : 'NETWORK'} --required ${n} \\`,
    ...controllers.map(key => `  --controller ${key} \\`),
    `  --policy-asset ${trust?.policyAsset ?? 'POLICY-ASSET'} \\`,
    `  --reissuance-address ${trust?.reissuanceAddress ?? 'REISSUANCE-ADDRESS'} --reissuance-tokens ${trust ? profileMembers(trust).reissuanceTokens : '10000'} \\`,
    `  --mass-min ${trust?.massMin ?? '350'} --mass-max ${trust?.massMax ?? '450'}${canSplitPolicy({ n, m }) ? ' --allow-split-policy' : ''} --out trust.json`,
  ];
}

/**
 * Lines of `ocean.conf`. Ocean creates the policy coins in its first block: `policycoins` atoms, in 100
 * outputs to `issuancecoinsdestination`, with the keys in `issuecontrolscript`. Source: Ocean's
 * chainparams.cpp, and "Issuance process initialisation" in CommerceBlock's documentation.
 */
function oceanConfLines(trust: Trust | undefined): string[] {
  return [
    `chain=${trust?.network.name ?? 'NETWORK'}`,
    'policycoins=50000000000000',
    `issuancecoinsdestination=${trust ? bytesToHex(trust.scriptPubKey) : 'SCRIPT-PUB-KEY'}`,
    `issuecontrolscript=${trust ? bytesToHex(trust.redeemScript) : 'REDEEM-SCRIPT'}`,
    'issuanceblock=1',
    'txindex=1',
  ];
}

/** The profile if there is one, the size of the policy, and the indices of the controllers. */
interface Ceremony {
  trust: Trust | undefined;
  m: number;
  n: number;
  each: number[];
}

function keysAndProfileSection({ trust, m, n, each }: Ceremony): string[] {
  const review = trust?.reviewCode ?? '____-____-____-____';
  return [
    `# Key ceremony: ${n} of ${m} controllers${trust ? ` on ${trust.network.name}` : ''}\n\n`,
    `Date ${BLANK}   Place ${BLANK}   Led by ${BLANK}\n\n`,
    trust
      ? 'Filled in from a trust profile. Fields for things that you hear, see or do are blank.\n\n'
      : 'Printed without a trust profile. Fill in the blanks by hand. When the profile exists, `countersign checklist --trust trust.json` fills them in.\n\n',
    'Run `signer` on the isolated laptops and `countersign` on the networked PCs.\n\n',
    '## 1. People and machines\n\n',
    peopleSection(m),
    '\n',
    checkBoxLine('No laptop was ever on a network: no cable, no radio. No laptop will ever be on a network.'),
    checkBoxLine(
      '`cat ~/.local/lib/countersign/SHA256SUMS` prints the same hashes on all laptops. Each hash equals the hash of the same file in `offline/signer.sha256` or `offline/laptop.sha256` of the repository. These two files are read on a computer that did not make the stick.',
    ),
    checkBoxLine(
      '`signer --version` and `countersign --version` print the same version on all machines: ______',
    ),
    '\n## 2. A key on each laptop\n',
    markdownCode('signer keygen', 'signer public-key'),
    'To mix rolls of a die into the key, run `signer keygen --dice ask` instead of `signer keygen`.\n\n',
    ...each.map(i =>
      checkBoxLine(`Controller ${i}: the recovery phrase is on paper, in two places. Sign here: ${BLANK}`),
    ),
    '\n',
    keysSection(m, trust),
    '\n## 3. Data from the operator of the chain\n\n',
    checkBoxLine(`Network: ${trust?.network.name ?? BLANK}`),
    checkBoxLine(
      `Policy asset (the id with the label ISSUANCE in \`ocean-cli dumpassetlabels\`): \`${trust?.policyAsset ?? LONG_BLANK}\``,
    ),
    checkBoxLine(
      `Reissuance address of the block-signing federation: \`${trust?.reissuanceAddress ?? BLANK}\``,
    ),
    "\nThe id of the policy asset does not depend on the keys. It depends on the chain's name, `signblockscript`, `fedpegscript` and the other assets that the first block issues. The operator can read the id from a trial run with the same options (`ocean-cli dumpassetlabels`).\n",
    '\n## 4. One controller creates the trust profile\n',
    markdownCode(...trustCreateLines(m, n, trust)),
    checkBoxLine(`Review code: \`${review}\``),
    checkBoxLine(`Digest: \`${trust?.digest ?? LONG_BLANK}\``),
    checkBoxLine(`Address that holds the policy coins: \`${trust?.address ?? BLANK}\``),
    ...comparisonSection(each),
  ];
}

export const READ_ALOUD = 'One controller reads the code aloud from the PC that created the profile.';

/**
 * Codes that people must hear from each other or read from another screen are never filled in. If the list
 * had such a code, a person could compare the file with itself.
 */
function comparisonSection(each: readonly number[]): string[] {
  return [
    '\n## 5. The profile on each laptop\n',
    markdownCode('signer trust trust.json'),
    `${READ_ALOUD} The other controllers write down the code that they **hear**, and type it into their laptops. Until then a laptop shows only the first half of the code. Do not copy the code from your PC or from this list: a copied code compares the file with itself.\n\n`,
    ...each.map(i =>
      checkBoxLine(
        `Controller ${i} heard \`____-____-____-____\`. The laptop showed the same first half and the right public key. The controller typed the code, and the laptop answered "Pinned". Sign here: ${BLANK}`,
      ),
    ),
    '\nThe person who creates the profile could search for two profiles with the same code. Therefore, one controller also reads aloud all 64 digits of the digest, from the screen of a laptop.\n\n',
    ...each.map(i => checkBoxLine(`Controller ${i} saw the same digest on the screen of the laptop.`)),
  ];
}

function chainSection({ trust, each }: Ceremony): string[] {
  return [
    '\n## 6. The chain, by its operator\n\nWrite these lines into `ocean.conf` on **every** node before the first block exists. The first four lines become part of the first block and can never be changed.\n',
    markdownCode(...oceanConfLines(trust)),
    checkBoxLine(
      '`issuancecoinsdestination` equals `scriptPubKey` in p2sh.json. `issuecontrolscript` equals `redeemScript` in p2sh.json. Each digit was compared.',
    ),
    checkBoxLine(`All nodes have the same first block: \`ocean-cli getblockhash 0\` ${BLANK}`),
    '\n`policycoins` is an amount in the smallest unit. The chain pays it out as 100 policy coins. One request can issue as many assets as there are coins. Choose any amount above 100. With `issuanceblock`, a node refuses issuances that spend no policy coin. With `txindex`, a node finds any transaction by its id; `countersign` needs this. Each node that a PC uses needs a wallet (no `disablewallet`) and peers (`connect=` or `addnode=`, one line for each peer). The operator chooses the other options (`signblockscript`, `con_mandatorycoinbase`, white-, freeze- and burnlist).\n',
    '\n## 7. Each networked PC\n\nCopy `trust.json` into the working folder.\n',
    markdownCode('countersign init'),
    ...each.map(i =>
      checkBoxLine(
        `Controller ${i}: countersign.json is written. Store ${BLANK}, node ${BLANK}, number of peers ______. \`init\` reports nothing that the node lacks.`,
      ),
    ),
    '\nDuring `init`, the node imports the address that holds the policy coins. A PC whose node does not watch this address cannot see all coins. `init` also compares the id with the label ISSUANCE with the profile.\n\n',
    '\n## 8. One controller, once\n',
    markdownCode('countersign map init', 'countersign coins scan'),
    checkBoxLine(`Digest of the empty mapping: ${BLANK}`),
    checkBoxLine('Policy coins found: ______ of ______ in total (`ptxo.dat`)'),
    '\n## 9. All other controllers\n',
    markdownCode('countersign status', 'countersign coins list'),
    ...each.map(i =>
      checkBoxLine(`Controller ${i} sees the same digest, no open proposal, and unspent coins.`),
    ),
    '\n## 10. Before anyone leaves\n\n',
    ...each.map(i =>
      checkBoxLine(
        `Controller ${i}: \`signer recover --home trial\` with the phrase on paper prints the same public key. The folder trial is destroyed.`,
      ),
    ),
    checkBoxLine('A first issuance of one bar was made.'),
    checkBoxLine(
      'The recovery phrases are in their places. Each controller has this list with the review code.',
    ),
    '\n| controller | signature | date |\n|---|---|---|\n',
    ...each.map(i => `| ${i} | ${BLANK} | ${BLANK} |\n`),
  ];
}

export function checklistMarkdown(options: ChecklistOptions): string {
  const { trust } = options;
  const { m, n } = trust ?? options;
  const ceremony = { trust, m, n, each: Array.from({ length: m }, (_, i) => i + 1) };
  return [...keysAndProfileSection(ceremony), ...chainSection(ceremony)].join('');
}
