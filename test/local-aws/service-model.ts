import * as fs from "node:fs";
import * as path from "node:path";
import { NormalizedSchema } from "@smithy/core/schema";
import { XMLParser } from "fast-xml-parser";
import { without } from "../support/without";
import type { LoggedRequest } from "./server";

/**
 * AWS's model of each service, as the AWS SDK for JavaScript has it: AWS publishes the models and the SDK almost daily, and
 * nothing newer is on npm. The model says which members an operation has, which of them are required, their types and
 * their enumerations, and which errors a service has. The SDK leaves out lengths, patterns, ranges, and which of the
 * errors an operation has.
 */
const PACKAGES: { readonly [signingName: string]: string } = {
  cloudcontrolapi: "client-cloudcontrol",
  cloudformation: "client-cloudformation",
  codebuild: "client-codebuild",
  ec2: "client-ec2",
  ecr: "client-ecr",
  iam: "client-iam",
  logs: "client-cloudwatch-logs",
  monitoring: "client-cloudwatch",
  scheduler: "client-scheduler",
  secretsmanager: "client-secrets-manager",
  sts: "client-sts",
};

/** Services of which the project has no client of the SDK, and so no model. */
const WITHOUT_MODEL: readonly string[] = ["events", "sns"];

/** Answers of AWS that differ from its own model. */
const ANSWERED_BY_AWS: readonly RegExp[] = [
  // The model has the states of an endpoint as Available; EC2 answers them in lower case.
  /^ec2 \w+ answer\.\S*\bstate must be one of .*, got "(available|pending|deleting)"$/,
];

/** The errors that every service has. https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html */
const COMMON_ERRORS = ["AccessDenied", "AccessDeniedException", "ThrottlingException", "ValidationError"];

type Shape = NormalizedSchema;

/** Operations are [9, namespace, name, traits, input, output]. */
type Operation = readonly [9, string, string, unknown, () => object, () => object];

/** Structures are [3, namespace, name, traits, members, their schemas, how many of the first are required]. */
type Structure = readonly [number, string, string, unknown, readonly string[], readonly unknown[], number?];

/** How a message writes what the model names. */
interface Dialect {
  /** The key of a member in the message. */
  readonly key: (name: string, traits: Traits) => string;
  /** The items of a list in the message; undefined where it is none. */
  readonly items: (value: unknown, list: Shape) => readonly unknown[] | undefined;
  /** Whether numbers and booleans are written as text. */
  readonly isText: boolean;
}

interface Traits {
  readonly xmlName?: string;
  readonly xmlFlattened?: unknown;
  readonly ec2QueryName?: string;
  readonly jsonName?: string;
}

const listed = (value: unknown): readonly unknown[] | undefined => (Array.isArray(value) ? value : undefined);
const capitalized = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

const JSON_DIALECT: Dialect = {
  key: (name, { jsonName }) => jsonName ?? name,
  items: listed,
  isText: false,
};
const QUERY_REQUEST: Dialect = {
  key: (name, { xmlName }) => xmlName ?? name,
  items: (value) => (value === "" ? [] : listed(value)),
  isText: true,
};
const EC2_REQUEST: Dialect = {
  ...QUERY_REQUEST,
  key: (name, { ec2QueryName, xmlName }) => ec2QueryName ?? capitalized(xmlName ?? name),
};
const XML_ANSWER: Dialect = {
  key: (name, { xmlName }) => xmlName ?? name,
  items: (value, list) => {
    const item = (list.getValueSchema().getMergedTraits() as Traits).xmlName ?? "member";
    const isFlat = (list.getMergedTraits() as Traits).xmlFlattened !== undefined;
    const items = isFlat || value === "" ? value : (value as { readonly [name: string]: unknown })[item];
    return items === "" ? [] : items === undefined ? undefined : [items].flat();
  },
  isText: true,
};

/** How a request and its answer differ from AWS's model of the operation: one line for each difference. */
export function modelViolations(request: LoggedRequest): string[] {
  const { service, operation, input, answer, errorCode } = request;
  if (WITHOUT_MODEL.includes(service)) {
    return [];
  }
  const found = PACKAGES[service] === undefined ? undefined : operationOf(service, operation);
  if (found === undefined) {
    return [`${service} ${operation} is no operation of AWS`];
  }
  const [, , , , sent, answered] = found;
  const isForm = "Action" in input;
  const asked = new Check(service, isForm ? (service === "ec2" ? EC2_REQUEST : QUERY_REQUEST) : JSON_DIALECT);
  asked.check(NormalizedSchema.of(sent() as never), isForm ? without(input, "Action", "Version") : input, "request");
  const told = new Check(service, isForm ? XML_ANSWER : JSON_DIALECT);
  if (errorCode !== undefined) {
    told.checkError(errorCode);
  } else {
    const result: unknown = isForm ? xmlResult(service, operation, answer) : JSON.parse(answer);
    told.check(NormalizedSchema.of(answered() as never), result, "answer");
  }
  return [...asked.problems, ...told.problems]
    .map((problem) => `${service} ${operation} ${problem}`)
    .filter((problem) => !ANSWERED_BY_AWS.some((pattern) => pattern.test(problem)));
}

/** Compares a message with a shape of the model. */
class Check {
  public readonly problems: string[] = [];

  public constructor(
    private readonly service: string,
    private readonly dialect: Dialect,
  ) {}

  public check(shape: Shape, value: unknown, place: string): void {
    if (shape.isUnitSchema()) {
      this.expect(value === undefined || Object.keys(value as object).length === 0, "empty", value, place);
    } else if (shape.isStructSchema()) {
      this.checkStructure(shape, value, place);
    } else if (shape.isListSchema()) {
      const items = this.dialect.items(value, shape);
      this.expect(items !== undefined, "a list", value, place);
      items?.forEach((item, index) => this.check(shape.getValueSchema(), item, `${place}[${index}]`));
    } else if (shape.isMapSchema()) {
      const isMap = isObject(value) || (this.dialect.isText && value === "");
      this.expect(isMap, "a map", value, place);
      if (isMap && !this.dialect.isText) {
        Object.entries(value as object).forEach(([key, item]) =>
          this.check(shape.getValueSchema(), item, `${place}.${key}`),
        );
      }
    } else {
      this.checkScalar(shape, value, place);
    }
  }

  /** EC2 is the one service whose model has no errors. */
  public checkError(code: string): void {
    const known = errorCodes(this.service);
    this.expect(this.service === "ec2" || known.includes(code), "an error of the service", code, "answer");
  }

  private checkStructure(shape: Shape, value: unknown, place: string): void {
    if (this.dialect.isText && value === "") {
      return;
    }
    if (!isObject(value)) {
      this.expect(false, "a structure", value, place);
      return;
    }
    const members = new Map(
      [...shape.structIterator()].map(([name, member]) => [
        this.dialect.key(name, member.getMergedTraits() as Traits),
        { name, member },
      ]),
    );
    const [, , structure, , names, , required = 0] = shape.getSchema() as unknown as Structure;
    for (const [key, item] of Object.entries(value)) {
      const { name, member } = members.get(key) ?? {};
      if (member === undefined || name === undefined) {
        this.problems.push(`${place}.${key} is no member of ${structure}`);
        continue;
      }
      this.check(member, item, `${place}.${key}`);
      this.checkEnumeration(structure, name, member, item, `${place}.${key}`);
    }
    const needed = names.slice(0, required);
    for (const [key, { name }] of members) {
      if (needed.includes(name) && !(key in value)) {
        this.problems.push(`${place}.${key} is required`);
      }
    }
  }

  private checkEnumeration(structure: string, name: string, member: Shape, value: unknown, place: string): void {
    const allowed = enumerations(this.service).get(`${structure}.${name}`);
    if (allowed !== undefined) {
      const values = member.isListSchema() ? (this.dialect.items(value, member) ?? []) : [value];
      for (const one of values) {
        this.expect(allowed.includes(String(one)), `one of ${allowed.join(", ")}`, one, place);
      }
    }
  }

  private checkScalar(shape: Shape, value: unknown, place: string): void {
    const { isText } = this.dialect;
    if (shape.isBooleanSchema()) {
      this.expect(
        isText ? value === "true" || value === "false" : typeof value === "boolean",
        "a boolean",
        value,
        place,
      );
    } else if (shape.isTimestampSchema() && isText) {
      this.expect(!Number.isNaN(Date.parse(String(value))), "a date", value, place);
    } else if (shape.isNumericSchema() || shape.isTimestampSchema()) {
      const isNumber = isText ? /^-?\d+(\.\d+)?$/.test(String(value)) : typeof value === "number";
      this.expect(isNumber, "a number", value, place);
    } else if (shape.isStringSchema() || shape.isBlobSchema()) {
      this.expect(typeof value === "string", "text", value, place);
    } else if (!shape.isDocumentSchema()) {
      throw new Error(`${place} has a type of the model that is not known here`);
    }
  }

  private expect(holds: boolean, what: string, value: unknown, place: string): void {
    if (!holds) {
      this.problems.push(`${place} must be ${what}, got ${JSON.stringify(value)}`);
    }
  }
}

function isObject(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const parser = new XMLParser({ parseTagValue: false, ignoreAttributes: true, trimValues: false });

/** The result in an answer in XML. Elements that the protocol does not have stay in it: the model has no such members. */
function xmlResult(service: string, operation: string, answer: string): object {
  const document = parser.parse(answer) as { readonly [root: string]: unknown };
  const response = document[`${operation}Response`];
  if (!isObject(response)) {
    return document;
  }
  if (service === "ec2") {
    return without(response, "requestId");
  }
  const { [`${operation}Result`]: result, ResponseMetadata: metadata } = response;
  const isMetadata = isObject(metadata) && Object.keys(metadata).join() === "RequestId";
  const rest = without(response, `${operation}Result`, ...(isMetadata ? ["ResponseMetadata"] : []));
  return { ...(isObject(result) ? result : {}), ...rest };
}

function operationOf(service: string, operation: string): Operation | undefined {
  return modelOf(service)[`${operation}$`] as Operation | undefined;
}

function modelOf(service: string): { readonly [name: string]: unknown } {
  return jest.requireActual(`@aws-sdk/${PACKAGES[service] ?? ""}`);
}

/** Whether a service of AWS has an error with this code. */
export function isErrorOfAws(code: string): boolean {
  return Object.keys(PACKAGES).some((service) => errorCodes(service).includes(code));
}

/** The codes of a service's errors. Errors are [-3, namespace, name, traits, …]; a Query service may have another code. */
function errorCodes(service: string): readonly string[] {
  const shapes = Object.values(modelOf(service)).filter((shape): shape is Structure => Array.isArray(shape));
  const codes = shapes
    .filter(([kind]) => kind === -3)
    .map(([, , name, traits]) => (traits as { readonly awsQueryError?: readonly [string] }).awsQueryError?.[0] ?? name);
  return [...COMMON_ERRORS, ...codes];
}

const enumerationsByService = new Map<string, ReadonlyMap<string, readonly string[]>>();

/**
 * The values of the members that are enumerations, by structure and member. The model knows these members as text only,
 * and the declarations of the SDK name the enumeration.
 */
function enumerations(service: string): ReadonlyMap<string, readonly string[]> {
  const known = enumerationsByService.get(service);
  if (known !== undefined) {
    return known;
  }
  const model = modelOf(service);
  const folder = path.join(
    path.dirname(require.resolve(`@aws-sdk/${PACKAGES[service] ?? ""}/package.json`)),
    "dist-types/models",
  );
  const found = new Map<string, readonly string[]>();
  for (const file of fs.readdirSync(folder).filter((name) => name.startsWith("models_"))) {
    const text = fs.readFileSync(path.join(folder, file), "utf8");
    for (const [, structure = "", body = ""] of text.matchAll(/^export interface (\w+).*?\{\n(.*?)^\}/gms)) {
      for (const [, member = "", type = ""] of body.matchAll(/^ {4}(\w+)\??: (\w+)(?:\[\])? \| undefined;/gm)) {
        const values = model[type];
        if (isObject(values)) {
          found.set(`${structure}.${member}`, Object.values(values) as string[]);
        }
      }
    }
  }
  enumerationsByService.set(service, found);
  return found;
}
