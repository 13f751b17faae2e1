/** For tests: a small server that sends recorded answers. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A recorded answer. */
export interface Recorded {
  status: number;
  headers: Record<string, string>;
  body: string | Buffer;
}

export type Handler = (req: IncomingMessage, res: ServerResponse, body: Buffer, count: number) => void;

/** Starts a server with this handler on the loopback address, calls `run`, and stops the server. */
export async function withAnsweringServer(
  handler: Handler,
  run: (endpoint: string) => Promise<void>,
): Promise<void> {
  let count = 0;
  const server = createServer(async (req, res) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk);
    handler(req, res, Buffer.concat(chunks), ++count);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  try {
    await run(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

export function sendRecorded(res: ServerResponse, { status, headers, body }: Recorded): void {
  res.sendDate = false; // Otherwise the SDK corrects its clock by the date.
  res.writeHead(status, headers);
  res.end(body);
}

/** An error document with the members that services send. */
export function errorAnswer(
  status: number,
  code: string,
  message: string,
  more: { members?: string; headers?: Record<string, string> } = {},
): Recorded {
  return {
    status,
    headers: { 'content-type': 'application/xml', 'x-amz-request-id': '4442587FB7D0A2F9', ...more.headers },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message>${more.members ?? ''}<RequestId>4442587FB7D0A2F9</RequestId><HostId>x</HostId></Error>`,
  };
}

export function htmlAnswer(status: number, text: string): Recorded {
  return {
    status,
    headers: { 'content-type': 'text/html' },
    body: `<html>\r\n<head><title>${text}</title></head>\r\n<body><center><h1>${text}</h1></center></body></html>`,
  };
}

/** A bucket in memory, for requests before and after the answer under test. */
export class MemoryBucket {
  readonly objects = new Map<string, Buffer>();

  answer(req: IncomingMessage, res: ServerResponse, body: Buffer): void {
    sendRecorded(res, this.recorded(req, body));
  }

  private recorded(req: IncomingMessage, body: Buffer): Recorded {
    const { pathname, searchParams } = new URL(req.url ?? '', 'http://x');
    if (req.method === 'PUT') {
      if (req.headers['if-none-match'] === '*' && this.objects.has(pathname))
        return errorAnswer(412, 'PreconditionFailed', 'At least one condition did not hold');
      this.objects.set(pathname, body);
      return { status: 200, headers: { etag: '"1"' }, body: '' };
    }
    if (searchParams.has('list-type')) return this.list(pathname, searchParams.get('prefix') ?? '');
    const found = this.objects.get(pathname);
    if (!found) return errorAnswer(404, 'NoSuchKey', 'The specified key does not exist.');
    return { status: 200, headers: { etag: '"1"' }, body: found };
  }

  private list(bucket: string, prefix: string): Recorded {
    const root = bucket.endsWith('/') ? bucket : `${bucket}/`;
    const keys = [...this.objects.keys()].filter(key => key.startsWith(root + prefix)).sort();
    const contents = keys.map(key => `<Contents><Key>${key.slice(root.length)}</Key></Contents>`).join('');
    return {
      status: 200,
      headers: { 'content-type': 'application/xml' },
      body: `<ListBucketResult><Name>b</Name><IsTruncated>false</IsTruncated>${contents}</ListBucketResult>`,
    };
  }
}
