/** `countersign redeem check`: all checks of a redemption, without opening a proposal. */
import { resolve } from 'node:path';
import { Command, Option, UsageError } from 'clipanion';
import { formatAmount } from '../../../../shared/amount.ts';
import type { Derivation } from '../../../../shared/derive.ts';
import { printableText, type Refusal } from '../../../../shared/errors.ts';
import { readInput } from '../../../platform/files.ts';
import { tableText } from '../../../platform/text/text-table.ts';
import { countText } from '../../../platform/text/words.ts';
import { windowWidth } from '../../../platform/world.ts';
import {
  type Checked,
  type CheckedUnsent,
  checkUnsentTransaction,
  runRedeemCheck,
} from '../../../proposal/commands/redeem-check.ts';
import { BURN_CONFIRMATIONS, type BurnFact, outputName } from '../../../proposal/facts/burns.ts';
import { redemptionEffectText, redemptionsJson } from '../../../report/views/redemption-view.ts';
import { EXIT_DONE, EXIT_REFUSED } from '../../errors/error-output.ts';
import { checkReference, parseBurnName } from '../../input/tables/redemption-file.ts';
import { MAX_TRANSACTION_BYTES, readTransactionFile } from '../../input/transaction-file.ts';
import { ConfiguredCommand, type Result } from '../base-command.ts';
import { confirmationsOption, maxTipAgeOption, parseConfirmations, parseTipAge } from '../options.ts';

const right = true;
const listMembershipText = (is: boolean | null) => (is === null ? 'no such list' : is ? 'yes' : 'no');

export class RedeemCheckCommand extends ConfiguredCommand {
  static override paths = [['redeem', 'check']];
  static override usage = Command.Usage({
    category: 'A redemption',
    description: 'check the burns of a bar, or a redemption transaction before it is sent',
    details:
      'Makes the checks of prepare, review and finalise, and prints a line for each burn. It changes nothing. With --transaction, it checks a redemption transaction that the holder has not sent yet. The first output must pay to the zero address. The tokens must be in the mapping, and their amount must be right in this period. The output also shows which addresses are in the freezelist and the burnlist of this node.',
    examples: [
      ['Burns, before a request is prepared', '$0 redeem check 031037-2019-PAMP --burn TXID --burn TXID:1'],
      [
        "The holder's transaction, before it is sent",
        '$0 redeem check 031037-2019-PAMP --transaction rtx.dat',
      ],
    ],
  });
  reference = Option.String({ required: true, name: 'REFERENCE' });
  burn = Option.Array('--burn', {
    description: 'TXID or TXID:VOUT of a burnt output; give the option once for each output',
  });
  transaction = Option.String('--transaction', {
    description: 'file of a redemption transaction that is not sent yet: hex, or JSON with the member hex',
  });
  confirmations = confirmationsOption('number of confirmations that each burn must have (default 1)');
  maxTipAge = maxTipAgeOption();

  async main(): Promise<Result> {
    const { reference, burn, transaction } = this;
    if ((burn === undefined) === (transaction === undefined))
      throw new UsageError('expected --burn, once for each burnt output, or --transaction');
    const maxTipAge = parseTipAge(this.maxTipAge);
    const confirmations = parseConfirmations(this.confirmations);
    checkReference(reference);
    if (transaction !== undefined) return this.unsent(transaction, maxTipAge);
    const burns = (burn ?? []).map(parseBurnName);
    const services = await this.services();
    const checked = await runRedeemCheck(services, { reference, burns }, { maxTipAge, confirmations });
    return this.told(
      checked.problem,
      burnsJson(checked),
      burnChecksText(checked, confirmations, windowWidth(this.world)),
      {
        derivation: checked.derivation,
        burns: checked.chain.evidence.burns,
      },
    );
  }

  private async unsent(file: string, maxTipAge: number): Promise<Result> {
    const bytes = readInput(resolve(this.world.cwd, file), MAX_TRANSACTION_BYTES);
    const hex = readTransactionFile(bytes, file);
    const checked = await checkUnsentTransaction(await this.services(), this.reference, hex, file, maxTipAge);
    return this.told(
      checked.problem,
      unsentCheckJson(checked),
      unsentCheckText(checked, windowWidth(this.world)),
      {
        derivation: checked.derivation,
        burns: [],
      },
    );
  }

  /** The result of all checks. The error of a failed check is also printed on stderr. */
  private told(
    problem: Refusal | null,
    json: object,
    text: string,
    { derivation, burns }: { derivation: Derivation | null; burns: readonly BurnFact[] },
  ): Result {
    const [redemption = null] = derivation ? redemptionsJson(derivation, burns) : [];
    const found = { reference: this.reference, ...json, redemption };
    const whole = derivation ? `${text}\n${redemptionEffectText(derivation, windowWidth(this.world))}` : text;
    if (!problem)
      return { json: found, text: `${whole}No check failed. Nothing was changed.\n`, exitCode: EXIT_DONE };
    const { code, message, hint } = problem;
    this.world.stderr.write(`error ${code}: ${message}\n${hint}\n`);
    return { json: { ...found, error: { code, message, hint } }, text, exitCode: EXIT_REFUSED };
  }
}

const amountText = (amount: bigint | null) => (amount === null ? null : formatAmount(amount));

function burnsJson({ burns }: Checked) {
  return {
    burns: burns.map(({ fact: { txid, vout, token, amount, depth, block, height }, problem }) => ({
      ...{ txid, vout, token, amount: amountText(amount), depth, block, height },
      error: problem && { code: problem.code, message: problem.message },
    })),
  };
}

function burnChecksText({ burns }: Checked, needed = BURN_CONFIRMATIONS, width?: number): string {
  return tableText(
    [
      { title: 'amount', right },
      { title: 'blocks', right },
      { title: 'redemption height', right },
      { title: 'result' },
      { title: 'token' },
      { title: 'output' },
    ],
    burns.map(({ fact, problem }) => [
      amountText(fact.amount) ?? '-',
      fact.depth === null ? '-' : `${fact.depth} of ${needed}`,
      fact.height === null ? '-' : String(fact.height),
      problem?.code ?? 'burnt',
      fact.token ?? '-',
      outputName(fact),
    ]),
    width,
  );
}

function unsentCheckJson({ txid, outputs, height, blocksLeft, known }: CheckedUnsent) {
  return {
    ...{ txid, height, blocksLeft, sent: known !== null },
    outputs: outputs.map(({ fact, address, freezelist, burnlist }) => ({
      ...{
        vout: fact.vout,
        token: fact.token,
        amount: amountText(fact.amount),
        address,
        freezelist,
        burnlist,
      },
    })),
  };
}

function unsentCheckText(checked: CheckedUnsent, width?: number): string {
  const { txid, outputs, height, blocksLeft, known } = checked;
  const sent =
    known === null
      ? `The transaction is not sent. The amount is right if a block includes the transaction within ${countText(blocksLeft, 'block')}, from block ${height} on.\n`
      : 'The node already has the transaction: it was sent.\n';
  return [
    `transaction ${txid}\n${sent}`,
    tableText(
      [
        { title: 'amount', right },
        { title: 'address' },
        { title: 'freezelist' },
        { title: 'burnlist' },
        { title: 'token' },
      ],
      outputs.map(({ fact, address, freezelist, burnlist }) => [
        amountText(fact.amount) ?? '-',
        printableText(address),
        listMembershipText(freezelist),
        listMembershipText(burnlist),
        fact.token ?? '-',
      ]),
      width,
    ),
  ].join('');
}
