/** Questions to a person. None has a default answer; without a terminal the flag that answers is named. */
import { createInterface } from 'node:readline';
import { Refusal } from '../shared/errors.ts';
import type { World } from './world.ts';

/** One line from the terminal. @throws Refusal NOT_A_TERMINAL naming `flag`, INTERRUPTED when the input ends */
export function ask(world: World, question: string, flag: string): Promise<string> {
  if (!world.stdin.isTTY) {
    throw new Refusal(
      'NOT_A_TERMINAL',
      `a question needs an answer and the input is not a terminal: ${question.trim()}`,
      `Answer it with ${flag}.`,
    );
  }
  return new Promise((resolve, reject) => {
    const lines = createInterface({ input: world.stdin, output: world.stderr, terminal: true });
    const stopped = () => {
      reject(new Refusal('INTERRUPTED', 'stopped before an answer was given', 'Run the command again.'));
    };
    lines.once('SIGINT', () => lines.close());
    lines.once('close', stopped);
    lines.question(question, answer => {
      lines.off('close', stopped);
      lines.close();
      resolve(answer.trim());
    });
  });
}

/** Asks until the answer is yes or no, typed in full. */
export async function askYes(world: World, question: string, flag = '--yes'): Promise<boolean> {
  for (;;) {
    const answer = (await ask(world, `${question} (yes/no) `, flag)).toLowerCase();
    if (answer === 'yes') return true;
    if (answer === 'no') return false;
    world.stderr.write('Type yes or no.\n');
  }
}
