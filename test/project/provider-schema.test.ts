import { withUsedTypes } from "../support/provider-schema";

/** A protobuf field with a length of less than 128. */
function field(number: number, content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes]);
}

/** An entry of a map from types to schemas. */
function entry(number: number, type: string): Buffer {
  return field(number, Buffer.concat([field(1, type), field(2, `schema of ${type}`)]));
}

function message(...fields: readonly Buffer[]): Buffer {
  const content = Buffer.concat(fields);
  const header = Buffer.alloc(5);
  header.writeUInt32BE(content.length, 1);
  return Buffer.concat([header, content]);
}

const PROVIDER = field(1, "schema of the provider");
const CAPABILITIES = field(6, "capabilities");

test("a provider's schema keeps the types that are used, and everything that is of no type", () => {
  const [rule, secret] = [entry(2, "aws_ecr_pull_through_cache_rule"), entry(8, "aws_secretsmanager_random_password")];
  const whole = message(PROVIDER, rule, entry(2, "aws_lambda_function"), entry(3, "aws_ami"), secret, CAPABILITIES);
  expect(withUsedTypes(whole)).toEqual(message(PROVIDER, rule, secret, CAPABILITIES));
});

test.each([
  ["compressed", Buffer.concat([Buffer.from([1]), message(PROVIDER).subarray(1)])],
  ["cut", message(PROVIDER).subarray(0, -1)],
  ["followed by another message", Buffer.concat([message(PROVIDER), message(PROVIDER)])],
])("a provider's schema that is %s is not read", (_, answer) => {
  expect(() => withUsedTypes(answer)).toThrow("the provider's schema must be one uncompressed message");
});
