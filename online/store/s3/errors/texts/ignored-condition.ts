/** The refusal of a server that ignores `If-None-Match`. */
import { Refusal } from '../../../../../shared/errors.ts';
import { PROBE_KEY } from '../../../object-keys.ts';

/**
 * @param version version id of the test object, which was written twice. It is "null" while versioning is
 * suspended
 */
export function conditionIgnoredRefusal(store: string, key: string, version: string | undefined): Refusal {
  const unsafe = `${store}: cannot create ${key} safely: the server ignores If-None-Match`;
  const written = `Only the test object ${PROBE_KEY} was written.`;
  if (version !== undefined && version !== 'null')
    return new Refusal(
      'STORE_FAILED',
      `${unsafe} while the versioning of the bucket is on (it wrote version ${/^[\w.-]{1,100}$/.test(version) ? version : '?'}), so two writers could both succeed`,
      `Suspend the versioning of the bucket with \`aws s3api put-bucket-versioning --versioning-configuration Status=Suspended\`. Then run the command again. Ceph is one of these servers. ${written}`,
    );
  return new Refusal(
    'STORE_FAILED',
    `${unsafe}, so two writers could both succeed`,
    `Use AWS, a tested version of Ceph or MinIO, or a file: store. ${written}`,
  );
}
