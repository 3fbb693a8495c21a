// A driver for AWS SDK for JavaScript v3: makes calls for trackstep, one JSON object a line (docs/targets.md, "stdio").
// It knows nothing of trackstep but that contract. Install with `npm ci`.

import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import * as personalize from "@aws-sdk/client-personalize";
import * as events from "@aws-sdk/client-personalize-events";

const TIMEOUT = 1000 * Number(process.env.TRACKSTEP_CALL_TIMEOUT ?? 10); // milliseconds
const MAX_ATTEMPTS = Number(process.env.AWS_MAX_ATTEMPTS ?? 1);
const SETTINGS = new Set(["CredentialsProviderError", "TokenProviderError"]);

const SERVICES = {
  personalize: {
    sdk: personalize,
    Client: personalize.PersonalizeClient,
    endpoint: process.env.AWS_ENDPOINT_URL_PERSONALIZE,
  },
  "personalize-events": {
    sdk: events,
    Client: events.PersonalizeEventsClient,
    endpoint: process.env.AWS_ENDPOINT_URL_PERSONALIZE_EVENTS,
  },
};

const clients = new Map();
let sent = false;

/** The client of a service in a region, made once. */
function client(service, region) {
  const key = `${service} ${region}`;
  if (!clients.has(key)) {
    const { Client, endpoint } = SERVICES[service];
    const requestHandler = { connectionTimeout: TIMEOUT, requestTimeout: TIMEOUT, throwOnRequestTimeout: true };
    const made = new Client({ region, endpoint, maxAttempts: MAX_ATTEMPTS, requestHandler });
    const note = (next) => (args) => {
      sent = true;
      return next(args);
    };
    // After signing, so that credentials that are missing are nothing that was sent.
    made.middlewareStack.add(note, { step: "finalizeRequest", priority: "low", name: "noteThatItIsSent" });
    clients.set(key, made);
  }
  return clients.get(key);
}

/** Parameters as the SDK wants them: a number for a timestamp becomes a Date. PutEvents has the only one. */
function forSdk(operation, params) {
  if (operation !== "PutEvents" || !Array.isArray(params.eventList)) return params;
  const dated = (event) =>
    typeof event?.sentAt === "number" ? { ...event, sentAt: new Date(1000 * event.sentAt) } : event;
  return { ...params, eventList: params.eventList.map(dated) };
}

/** A result as it stood on the wire: a Date in epoch seconds; what is undefined is absent. */
function plain(value) {
  if (value instanceof Date) return value.getTime() / 1000;
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]));
}

/** The type of each value by its path, as a caller of the SDK sees it. */
function types(value, path = "") {
  if (Array.isArray(value)) return Object.assign({}, ...value.map((item) => types(item, `${path}[]`)));
  if (value === undefined) return {};
  if (value === null || typeof value !== "object" || value instanceof Date) {
    return { [path]: value instanceof Date ? "Date" : value === null ? "null" : typeof value };
  }
  const inner = Object.entries(value).map(([name, item]) => types(item, path ? `${path}.${name}` : name));
  return Object.assign({}, ...inner);
}

/** What the SDK threw, as an error of the contract: its kind says how far the call came. */
function told(wrong) {
  const error = { code: String(wrong?.name ?? "Error"), message: String(wrong?.message ?? wrong) };
  const status = wrong?.$metadata?.httpStatusCode ?? wrong?.$response?.statusCode;
  if (wrong?.unsupported) return { kind: "unsupported", ...error };
  if (SETTINGS.has(error.code)) return { kind: "configuration", ...error };
  if (!sent) return { kind: "client", ...error };
  if (wrong?.$fault !== undefined) return { kind: "service", ...error, status };
  if (status !== undefined) return { kind: "unparsed", ...error, status };
  return { kind: "network", ...error };
}

/** Make one call; its result as the SDK gives it. */
async function call(operation, params, region) {
  const service = operation === "PutEvents" ? "personalize-events" : "personalize";
  const paginate = /^Paginate/.test(operation) && SERVICES[service].sdk[`p${operation.slice(1)}`];
  if (paginate) {
    const pages = [];
    for await (const { $metadata, ...page } of paginate({ client: client(service, region) }, params)) pages.push(page);
    return { pages };
  }
  const Command = SERVICES[service].sdk[`${operation}Command`];
  if (Command === undefined) throw Object.assign(new Error("no such operation"), { unsupported: true });
  const { $metadata, ...result } = await client(service, region).send(new Command(forSdk(operation, params)));
  return result;
}

/** The answer to one request. */
async function answer({ id, operation, params, region, parsed }) {
  sent = false;
  try {
    const result = await call(operation, params, region);
    return { id, ok: plain(result), ...(parsed && { parsed: { types: types(result) } }) };
  } catch (wrong) {
    return { id, error: told(wrong), ...(parsed && { parsed: { class: wrong?.name ?? typeof wrong, types: {} } }) };
  }
}

const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
console.log = console.info = console.debug = console.error; // whatever else prints is no answer

const { version } = createRequire(import.meta.url)("@aws-sdk/client-personalize/package.json");
say({ protocol: 1, sdk: "AWS SDK for JavaScript", version, runtime: `Node.js ${process.versions.node}` });
for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  say(await answer(JSON.parse(line)));
}
for (const made of clients.values()) made.destroy(); // connections that are kept alive would keep the process alive
