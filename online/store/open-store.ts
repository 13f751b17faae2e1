/** Opens a {@link Store} named `s3://bucket/prefix` or `file:folder`. */
import type { Refusal } from '../../shared/errors.ts';
import { FileStore } from './file/file-store.ts';
import { isValidKey } from './object-keys.ts';
import { S3Credentials } from './s3/errors/credentials.ts';
import { S3Store } from './s3/s3-store.ts';
import type { Store } from './store.ts';
import { invalidEndpointRefusal, invalidStoreRefusal } from './texts.ts';

export interface OpenOptions {
  /**
   * An S3 server other than AWS: `http(s)://host[:port]`. If it is absent, AWS_ENDPOINT_URL_S3 is used, or
   * else AWS_ENDPOINT_URL.
   */
  endpoint?: string;
  /** Uses `endpoint/bucket` instead of `bucket.endpoint`. True by default if an endpoint is given. */
  pathStyle?: boolean;
  /** By default AWS_REGION, the AWS profile's region, or `us-east-1`. */
  region?: string;
  /** Whether objects put with `publicRead` get a public-read ACL. */
  publicRead?: boolean;
  /**
   * Called once if the server refuses the ACL. The object is then stored, but not public. The function may
   * throw.
   */
  notPublic?: (refusal: Refusal) => void;
  /** The hint if a store's folder is missing. Without this option, the first object creates the folder. */
  absent?: string;
}

export type StoreSpec = { kind: 'file'; folder: string } | { kind: 's3'; bucket: string; prefix: string };

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/**
 * @throws Refusal CONFIG_INVALID
 * @example
 * parseStore('s3://cb-mapping/gold'); // { kind: 's3', bucket: 'cb-mapping', prefix: 'gold' }
 */
export function parseStore(spec: string): StoreSpec {
  if (spec.startsWith('file:')) {
    const folder = spec.slice('file:'.length);
    // file://host/path names another computer's folder. file:///path equals file:/path.
    if (folder === '' || folder.includes('\0') || /^\/\/[^/]/.test(folder))
      throw invalidStoreRefusal(spec, 'a folder after file:');
    return { kind: 'file', folder };
  }
  const match = /^s3:\/\/([^/]*)(?:\/(.*))?$/s.exec(spec);
  if (match === null) throw invalidStoreRefusal(spec, 's3://bucket[/prefix] or file:folder');
  const bucket = match[1]!;
  const prefix = (match[2] ?? '').replace(/\/$/, '');
  if (!BUCKET.test(bucket))
    throw invalidStoreRefusal(spec, 'a bucket name of 3 to 63 characters of a-z 0-9 . -');
  if (prefix !== '' && (!isValidKey(prefix) || prefix.length > 256))
    throw invalidStoreRefusal(spec, 'a prefix of A-Z a-z 0-9 . _ - between slashes');
  return { kind: 's3', bucket, prefix };
}

/**
 * Opens a store; reads and writes nothing yet.
 * @param spec `s3://bucket[/prefix]` or `file:folder`
 * @throws Refusal CONFIG_INVALID
 * @example const store = await openStore('s3://cb-mapping', { endpoint: 'http://127.0.0.1:7480' });
 */
export async function openStore(spec: string, options: OpenOptions = {}): Promise<Store> {
  const parsed = parseStore(spec);
  if (parsed.kind === 'file')
    return new FileStore(parsed.folder, options.absent === undefined ? {} : { absent: options.absent });

  const env = process.env;
  const endpoint = options.endpoint || env['AWS_ENDPOINT_URL_S3'] || env['AWS_ENDPOINT_URL'] || undefined;
  if (endpoint !== undefined) checkEndpoint(endpoint);

  // Switches off the SDK's warning on stderr about old Node versions, because users cannot do anything about
  // it.
  env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const sdk = await import('@aws-sdk/client-s3'); // loaded on demand, because loading takes half a second
  const config = {
    ...(endpoint === undefined ? {} : { endpoint }),
    forcePathStyle: options.pathStyle ?? endpoint !== undefined,
    // Other servers support the newer checksums only in part. AWS requires them for buckets with object lock.
    ...(endpoint === undefined
      ? {}
      : ({
          requestChecksumCalculation: 'WHEN_REQUIRED',
          responseChecksumValidation: 'WHEN_REQUIRED',
        } as const)),
    // These limits end the wait if the network drops packets, or if the server stops answering.
    requestHandler: { connectionTimeout: 10_000, socketTimeout: 60_000 },
  };
  let client = new sdk.S3Client({ ...config, ...(options.region ? { region: options.region } : {}) });
  try {
    await client.config.region();
  } catch {
    // No region is configured. Most servers ignore the region. AWS answers with the right region, and the
    // refusal names it.
    client = new sdk.S3Client({ ...config, region: 'us-east-1' });
  }
  return new S3Store({
    sdk,
    client,
    credentials: new S3Credentials(() => client.config.credentials(), env),
    bucket: parsed.bucket,
    prefix: parsed.prefix,
    publicRead: options.publicRead ?? false,
    notPublic: options.notPublic ?? (() => undefined),
  });
}

function checkEndpoint(endpoint: string): void {
  let url: URL | undefined;
  try {
    url = new URL(endpoint);
  } catch {}
  const ok = url !== undefined && /^https?:$/.test(url.protocol) && url.hostname !== '';
  if (ok && url!.username === '' && url!.password === '' && url!.search === '' && url!.hash === '') return;
  throw invalidEndpointRefusal(endpoint);
}
