"""Both names of the CDK, without the CDK: packages of our own stand for it."""

from __future__ import annotations

import importlib
import sys
import typing
from collections.abc import Iterator
from pathlib import Path

import pytest
from eksclave.toolkit import hints, names


@pytest.fixture
def fork(tmp_path: Path) -> Iterator[Path]:
    """A machine on which only the fork's package of a provider called `made_up` is installed."""
    package = tmp_path / "cdktn_provider_made_up"
    (package / "thing").mkdir(parents=True)
    (package / "__init__.py").write_text("loaded = []\n")
    (package / "thing" / "__init__.py").write_text("from .. import loaded\nloaded.append(__name__)\nclass Thing: ...\n")
    finder = names.TwinFinder()
    before = set(sys.modules)
    sys.meta_path.insert(0, finder)
    sys.path.insert(0, str(tmp_path))
    yield package
    sys.path.remove(str(tmp_path))
    sys.meta_path.remove(finder)
    for name in set(sys.modules) - before:
        del sys.modules[name]


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("cdktf", "cdktn"),
        ("cdktn", "cdktf"),
        ("cdktf_cdktf_provider_aws", "cdktn_provider_aws"),
        ("cdktn_provider_kubernetes", "cdktf_cdktf_provider_kubernetes"),
        ("constructs", None),
        ("cdktfx", None),
    ],
)
def test_every_package_of_the_cdk_has_one_other_name(name: str, other: str | None) -> None:
    assert names.twin(name) == other


def test_an_absent_package_is_the_present_one_under_its_other_name(fork: Path) -> None:
    first = importlib.import_module("cdktf_cdktf_provider_made_up.thing")
    second = importlib.import_module("cdktn_provider_made_up.thing")
    assert first is second
    assert first.Thing is second.Thing
    assert importlib.import_module("cdktn_provider_made_up").loaded == ["cdktn_provider_made_up.thing"]
    assert first.__spec__ is not None
    assert first.__spec__.name == "cdktn_provider_made_up.thing"


def test_a_module_that_neither_has_is_missing_under_the_name_that_was_asked(fork: Path) -> None:
    with pytest.raises(ModuleNotFoundError, match=r"cdktf_cdktf_provider_made_up\.other"):
        importlib.import_module("cdktf_cdktf_provider_made_up.other")


def test_hints_of_check_stubs_are_computed_once_and_others_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    original = typing.get_type_hints

    def counted(obj: object, *args: object, **kwargs: object) -> dict[str, object]:
        asked.append(obj.__name__)  # type: ignore[attr-defined]
        return original(obj, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(typing, "get_type_hints", counted)
    hints.memoise()

    def _typecheckingstub__1(name: str) -> None: ...

    def plain(name: str) -> None: ...

    for function in (_typecheckingstub__1, _typecheckingstub__1, plain, plain):
        assert typing.get_type_hints(function)["name"] is str
    assert asked == ["_typecheckingstub__1", "plain", "plain"]
