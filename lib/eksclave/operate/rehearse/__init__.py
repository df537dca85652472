"""Rehearse: every stack of a cdktf.out applied and destroyed by the real Terraform against an emulated AWS."""

from __future__ import annotations

from .result import Event, Problem, Proof, Rehearsal, StackResult, StageResult
from .run import Options, rehearse

__all__ = ["Event", "Options", "Problem", "Proof", "Rehearsal", "StackResult", "StageResult", "rehearse"]
