/**
 * The types that this project uses. Terraform reads the schema of a provider anew for each command: with all 1,500 types
 * of AWS that takes twenty times as long as everything else that it does. Of a type that is missing here Terraform says
 * that the provider does not support it.
 */
const USED =
  /^aws_(caller_identity|cloudcontrolapi|cloudformation|cloudwatch|codebuild|default_tags|ecr|iam|kms_key|partition|region|route_table|scheduler|secretsmanager|security_group|sns|subnet|vpc)(_|s?$)/;

/** The fields of GetProviderSchema.Response that hold schemas by type: resources, data sources, ephemeral resources. */
const SCHEMAS_BY_TYPE = [2, 3, 8];

/** A gRPC message has a byte that says whether it is compressed, and its length. */
const HEADER = 5;

/**
 * The provider's answer to GetSchema, without the types that nobody uses here: what is left is as it was, byte for byte.
 * https://github.com/hashicorp/terraform/blob/v1.11.4/docs/plugin-protocol/tfplugin5.8.proto
 */
export function withUsedTypes(answer: Buffer): Buffer {
  const message = answer.subarray(HEADER);
  if (answer[0] !== 0 || answer.readUInt32BE(1) !== message.length) {
    throw new Error("the provider's schema must be one uncompressed message");
  }
  const used = fieldsOf(message)
    .filter(({ number, content }) => !SCHEMAS_BY_TYPE.includes(number) || USED.test(keyOf(content)))
    .map(({ whole }) => whole);
  const header = Buffer.alloc(HEADER);
  header.writeUInt32BE(
    used.reduce((sum, { length }) => sum + length, 0),
    1,
  );
  return Buffer.concat([header, ...used]);
}

/** A field of a protobuf message. https://protobuf.dev/programming-guides/encoding/ */
interface Field {
  readonly number: number;
  readonly content: Buffer;
  /** The content with its number and length. */
  readonly whole: Buffer;
}

/** The fields of a message whose fields all have a length, as messages, maps and strings have. */
function fieldsOf(message: Buffer): Field[] {
  const fields: Field[] = [];
  for (let start = 0; start < message.length;) {
    const tag = varint(message, start);
    if ((tag.value & 7) !== 2) {
      throw new Error("the provider's schema must have fields with a length only");
    }
    const length = varint(message, tag.end);
    const end = length.end + length.value;
    fields.push({
      number: tag.value >>> 3,
      content: message.subarray(length.end, end),
      whole: message.subarray(start, end),
    });
    start = end;
  }
  return fields;
}

/** The key of an entry of a map. */
function keyOf(entry: Buffer): string {
  return fieldsOf(entry)[0]?.content.toString() ?? "";
}

function varint(bytes: Buffer, start: number): { readonly value: number; readonly end: number } {
  let value = 0;
  let end = start;
  for (let factor = 1; ; factor *= 128) {
    const byte = bytes[end++] ?? 0;
    value += (byte & 127) * factor;
    if (byte < 128) {
      return { value, end };
    }
  }
}
