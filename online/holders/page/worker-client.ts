/**
 * The page's connection to its worker. It sends an order only after the previous order got its answer or
 * refusal.
 */
import { Refusal } from '../../../shared/errors.ts';
import type { Answers, Order, Reply } from '../worker-messages.ts';

export class WorkerClient {
  private readonly worker: Worker;
  private last: Promise<unknown> = Promise.resolve();
  /** The error if the worker did not start or has failed; then no order is sent. */
  private broken: Error | undefined;

  constructor(script: string) {
    this.worker = new Worker(URL.createObjectURL(new Blob([script], { type: 'text/javascript' })));
    this.worker.onerror = event => this.fail(event);
  }

  private fail({ message }: ErrorEvent): Error {
    this.broken = new Error(`The checking part of this page stopped: ${message}. Load the page again.`);
    return this.broken;
  }

  /** @throws Refusal of the worker, or another Error if the worker failed */
  ask<K extends Order['kind']>(
    order: Extract<Order, { kind: K }>,
    onProgress: (share: number) => void = () => undefined,
  ): Promise<Answers[K]> {
    const answer = this.last.then(() => this.send(order, onProgress)) as Promise<Answers[K]>;
    this.last = answer.catch(() => undefined);
    return answer;
  }

  private send(order: Order, onProgress: (share: number) => void): Promise<Answers[Order['kind']]> {
    return new Promise((resolve, reject) => {
      if (this.broken) throw this.broken;
      this.worker.onerror = event => reject(this.fail(event));
      this.worker.onmessage = ({ data }: MessageEvent<Reply>) => {
        if (data.kind === 'progress') onProgress(data.share);
        else if (data.kind === 'done') resolve(data.answer);
        else if (data.code === 'INTERNAL') reject(new Error(`${data.message}. ${data.hint}`));
        else reject(new Refusal(data.code, data.message, data.hint));
      };
      this.worker.postMessage(order, 'bytes' in order ? [order.bytes] : []);
    });
  }
}
