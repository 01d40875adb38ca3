import type { Rule } from "../validation/rule";

const PARTS = "3 to 63 lower-case letters, digits, dots and hyphens, and none that S3 refuses or reserves";
const IMPOSSIBLE = "\\.\\.|^\\d{1,3}(\\.\\d{1,3}){3}$|^(xn--|sthree-|amzn-s3-demo-)";

/**
 * The name of a bucket for objects. The alias of an access point is accepted in its place, so the suffixes of aliases and
 * of directory buckets are allowed.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-naming.html
 */
export const BUCKET: Rule = {
  pattern: /^[a-z0-9][a-z0-9.-]+[a-z0-9]$/,
  except: new RegExp(`${IMPOSSIBLE}|(\\.mrap|--table-s3)$`),
  minLength: 3,
  maxLength: 63,
  requirement: `be a bucket's name: ${PARTS}`,
  hint: "give the name, not the ARN",
};

/**
 * The name of a bucket in the ARNs of an S3 policy, which do not accept aliases and directory buckets.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 */
export const BUCKET_NAME: Rule = {
  pattern: /^[a-z0-9*?][a-z0-9.*?-]*[a-z0-9*?]$/,
  except: new RegExp(`${IMPOSSIBLE}|(-s3alias|--ol-s3|\\.mrap|--x-s3|--table-s3)$`),
  minLength: 3,
  maxLength: 63,
  requirement: `be a bucket's name, wildcards allowed: ${PARTS}`,
  hint: "give the name, not the ARN",
};
