import type { Iam } from "../iam/iam";
import { whyMalformed } from "../iam/policy-document";
import { whyDenied } from "../iam/policy-evaluation";
import { AwsError, Store, optionalList, optionalText, partitionOf, tagging, text } from "../service";
import type { Fields, Scope, Service, Tag } from "../service";

interface Topic {
  readonly name: string;
  readonly arn: string;
  readonly attributes: Map<string, string>;
  readonly subscriptions: Map<string, Fields>;
  tags: Tag[];
}

/** A message that was published. */
export interface Publication {
  readonly topicArn: string;
  readonly message: string;
  /** The endpoints whose subscriptions are confirmed. */
  readonly receivers: readonly string[];
}

/** Who publishes what: a service of AWS, or a role of the account. */
export interface Publishing {
  readonly principal: string;
  readonly topicArn: string;
  readonly message: string;
  readonly scope: Scope;
}

const NOT_FOUND = "NotFound";
const MAX_MESSAGE = 262_144;
const MANAGED_KEY = "alias/aws/sns";
const WRITABLE = ["DisplayName", "KmsMasterKeyId", "Policy", "SignatureVersion", "TracingConfig", "DeliveryPolicy"];

/**
 * Amazon SNS: standard topics, subscriptions by e-mail, and messages that services and roles publish. A message that the
 * policy of the topic or of its key does not allow is refused, and nobody gets it.
 */
export class Sns implements Service {
  public readonly publications: Publication[] = [];
  /** The policies of customer managed keys, by the ARNs of the keys. */
  public readonly keyPolicies = new Map<string, object>();
  private readonly topics = new Store<Topic>("topic");

  public constructor(private readonly iam: Iam) {}

  public readonly operations: Service["operations"] = {
    CreateTopic: (input, scope) => {
      const name = text(input, "Name");
      if (!/^[A-Za-z0-9_-]{1,256}$/.test(name)) {
        throw invalid("Topic Name");
      }
      const topics = this.topics.in(scope);
      const topic = topics.get(name) ?? newTopic(name, input, scope);
      entriesOf(input).forEach(([key, value]) => setAttribute(topic, key, value));
      topics.set(name, topic);
      return { TopicArn: topic.arn };
    },
    GetTopicAttributes: (input, scope) => {
      const { attributes } = this.find(input, scope);
      return { Attributes: { entry: [...attributes].map(([key, value]) => ({ key, value })) } };
    },
    SetTopicAttributes: (input, scope) => {
      setAttribute(this.find(input, scope), text(input, "AttributeName"), optionalText(input, "AttributeValue") ?? "");
      return {};
    },
    DeleteTopic: (input, scope) => {
      this.topics.in(scope).delete(nameIn(text(input, "TopicArn")));
      return {};
    },
    Subscribe: (input, scope) => {
      const { arn, subscriptions } = this.find(input, scope);
      const endpoint = text(input, "Endpoint");
      if (text(input, "Protocol") !== "email" || !/^[^\s@]+@[^\s@]+$/.test(endpoint)) {
        throw invalid("Email address");
      }
      const SubscriptionArn = `${arn}:00000000-0000-4000-8000-${String(subscriptions.size).padStart(12, "0")}`;
      subscriptions.set(SubscriptionArn, {
        SubscriptionArn,
        TopicArn: arn,
        Owner: scope.accountId,
        Protocol: "email",
        Endpoint: endpoint,
        PendingConfirmation: "true",
        ConfirmationWasAuthenticated: "false",
        RawMessageDelivery: "false",
      });
      // https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html
      return { SubscriptionArn: input["ReturnSubscriptionArn"] === "true" ? SubscriptionArn : "pending confirmation" };
    },
    GetSubscriptionAttributes: (input, scope) => {
      const subscription = this.findSubscription(input, scope);
      return { Attributes: { entry: Object.entries(subscription).map(([key, value]) => ({ key, value })) } };
    },
    Unsubscribe: (input, scope) => {
      const subscription = this.findSubscription(input, scope);
      if (subscription["PendingConfirmation"] === "true") {
        throw new AwsError(
          "InvalidParameter",
          "Invalid parameter: SubscriptionArn Reason: Cannot unsubscribe a subscription that is pending confirmation",
        );
      }
      this.topicOf(subscription, scope)?.subscriptions.delete(text(input, "SubscriptionArn"));
      return {};
    },
    ListTagsForResource: (input, scope) => ({ Tags: this.findByArn(text(input, "ResourceArn"), scope).tags }),
    ...tagging("TagResource", "UntagResource", (input, scope) => this.findByArn(text(input, "ResourceArn"), scope)),
  };

  public contents(): string[] {
    return this.topics.contents();
  }

  /** Confirms the subscriptions of an address, as somebody does who opens the link in the message of SNS. */
  public confirm(endpoint: string, scope: Scope): void {
    for (const { subscriptions } of this.topics.in(scope).values()) {
      for (const [arn, fields] of subscriptions) {
        subscriptions.set(arn, fields["Endpoint"] === endpoint ? { ...fields, PendingConfirmation: "false" } : fields);
      }
    }
  }

  /** Publishes a message; returns why SNS refuses it. */
  public async publish({ principal, topicArn, message, scope }: Publishing): Promise<string | undefined> {
    const topic = this.topics.in(scope).get(nameIn(topicArn));
    if (topic === undefined) {
      return `the topic ${topicArn} does not exist`;
    }
    if (Buffer.byteLength(message) > MAX_MESSAGE) {
      return "the message is too long";
    }
    const own = {
      principalArn: principal,
      accountId: scope.accountId,
      identityPolicies: principal.startsWith("arn:") ? this.iam.policiesOf(scope, principal.replace(/^.*\//, "")) : [],
    };
    const policy = JSON.parse(topic.attributes.get("Policy") ?? "{}") as object;
    const refused = await whyDenied({ ...own, action: "sns:Publish", resource: topicArn, resourcePolicy: policy });
    const key = topic.attributes.get("KmsMasterKeyId");
    const reason = refused ?? (key === undefined ? undefined : await this.whyNotEncrypted(key, own));
    if (reason === undefined) {
      const confirmed = [...topic.subscriptions.values()].filter((item) => item["PendingConfirmation"] === "false");
      this.publications.push({ topicArn, message, receivers: confirmed.map((item) => String(item["Endpoint"])) });
    }
    return reason;
  }

  /** https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html */
  private async whyNotEncrypted(
    key: string,
    own: { readonly principalArn: string; readonly accountId: string; readonly identityPolicies: readonly object[] },
  ): Promise<string | undefined> {
    const resourcePolicy = this.keyPolicies.get(key);
    if (resourcePolicy === undefined) {
      return `${key} ${key === MANAGED_KEY ? "allows no service to publish" : "does not exist"}`;
    }
    for (const action of ["kms:GenerateDataKey", "kms:Decrypt"]) {
      const reason = await whyDenied({ ...own, action, resource: key, resourcePolicy });
      if (reason !== undefined) {
        return reason;
      }
    }
    return undefined;
  }

  private find(input: Fields, scope: Scope): Topic {
    return this.findByArn(text(input, "TopicArn"), scope);
  }

  private findByArn(arn: string, scope: Scope): Topic {
    const topic = this.topics.in(scope).get(nameIn(arn));
    if (topic === undefined) {
      throw new AwsError(NOT_FOUND, "Topic does not exist", 404);
    }
    return topic;
  }

  private findSubscription(input: Fields, scope: Scope): Fields {
    const arn = text(input, "SubscriptionArn");
    const all = [...this.topics.in(scope).values()].flatMap(({ subscriptions }) => [...subscriptions.values()]);
    const subscription = all.find(({ SubscriptionArn }) => SubscriptionArn === arn);
    if (subscription === undefined) {
      throw new AwsError(NOT_FOUND, "Subscription does not exist", 404);
    }
    return subscription;
  }

  private topicOf(subscription: Fields, scope: Scope): Topic | undefined {
    return this.topics.in(scope).get(nameIn(text(subscription, "TopicArn")));
  }
}

function invalid(parameter: string): AwsError {
  return new AwsError("InvalidParameter", `Invalid parameter: ${parameter}`);
}

function nameIn(topicArn: string): string {
  return topicArn.split(":")[5] ?? "";
}

/** The policy of a new topic lets its account do everything. https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html */
function newTopic(name: string, input: Fields, { accountId, region }: Scope): Topic {
  const arn = `arn:${partitionOf(region)}:sns:${region}:${accountId}:${name}`;
  const policy = {
    Version: "2008-10-17",
    Id: "__default_policy_ID",
    Statement: [
      {
        Sid: "__default_statement_ID",
        Effect: "Allow",
        Principal: { AWS: "*" },
        Action: ["SNS:GetTopicAttributes", "SNS:SetTopicAttributes", "SNS:Subscribe", "SNS:Publish"],
        Resource: arn,
        Condition: { StringEquals: { "AWS:SourceOwner": accountId } },
      },
    ],
  };
  return {
    name,
    arn,
    attributes: new Map([
      ["TopicArn", arn],
      ["Owner", accountId],
      ["Policy", JSON.stringify(policy)],
    ]),
    subscriptions: new Map<string, Fields>(),
    tags: optionalList<Tag>(input, "Tags") ?? [],
  };
}

/** The attributes of a request, which a form has as numbered entries. */
function entriesOf(input: Fields): [string, string][] {
  const { entry = [] } = (input["Attributes"] || {}) as { readonly entry?: readonly Fields[] };
  return entry.map((item) => [text(item, "key"), optionalText(item, "value") ?? ""]);
}

function setAttribute(topic: Topic, name: string, value: string): void {
  if (!WRITABLE.includes(name) && !/FeedbackSampleRate$|FeedbackRoleArn$/.test(name)) {
    throw invalid("AttributeName");
  }
  const reason = name === "Policy" && value !== "" ? whyMalformed(value, "resource") : undefined;
  if (reason !== undefined) {
    throw invalid(`Policy Error: ${reason}`);
  }
  if (value === "") {
    topic.attributes.delete(name);
  } else {
    topic.attributes.set(name, value);
  }
}
