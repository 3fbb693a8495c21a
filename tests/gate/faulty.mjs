// AWS SDK for JavaScript, broken in one way: the driver, after middleware named on the command line was put around
// every call. `node faulty.mjs DRIVER FAULT`.

import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [driver, fault] = process.argv.slice(2);
const require = createRequire(pathToFileURL(driver));
const { PersonalizeClient } = require("@aws-sdk/client-personalize");
const { PersonalizeEventsClient } = require("@aws-sdk/client-personalize-events");

const known = new Map();

/** Fault -> the step at which it comes in, and what it does around the rest: (next, context) => args => result. */
const FAULTS = {
  dropsTags: ["initialize", (next, { commandName }) => (args) => {
    if (commandName !== "CreateEventTrackerCommand") return next(args);
    const { tags, ...input } = args.input;
    return next({ ...args, input });
  }],
  timestampsAnHourOff: ["initialize", (next) => async (args) => {
    const result = await next(args);
    const tracker = result.output.eventTracker;
    if (tracker?.creationDateTime) tracker.creationDateTime = new Date(tracker.creationDateTime.getTime() + 3600000);
    return result;
  }],
  wrongTarget: ["build", (next) => (args) => {
    if (args.request.headers["x-amz-target"]) args.request.headers["x-amz-target"] = "Personalize.Anything";
    return next(args);
  }],
  olderJsonVersion: ["build", (next) => (args) => {
    args.request.headers["content-type"] = "application/x-amz-json-1.0";
    return next(args);
  }],
  cachesDescriptions: ["initialize", (next, { commandName }) => async (args) => {
    const key = `${commandName} ${JSON.stringify(args.input)}`;
    if (!commandName.startsWith("Describe")) return next(args);
    if (!known.has(key)) known.set(key, await next(args));
    return known.get(key);
  }],
  swallowsAnException: ["initialize", (next) => async (args) => {
    try {
      return await next(args);
    } catch (wrong) {
      if (wrong.name !== "ResourceInUseException") throw wrong;
      return { output: { $metadata: {} }, response: {} };
    }
  }],
  renamesAnError: ["initialize", (next) => async (args) => {
    try {
      return await next(args);
    } catch (wrong) {
      if (wrong.name === "ResourceNotFoundException") wrong.name = "NotFoundException";
      throw wrong;
    }
  }],
  sendsARefusedCreateAgain: ["initialize", (next, { commandName }) => async (args) => {
    try {
      return await next(args);
    } catch (wrong) {
      if (commandName !== "CreateEventTrackerCommand" || wrong.$fault !== "client") throw wrong;
      return next(args);
    }
  }],
};

const [step, middleware] = FAULTS[fault];
for (const Client of [PersonalizeClient, PersonalizeEventsClient]) {
  const { send } = Client.prototype;
  const broken = new WeakSet();
  Client.prototype.send = function (...args) {
    if (!broken.has(this)) {
      broken.add(this);
      this.middlewareStack.add(middleware, { step, name: fault });
    }
    return send.apply(this, args);
  };
}

await import(pathToFileURL(driver));
