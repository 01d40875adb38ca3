import { whyMalformed } from "../iam/policy-document";
import { AwsError, optionalText } from "../service";
import type { Fields } from "../service";
import type { EndpointService } from "./endpoint-services";
import { invalidParameter, invalidValue, optionalFlag } from "./requests";

/** What a request may say of an endpoint beside where it is. */
export interface Settings {
  readonly policyDocument: string;
  readonly ipAddressType: string;
  readonly dnsRecordIpType: string;
  readonly privateDnsEnabled: boolean;
}

// https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
const MAX_POLICY = 20_480;
const IP_ADDRESS_TYPES = ["ipv4", "dualstack", "ipv6"];
const RECORD_TYPES = [...IP_ADDRESS_TYPES, "service-defined"];

/** What a request makes of an endpoint; what it leaves out stays what it was, or is AWS's default. */
export function settingsOf(input: Fields, { type }: EndpointService, former?: Settings): Settings {
  const dnsOptions = (input["DnsOptions"] ?? {}) as Fields;
  const ipAddressType = optionalText(input, "IpAddressType") ?? former?.ipAddressType ?? "ipv4";
  const ownRecords = type === "Gateway" ? "service-defined" : ipAddressType;
  const dnsRecordIpType = optionalText(dnsOptions, "DnsRecordIpType") ?? former?.dnsRecordIpType ?? ownRecords;
  if (!IP_ADDRESS_TYPES.includes(ipAddressType)) {
    throw invalidValue(`Value (${ipAddressType}) for parameter IpAddressType is invalid.`);
  }
  if (!RECORD_TYPES.includes(dnsRecordIpType)) {
    throw invalidValue(`Value (${dnsRecordIpType}) for parameter DnsRecordIpType is invalid.`);
  }
  if (ipAddressType !== "dualstack" && ![ipAddressType, "service-defined"].includes(dnsRecordIpType)) {
    throw invalidParameter(`The DNS record type ${dnsRecordIpType} does not fit the IP address type ${ipAddressType}`);
  }
  const privateDnsEnabled = optionalFlag(input, "PrivateDnsEnabled") ?? former?.privateDnsEnabled;
  if (privateDnsEnabled === true && type === "Gateway") {
    throw invalidParameter("Private DNS is not supported for Gateway endpoints");
  }
  return {
    policyDocument: policyOf(input, type, former),
    ipAddressType,
    dnsRecordIpType,
    privateDnsEnabled: privateDnsEnabled ?? type === "Interface",
  };
}

function policyOf(input: Fields, type: EndpointService["type"], former: Settings | undefined): string {
  const document = optionalText(input, "PolicyDocument");
  if (optionalFlag(input, "ResetPolicy") === true) {
    if (document !== undefined) {
      throw invalidParameter("PolicyDocument and ResetPolicy cannot be given together");
    }
    return fullAccess(type);
  }
  return document === undefined ? (former?.policyDocument ?? fullAccess(type)) : checkedEndpointPolicy(document);
}

/** The policy of an endpoint that is made without one. */
function fullAccess(type: "Interface" | "Gateway"): string {
  const everything = { Effect: "Allow", Principal: "*", Action: "*", Resource: "*" };
  return JSON.stringify({ ...(type === "Gateway" ? { Version: "2008-10-17" } : {}), Statement: [everything] });
}

/** The policy, when it is one that an endpoint takes. */
function checkedEndpointPolicy(document: string): string {
  if (document.length > MAX_POLICY) {
    throw invalidPolicy(`it has ${document.length} characters, and may have ${MAX_POLICY}`);
  }
  const reason = whyMalformed(document, "resource");
  if (reason !== undefined) {
    throw invalidPolicy(reason);
  }
  return document;
}

function invalidPolicy(reason: string): AwsError {
  return new AwsError("InvalidPolicyDocument", `The policy is not valid: ${reason}.`);
}
