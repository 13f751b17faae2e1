/**
 * Shows the answers of `trust create` together. Asks for corrections until the person confirms the answers.
 */
import type { World } from '../../../platform/world.ts';
import { askYes } from '../../terminal/prompts.ts';
import { askForAnswer, GoBackError } from './ask-answers.ts';
import { profileNotConfirmedRefusal } from './texts/check-results.ts';
import { correctableAnswersText, IS_RIGHT, NO_SUCH_ANSWER, WHICH_IS_WRONG } from './texts/questions.ts';
import type { ProfileAnswers } from './trust-answers.ts';

const throwGoBack = () => {
  throw new GoBackError();
};

/** Asks for one wrong answer again. @throws GoBackError; Refusal NOT_CONFIRMED if the person gives up */
async function askForCorrection(world: World, answers: ProfileAnswers, m: number): Promise<void> {
  world.stderr.write(correctableAnswersText(m));
  for (;;) {
    const what = (await askForAnswer(world, { prompt: WHICH_IS_WRONG, flag: '--yes' })).toLowerCase();
    if (what === 'stop') throw profileNotConfirmedRefusal();
    if (await answers.correct(what)) return;
    world.stderr.write(NO_SUCH_ANSWER);
  }
}

/**
 * @param profile function that makes the profile of the current answers, and the lines that show it
 * @throws Refusal NOT_CONFIRMED
 */
export async function confirmAnswers<T extends { m: number }>(
  world: World,
  answers: ProfileAnswers,
  profile: () => { trust: T; lines: readonly string[] },
): Promise<void> {
  for (;;) {
    const { trust, lines } = profile();
    world.stderr.write(`${lines.join('\n')}\n`);
    let correct = () => answers.backToLast();
    try {
      if (await askYes(world, IS_RIGHT, { back: throwGoBack })) return;
      correct = async () => {};
      await askForCorrection(world, answers, trust.m);
    } catch (error) {
      // `back` at the confirmation leads to the last question, `back` at a correction to the confirmation.
      if (!(error instanceof GoBackError)) throw error;
      await correct();
    }
  }
}
