/** For the browser tests, pictures and bench only: requests and signatures of realistic form and size. */
import { createHash } from 'node:crypto';
import { addDigest, requestText } from '../../../../shared/request.ts';
import { signaturesText } from '../../../../shared/signatures.ts';

/** 64 hex digits, always the same ones for the same seed. */
const sampleDigest = (seed: string) => createHash('sha256').update(seed).digest('hex');

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
function sampleAddress(seed: string): string {
  const bytes = createHash('sha512').update(seed).digest();
  return `G${Array.from(bytes.subarray(0, 33), byte => BASE58[byte % 58]).join('')}`;
}

/** A text in the form of a DER signature of the usual length: r and s of 32 bytes, then the hash type. */
function sampleDerHex(seed: string): string {
  const part = (name: string) => `02203${sampleDigest(seed + name).slice(1)}`;
  return `3044${part('r')}${part('s')}01`;
}

export function sampleRequest(count: number): { text: string; digest: string; reviewCode: string } {
  const content = {
    network: 'gold_main',
    trust: sampleDigest('trust'),
    base: { mapping: sampleDigest('mapping') },
    height: 3310,
    time: '1763795123.000001',
    issuances: Array.from({ length: count }, (_, i) => ({
      serial: String(31037 + 7919 * i)
        .padStart(6, '0')
        .slice(-6),
      year: String(2015 + (i % 9)),
      manufacturer: ['PAMP', 'Metalor', 'Argor Heraeus', 'Valcambi'][i % 4]!,
      mass: (350 + ((i * 37.137) % 100)).toFixed(3),
      address: sampleAddress(`a${i}`),
      tokens: (3500 + ((i * 371.3721) % 1000)).toFixed(8),
      coin: { txid: sampleDigest(`coin${i}`), vout: i % 3, amount: '5000.00000000' },
    })),
  };
  const { digest, reviewCode } = addDigest(content);
  return { text: requestText(content), digest, reviewCode };
}

export function sampleSignatures(request: string, count: number, controller = 1): string {
  const base64 = (seed: string) =>
    Buffer.concat([Buffer.of(31), createHash('sha512').update(seed).digest()]).toString('base64');
  const transactions = Array.from({ length: count }, (_, i) => sampleDerHex(`t${i}`));
  const [endorsement, mapping] = [base64('e'), base64('m')];
  return signaturesText({ request, controller, endorsement, mapping, transactions });
}
