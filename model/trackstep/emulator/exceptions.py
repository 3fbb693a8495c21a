"""Exceptions raised by the personalize service."""

import json

from moto.core.exceptions import JsonRESTError


class PersonalizeException(JsonRESTError):
    """An error as the service writes it: compact JSON, the code in ``__type``."""

    code = 400

    def __init__(self, error_type: str, message: str):
        super().__init__(error_type, message)
        self.description = json.dumps({"__type": error_type, "message": message}, separators=(",", ":"))
        self.content_type = "application/x-amz-json-1.1"


class ResourceNotFoundException(PersonalizeException):
    """The resource is not there."""

    def __init__(self, kind: str, arn: str):
        super().__init__("ResourceNotFoundException", f"The given {kind} does not exist: {arn}")


class ResourceAlreadyExistsException(PersonalizeException):
    """The ARN is taken."""

    def __init__(self, arn: str):
        super().__init__("ResourceAlreadyExistsException", f"Another resource with Arn {arn} already exists.")


class ResourceInUseException(PersonalizeException):
    """The resource, or one inside it, is in the way."""

    def __init__(self, message: str):
        super().__init__("ResourceInUseException", message)


class InvalidInputException(PersonalizeException):
    """The input breaks the service's model."""

    def __init__(self, message: str):
        super().__init__("InvalidInputException", message)


class LimitExceededException(PersonalizeException):
    """There are as many as an account may have."""

    def __init__(self, most: int):
        super().__init__(
            "LimitExceededException",
            f"More than {most} resources in ACTIVE state. Please delete some and try again.",
        )


class InvalidNextTokenException(PersonalizeException):
    """The token was not handed out here."""

    def __init__(self) -> None:
        super().__init__("InvalidNextTokenException", "The token is not valid.")


class TooManyTagsException(PersonalizeException):
    """More than fifty tags."""

    def __init__(self) -> None:
        super().__init__(
            "TooManyTagsException",
            "You have exceeded the maximum number of tags you can apply to this resource.",
        )


class TooManyTagKeysException(PersonalizeException):
    """More than fifty keys to take away."""

    def __init__(self) -> None:
        super().__init__(
            "TooManyTagKeysException",
            "The request contains more tag keys than can be associated with a resource.",
        )


class SerializationException(PersonalizeException):
    """The body cannot be read."""

    def __init__(self) -> None:
        super().__init__("SerializationException", "The request body is not a JSON object.")
