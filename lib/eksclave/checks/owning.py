"""Whose account and organisation a cluster is in: where the input does not say it, what its endpoint policies name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from eksclave.catalog.registries import addon_account
from eksclave.checks.view import View
from eksclave.reach.facts.iam import Statement
from eksclave.reach.facts.values import NOT_IN_INPUT, Unknown, Value, choices, known_or

_ACCOUNT = re.compile(r"(?:^|:)(\d{12})(?::|$)")
_ORGANISATION = re.compile(r"^(o-[a-z0-9]+)(?:/|$)")
_ACCOUNT_KEYS = ("aws:principalaccount", "aws:resourceaccount", "aws:principalarn", "s3:resourceaccount")
_ORGANISATION_KEYS = ("aws:principalorgid", "aws:resourceorgid", "aws:principalorgpaths", "aws:resourceorgpaths")


def own_account(view: View) -> tuple[Value[str], tuple[str, ...]]:
    """Return the account of the cluster, and what that rests on: the input, or the one account that policies name."""
    if view.vpc and isinstance(view.vpc.account, str):
        return view.vpc.account, ()
    for arn in (known_or(role.arn, "") for role in view.snapshot.roles):
        if match := re.match(r"arn:[^:]+:iam::(\d{12}):", arn):
            return match[1], ()
    theirs = addon_account(view.region)
    named = {text for one in _statements(view) for text in _accounts(one)} - {theirs}
    return _only(named, "account")


def own_organisation(view: View) -> tuple[Value[str], tuple[str, ...]]:
    """Return the organisation that the cluster's account is taken to belong to: the one that policies name."""
    texts = (text for one in _statements(view) for text in _conditions(one, _ORGANISATION_KEYS))
    return _only({match[1] for text in texts if (match := _ORGANISATION.match(text))}, "organisation")


def _only(named: set[str], noun: str) -> tuple[Value[str], tuple[str, ...]]:
    if len(named) == 1:
        found = named.pop()
        return found, (f"{found}, the only {noun} that endpoint policies name, is the cluster's own",)
    if named:
        return Unknown(f"endpoint policies name several: {', '.join(sorted(named))}"), ()
    return NOT_IN_INPUT, ()


def _statements(view: View) -> Iterator[Statement]:
    for endpoint in view.snapshot.endpoints:
        for policy in choices(endpoint.policy) or ():
            yield from policy.statements if policy else ()


def _accounts(one: Statement) -> Iterator[str]:
    texts = [*_conditions(one, _ACCOUNT_KEYS)]
    texts += [name.value for many in choices(one.principals or ()) or () for name in many]
    texts += [text for many in choices(one.resources or ()) or () for text in many]
    yield from (match[1] for text in texts if (match := _ACCOUNT.search(text)))


def _conditions(one: Statement, keys: tuple[str, ...]) -> Iterator[str]:
    """Yield what conditions name as one's own: those that allow it, and those that forbid it or all else."""
    for condition in one.conditions:
        if condition.key.lower() in keys and (one.effect == "Deny" or "not" not in condition.operator.lower()):
            yield from (text for many in choices(condition.values) or () for text in many)
