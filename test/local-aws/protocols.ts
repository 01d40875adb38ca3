import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";
import { XMLBuilder } from "fast-xml-parser";
import type { AwsError, Fields, Routes } from "./service";

/** How a service is talked to: what a body says, and what an answer looks like. */
export interface Protocol {
  readonly contentType: string;
  parse(body: string): Fields;
  result(operation: string, fields: Fields): string;
  /** What of a result stands in headers. */
  headers?(fields: Fields): OutgoingHttpHeaders;
  error(error: AwsError): string;
}

/** https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html */
export const JSON_PROTOCOL: Protocol = {
  contentType: "application/x-amz-json-1.1",
  parse: (body) => JSON.parse(body) as Fields,
  result: (_, fields) => JSON.stringify(fields),
  error: (error) => JSON.stringify({ __type: error.code, message: error.message }),
};

/** What a REST request asks for, and how it is read and answered. */
export interface RestCall {
  readonly operation: string;
  readonly protocol: Protocol;
}

/**
 * Finds the operation that a method and a path ask for; the method and the path are its name where there is none.
 * https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html
 */
export function restJsonCall(routes: Routes, method: string, url: string): RestCall {
  const { operation, parameters } = routed(routes, method, url);
  return { operation, protocol: restJson(parameters) };
}

/** The same for Amazon S3. https://smithy.io/2.0/aws/protocols/aws-restxml-protocol.html */
export function s3Call(routes: Routes, method: string, url: string, headers: IncomingHttpHeaders): RestCall {
  const { operation, parameters } = routed(routes, method, url);
  return { operation, protocol: s3Protocol(parameters, headers) };
}

/**
 * A label that ends with a plus sign, as in `{Key+}`, takes the rest of the path. A query of a route has labels, which a
 * request may leave out, and values, as in `list-type=2`, which a request must have.
 */
function routed(routes: Routes, method: string, url: string): { operation: string; parameters: Fields } {
  const { pathname, search, searchParams } = new URL(url, "http://localhost");
  for (const [operation, route] of Object.entries(routes)) {
    const [path = "", query] = route.split("?");
    const pattern = path.replace(
      /{(\w+)(\+?)}/g,
      (_, label: string, rest: string) => `(?<${label}>${rest ? ".+" : "[^/]+"})`,
    );
    const labels = new RegExp(`^${pattern}/?$`).exec(`${method} ${pathname}`);
    const parts = [...new URLSearchParams(query)];
    if (labels !== null && parts.every(([name, part]) => part.startsWith("{") || searchParams.get(name) === part)) {
      const inPath = Object.entries(labels.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]);
      const inQuery = parts
        .filter(([name, part]) => part.startsWith("{") && searchParams.has(name))
        .map(([name, label]) => [label.slice(1, -1), searchParams.get(name)]);
      return { operation, parameters: Object.fromEntries([...inPath, ...inQuery]) as Fields };
    }
  }
  return { operation: `${method} ${pathname}${search}`, parameters: {} };
}

function restJson(parameters: Fields): Protocol {
  return {
    contentType: "application/json",
    parse: (body) => ({ ...(body === "" ? {} : (JSON.parse(body) as Fields)), ...parameters }),
    result: (_, fields) => JSON.stringify(fields),
    error: ({ message }) => JSON.stringify({ Message: message }),
  };
}

/** The members of S3's answers that are in headers. */
const S3_HEADERS = { BucketRegion: "x-amz-bucket-region", ETag: "etag", LastModified: "last-modified" };

function s3Protocol(parameters: Fields, headers: IncomingHttpHeaders): Protocol {
  const isChunked = /aws-chunked/.test(headers["content-encoding"] ?? "");
  return {
    contentType: "application/xml",
    parse: (body) => ({
      ...parameters,
      Body: isChunked ? unchunked(body) : body,
      IfNoneMatch: headers["if-none-match"],
      ServerSideEncryption: headers["x-amz-server-side-encryption"],
      SSEKMSKeyId: headers["x-amz-server-side-encryption-aws-kms-key-id"],
    }),
    result: (operation, { Body, ...fields }) =>
      typeof Body === "string" ? Body : builder.build({ [`${operation}Result`]: fields }),
    headers: (fields) =>
      Object.fromEntries(
        Object.entries(S3_HEADERS).flatMap(([member, name]) =>
          typeof fields[member] === "string" ? [[name, fields[member]]] : [],
        ),
      ),
    error: ({ code, message }) => builder.build({ Error: { Code: code, Message: message } }),
  };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html */
function unchunked(body: string): string {
  let rest = Buffer.from(body);
  const chunks: Buffer[] = [];
  for (;;) {
    const end = rest.indexOf("\r\n");
    const length = parseInt(rest.subarray(0, end).toString(), 16);
    if (!(length > 0)) {
      return Buffer.concat(chunks).toString();
    }
    chunks.push(rest.subarray(end + 2, end + 2 + length));
    rest = rest.subarray(end + 2 + length + 2);
  }
}

const REQUEST_ID = "00000000-0000-4000-8000-000000000000";

/** The XML namespace of each service with this protocol; it ends with the version of the service's API. */
const QUERY_NAMESPACES: { readonly [service: string]: string } = {
  cloudformation: "http://cloudformation.amazonaws.com/doc/2010-05-15/",
  iam: "https://iam.amazonaws.com/doc/2010-05-08/",
  monitoring: "http://monitoring.amazonaws.com/doc/2010-08-01/",
  sns: "http://sns.amazonaws.com/doc/2010-03-31/",
  sts: "https://sts.amazonaws.com/doc/2011-06-15/",
};
// The outputs of these operations have no members. An operation without an output answers no result at all.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateRole.html
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_TagResource.html
const EMPTY_RESULTS = ["UpdateRole", "TagResource", "UntagResource"];

/** https://smithy.io/2.0/aws/protocols/aws-query-protocol.html */
export function queryProtocol(service: string): Protocol {
  const namespace = { "@xmlns": QUERY_NAMESPACES[service] };
  return {
    contentType: "text/xml",
    parse: parseForm,
    result: (operation, fields) => {
      const hasResult = Object.keys(fields).length > 0 || EMPTY_RESULTS.includes(operation);
      return xml(`${operation}Response`, {
        ...namespace,
        ...(hasResult ? { [`${operation}Result`]: fields } : {}),
        ResponseMetadata: { RequestId: REQUEST_ID },
      });
    },
    error: (error) =>
      xml("ErrorResponse", {
        ...namespace,
        Error: { Type: "Sender", Code: error.code, Message: error.message },
        RequestId: REQUEST_ID,
      }),
  };
}

/** https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html */
export const EC2_PROTOCOL: Protocol = {
  contentType: "text/xml",
  parse: parseForm,
  result: (operation, fields) =>
    xml(
      `${operation}Response`,
      { "@xmlns": "http://ec2.amazonaws.com/doc/2016-11-15/", requestId: REQUEST_ID, ...fields },
      "item",
    ),
  error: (error) =>
    xml("Response", {
      Errors: { Error: { Code: error.code, Message: error.message } },
      RequestID: REQUEST_ID,
    }),
};

interface Nested {
  [key: string]: string | Nested;
}

/** Reads a form such as `Tags.member.1.Key=team`, or `Tag.1.Key=team` for EC2, into lists and objects. */
function parseForm(body: string): Fields {
  const root: Nested = {};
  for (const [name, value] of new URLSearchParams(body)) {
    const keys = name.split(".");
    const last = keys.pop() ?? "";
    let node = root;
    for (const key of keys) {
      const child = node[key];
      node = typeof child === "object" ? child : (node[key] = {});
    }
    node[last] = value;
  }
  return Object.fromEntries(Object.entries(root).map(([key, child]) => [key, withLists(child)]));
}

function withLists(node: string | Nested): unknown {
  if (typeof node === "string") {
    return node;
  }
  if (typeof node["member"] === "object") {
    return withLists(node["member"]);
  }
  // JavaScript keeps keys that are numbers in their order.
  return Object.keys(node).every((key) => /^\d+$/.test(key))
    ? Object.values(node).map(withLists)
    : Object.fromEntries(Object.entries(node).map(([key, child]) => [key, withLists(child)]));
}

const builder = new XMLBuilder({ suppressEmptyNode: false, ignoreAttributes: false, attributeNamePrefix: "@" });

/** @param member the element that a list has for each of its members */
function xml(root: string, fields: Fields, member = "member"): string {
  return builder.build({ [root]: withMembers(fields, member) });
}

function withMembers(value: unknown, member: string): unknown {
  if (value instanceof Date) {
    return value.toISOString();
  }
  if (Array.isArray(value)) {
    return value.length === 0 ? "" : { [member]: value.map((child) => withMembers(child, member)) };
  }
  if (typeof value === "object" && value !== null) {
    const present = Object.entries(value).filter(([, child]) => child !== undefined);
    // The entries of a map are not in members.
    const content = (key: string, child: unknown): unknown =>
      key === "entry" && Array.isArray(child)
        ? child.map((item) => withMembers(item, member))
        : withMembers(child, member);
    return Object.fromEntries(present.map(([key, child]) => [key, content(key, child)]));
  }
  return value;
}
