import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { p2shAddress, parseAddress } from './address.ts';
import { formatAmount, parseAmount } from './amount.ts';
import { bytesToHex, bytesToId, concatBytes, hexToBytes, idToBytes } from './bytes.ts';
import { DecodingError, decodeTransaction } from './decode-transaction.ts';
import { decodeDer, encodeDer } from './der.ts';
import { publicKeyOf, signHash, verifyHash } from './ecdsa.ts';
import { hash160 } from './hash.ts';
import { buildIssuance } from './issuance.ts';
import { networkByName } from './networks.ts';
import { multisigScript, multisigScriptSig, p2shScript } from './output-scripts.ts';
import { SIGHASH_ALL, signatureHash } from './sighash.ts';
import { transactionBytes, transactionHex, transactionId } from './transaction.ts';

const vectors = JSON.parse(readFileSync(new URL('../fixtures/vectors/ocean-issuance.json', import.meta.url), 'utf8'));
const network = networkByName(vectors.chain);
const pubkeys: Uint8Array[] = vectors.pubkeys.map((hex: string) => hexToBytes(hex, 'pubkey', 33));
const redeemScript = multisigScript(vectors.n, pubkeys);

test("the derived P2SH address is the node's address", () => {
  assert.is(bytesToHex(redeemScript), vectors.p2sh.redeemScript);
  assert.is(bytesToHex(p2shScript(hash160(redeemScript))), vectors.p2sh.scriptPubKey);
  assert.is(p2shAddress(network, hash160(redeemScript)), vectors.p2sh.address);
});

test('the public keys match the private keys', () => {
  vectors.privkeys.forEach((hex: string, i: number) => {
    assert.is(bytesToHex(publicKeyOf(hexToBytes(hex, 'key', 32))), vectors.pubkeys[i]);
  });
});

function buildFromVector(issuance: any) {
  return buildIssuance({
    coin: {
      hash: idToBytes(issuance.input.txid, 'txid'),
      index: issuance.input.vout,
      amount: parseAmount(issuance.input.value, 'value'),
    },
    policyAsset: idToBytes(vectors.policyAsset, 'policyAsset'),
    tokens: parseAmount(issuance.tokens, 'tokens'),
    reissuanceTokens: parseAmount('10000', 'reissuanceTokens'),
    assetScript: parseAddress(network, issuance.address, 'address').scriptPubKey,
    reissuanceScript: parseAddress(network, vectors.reissuanceAddress, 'address').scriptPubKey,
    changeScript: p2shScript(hash160(redeemScript)),
  });
}

for (const [i, issuance] of vectors.issuances.entries()) {
  test(`issuance ${i}: the transaction and its ids are the node's`, () => {
    const { transaction, assetId, reissuanceTokenId, entropy } = buildFromVector(issuance);
    assert.is(transactionHex(transaction), issuance.created.rawtx);
    assert.is(transactionId(transaction), issuance.decoded.txid);
    assert.equal(
      [assetId, reissuanceTokenId, entropy],
      [issuance.created.asset, issuance.created.token, issuance.created.entropy],
    );
  });

  test(`issuance ${i}: signature hash, signatures and complete transactions are the node's`, () => {
    const { transaction } = buildFromVector(issuance);
    const hash = signatureHash(transaction, 0, redeemScript);
    assert.is(bytesToHex(hash), issuance.sighash);
    const signatures = new Map<number, Uint8Array>();
    for (const { controller, signature, hex } of issuance.partial) {
      const key = hexToBytes(vectors.privkeys[controller - 1], 'key', 32);
      const compact = signHash(hash, key).compact;
      const ours = concatBytes(encodeDer(compact), Uint8Array.of(SIGHASH_ALL));
      assert.is(bytesToHex(ours), signature);
      assert.ok(verifyHash(hash, compact, pubkeys[controller - 1]!));
      assert.not.ok(verifyHash(hash, compact, pubkeys[controller % 3]!));
      signatures.set(controller, ours);
      const partial = {
        ...transaction,
        inputs: [{ ...transaction.inputs[0]!, scriptSig: multisigScriptSig([ours], redeemScript) }],
      };
      assert.is(transactionHex(partial), hex);
    }
    for (const { controllers, txid, hex } of issuance.complete) {
      const scriptSig = multisigScriptSig(
        controllers.map((c: number) => signatures.get(c)),
        redeemScript,
      );
      const complete = { ...transaction, inputs: [{ ...transaction.inputs[0]!, scriptSig }] };
      assert.is(transactionHex(complete), hex);
      assert.is(transactionId(complete), txid);
    }
  });
}

test('a truncated transaction is refused; a flipped byte is refused or kept when re-encoded', () => {
  const bytes = hexToBytes(vectors.issuances[0].complete[0].hex, 'hex');
  let refused = 0;
  for (let i = 0; i < bytes.length; i++) {
    for (const hostile of [
      bytes.slice(0, i),
      bytes.map((b, j) => (j === i ? b ^ 0x80 : b)),
      bytes.map((b, j) => (j === i ? b ^ 1 : b)),
    ]) {
      try {
        assert.equal(transactionBytes(decodeTransaction(hostile)), Uint8Array.from(hostile));
      } catch (error) {
        if (!(error instanceof DecodingError)) throw error;
        refused++;
      }
    }
  }
  assert.ok(refused > bytes.length, `${refused} refused`);
});

test('a truncated signature is refused; a flipped byte is refused or kept when re-encoded', () => {
  const der = hexToBytes(vectors.issuances[0].partial[0].signature, 'signature').slice(0, -1);
  for (let i = 0; i < der.length; i++) {
    assert.is(decodeDer(der.slice(0, i)), null);
    for (let bit = 0; bit < 8; bit++) {
      const flipped = der.map((b, j) => (j === i ? b ^ (1 << bit) : b));
      const compact = decodeDer(flipped);
      if (compact) assert.equal(encodeDer(compact), Uint8Array.from(flipped));
    }
  }
});

test('displayed ids have reversed bytes', () => {
  assert.is(bytesToId(idToBytes(vectors.policyAsset, 'id')), vectors.policyAsset);
  assert.is(formatAmount(parseAmount('3891.42', 'x')), '3891.42000000');
});

test.run();
