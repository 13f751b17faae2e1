/** The questions of `init` and `trust create`: a sentence about each, and the prompt. */
import { MAX_CONTROLLERS } from '../../../../../shared/output-scripts.ts';

interface QuestionText {
  /** A sentence before the prompt; empty if the prompt suffices. */
  readonly about: string;
  readonly prompt: string;
}

export const BACK_TEXT = 'Type `back` to return to the question before.\n';

/** A description of the wanted answer, printed after an empty line, `?` and `help`. */
export function answerHelpText({ prompt, about }: QuestionText): string {
  const reason = about === '' ? '' : ` ${about}`;
  return `  Type the answer: ${prompt.replace(/: $/, '')}.${reason} Type \`back\` to return to the question before. Press Ctrl-C to stop: then nothing is written.\n`;
}

// init

export const PROFILE: QuestionText = {
  about: 'The trust profile names the controllers and the chain. Type `later` if there is no profile yet.',
  prompt: 'Trust profile (file, or later): ',
};

/** @param m number of controllers */
export const controllerQuestion = (m: number): QuestionText => ({
  about:
    'The controller who uses this PC. `countersign next` prints the next step of this controller. Type `none` if no controller uses this PC.',
  prompt: `Number of the controller (1 to ${m}, or none): `,
});

export const STORE: QuestionText = {
  about:
    'The store has the mapping and the proposals. It is a bucket or a folder. All controllers use the same store.',
  prompt: 'Store (s3://bucket[/prefix] or a folder): ',
};

export const S3_SERVER: QuestionText = {
  about: 'The S3 server of the bucket. Credentials come from AWS_PROFILE or the AWS_ variables.',
  prompt: 'S3 server (URL, or aws for Amazon): ',
};

export const NODE: QuestionText = {
  about:
    'The Ocean node that this PC uses. The best choice is your own node. Set the password of the node in COUNTERSIGN_NODE_PASSWORD, not in the URL. Type `later` if there is no node yet.',
  prompt: 'Node (http://user@host:port, or later): ',
};

export const STICK: QuestionText = {
  about:
    'The folder of the USB stick for requests and signatures, such as /media/usb. Type `none` to use the working folder.',
  prompt: 'Stick (folder, or none): ',
};

// trust create

export const networkQuestion = (names: readonly string[]): QuestionText => ({
  about: 'The network of the tokens.',
  prompt: `Network (${names.join(', ')}): `,
});

export const COUNT: QuestionText = {
  about: 'Each controller has one key, on an isolated laptop.',
  prompt: `How many controllers (1 to ${MAX_CONTROLLERS}): `,
};

export const keyQuestion = (controller: number): QuestionText => ({
  about: controller === 1 ? 'Paste the key, or type the name of a file that contains the key.' : '',
  prompt: `Public key of controller ${controller} (66 hex digits, or a file): `,
});

export const requiredQuestion = (least: number, most: number): QuestionText => ({
  about:
    'The number of controllers who must agree to every issuance. If it is more than half of them, two separate groups cannot both sign.',
  prompt: `Required (${least} to ${most}): `,
});

export const POLICY_ASSET: QuestionText = {
  about: 'The policy asset, whose coins the controllers spend. The operator of the chain knows its id.',
  prompt: 'Policy asset (64 hex digits): ',
};

export const REISSUANCE_ADDRESS: QuestionText = {
  about: 'The address that receives the reissuance tokens of every asset.',
  prompt: 'Reissuance address: ',
};

export const massQuestion = (which: 'smallest' | 'largest'): QuestionText => ({
  about:
    which === 'smallest'
      ? 'The limits for the mass of a bar. A signer refuses a mass outside the limits, such as a mistyped mass.'
      : '',
  prompt: `The ${which} mass of a bar, in fine troy ounces: `,
});

export const IS_RIGHT = 'Is this right?';

/** The words for the answers that can be corrected after `no`. A number means the key of this controller. */
export const CORRECTIONS = ['network', 'keys', 'required', 'asset', 'address', 'mass'] as const;

/** @param m number of controllers */
export const correctableAnswersText = (m: number): string =>
  `Answers: ${CORRECTIONS.join(', ')}, ${m === 1 ? '1' : `1 to ${m}`} for one key, or stop.\n`;

export const WHICH_IS_WRONG = 'Which answer is wrong: ';

export const NO_SUCH_ANSWER = 'Type one of these words, or the number of a controller.\n';
