/**
 * Questions of `init` and `trust create`. Each answer is checked at once. `back` returns to the previous
 * question.
 */
import { Refusal } from '../../../../shared/errors.ts';
import type { World } from '../../../platform/world.ts';
import { askLine } from '../../terminal/prompts.ts';
import { FIRST_QUESTION } from '../../terminal/texts.ts';
import { answerHelpText } from './texts/questions.ts';

const BACK = 'back';

/** Thrown if the person types `back`. */
export class GoBackError extends Error {}

export interface Question<T> {
  flag: string;
  /** A line that explains the question; empty if the prompt suffices. */
  about: string;
  prompt: string;
  /** The earlier answer, or the value in the file that will be replaced. Enter repeats this answer. */
  before?: string | undefined;
  /** True if the Tab key completes file names. */
  takesFile?: boolean;
  /** @throws Refusal if the answer is not valid; the question is then asked again */
  check(answer: string): Promise<T> | T;
}

/** The answer as the screen shows it, without a password. */
const hidePassword = (answer: string) => answer.replace(/(:\/\/[^/@:]*):[^/@]*@/, '$1:***@');

/**
 * Asks for one line. Enter repeats the earlier answer, if there is one.
 * @returns the answer; '' if nothing was typed and there is no earlier answer
 * @throws GoBackError if the person types `back`
 */
export async function askForAnswer(
  world: World,
  { prompt, flag, before, takesFile = false }: Omit<Question<unknown>, 'about' | 'check'>,
): Promise<string> {
  const offer = before === undefined ? '' : ` [${hidePassword(before)}]`;
  const typed = await askLine(world, prompt.replace(/: $/, `${offer}: `), flag, { takesFile });
  if (typed === BACK) throw new GoBackError();
  return typed === '' ? (before ?? '') : typed;
}

/**
 * Checks one answer. An invalid value of a flag is refused. A person is asked until the answer is valid.
 * @throws GoBackError if the person types `back`
 */
export async function getCheckedAnswer<T extends { told: string } | null>(
  world: World,
  given: string | undefined,
  question: Question<T>,
): Promise<[answer: string, found: T]> {
  const { stderr } = world;
  const checked = async (answer: string): Promise<[string, T]> => {
    const found = await question.check(answer);
    if (found) stderr.write(`  ${found.told}\n`);
    return [answer, found];
  };
  if (given !== undefined) return checked(given);
  if (world.stdin.isTTY && question.about !== '') stderr.write(`${question.about}\n`);
  for (;;) {
    const typed = await askForAnswer(world, question);
    if (/^(\?|help)?$/i.test(typed)) {
      stderr.write(answerHelpText(question));
      continue;
    }
    try {
      return await checked(typed);
    } catch (error) {
      if (error instanceof GoBackError) continue;
      if (!(error instanceof Refusal)) throw error;
      stderr.write(`  ${error.message}\n  ${error.hint}\n`);
    }
  }
}

/**
 * Asks the questions in order.
 * @param isGiven for each question, whether a flag answers it
 * @param first index of the first question
 */
export async function askInOrder(
  world: World,
  isGiven: readonly boolean[],
  questions: readonly (() => Promise<void>)[],
  first = 0,
): Promise<void> {
  for (let i = first; i < questions.length; ) {
    try {
      await (questions[i] as () => Promise<void>)();
      i++;
    } catch (error) {
      if (!(error instanceof GoBackError)) throw error;
      const before = isGiven.slice(0, i).lastIndexOf(false);
      if (before < 0) world.stderr.write(FIRST_QUESTION);
      else i = before;
    }
  }
}
