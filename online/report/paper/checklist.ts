/**
 * The key ceremony as a checklist to print: each step is a command or an action of people. Without a profile it has
 * blanks to fill in.
 */
import { bytesToHex } from '../../../shared/bytes.ts';
import { shellWord } from '../../../shared/shell.ts';
import { isSplit, type Trust } from '../../../shared/trust.ts';

export interface ChecklistOptions {
  trust?: Trust | undefined;
  /** Number of controllers, and how many must sign, without a profile. */
  m: number;
  n: number;
}

const BLANK = '______________';
const LONG_BLANK = '_'.repeat(66);

const box = (text: string) => `- [ ] ${text}\n`;
const code = (...lines: string[]) => `\n\`\`\`\n${lines.join('\n')}\n\`\`\`\n\n`;

function people(m: number): string {
  const rows = Array.from({ length: m }, (_, i) => `| ${i + 1} | ${BLANK} | ${BLANK} | ${BLANK} |\n`);
  return `| controller | name | laptop (make, serial number) | phone |\n|---|---|---|---|\n${rows.join('')}`;
}

function keys(m: number, trust: Trust | undefined): string {
  const rows = Array.from({ length: m }, (_, i) => {
    const key = trust ? bytesToHex(trust.pubkeys[i] as Uint8Array) : LONG_BLANK;
    return `| ${i + 1} | \`${key}\` | [ ] |\n`;
  });
  return `| controller | public key | read out, and compared by all |\n|---|---|---|\n${rows.join('')}`;
}

/** Members of the profile as its file has them. */
function written(trust: Trust) {
  return JSON.parse(trust.text) as { network: unknown; reissuanceTokens: string };
}

function networkArgument(trust: Trust): string {
  const { network } = written(trust);
  return typeof network === 'string' ? network : shellWord(JSON.stringify(network));
}

function trustCreate(m: number, n: number, trust: Trust | undefined): string[] {
  const controllers = trust
    ? trust.pubkeys.map(key => bytesToHex(key))
    : Array.from({ length: m }, (_, i) => `KEY-OF-CONTROLLER-${i + 1}`);
  return [
    `countersign trust create --network ${trust ? networkArgument(trust) : 'NETWORK'} --required ${n} \\`,
    ...controllers.map(key => `  --controller ${key} \\`),
    `  --policy-asset ${trust?.policyAsset ?? 'POLICY-ASSET'} \\`,
    `  --reissuance-address ${trust?.reissuanceAddress ?? 'REISSUANCE-ADDRESS'} --reissuance-tokens ${trust ? written(trust).reissuanceTokens : '10000'} \\`,
    `  --mass-min ${trust?.massMin ?? '350'} --mass-max ${trust?.massMax ?? '450'}${isSplit({ n, m }) ? ' --allow-split-policy' : ''} --out trust.json`,
  ];
}

/**
 * Ocean creates the coins in its first block: `policycoins` atoms, in 100 outputs to `issuancecoinsdestination`, with
 * the keys in `issuecontrolscript`. Source: Ocean's chainparams.cpp, and "Issuance process initialisation" in
 * CommerceBlock's documentation.
 */
function chainLines(trust: Trust | undefined): string[] {
  return [
    `chain=${trust?.network.name ?? 'NETWORK'}`,
    'policycoins=50000000000000',
    `issuancecoinsdestination=${trust ? bytesToHex(trust.scriptPubKey) : 'SCRIPT-PUB-KEY'}`,
    `issuecontrolscript=${trust ? bytesToHex(trust.redeemScript) : 'REDEEM-SCRIPT'}`,
    'issuanceblock=1',
    'txindex=1',
  ];
}

/** The policy and the indices of its controllers. */
interface Ceremony {
  trust: Trust | undefined;
  m: number;
  n: number;
  each: number[];
}

function keysAndProfile({ trust, m, n, each }: Ceremony): string[] {
  const review = trust?.reviewCode ?? '____-____-____-____';
  return [
    `# Key ceremony: ${n} of ${m} controllers${trust ? ` on ${trust.network.name}` : ''}\n\n`,
    `Date ${BLANK}   Place ${BLANK}   Led by ${BLANK}\n\n`,
    trust
      ? 'Filled in from a trust profile; what is heard, seen or done stays blank.\n\n'
      : 'Printed before there is a trust profile: the blanks are filled in by hand. With a profile, `countersign checklist --trust trust.json` fills them in.\n\n',
    '`signer` runs on the isolated laptops, `countersign` on the networked PCs.\n\n',
    '## 1. People and machines\n\n',
    people(m),
    '\n',
    box('Each laptop was never, and will never be, on a network: no cable, no radio.'),
    box(
      `\`cat ~/.local/lib/countersign/SHA256SUMS\` shows the same hash of signer.mjs on all laptops: ${BLANK}`,
    ),
    box('`signer --version` and `countersign --version` are the same everywhere: ______'),
    '\n## 2. A key on each laptop\n',
    code('signer keygen --dice ask', 'signer public-key'),
    ...each.map(i =>
      box(`Controller ${i}: the recovery phrase is on paper, in two places. Sign here: ${BLANK}`),
    ),
    '\n',
    keys(m, trust),
    '\n## 3. What the operator of the chain says\n\n',
    box(`Network: ${trust?.network.name ?? BLANK}`),
    box(
      `Policy asset, the id that \`ocean-cli dumpassetlabels\` shows as ISSUANCE: \`${trust?.policyAsset ?? LONG_BLANK}\``,
    ),
    box(`Reissuance address, of the block-signing federation: \`${trust?.reissuanceAddress ?? BLANK}\``),
    "\nThe id of the policy asset does not depend on the keys. It follows from the chain's name, `signblockscript`, `fedpegscript` and what else the chain's first block issues: the operator can read it from a trial run with the same options (`ocean-cli dumpassetlabels`).\n",
    '\n## 4. The trust profile, by one controller\n',
    code(...trustCreate(m, n, trust)),
    box(`Review code: \`${review}\``),
    box(`Digest: \`${trust?.digest ?? LONG_BLANK}\``),
    box(`Address that holds the policy coins: \`${trust?.address ?? BLANK}\``),
    '\n## 5. The profile on each laptop\n\nOne controller reads the code aloud from the screen of their laptop. The others write down what they **hear**, and only then look at their own laptop: a code copied from the own screen, from a PC or from this list compares the file with itself.\n',
    code('signer trust trust.json'),
    ...each.map(i =>
      box(
        `Controller ${i} heard \`____-____-____-____\`, saw the same code and the own key, and typed it. Sign here: ${BLANK}`,
      ),
    ),
    '\nWhoever makes the profile could search for two that share a code. So the whole digest is read aloud as well, all 64 digits, from the same laptop.\n\n',
    ...each.map(i => box(`Controller ${i} saw the same digest on the screen of the own laptop.`)),
  ];
}

function chainAndPCs({ trust, each }: Ceremony): string[] {
  return [
    '\n## 6. The chain, by its operator\n\nLines of `ocean.conf` on **every** node, before the first block; the first four are part of it and can never be changed.\n',
    code(...chainLines(trust)),
    box(
      '`issuancecoinsdestination` is the `scriptPubKey` in p2sh.json, `issuecontrolscript` its `redeemScript`: compared digit by digit.',
    ),
    box(`All nodes have the same first block: \`ocean-cli getblockhash 0\` ${BLANK}`),
    "\n`policycoins` counts in the smallest unit and is paid out as 100 coins; as many assets as there are coins can be issued at a time. The amount is a free choice above 100. `issuanceblock` has each node refuse issuances that spend no policy coin, and `txindex` lets it find any transaction by its id, which `countersign` asks for. Each node that a PC uses has its wallet (no `disablewallet`), and peers (`connect=` or `addnode=`, one line for each). Other options (`signblockscript`, `con_mandatorycoinbase`, white-, freeze- and burnlist) are the operator's.\n",
    '\n## 7. Each networked PC\n\n`trust.json` lies in the working folder.\n',
    code('countersign init'),
    ...each.map(i =>
      box(
        `Controller ${i}: countersign.json is written, store ${BLANK}, node ${BLANK}, with ______ peers. \`init\` names nothing that the node lacks.`,
      ),
    ),
    '\n`init` has the node import the address that holds the policy coins: every PC whose node does not watch it cannot see all coins. The id that the node calls ISSUANCE is compared with the profile then.\n\n',
    '\n## 8. Once, by one controller\n',
    code('countersign map init', 'countersign coins scan'),
    box(`Digest of the empty mapping: ${BLANK}`),
    box('Policy coins found: ______ of ______ in all (`ptxo.dat`)'),
    '\n## 9. Seen by all the others\n',
    code('countersign status', 'countersign coins list'),
    ...each.map(i => box(`Controller ${i} sees the same digest, no open proposal, and unspent coins.`)),
    '\n## 10. Before anyone leaves\n\n',
    ...each.map(i =>
      box(
        `Controller ${i}: \`signer recover --home trial\` from the paper gives the same public key; the folder is destroyed.`,
      ),
    ),
    box('A first issuance of one bar was made.'),
    box('The phrases are in their places, and everyone has this list with the review code.'),
    '\n| controller | signature | date |\n|---|---|---|\n',
    ...each.map(i => `| ${i} | ${BLANK} | ${BLANK} |\n`),
  ];
}

export function checklist(options: ChecklistOptions): string {
  const { trust } = options;
  const { m, n } = trust ?? options;
  const ceremony = { trust, m, n, each: Array.from({ length: m }, (_, i) => i + 1) };
  return [...keysAndProfile(ceremony), ...chainAndPCs(ceremony)].join('');
}
