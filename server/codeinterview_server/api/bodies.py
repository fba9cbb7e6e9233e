"""The bodies that requests bring, checked by the domain's own rules."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from codeinterview_server.domain.ids import parse_participant_id
from codeinterview_server.domain.languages import LANGUAGES
from codeinterview_server.domain.limits import Limits
from codeinterview_server.domain.roles import Role
from codeinterview_server.domain.sessions import (
    JoinPolicy,
    parse_code,
    parse_color,
    parse_language,
    parse_name,
    parse_title,
)
from codeinterview_server.domain.web_address import MAX_CHARACTERS, parse_web_address

from .reach import MAX_LINKS, Link


def _code(text: str) -> str:
    return parse_code(text, Limits().code_bytes)


ParticipantId = Annotated[
    str,
    AfterValidator(parse_participant_id),
    Field(json_schema_extra={"pattern": "^[A-Za-z0-9_-]{1,64}$"}),
]
Name = Annotated[
    str,
    AfterValidator(parse_name),
    Field(json_schema_extra={"minLength": 1, "maxLength": 255}),
]
Color = Annotated[str, AfterValidator(parse_color), Field(json_schema_extra={"maxLength": 50})]
Title = Annotated[str, AfterValidator(parse_title), Field(json_schema_extra={"maxLength": 200})]
LanguageId = Annotated[
    str, AfterValidator(parse_language), Field(json_schema_extra={"enum": list(LANGUAGES)})
]
Policy = Annotated[JoinPolicy, Field(strict=False)]
Code = Annotated[
    str, AfterValidator(_code), Field(description="A file's text, at most 1 MiB in UTF-8.")
]


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, hide_input_in_errors=True)


class _Change(_Body):
    """A body of optional fields, of which at least one says something."""

    @model_validator(mode="after")
    def _says_something(self) -> "_Change":
        if all(getattr(self, name) is None for name in type(self).model_fields):
            names = ", ".join(type(self).model_fields)
            raise ValueError(f"Give at least one of: {names}.")
        return self


class User(_Body):
    """Somebody who creates or joins."""

    id: ParticipantId
    name: Name
    color: Color


class CreateSession(_Body):
    """A new session."""

    creator: User
    code: Code | None = None
    language: LanguageId | None = None
    title: Title | None = None
    join_policy: Policy | None = None
    observers_listed: bool | None = None
    shared: bool | None = None


class ChangeSession(_Change):
    """What changes of a session."""

    code: Code | None = None
    language: LanguageId | None = None
    title: Title | None = None
    phase: Literal["ended"] | None = None
    locked: bool | None = None
    join_policy: Policy | None = None
    observers_listed: bool | None = None
    shared: bool | None = None


class Join(_Body):
    """Who joins, and what invites them."""

    user: User
    invite: Annotated[str, Field(max_length=100)] | None = None


class PutCode(_Body):
    """A file's whole new text."""

    code: Code
    language: LanguageId | None = None
    path: Annotated[
        str | None, Field(max_length=100, description="A file of the language; its main file.")
    ] = None


class ChangeParticipant(_Change):
    """What changes of a participant."""

    name: Name | None = None
    color: Color | None = None
    role: Annotated[Role, Field(strict=False)] | None = None
    status: Literal["admitted", "declined"] | None = None


class RenewInvite(_Body):
    """Whose invite is made anew."""

    role: Annotated[Role, Field(strict=False)]


class LinkBody(_Body):
    """Where a tunnel lets people in."""

    url: Annotated[
        str, Field(max_length=MAX_CHARACTERS, description="Scheme, host and port alone.")
    ]
    kind: Literal["tunnel"] = "tunnel"
    forwarded: bool = False
    """Whether the tunnel's end on this machine adds X-Forwarded-For and -Proto itself."""

    @field_validator("url")
    @classmethod
    def _parse(cls, url: str) -> str:
        address = parse_web_address(url)
        if address.path:
            raise ValueError("must have no path")
        return str(address)

    def link(self) -> Link:
        """Returns what it says."""
        return Link(parse_web_address(self.url), self.forwarded)


class PutLinks(_Body):
    """All links that there are from now on."""

    links: Annotated[list[LinkBody], Field(max_length=MAX_LINKS)]
