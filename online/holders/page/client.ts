/** The page's side of its worker: one order at a time, each with its answer or its refusal. */
import { Refusal } from '../../../shared/errors.ts';
import type { Answers, Order, Reply } from '../messages.ts';

export class Client {
  private readonly worker: Worker;
  private last: Promise<unknown> = Promise.resolve();
  private readonly onProgress: (share: number) => void;

  constructor(script: string, onProgress: (share: number) => void) {
    this.worker = new Worker(URL.createObjectURL(new Blob([script], { type: 'text/javascript' })));
    this.onProgress = onProgress;
  }

  /** @throws Refusal */
  ask<K extends Order['kind']>(order: Extract<Order, { kind: K }>): Promise<Answers[K]> {
    const answer = this.last.then(() => this.send(order)) as Promise<Answers[K]>;
    this.last = answer.catch(() => undefined);
    return answer;
  }

  private send(order: Order): Promise<Answers[Order['kind']]> {
    return new Promise((resolve, reject) => {
      this.worker.onerror = event => reject(new Error(event.message));
      this.worker.onmessage = ({ data }: MessageEvent<Reply>) => {
        if (data.kind === 'progress') this.onProgress(data.share);
        else if (data.kind === 'done') resolve(data.answer);
        else if (data.code === 'INTERNAL') reject(new Error(`${data.message}. ${data.hint}`));
        else reject(new Refusal(data.code, data.message, data.hint));
      };
      this.worker.postMessage(order, 'bytes' in order ? [order.bytes] : []);
    });
  }
}
