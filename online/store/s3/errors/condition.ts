/** The refusal of a server that ignores `If-None-Match`. */
import { Refusal } from '../../../../shared/errors.ts';

/** @param version version id of the object that was written twice; "null" while versioning is suspended */
export function ignoresCondition(store: string, key: string, version: string | undefined): Refusal {
  const unsafe = `${store}: cannot create ${key} safely: the server ignores If-None-Match`;
  const written = 'Nothing was written but an object that nobody reads.';
  if (version !== undefined && version !== 'null')
    return new Refusal(
      'STORE_FAILED',
      `${unsafe} while the bucket's versioning is on (it wrote version ${/^[\w.-]{1,100}$/.test(version) ? version : '?'}), so two writers could both win`,
      `${written} Suspend the bucket's versioning (\`aws s3api put-bucket-versioning --versioning-configuration Status=Suspended\`), then repeat. Ceph is such a server.`,
    );
  return new Refusal(
    'STORE_FAILED',
    `${unsafe}, so two writers could both win`,
    `${written} Use AWS, or Ceph or MinIO in a version that was tested, or a file: store.`,
  );
}
