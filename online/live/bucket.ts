/** For tests only: a bucket of the S3 server that `fixtures/s3/up.sh` starts, or of the one COUNTERSIGN_S3_ENDPOINT names. */
import { randomBytes } from 'node:crypto';

const endpoint = process.env['COUNTERSIGN_S3_ENDPOINT'] ?? 'http://127.0.0.1:7480';
const bucket = `countersign-live-${randomBytes(4).toString('hex')}`;

/** The credentials are read by the SDK's usual chain, in this process and in those it starts. */
export async function makeBucket(): Promise<{
  store(name: string): { store: string; s3: { endpoint: string; pathStyle: boolean } };
  /** The server's other user may list and read from now on, and not write. */
  letOtherRead(): Promise<void>;
}> {
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'testsecret',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  });
  const { S3Client, CreateBucketCommand, PutBucketPolicyCommand } = await import('@aws-sdk/client-s3');
  const client = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket: bucket })).catch(error => {
    console.log(`no S3 server at ${endpoint} (${error.name}): start one with fixtures/s3/up.sh DIR`);
    throw error;
  });
  const policy = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: ['arn:aws:iam:::user/other'] },
        Action: ['s3:ListBucket', 's3:GetObject'],
        Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
      },
    ],
  };
  return {
    store: name => ({ store: `s3://${bucket}/${name}`, s3: { endpoint, pathStyle: true } }),
    async letOtherRead() {
      await client.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: JSON.stringify(policy) }));
    },
  };
}
