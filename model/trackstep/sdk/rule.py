"""The kinds of difference: how serious each is, and what it means for a caller, in one sentence.

The table is the whole judgement; ``difference.py`` only finds which row applies. What is *tighter* for a request is a
promise more for an answer, so each limit has a row for either direction. Sources: botocore/validate.py (what an SDK
refuses before it sends), https://smithy.io/2.0/guides/evolving-models.html (what breaks a caller).
"""

from __future__ import annotations

from typing import NamedTuple

BREAKING, BEHAVIOUR, ADDITION, TEXT = CLASSES = ("breaking", "behaviour", "addition", "text")
"""The most serious first. Text: no call and no answer differs, only what is read about them or shown in logs."""


class Rule(NamedTuple):
    """A class of ``CLASSES``, and a sentence in which {name}, {before} and {after} are filled in."""

    severity: str
    consequence: str


RULES = {
    # operations
    "operation-removed": Rule(BREAKING, "A call of {name} cannot be made: the client has no such method."),
    "operation-added": Rule(ADDITION, "{name} can be called."),
    "operation-idempotent": Rule(BEHAVIOUR, "An SDK that goes by this mark repeats {name} after a lost answer where it did not before, or no longer does."),
    "operation-deprecated": Rule(BEHAVIOUR, "Calls of {name} work as before, but compilers and linters that go by this mark now say otherwise."),
    "operation-mark": Rule(BEHAVIOUR, "An SDK that goes by the mark {name} sends or repeats the call in another way."),
    "method-changed": Rule(BEHAVIOUR, "The same call goes out as {after}: a mock, proxy or policy that waits for {before} misses it."),
    "uri-changed": Rule(BEHAVIOUR, "The same call goes to {after}: a mock, proxy or policy that waits at {before} misses it."),
    # requests
    "input-member-removed": Rule(BREAKING, "A call that passes {name} cannot be made: the SDK refuses a parameter that it does not know."),
    "input-member-added": Rule(ADDITION, "A call may pass {name}; one that does not is sent as before."),
    "input-member-added-required": Rule(BREAKING, "A call as it was made until now is refused: it lacks {name}."),
    "input-required": Rule(BREAKING, "A call without {name} is refused, by the SDK before it is sent."),
    "input-optional": Rule(ADDITION, "A call without {name} can be made."),
    "input-type": Rule(BREAKING, "A call that passes {before} for {name} is refused: it wants {after}."),
    "input-min-tighter": Rule(BREAKING, "A {name} under the new minimum is refused, by the SDK before it is sent."),
    "input-min-looser": Rule(ADDITION, "A {name} that was too short or too small is accepted."),
    "input-max-tighter": Rule(BREAKING, "A {name} over the new maximum, sent until now, may be refused by the service."),
    "input-max-looser": Rule(ADDITION, "A {name} that was too long or too large is accepted."),
    "input-pattern-added": Rule(BREAKING, "A {name} that does not match the pattern, sent until now, may be refused by the service."),
    "input-pattern-removed": Rule(ADDITION, "A {name} of any form is accepted."),
    "input-pattern-changed": Rule(BREAKING, "A {name} that only the old pattern matches may be refused by the service."),
    "input-enum-closed": Rule(BREAKING, "A {name} outside the listed values, sent until now, may be refused by the service."),
    "input-enum-opened": Rule(ADDITION, "A {name} of any value may be passed."),
    "input-enum-value-removed": Rule(BREAKING, "A call that passes {before} for {name} may be refused by the service."),
    "input-enum-value-added": Rule(ADDITION, "A call may pass {after} for {name}."),
    # answers
    "output-member-removed": Rule(BREAKING, "Code that reads {name} from an answer no longer finds it."),
    "output-member-added": Rule(ADDITION, "An answer may hold {name}; code that does not know it is not disturbed."),
    "output-required": Rule(ADDITION, "Every answer is promised to hold {name}."),
    "output-optional": Rule(BREAKING, "An answer may come without {name}: code that counts on it fails."),
    "output-type": Rule(BREAKING, "Code that reads {name} as {before} meets {after}."),
    "output-min-looser": Rule(BEHAVIOUR, "A {name} in an answer may be shorter or smaller than any seen before."),
    "output-min-tighter": Rule(ADDITION, "A {name} in an answer is promised to be no shorter or smaller than this."),
    "output-max-looser": Rule(BEHAVIOUR, "A {name} in an answer may be longer or larger than what a caller has made room for."),
    "output-max-tighter": Rule(ADDITION, "A {name} in an answer is promised to be no longer or larger than this."),
    "output-pattern-removed": Rule(BEHAVIOUR, "A {name} in an answer may have any form: code that takes it apart may fail."),
    "output-pattern-added": Rule(ADDITION, "A {name} in an answer is promised to have this form."),
    "output-pattern-changed": Rule(BEHAVIOUR, "A {name} in an answer may have a form that code that takes it apart does not expect."),
    "output-enum-value-added": Rule(BEHAVIOUR, "An answer may say {after} for {name}: code that knows every value meets a new one."),
    "output-enum-value-removed": Rule(BEHAVIOUR, "An answer never says {before} for {name}: code that waits for it waits for ever."),
    "output-enum-opened": Rule(BEHAVIOUR, "An answer may say anything for {name}: code that knows every value meets a new one."),
    "output-enum-closed": Rule(ADDITION, "An answer is promised to say one of the listed values for {name}."),
    # marks of members and shapes, in either direction
    "deprecated": Rule(BEHAVIOUR, "{name} works as before, but compilers and linters that go by this mark now say otherwise."),
    "sensitive": Rule(TEXT, "No call differs; SDKs that go by this mark hide {name} in what they log, or no longer do."),
    "idempotency-token": Rule(BEHAVIOUR, "An SDK fills {name} in where a call leaves it out, or no longer does."),
    "wire-form": Rule(BEHAVIOUR, "{name} is written on the wire in another form: a server that knows the old one misreads it."),
    "mark": Rule(BEHAVIOUR, "An SDK that goes by this mark reads or writes {name} in another way."),
    # errors
    "error-added": Rule(ADDITION, "The call may be refused with {name}: code that catches only the errors listed before lets it through."),
    "error-removed": Rule(BREAKING, "{name} is no longer told of: code that catches it by name waits in vain, or fails on the missing class."),
    "error-status": Rule(BEHAVIOUR, "{name} comes with HTTP {after} in place of {before}: retries and alarms that go by the status differ."),
    "error-code": Rule(BEHAVIOUR, "{name} is recognised by the code {after} only: an answer with {before} is raised as a bare ClientError."),
    "error-retryable": Rule(BEHAVIOUR, "An SDK repeats a call that was refused with {name} where it did not before, or no longer does."),
    "error-class": Rule(BREAKING, "{name} is an error in one of the two and a plain shape in the other: it cannot be caught in both."),
    # pagination and waiting
    "paginator-added": Rule(ADDITION, "A paginator reads {name} to its last page."),
    "paginator-removed": Rule(BREAKING, "Code that asks for the paginator of {name} fails: the operation cannot be paginated."),
    "paginator-changed": Rule(BEHAVIOUR, "A loop over the pages of {name} asks, stops or collects differently."),
    "waiter-added": Rule(ADDITION, "Code may wait with {name}."),
    "waiter-removed": Rule(BREAKING, "Code that asks for the waiter {name} fails: there is none."),
    "waiter-changed": Rule(BEHAVIOUR, "Code that waits with {name} waits for something else, or for another time."),
    # the service as a whole
    "protocol": Rule(BEHAVIOUR, "Every call goes out in {after}: recorded traffic and mocks of {before} no longer fit."),
    "protocols": Rule(BEHAVIOUR, "An SDK may choose another protocol for every call: recorded traffic and mocks may no longer fit."),
    "jsonVersion": Rule(BEHAVIOUR, "The content type names JSON {after}: a server that wants {before} refuses every call."),
    "targetPrefix": Rule(BEHAVIOUR, "X-Amz-Target begins with {after}: a server or mock that knows {before} finds no operation."),
    "signingName": Rule(BEHAVIOUR, "Calls are signed for {after}: what checks signatures for {before} refuses them."),
    "auth": Rule(BEHAVIOUR, "Calls are signed by {after}: what checks {before} refuses them."),
    "endpointPrefix": Rule(BEHAVIOUR, "Calls go to the host {after}: allow-lists and mocks of {before} miss them."),
    "apiVersion": Rule(BEHAVIOUR, "A client that asks for api_version {before} does not find it."),
    # documentation
    "quote-gone": Rule(TEXT, "The documentation no longer says what the clause quotes; what stands there now must be read."),
    "quote-arrived": Rule(TEXT, "The documentation says what the clause quotes, and did not before."),
    "quote-reworded": Rule(TEXT, "The sentence around what the clause quotes was reworded; it must be read."),
}  # fmt: skip
